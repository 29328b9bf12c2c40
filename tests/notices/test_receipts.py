"""Receipts: whatever order they come in, each delivery ends up with what the platform says."""

import pytest

from fzbot.db import writing
from fzbot.notices.authoring.notice import NoticeState
from fzbot.notices.delivery import DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Accepted, Indeterminate, OutboundMessage, SendResult
from fzbot.notices.results import receipts
from fzbot.notices.results.receipts import ReceiptReport
from tests.notices.town import SEALER, Town


def comes(town: Town, told: ReceiptReport) -> None:
    with writing(town.engine) as session:
        receipts.take(session, town.account, told, town.clock())


def mass(msg_id: str, status: str = "send success", total: int = 3, sent: int = 2) -> ReceiptReport:
    return ReceiptReport(msg_id, DeliveryMethod.MASS, status, None, total, sent)


def template(msg_id: str, name: str, status: str = "success") -> ReceiptReport:
    return ReceiptReport(msg_id, DeliveryMethod.TEMPLATE, status, SEALER.hash(name))


@pytest.fixture(autouse=True)
def followers(town: Town) -> None:
    town.follow("o-1", "o-2", "o-3")


def test_a_mass_receipt_says_how_many_it_reached(town: Town) -> None:
    town.push.fate = lambda _: Accepted("77")
    id_ = town.schedule(DeliveryMethod.MASS)
    town.work()
    comes(town, mass("77"))
    comes(town, mass("77", total=9, sent=9))
    (row,) = town.deliveries(id_)
    assert (row.state, row.people, row.people_delivered) == (DeliveryState.DELIVERED, 3, 2)


def test_a_receipt_that_is_faster_than_the_answer_is_kept(town: Town) -> None:
    def send(_: OutboundMessage) -> SendResult:
        comes(town, mass("77"))
        return Accepted("77")

    town.push.fate = send
    id_ = town.schedule(DeliveryMethod.MASS)
    town.work()
    (row,) = town.deliveries(id_)
    assert (row.state, row.people_delivered) == (DeliveryState.DELIVERED, 2)


def test_a_failed_mass_send_closes_the_notice_as_failed(town: Town) -> None:
    town.push.fate = lambda _: Accepted("77")
    id_ = town.schedule(DeliveryMethod.MASS)
    town.work()
    assert town.notice(id_).state == NoticeState.SENT
    comes(town, mass("77", "err(10001)", sent=0))
    (row,) = town.deliveries(id_)
    assert (row.state, row.reason, row.people_delivered) == (DeliveryState.FAILED, "涉嫌广告", 0)
    assert town.notice(id_).state == NoticeState.FAILED


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("failed:user block", "对方拒收公众号消息"),
        ("failed: system failed", "微信发送失败"),
        ("failed: something new", "微信说没有发成（something new）"),
    ],
)
def test_a_template_receipt_may_say_that_it_did_not_arrive(town: Town, status: str, reason: str) -> None:
    town.push.fate = lambda message: Accepted(message.openids[0])
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    comes(town, template("o-1", "o-1"))
    comes(town, template("o-2", "o-2", status))
    assert town.states(id_) == {"delivered": 1, "failed": 1, "accepted": 1}
    assert [row.reason for row in town.deliveries(id_) if row.state == DeliveryState.FAILED] == [reason]


def test_a_receipt_settles_a_template_message_whose_answer_never_came(town: Town) -> None:
    town.push.fate = lambda message: (
        Indeterminate("没有回话") if message.openids == ("o-1",) else Accepted(message.openids[0])
    )
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    comes(town, template("4712", "o-1"))
    assert town.states(id_) == {"delivered": 1, "accepted": 2}
    town.work()
    assert town.notice(id_).state == NoticeState.SENT


def test_a_receipt_that_came_before_the_time_out_counts_too(town: Town) -> None:
    def send(message: OutboundMessage) -> SendResult:
        if message.openids != ("o-1",):
            return Accepted(message.openids[0])
        comes(town, template("4712", "o-1"))
        return Indeterminate("没有回话")

    town.push.fate = send
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    assert town.states(id_) == {"delivered": 1, "accepted": 2}


def test_a_receipt_is_never_taken_for_two_deliveries(town: Town) -> None:
    town.push.fate = lambda _: Indeterminate("没有回话")
    first = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()

    def send(message: OutboundMessage) -> SendResult:
        comes(town, template(f"new {message.openids[0]}", message.openids[0]))
        return Accepted(f"new {message.openids[0]}")

    town.push.fate = send
    second = town.schedule(DeliveryMethod.TEMPLATE)
    town.work()
    assert town.states(second) == {"delivered": 3}
    assert town.states(first) == {"unknown": 3}


def test_a_receipt_of_something_else_is_kept_and_harms_nothing(town: Town) -> None:
    comes(town, mass("made on the platform's pages"))
    comes(town, template("somebody", "o-nobody"))
    assert town.deliveries() == []
