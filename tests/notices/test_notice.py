"""A notice's way from draft to sent: versions, approval by a second person, withdrawal."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from fzbot.audit import AuditEvent
from fzbot.db import reading, writing
from fzbot.errors import NoticeError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, NoticePlan, NoticeState
from fzbot.notices.authoring.wording import TEXT_BYTES, NoticeText
from fzbot.notices.delivery_methods import DeliveryMethod
from tests.notices.town import WORDS, Town

EVERYONE = NoticePlan(DeliveryMethod.NEXT_REPLY, Audience())


def test_every_change_makes_a_version_that_stays(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session:
        notice = notices.find(session, id_)
        notices.revise(session, notice, NoticeText("新标题", "新正文"), EVERYONE, town.second, town.clock())
    with reading(town.engine) as session:
        newest, oldest = notices.versions(session, id_)
    assert (newest.number, newest.title, newest.author) == (2, "新标题", "李主任")
    assert (oldest.number, oldest.words, oldest.author) == (1, WORDS, "王顾问")


def test_the_author_cannot_approve(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session, pytest.raises(NoticeError, match="另一个人"):
        notices.approve(session, notices.find(session, id_), ApprovalPolicy(), town.author, town.clock())
    assert town.notice(id_).state == NoticeState.DRAFT


def test_where_one_person_is_enough_the_author_approves(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session:
        policy = ApprovalPolicy(second_person=False)
        notices.approve(session, notices.find(session, id_), policy, town.author, town.clock())
    assert (town.notice(id_).state, town.notice(id_).approved_by) == (NoticeState.APPROVED, town.author.staff_id)


def test_a_changed_notice_must_be_approved_anew_and_by_another_than_who_changed_it(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session:
        notice = notices.find(session, id_)
        notices.approve(session, notice, ApprovalPolicy(), town.second, town.clock())
        notices.revise(session, notice, NoticeText("改", "改了"), EVERYONE, town.second, town.clock())
        assert (notice.state, notice.approved_by) == (NoticeState.DRAFT, None)
        with pytest.raises(NoticeError, match="另一个人"):
            notices.approve(session, notice, ApprovalPolicy(), town.second, town.clock())
        notices.approve(session, notice, ApprovalPolicy(), town.author, town.clock())
    assert town.notice(id_).state == NoticeState.APPROVED


def test_only_what_is_approved_is_scheduled(town: Town) -> None:
    id_ = town.draft(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session, pytest.raises(NoticeError, match="先审批"):
        notices.schedule(session, notices.find(session, id_), town.clock(), town.author, town.clock())


def test_a_scheduled_notice_is_taken_back_changed_and_sent_later(town: Town) -> None:
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session:
        notice = notices.find(session, id_)
        with pytest.raises(NoticeError, match="先撤回再改"):
            notices.revise(session, notice, WORDS, EVERYONE, town.author, town.clock())
        notices.unschedule(session, notice, town.author, town.clock())
        notices.revise(session, notice, WORDS, EVERYONE, town.author, town.clock())
    assert town.notice(id_).state == NoticeState.DRAFT


@pytest.mark.parametrize("act", [notices.cancel, notices.unschedule])
def test_what_is_being_sent_is_not_withdrawn(town: Town, act: Callable[..., None]) -> None:
    town.follow("o-1")
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY)
    town.work()
    with writing(town.engine) as session, pytest.raises(NoticeError, match="撤不回来"):
        act(session, notices.find(session, id_), town.author, town.clock())
    assert town.notice(id_).state == NoticeState.SENDING


def test_a_withdrawn_notice_is_never_sent(town: Town) -> None:
    town.follow("o-1")
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY)
    with writing(town.engine) as session:
        notices.cancel(session, notices.find(session, id_), town.author, town.clock())
    town.work()
    assert town.notice(id_).state == NoticeState.CANCELLED
    assert town.deliveries() == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (NoticeText("", "正文"), "请写标题和正文"),
        (NoticeText("标题", "  "), "请写标题和正文"),
        (NoticeText("题" * 31, "正文"), "最多 30 个字"),
        (NoticeText("标题", "正文", ("a.b", "a.c", "a.d", "a.e")), "最多附 3 条"),
        (NoticeText("标题", "字" * 640), "请删掉约 2 个汉字"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(town: Town, words: NoticeText, message: str) -> None:
    with writing(town.engine) as session, pytest.raises(NoticeError, match=message):
        notices.draft(session, town.account, words, EVERYONE, town.author, town.clock())


def test_the_byte_counter_ends_where_the_check_does() -> None:
    words = NoticeText("标题", "字" * 636)
    assert words.bytes_used <= TEXT_BYTES < words.bytes_used + 9
    words.check()


def test_every_step_is_in_the_audit_log(town: Town) -> None:
    id_ = town.schedule(DeliveryMethod.NEXT_REPLY)
    with reading(town.engine) as session:
        query = select(AuditEvent.action).where(AuditEvent.subject == f"notice:{id_}").order_by(AuditEvent.id)
        assert list(session.scalars(query)) == ["notice.draft", "notice.approve", "notice.schedule"]
