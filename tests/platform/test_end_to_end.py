"""The whole way in real processes: a villager follows on the platform, an adviser pushes, the receipt comes back."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select

from fzbot import clock, db
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.handovers import handover as handovers
from fzbot.handovers.handover import Handover
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, Notice, NoticePlan, NoticeState
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.people import village
from fzbot.people.account import Account
from tests.conftest import DataFolder
from tests.platform.simulated import CREDENTIALS, SimulatedPlatform
from tests.servers import Server

WORDS = NoticeText("停电通知", "明天上午停电。", ("marriage.bride-price",))
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, data_folder: DataFolder) -> Iterator["Office"]:
    platform = SimulatedPlatform(tmp_path_factory.mktemp("platform"))
    settings = {
        "FZBOT_WECHAT_API_BASE": platform.url,
        "FZBOT_WECHAT_APP_SECRET": CREDENTIALS.app_secret,
        "FZBOT_WECHAT_ACCOUNT_TYPE": "service",
        "FZBOT_WECHAT_NOTICE_TEMPLATE": "TEMPLATE:thing1=title",
    }
    server = Server(data_folder(), more=settings)
    platform.webhook = f"{server.url}/wechat"
    platform.start()
    server.start()
    engine = db.make_engine(f"sqlite:///{server.data_dir / 'fzbot.db'}")
    yield Office(engine, platform, server)
    engine.dispose()
    server.stop()
    platform.stop()


class Office:
    """An adviser at the database, villagers at the platform."""

    def __init__(self, engine: Engine, platform: SimulatedPlatform, server: Server) -> None:
        self.engine = engine
        self.platform = platform
        self.server = server
        with writing(engine) as session:
            self.account = session.scalars(select(Account.id).where(Account.slug == "default")).one()
            self.village = village.add(session, self.account, "红庄村")

    def push(self, way: DeliveryMethod, audience: Audience) -> int:
        now = clock.now()
        with writing(self.engine) as session:
            notice = notices.draft(session, self.account, WORDS, NoticePlan(way, audience), COMMAND_LINE, now)
            notices.approve(session, notice, ApprovalPolicy(), COMMAND_LINE, now)
            notices.schedule(session, notice, now, COMMAND_LINE, now)
            return notice.id

    def waits_for(self, id_: int, state: DeliveryState) -> list[Delivery]:
        def look() -> list[Delivery]:
            with reading(self.engine) as session:
                rows = session.scalars(select(Delivery).where(Delivery.notice_id == id_)).all()
            return [row for row in rows if row.state == state]

        until(lambda: bool(look()), lambda: (self.server.data_dir / "server.log").read_text())
        return look()

    def notice_state(self, id_: int) -> str:
        with reading(self.engine) as session:
            return session.get_one(Notice, id_).state

    def received(self, openid: str, way: str) -> list[str]:
        return [row["content"] for row in self.platform.fans()[openid]["received"] if row["way"] == way]


def until(condition: Callable[[], bool], why: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(0.05)


def test_a_mass_send_to_a_village_comes_back_as_delivered(office: Office) -> None:
    for name in ("o-1", "o-2"):
        office.platform.says(name, event="subscribe", key=f"qrscene_{office.village.scene}")
    office.platform.says("o-elsewhere", event="subscribe")
    id_ = office.push(DeliveryMethod.MASS, Audience((office.village.id,)))
    (row,) = office.waits_for(id_, DeliveryState.DELIVERED)
    assert (row.people, row.people_delivered) == (2, 2)
    (text,) = office.received("o-1", "mass")
    assert text.startswith("【停电通知】\n明天上午停电。\n\n详细：")
    assert office.received("o-elsewhere", "mass") == []
    until(lambda: office.notice_state(id_) == NoticeState.SENT, lambda: office.notice_state(id_))
    link = text[text.index("http") :]
    assert httpx.get(link, trust_env=False).status_code == 200
    assert httpx.get(f"{office.server.url}/n/{id_}", trust_env=False).text.count("明天上午停电") == 1
    with office.engine.connect() as connection:
        reads = connection.exec_driver_sql("SELECT entry, number FROM notice_read ORDER BY entry").all()
    assert [tuple(read) for read in reads] == [("", 1), ("marriage.bride-price", 1)]


def test_template_messages_come_back_one_by_one(office: Office) -> None:
    office.platform.says("o-3", event="subscribe")
    office.platform.add_fans("o-3", blocks=True)
    office.platform.says("o-4", event="subscribe")
    id_ = office.push(DeliveryMethod.TEMPLATE, Audience())
    office.waits_for(id_, DeliveryState.FAILED)
    until(lambda: office.notice_state(id_) == NoticeState.PARTLY, lambda: office.notice_state(id_))
    (failed,) = office.waits_for(id_, DeliveryState.FAILED)
    assert failed.reason == "对方拒收公众号消息"


def test_a_notice_is_shown_with_the_next_reply(office: Office) -> None:
    office.platform.says("o-5", event="subscribe")
    id_ = office.push(DeliveryMethod.NEXT_REPLY, Audience())
    office.waits_for(id_, DeliveryState.WAITING)
    time.sleep(3.1)  # the conversation looks only so often whether anything waits at all
    reply = office.platform.says("o-5", text="谢谢")["reply"]
    assert "【停电通知】" in reply
    office.waits_for(id_, DeliveryState.ACCEPTED)
    assert "【停电通知】" not in office.platform.says("o-5", text="谢谢")["reply"]


def test_an_advisers_answer_reaches_the_one_who_asked(office: Office) -> None:
    office.platform.says("o-6", text="转人工：我家的地被人占了，村里没人管")
    with writing(office.engine) as session:
        row = session.scalars(select(Handover)).one()
        handovers.answer(session, row, "明天上午来司法所。", COMMAND_LINE, clock.now())
    until(lambda: bool(office.received("o-6", "customer")), lambda: "no message")
    assert office.received("o-6", "customer") == ["法律顾问答复您的问题：\n明天上午来司法所。"]


def test_a_page_of_a_draft_or_of_nothing_is_not_there(office: Office) -> None:
    with writing(office.engine) as session:
        plan = NoticePlan(DeliveryMethod.NEXT_REPLY, Audience())
        id_ = notices.draft(session, office.account, WORDS, plan, COMMAND_LINE, clock.now()).id
    for path in (f"/n/{id_}", "/n/999999"):
        assert httpx.get(office.server.url + path, trust_env=False).status_code == 404


def test_a_worker_runs_as_a_process_of_its_own(
    data_folder: DataFolder, simulated: SimulatedPlatform, tmp_path: Path
) -> None:
    folder = data_folder()
    settings = {
        "FZBOT_WECHAT_API_BASE": simulated.url,
        "FZBOT_WECHAT_APP_SECRET": CREDENTIALS.app_secret,
        "FZBOT_WECHAT_ACCOUNT_TYPE": "service",
        "FZBOT_WORKER": "0",
    }
    server = Server(folder, more=settings)
    server.start()
    engine = db.make_engine(f"sqlite:///{folder / 'fzbot.db'}")
    office = Office(engine, simulated, server)
    simulated.change(webhook=f"{server.url}/wechat")
    for name in ("o-1", "o-2"):
        simulated.says(name, text="谢谢")
    id_ = office.push(DeliveryMethod.CUSTOMER, Audience())
    worker = server.spawn("worker", tmp_path / "worker.log")
    try:
        until(lambda: office.notice_state(id_) == NoticeState.SENT, lambda: (tmp_path / "worker.log").read_text())
        assert [len(office.received(name, "customer")) for name in ("o-1", "o-2")] == [1, 1]
    finally:
        worker.terminate()
        assert worker.wait(timeout=30) == 0
        engine.dispose()
        server.stop()
