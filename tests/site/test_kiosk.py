"""The kiosk: answers without a follower, counted under its village and channel."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, select

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.turn import Conversation
from fzbot.db import reading, writing
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.message_kind import MessageKind
from fzbot.interactions.record import Recorder
from fzbot.people import kiosk_device, village
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer
from fzbot.people.village import Village
from fzbot.site.kiosk import COOKIE, AddressLimits, kiosk, touch
from fzbot.statutes.repository import StatuteRepository
from fzbot.web.rate_limiter import RateLimiter
from tests.interactions.new_interactions import make_account

VISIT_PER_MINUTE, ANONYMOUS_PER_MINUTE, VILLAGE_PER_MINUTE = 4, 5, 12


def limited(per_minute: int) -> RateLimiter:
    """No time passes for it, however slow the machine is."""
    return RateLimiter(per_minute, lambda: 0.0)


class Hall:
    """A village service hall with a touch screen."""

    def __init__(self, engine: Engine, application: FastAPI, address: str = "127.0.0.1") -> None:
        self.engine, self.application, self.address = engine, application, address
        self.visit = secrets.token_hex(16)
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self.application, client=(self.address, 50000))
            async with httpx.AsyncClient(transport=transport, base_url="http://fzbot", cookies=self.cookies) as http:
                answer = await http.request(method, path, **more)
                self.cookies = http.cookies
                return answer

        return asyncio.run(run())

    def open(self, word: str = "") -> httpx.Response:
        """Open the page, with a link for registered screens or without."""
        return self.ask("GET", "/kiosk", params={"k": word} if word else {})

    def post(self, **fields: str) -> httpx.Response:
        return self.ask("POST", "/kiosk/messages", data={"visit": self.visit} | fields)

    def next_visitor(self) -> None:
        self.visit = secrets.token_hex(16)

    def elsewhere(self, address: str = "192.0.2.7") -> "Hall":
        """A screen that nobody has registered, somewhere else."""
        return Hall(self.engine, self.application, address)

    def register(self) -> str:
        """The word of a link that staff have made for the village's screens just now."""
        with writing(self.engine) as session:
            return kiosk_device.register(session.scalars(select(Village)).one())

    def rows(self) -> list[Interaction]:
        with reading(self.engine) as session:
            return list(session.scalars(select(Interaction).order_by(Interaction.id)))


@pytest.fixture
def hall(engine: Engine, recorder: Recorder, sealer: Sealer, snapshot: Snapshot, tmp_path: Path) -> Iterator[Hall]:
    account = make_account(engine)
    with writing(engine) as session:
        village.add(session, account, "红庄村")
    current_snapshot = CurrentSnapshot(snapshot)
    conversation = Conversation(
        engine,
        recorder,
        sealer,
        current_snapshot,
        StatuteRepository(engine),
        "https://town.example",
        ErasureLog(tmp_path / "e"),
        rate_limiter=limited(VISIT_PER_MINUTE),
    )
    application = FastAPI()
    limits = AddressLimits(limited(VILLAGE_PER_MINUTE), limited(ANONYMOUS_PER_MINUTE))
    application.include_router(kiosk(conversation, current_snapshot, make_account(engine, "kiosk"), limits))
    hall = Hall(engine, application)
    hall.open(hall.register())
    yield hall


def test_an_answer_is_counted_with_its_village_and_makes_no_follower(hall: Hall) -> None:
    reply = hall.post(text="彩礼能不能要回来").json()["reply"]
    assert "依据：" in reply
    (row,) = hall.rows()
    assert (row.channel, row.kind, row.entry) == ("kiosk", "text", "marriage.bride-price")
    assert row.village_id is not None
    with reading(hall.engine) as session:
        assert session.scalars(select(Follower)).all() == []


def test_a_topic_tile_leads_to_questions_that_are_picked_by_touch(hall: Hall) -> None:
    shown = hall.post(topic="marriage").json()
    assert "彩礼" in shown["choices"][0]
    assert "回数字" not in shown["reply"]
    assert "依据：" in hall.post(text="1").json()["reply"]
    assert len({row.openid_hash for row in hall.rows()}) == 1


def test_the_next_visitor_is_another_person(hall: Hall) -> None:
    hall.post(topic="marriage")
    hall.next_visitor()
    assert "依据：" not in hall.post(text="1").json()["reply"]
    assert len({row.openid_hash for row in hall.rows()}) == 2


def test_what_is_asked_at_no_registered_screen_is_answered_and_counted_apart(hall: Hall) -> None:
    hall.post(text="谢谢")
    stranger = hall.elsewhere()
    assert "没有登记" in stranger.open("made-up").text
    assert "依据：" in stranger.post(text="彩礼能不能要回来").json()["reply"]
    village, apart = hall.rows()
    assert (apart.village_id, apart.account_id == village.account_id) == (None, False)


def test_the_scene_of_a_village_registers_nothing(hall: Hall) -> None:
    with reading(hall.engine) as session:
        scene = session.scalars(select(Village.scene)).one()
    stranger = hall.elsewhere()
    assert stranger.ask("GET", "/kiosk", params={"v": scene}).status_code == 200
    stranger.post(text="谢谢", scene=scene)
    assert [row.village_id for row in hall.rows()] == [None]


def test_a_bad_visit_is_refused(hall: Hall) -> None:
    hall.visit = "x"
    assert hall.post(text="彩礼能不能要回来").status_code == 422
    assert hall.rows() == []


def test_the_link_leaves_the_address_bar_and_lasts_in_a_cookie_that_no_page_reads(hall: Hall) -> None:
    answer = hall.open(hall.register())
    assert (answer.status_code, answer.headers["location"]) == (303, "/kiosk")
    assert {"HttpOnly", "SameSite=strict", "Path=/kiosk"} <= set(answer.headers["set-cookie"].split("; "))
    assert "没有登记" not in hall.open().text
    assert hall.cookies[COOKIE] not in hall.open().text


def test_a_new_link_shuts_the_old_one_out_and_only_a_hash_is_stored(hall: Hall) -> None:
    old, word = hall.elsewhere(), hall.register()
    old.cookies = hall.cookies
    with reading(hall.engine) as session:
        assert session.scalars(select(Village.kiosk_hash)).one() not in {None, word}
    hall.open(word)
    hall.post(text="谢谢")
    old.post(text="谢谢")
    assert [row.village_id is None for row in hall.rows()] == [False, True]


def test_an_address_without_a_registered_screen_is_slowed_down_and_still_warned(hall: Hall) -> None:
    stranger = hall.elsewhere()
    for _ in range(ANONYMOUS_PER_MINUTE + 3):
        stranger.next_visitor()
        reply = stranger.post(text="谢谢").json()["reply"]
    assert "太快" in reply
    assert "12356" in stranger.post(text="我不想活了").json()["reply"]
    assert len(hall.rows()) == ANONYMOUS_PER_MINUTE
    assert "太快" not in hall.post(text="谢谢").json()["reply"]
    assert "太快" not in hall.elsewhere("192.0.2.8").post(text="谢谢").json()["reply"]


def test_a_visit_that_asks_too_fast_is_no_consultation_and_the_next_visitor_is_answered(hall: Hall) -> None:
    for _ in range(VISIT_PER_MINUTE + 1):
        reply = hall.post(text="谢谢").json()["reply"]
    assert "太快" in reply
    last = hall.rows()[-1]
    assert (last.kind, last.entry, MessageKind(last.kind).is_question) == ("throttled", None, False)
    hall.next_visitor()
    assert "依据：" in hall.post(text="彩礼能不能要回来").json()["reply"]


def test_who_takes_a_registered_screen_for_a_tool_adds_no_rows_without_end(hall: Hall) -> None:
    for _ in range(VILLAGE_PER_MINUTE + 3):
        hall.next_visitor()
        hall.post(text="谢谢")
    assert len(hall.rows()) == VILLAGE_PER_MINUTE


def test_nobody_erases_or_joins_anything_at_a_kiosk(hall: Hall) -> None:
    hall.post(text="确认删除")
    (row,) = hall.rows()
    assert row.decision is not None


def test_what_can_be_picked_is_buttons_and_no_number_is_asked_for() -> None:
    assert touch("您问的是不是下面哪一个？回数字就行：\n1. 彩礼\n2. 离婚\n\n都不是的话，换个说法。") == {
        "reply": "您问的是不是下面哪一个？点一下就行：\n\n都不是的话，换个说法。",
        "choices": ["彩礼", "离婚"],
    }
    assert touch("能要。\n\n接着想问（回数字）：\n1. 彩礼") == {
        "reply": "能要。\n\n接着想问，点一下就行：",
        "choices": ["彩礼"],
    }
    assert touch("能要。") == {"reply": "能要。", "choices": []}
