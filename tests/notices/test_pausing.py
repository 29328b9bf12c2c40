"""What a person must mend pauses a notice; nobody is failed for good, and it goes on with those who have not got it."""

from datetime import timedelta
from itertools import count

import pytest

from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.errors import NoticeError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import NoticeState
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Accepted, OutboundMessage, Paused, Postponed, RetryAfter, SendResult
from fzbot.notices.sending import outbox, pausing, quota
from tests.notices.town import Town

NOT_LISTED = Paused("本服务器的公网 IP 不在公众平台的 IP 白名单里（错误码 40164）", 40164)


def resume(town: Town, notice_id: int) -> None:
    with writing(town.engine) as session:
        pausing.resume(session, notices.find(session, notice_id), COMMAND_LINE, town.clock())


def end(town: Town, notice_id: int) -> None:
    with writing(town.engine) as session:
        pausing.end(session, notices.find(session, notice_id), COMMAND_LINE, town.clock())


def twenty(town: Town) -> int:
    town.follow(*(f"o-{number}" for number in range(20)))
    return town.schedule(DeliveryMethod.TEMPLATE)


def test_an_address_that_is_not_listed_fails_nobody(town: Town) -> None:
    town.push.fate = lambda _: NOT_LISTED
    id_ = twenty(town)
    town.work()
    assert town.notice(id_).state == NoticeState.PAUSED
    assert "IP 白名单" in town.notice(id_).note
    assert town.states(id_) == {"queued": 20}
    asked = len(town.push.messages)
    town.clock.pass_by(days=3)
    town.work()
    assert len(town.push.messages) == asked


def test_resumed_it_reaches_each_once_who_had_not_got_it(town: Town) -> None:
    numbers, received = count(100), list[str]()

    def fate(message: OutboundMessage) -> SendResult:
        if len(received) == 7:
            return NOT_LISTED
        received.append(message.openids[0])
        return Accepted(str(next(numbers)))

    town.push.fate = fate
    id_ = twenty(town)
    town.work()
    assert town.states(id_) == {"accepted": 7, "queued": 13}
    town.push.fate = lambda message: received.append(message.openids[0]) or Accepted(str(next(numbers)))  # type: ignore[func-returns-value]
    resume(town, id_)
    town.work()
    assert sorted(received) == sorted(f"o-{number}" for number in range(20))
    assert (town.notice(id_).state, town.notice(id_).note) == (NoticeState.SENT, "")


def test_what_cannot_be_mended_is_ended_where_it_is(town: Town) -> None:
    town.push.fate = lambda message: Accepted("1") if message is town.push.messages[0] else NOT_LISTED
    id_ = twenty(town)
    town.work()
    end(town, id_)
    town.work()
    assert town.states(id_) == {"accepted": 1, "cancelled": 19}
    assert town.notice(id_).state == NoticeState.PARTLY


def test_only_what_is_paused_can_be_resumed_or_ended(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.TEMPLATE)
    for step in (resume, end):
        with pytest.raises(NoticeError, match="没有暂停"):
            step(town, id_)


def test_other_notices_go_on(town: Town) -> None:
    town.push.fate = lambda message: NOT_LISTED if message.title == "停" else Accepted()
    town.follow("o-1")
    town.says("o-1")
    held = town.schedule(DeliveryMethod.CUSTOMER, words=NoticeText("停", "内容"))
    goes = town.schedule(DeliveryMethod.CUSTOMER)
    town.work()
    assert (town.notice(held).state, town.notice(goes).state) == (NoticeState.PAUSED, NoticeState.SENT)
    with reading(town.engine) as session:
        assert pausing.number_paused(session) == 1
        assert outbox.backlog(session, town.clock()) == (0, timedelta())


def test_a_mass_send_keeps_its_place_in_the_quota(town: Town) -> None:
    town.follow("o-1", "o-2", village=0)
    town.push.fate = lambda _: Paused("群发次数用完了", 45028)
    id_ = town.schedule(DeliveryMethod.MASS, Audience((town.villages[0],)))
    town.work()
    assert town.notice(id_).state == NoticeState.PAUSED
    town.push.fate = lambda _: Accepted("7")
    resume(town, id_)
    town.work()
    assert town.notice(id_).state == NoticeState.SENT
    with reading(town.engine) as session:
        kind = town.pushes.kind(town.account)
        assert quota.mass_left(session, town.account, kind, (town.villages[0],), town.clock()) == 3


def test_our_own_count_that_is_used_up_pauses_and_is_taken_anew(town: Town) -> None:
    town.pushes.account_kind = "subscription"
    town.follow("o-1", "o-2")
    first, second = town.schedule(DeliveryMethod.MASS), town.schedule(DeliveryMethod.MASS)
    town.work()
    assert (town.notice(first).state, town.notice(second).state) == (NoticeState.SENT, NoticeState.PAUSED)
    assert "今天已经群发过一次" in town.notice(second).note
    town.clock.pass_by(days=1)
    resume(town, second)
    town.work()
    assert town.notice(second).state == NoticeState.SENT


def test_without_a_secret_it_waits_for_one(town: Town) -> None:
    town.follow("o-1")
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    town.pushes.push = None
    town.work()
    assert town.notice(id_).state == NoticeState.PAUSED
    town.pushes.push = town.push
    resume(town, id_)
    town.work()
    assert town.notice(id_).state == NoticeState.SENT


def test_what_is_not_reached_is_tried_again_and_then_put_before_a_person(town: Town) -> None:
    town.follow("o-1", "o-2")
    town.push.fate = lambda message: (
        Postponed("连不上微信平台", RetryAfter.SOON) if message.openids == ("o-1",) else Accepted("5")
    )
    id_ = town.schedule(DeliveryMethod.TEMPLATE)
    for _ in range(30):
        town.work()
        town.clock.pass_by(minutes=10)
    assert len(town.push.messages) == 1 + town.worker().retry_policy.most_attempts
    assert town.notice(id_).state == NoticeState.PAUSED
    assert town.notice(id_).note == "试了 8 次没有成功：连不上微信平台"
    resume(town, id_)
    town.work()
    assert town.states(id_) == {"accepted": 1, "failed": 1}
    assert town.notice(id_).state == NoticeState.PARTLY


def test_one_message_that_breaks_our_program_loses_no_others_answer(town: Town) -> None:
    def fate(message: OutboundMessage) -> SendResult:
        if message.openids == ("o-3",):
            raise KeyError("msgid")
        return Accepted(message.openids[0])

    town.push.fate = fate
    id_ = twenty(town)
    town.work()
    assert town.states(id_) == {"accepted": 19, "unknown": 1}


def test_whom_a_mass_send_does_not_reach_is_told(town: Town) -> None:
    town.follow("o-1", "o-2", village=0)
    town.push.fate = lambda _: Accepted("7", "有 1 人打不上村标签")
    id_ = town.schedule(DeliveryMethod.MASS, Audience((town.villages[0],)))
    town.work()
    assert [(row.state, row.reason) for row in town.deliveries(id_)] == [("accepted", "有 1 人打不上村标签")]
