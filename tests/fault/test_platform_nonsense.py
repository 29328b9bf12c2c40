"""A platform that answers nonsense to each of its calls in turn: no loop dies, no notice stays under way, all in bounded time."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, delete, event, update

from fzbot.audit import COMMAND_LINE
from fzbot.db import writing
from fzbot.errors import PlatformError
from fzbot.knowledge.menu import Button, Item, Menu
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import FINISHED, NoticeState
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod
from fzbot.notices.push import Push
from fzbot.notices.sending import pausing
from fzbot.notices.sending.quota import QuotaStop, QuotaUse
from fzbot.people import village
from fzbot.people.follower import Follower
from fzbot.people.village import Village
from fzbot.runtime.heartbeats import RUNNING
from fzbot.wechat import answers
from fzbot.wechat import menu as menus
from fzbot.wechat.account_admin import CODE, CODE_CHARS
from fzbot.wechat.connections import make_http
from fzbot.wechat.platform import Platform
from fzbot.wechat.push import PlatformPush
from fzbot.wechat.tags import Tags
from fzbot.wechat.template import TemplateForm
from tests.notices.town import SEALER, Town
from tests.platform.clients import KEY, MemoryShelf
from tests.platform.simulated import SimulatedPlatform

FORM = TemplateForm.parse("TEMPLATE:thing1=title,thing2=text")
MENU = Menu(buttons=(Button(name="问法", items=(Item(name="问问题", say="菜单"),)),))
CODE_WANTED = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "v1"}}}
HUGE = 10**30
NONSENSE = (
    (200, ""),
    (200, "null"),
    (200, "[]"),
    (200, '"ok"'),
    (200, "<html><body>请先登录</body></html>"),
    (200, '{"code":500,"message":"gateway"}'),
    (200, '{"errcode":0,"errm'),
    (200, '{"errcode":"40164","errmsg":"invalid ip"}'),
    (200, '{"errcode":"nonsense"}'),
    (200, '{"errcode":{}}'),
    (200, f'{{"errcode":{HUGE}}}'),
    (200, '{"errcode":987654,"errmsg":"a\\u0000b\\ud800"}'),
    (200, '{"errcode":0,"access_token":null,"msgid":null,"msg_id":null,"tags":null,"tag":null,"menu":null,"url":null}'),
    (200, '{"errcode":0,"access_token":7,"expires_in":"soon","msgid":[],"msg_id":{},"tags":{},"tag":[],"menu":[]}'),
    (
        200,
        f'{{"errcode":0,"access_token":"\\ud800","expires_in":{HUGE},"msgid":"{"9" * 99}","tags":[1],"media_id":1e9}}',
    ),
    (
        200,
        f'{{"errcode":0,"access_token":"t","expires_in":-5,"tags":[{{}}],"tag":{{"id":{HUGE}}},"menu":{{"button":[1]}}}}',
    ),
    (200, "[" * 50_000),
    (204, ""),
    (302, ""),
    (404, "<h1>not found</h1>"),
    (500, '{"errcode":0}'),
    (503, ""),
)
VILLAGE, BOTH = "a village", "two villages"
CALLS: dict[str, tuple[DeliveryMethod, str] | None] = {
    "stable_token": (DeliveryMethod.CUSTOMER, VILLAGE),
    "tags/get": (DeliveryMethod.MASS, VILLAGE),
    "tags/create": (DeliveryMethod.MASS, VILLAGE),
    "tags/update": (DeliveryMethod.MASS, VILLAGE),
    "tags/members/batchtagging": (DeliveryMethod.MASS, VILLAGE),
    "tags/members/batchuntagging": (DeliveryMethod.MASS, VILLAGE),
    "message/mass/sendall": (DeliveryMethod.MASS, VILLAGE),
    "message/mass/send": (DeliveryMethod.MASS, BOTH),
    "message/custom/send": (DeliveryMethod.CUSTOMER, VILLAGE),
    "message/template/send": (DeliveryMethod.TEMPLATE, VILLAGE),
    "material/add_material": (DeliveryMethod.DRAFT, VILLAGE),
    "draft/add": (DeliveryMethod.DRAFT, VILLAGE),
    "menu/create": None,
    "menu/get": None,
    "qrcode/create": None,
}
"""Every call that we make, and the notice that needs it."""
PATIENCE_SECONDS = 120.0
"""For all the nonsense to one call."""


@dataclass
class Client:
    """The real client of the stand-in, as `Pushes`; every case begins without a token."""

    town: Town
    http: httpx.Client

    def renew(self) -> None:
        self.platform = Platform(self.http, KEY, MemoryShelf(), sleep=lambda _: None)
        self.tags = Tags(self.town.engine, SEALER, self.platform, self.town.account)
        self.push = PlatformPush(self.platform, self.tags, FORM, self.town.clock)

    def find(self, account_id: int) -> Push:
        assert account_id
        return self.push

    def kind(self, account_id: int) -> AccountKind:
        assert account_id
        return AccountKind.parse("service")

    def has_template(self, account_id: int) -> bool:
        assert account_id
        return True

    def administer(self) -> list[str]:
        """What staff and jobs do; returns what they are told went wrong."""
        calls: tuple[Callable[[], object], ...] = (
            lambda: self.tags.synchronise(self.town.clock()),
            self.tags.compare,
            lambda: menus.put(self.platform, MENU, "https://town.example"),
            lambda: menus.compare(self.platform, MENU, "https://town.example"),
            lambda: answers.text(self.platform.call(CODE, CODE_WANTED), "url", CODE_CHARS),
        )
        told = []
        for call in calls:
            try:
                call()
            except PlatformError as error:
                told.append(str(error))
        return told


class Trial:
    """A town of two villages with three followers each, and what changes between cases so that every call is needed."""

    def __init__(self, engine: Engine, simulated: SimulatedPlatform, http: httpx.Client) -> None:
        self.town, self.simulated = Town(engine), simulated
        self.client = self.town.pushes = Client(self.town, http)  # type: ignore[assignment]
        self.names = [f"o-{number}" for number in range(6)]
        for number, name in enumerate(self.names):
            self.town.follow(name, village=number % 2)
        simulated.change(per_minute={})
        simulated.add_fans(*self.names, allowance=10_000)
        self.cases = 0

    def prepare(self) -> None:
        """Rename a village, found another, move somebody, and let the followers write; nothing is used up."""
        self.cases += 1
        self.client.renew()
        self.town.clock.pass_by(days=1)
        with writing(self.town.engine) as session:
            for table in (QuotaUse, QuotaStop):
                session.execute(delete(table))
            village.rename(session, session.get_one(Village, self.town.villages[0]), f"红庄村{self.cases}")
            if self.cases < 80:
                village.add(session, self.town.account, f"第{self.cases}村")
            moved = Follower.openid_hash == SEALER.hash(self.names[5])
            session.execute(update(Follower).where(moved).values(village_id=self.town.villages[self.cases % 2]))
        for name in self.names[:4]:
            self.town.says(name)

    def push(self, way: DeliveryMethod, to: str) -> int:
        chosen = self.town.villages[:1] if to == VILLAGE else self.town.villages
        return self.town.schedule(way, Audience(tuple(chosen)))

    def settle(self, notice_id: int) -> NoticeState:
        """Let time pass, and a person resume it if it is paused; returns how it ended."""
        for _ in range(6):
            self.town.clock.pass_by(hours=2)
            if self.town.notice(notice_id).state == NoticeState.PAUSED:
                with writing(self.town.engine) as session:
                    pausing.resume(session, notices.find(session, notice_id), COMMAND_LINE, self.town.clock())
            self.town.work()
            if self.town.notice(notice_id).state in FINISHED:
                break
        return NoticeState(self.town.notice(notice_id).state)


@pytest.fixture(scope="module")
def platform_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedPlatform]:
    platform = SimulatedPlatform(tmp_path_factory.mktemp("platform")).start()
    yield platform
    platform.stop()


@pytest.fixture
def simulated(platform_process: SimulatedPlatform) -> SimulatedPlatform:
    platform_process.change(reset=True, webhook="")
    return platform_process


@pytest.fixture
def http(simulated: SimulatedPlatform) -> Iterator[httpx.Client]:
    with make_http(simulated.url) as client:
        yield client


@pytest.fixture
def trial(sqlite_engine: Engine, simulated: SimulatedPlatform, http: httpx.Client) -> Trial:
    event.listen(sqlite_engine, "connect", _without_waiting_for_the_disk)  # no machine loses its power here
    return Trial(sqlite_engine, simulated, http)


def _without_waiting_for_the_disk(connection: Any, record: object) -> None:
    assert record
    connection.execute("PRAGMA synchronous = OFF")


@pytest.mark.parametrize("call", CALLS)
def test_nonsense_to_a_call_is_an_error_like_others(trial: Trial, simulated: SimulatedPlatform, call: str) -> None:
    began, needs, pushed = time.monotonic(), CALLS[call], list[int]()
    simulated.change(faults=raw(call, NONSENSE))
    while simulated.calls(call) < len(NONSENSE):
        trial.prepare()
        if needs is not None:
            pushed.append(trial.push(*needs))
        trial.town.work()
        trial.client.administer()
        assert trial.cases <= len(NONSENSE)
    trial.prepare()
    assert {trial.settle(id_) for id_ in pushed} <= set(FINISHED)
    assert trial.client.administer() == []
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_the_thread_that_sends_outlives_nonsense_to_everything(trial: Trial, simulated: SimulatedPlatform) -> None:
    trial.prepare()
    worker = trial.town.worker()
    worker.start()
    try:
        for nonsense in NONSENSE[:6]:
            simulated.change(faults=[raw("*", [nonsense])[0] | {"times": None}])
            id_ = trial.push(DeliveryMethod.TEMPLATE, VILLAGE)
            asked = simulated.calls("stable_token")
            _until(lambda asked=asked: simulated.calls("stable_token") > asked)  # type: ignore[misc]
        simulated.change(faults=[])

        def is_over() -> bool:
            trial.town.clock.pass_by(minutes=10)
            return trial.town.notice(id_).state in FINISHED

        _until(is_over)
        assert [age.stands for age in RUNNING.ages() if age.name == "notices"] == [False]
    finally:
        worker.close()


def raw(call: str, answers_in_turn: Sequence[tuple[int, str]]) -> list[dict[str, object]]:
    """Faults of a call that give these answers, once each."""
    said = ({"status": status, "body": body} for status, body in answers_in_turn)
    return [{"path": call, "kind": "raw", "times": 1} | one for one in said]


def _until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.05)
