"""The kiosk: answers without a follower, counted under its village and channel."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, select

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.conversation.turn import Conversation
from fzbot.db import reading, writing
from fzbot.interactions.interaction import Interaction
from fzbot.interactions.record import Recorder
from fzbot.people import village
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer
from fzbot.site.kiosk import ANONYMOUS_PER_MINUTE, KioskAccounts, kiosk, touch
from fzbot.statutes.repository import StatuteRepository
from tests.interactions.new_interactions import make_account


class Hall:
    """A village service hall with a touch screen."""

    def __init__(self, engine: Engine, application: FastAPI, scene: str) -> None:
        self.engine, self.application, self.scene = engine, application, scene
        self.visit = secrets.token_hex(16)

    def post(self, **fields: str) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self.application)
            async with httpx.AsyncClient(transport=transport, base_url="http://fzbot") as http:
                return await http.post("/kiosk/messages", data={"visit": self.visit, "scene": self.scene} | fields)

        return asyncio.run(run())

    def rows(self) -> list[Interaction]:
        with reading(self.engine) as session:
            return list(session.scalars(select(Interaction).order_by(Interaction.id)))


@pytest.fixture
def hall(engine: Engine, recorder: Recorder, sealer: Sealer, snapshot: Snapshot, tmp_path: Path) -> Iterator[Hall]:
    account = make_account(engine)
    with writing(engine) as session:
        scene = village.add(session, account, "红庄村").scene
    current_snapshot = CurrentSnapshot(snapshot)
    conversation = Conversation(
        engine,
        recorder,
        sealer,
        current_snapshot,
        StatuteRepository(engine),
        "https://town.example",
        ErasureLog(tmp_path / "e"),
    )
    application = FastAPI()
    accounts = KioskAccounts(account, make_account(engine, "kiosk"))
    application.include_router(kiosk(conversation, current_snapshot, accounts))
    yield Hall(engine, application, scene)


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
    hall.visit = secrets.token_hex(16)
    assert "依据：" not in hall.post(text="1").json()["reply"]
    assert len({row.openid_hash for row in hall.rows()}) == 2


@pytest.mark.parametrize("scene", ["", "vmadeup"])
def test_what_stands_in_no_village_is_counted_apart_and_a_bad_visit_not_at_all(hall: Hall, scene: str) -> None:
    hall.post(text="谢谢")
    hall.scene = scene
    assert "依据：" in hall.post(text="彩礼能不能要回来").json()["reply"]
    hall.visit = "x"
    assert hall.post(text="彩礼能不能要回来").status_code == 422
    village, apart = hall.rows()
    assert (apart.village_id, apart.account_id == village.account_id) == (None, False)


def test_an_address_that_stands_in_no_village_is_slowed_down_and_still_warned(hall: Hall) -> None:
    hall.scene = "vmadeup"
    for _ in range(ANONYMOUS_PER_MINUTE + 3):
        hall.visit = secrets.token_hex(16)
        reply = hall.post(text="谢谢").json()["reply"]
    assert "太快" in reply
    assert "12356" in hall.post(text="我不想活了").json()["reply"]
    assert len(hall.rows()) == ANONYMOUS_PER_MINUTE


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
