"""Pausing a notice until a person has mended something; it goes on with those to whom it was not sent, or ends there."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.db import take_turns
from fzbot.errors import NoticeError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.notice import Notice, NoticeState
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod

NOTE_CHARS = 200
NOT_PAUSED = "这条通知没有暂停"


def pause(session: Session, notice_id: int, reason: str) -> None:
    """Stop sending a notice that is under way; `reason` says what is to be mended."""
    notice = session.get_one(Notice, notice_id)
    if notices.move(session, notice, (NoticeState.SENDING,), NoticeState.PAUSED):
        notice.note = reason[:NOTE_CHARS]


def resume(session: Session, notice: Notice, actor: Actor, at: datetime) -> None:
    """Go on where it was paused; `NoticeError` when it is not."""
    has_begun = notice.is_enqueued or DeliveryMethod(notice.way).is_personal
    to = NoticeState.SENDING if has_begun else NoticeState.SCHEDULED
    if not notices.move(session, notice, (NoticeState.PAUSED,), to):
        raise NoticeError(NOT_PAUSED)
    notice.note = ""
    _record(session, notice, "resume", actor, at)


def end(session: Session, notice: Notice, actor: Actor, at: datetime) -> None:
    """Send it to nobody else; what it reached so far stays. `NoticeError` when it is not paused."""
    take_turns(session, "enqueue")  # a chunk that is being made belongs to it too, and no other follows
    if not notices.move(session, notice, (NoticeState.PAUSED,), NoticeState.SENDING):
        raise NoticeError(NOT_PAUSED)
    notice.is_enqueued = True
    values: dict[str, Any] = {"state": DeliveryState.CANCELLED, "settled_at": at}
    session.execute(
        update(Delivery).where(Delivery.notice_id == notice.id, Delivery.state == DeliveryState.QUEUED).values(values),
        execution_options={"synchronize_session": False},
    )
    _record(session, notice, "end", actor, at)


def number_paused(session: Session) -> int:
    """How many notices wait for a person."""
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.state == NoticeState.PAUSED)) or 0


def may_go_on() -> ColumnElement[bool]:
    """The condition on deliveries that theirs is no paused notice."""
    paused = select(Notice.id).where(Notice.state == NoticeState.PAUSED)
    return or_(Delivery.notice_id.is_(None), Delivery.notice_id.not_in(paused))


def _record(session: Session, notice: Notice, action: str, actor: Actor, at: datetime) -> None:
    audit.record(session, actor, Change(f"notice.{action}", f"notice:{notice.id}", after={"state": notice.state}), at)
