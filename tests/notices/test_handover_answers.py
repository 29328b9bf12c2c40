"""An adviser's answer gets back once: as a message while the window is open, otherwise with the next reply."""

from datetime import timedelta

import pytest

from fzbot.db import reading, writing
from fzbot.handovers import handover as handovers
from fzbot.handovers.handover import Handover
from fzbot.notices.authoring.wording import Links
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Accepted, Indeterminate, OutboundMessage, Refused, SendResult
from fzbot.notices.sending import handover_answers, next_reply
from fzbot.notices.sending.handover_answers import BY_MESSAGE, NOT_ALLOWED, TOO_LATE
from fzbot.notices.sending.next_reply import NextReplyItems
from tests.notices.town import SEALER, Town


@pytest.fixture
def asked(town: Town) -> int:
    """A question of o-1 that an adviser has answered."""
    town.follow("o-1", village=0)
    with writing(town.engine) as session:
        row = Handover(**handovers.values(town.account, "key", SEALER.hash("o-1"), "彩礼怎么退", town.clock()))
        session.add(row)
        session.flush()
        handovers.answer(session, row, "带上转账记录来司法所。", town.author, town.clock())
        return row.id


def route(town: Town, handover_id: int) -> str:
    with writing(town.engine) as session:
        return handover_answers.send(session, session.get_one(Handover, handover_id), town.pushes, town.clock()).said


def status(town: Town, handover_id: int) -> str:
    with reading(town.engine) as session:
        return handover_answers.status(session, [handover_id])[handover_id]


def delivered(town: Town, handover_id: int) -> bool:
    with reading(town.engine) as session:
        return session.get_one(Handover, handover_id).delivered_at is not None


def test_in_the_window_it_is_sent_as_a_message(town: Town, asked: int) -> None:
    town.says("o-1", ago=timedelta(hours=1))
    assert route(town, asked) == BY_MESSAGE
    town.work()
    (message,) = town.push.messages
    assert (message.way, message.openids) == (DeliveryMethod.CUSTOMER, ("o-1",))
    assert message.text == "法律顾问答复您的问题：\n带上转账记录来司法所。"
    assert status(town, asked) == "已用客服消息发给对方"
    assert delivered(town, asked)


def test_past_the_window_it_waits_and_the_adviser_is_told(town: Town, asked: int) -> None:
    town.says("o-1", ago=timedelta(hours=49))
    assert route(town, asked) == TOO_LATE
    town.work()
    assert town.push.messages == []
    assert status(town, asked) == "等对方下次来消息时显示"
    riders = NextReplyItems(town.engine, Links("https://town.example"))
    (waiting,) = riders.waiting(town.account, SEALER.hash("o-1"), "next key")
    assert (waiting.is_answer, "带上转账记录" in waiting.full) == (True, True)


def test_an_account_that_may_not_write_waits_for_the_next_contact(town: Town, asked: int) -> None:
    town.pushes.account_kind = "subscription-unverified"
    town.says("o-1")
    assert route(town, asked) == NOT_ALLOWED


def test_what_rode_with_a_reply_is_delivered(town: Town, asked: int) -> None:
    route(town, asked)
    (row,) = town.deliveries()
    riders = NextReplyItems(town.engine, Links("https://town.example"))
    assert riders.claim([row.id], "key-1", town.clock()) == {row.id}
    assert riders.claim([row.id], "another post's key", town.clock()) == frozenset()
    town.says("o-1", reply=f"{next_reply.ANSWER_HEAD}\n带上转账记录来司法所。")
    town.work()
    assert status(town, asked) == "已随回复显示给对方"
    assert delivered(town, asked)


@pytest.mark.parametrize("fate", [Refused("对方超过 48 小时没有发消息", 45015), Refused("被限制", 50002)])
def test_what_the_platform_refuses_waits_for_the_next_contact(town: Town, asked: int, fate: SendResult) -> None:
    town.says("o-1")
    town.push.fate = lambda _: fate
    route(town, asked)
    town.work()
    assert len(town.push.messages) == 1
    assert status(town, asked).startswith("等对方下次来消息时显示（")
    assert not delivered(town, asked)


def test_what_is_unclear_is_not_sent_again_and_the_adviser_is_told(town: Town, asked: int) -> None:
    town.says("o-1")
    town.push.fate = lambda _: Indeterminate("没有回话")
    route(town, asked)
    town.work()
    town.clock.pass_by(hours=3)
    town.work()
    assert len(town.push.messages) == 1
    assert status(town, asked) == "不确定（没有回话）"


def test_an_answer_is_queued_once(town: Town, asked: int) -> None:
    town.says("o-1")
    for _ in range(3):
        route(town, asked)
    town.work()
    assert len(town.push.messages) == 1


def test_an_answer_that_nobody_queued_is_found_by_the_worker(town: Town, asked: int) -> None:
    town.says("o-1")
    town.work()
    assert len(town.push.messages) == 1
    assert delivered(town, asked)


def test_answers_and_notices_share_the_windows_allowance(town: Town, asked: int) -> None:
    town.says("o-1", ago=timedelta(minutes=5))
    for _ in range(5):
        town.schedule(DeliveryMethod.CUSTOMER)
        town.work()
    sent: list[OutboundMessage] = town.push.messages
    assert len(sent) == 5
    assert {type(town.push.fate(message)) for message in sent} == {Accepted}
    assert sum("法律顾问答复" in message.text for message in sent) == 1
    assert delivered(town, asked)
