"""Handovers (转人工): a villager's question for the village adviser, the answer, and how it gets back."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.db import Base, Moment, rows_changed
from fzbot.errors import HandoverError
from fzbot.people.erasure import PERSONAL

ANSWER_BYTES = 1800


class HandoverState(StrEnum):
    """Where a handover stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Handover(Base):
    """A question passed on. `answered_at` set and `delivered_at` empty: the answer waits to get back."""

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("account_id", "key"), Index(None, "account_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(String(32))
    openid_hash: Mapped[str] = mapped_column(String(32))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    question: Mapped[str] = mapped_column(Text, info=PERSONAL)
    state: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(String(200), server_default="")


def values(account_id: int, key: str, person: str, question: str, at: datetime) -> dict[str, Any]:
    """The columns of a new handover, for the write that goes with the interaction."""
    return {
        "account_id": account_id,
        "key": key,
        "openid_hash": person,
        "question": question,
        "state": HandoverState.OPEN.value,
        "asked_at": at,
    }


def answer(session: Session, handover: Handover, words: str, actor: Actor, at: datetime) -> None:
    """Keep the answer, to be sent; `HandoverError` when it is empty, too long, or somebody was faster."""
    words = words.strip()
    if handover.state != HandoverState.OPEN:
        raise HandoverError("这个问题已经有人处理了，请刷新看看")
    if not words:
        raise HandoverError("请写答复")
    if len(words.encode()) > ANSWER_BYTES:
        raise HandoverError(f"答复太长，微信一条最多约 {ANSWER_BYTES // 3} 个汉字，请精简")
    handover.state, handover.answer = HandoverState.ANSWERED, words
    handover.answered_by, handover.answered_at = actor.staff_id, at
    session.flush()
    audit.record(session, actor, Change("handover.answer", f"handover:{handover.id}"), at)


def close(session: Session, handover: Handover, reason: str, actor: Actor, at: datetime) -> None:
    """Settle it without an answer, e.g. after a telephone call; `HandoverError` without a reason."""
    if handover.state != HandoverState.OPEN:
        raise HandoverError("这个问题已经有人处理了，请刷新看看")
    if not reason.strip():
        raise HandoverError("请写怎么处理的，例如“已打电话答复”")
    handover.state, handover.note = HandoverState.CLOSED, reason.strip()[:200]
    session.flush()
    audit.record(session, actor, Change("handover.close", f"handover:{handover.id}", after={"note": handover.note}), at)


def waiting(session: Session, account_id: int, openid_hash: str) -> list[Handover]:
    """Answers that have not got back to a person yet, oldest first."""
    query = select(Handover).where(
        Handover.account_id == account_id,
        Handover.openid_hash == openid_hash,
        Handover.state == HandoverState.ANSWERED,
        Handover.delivered_at.is_(None),
    )
    return list(session.scalars(query.order_by(Handover.answered_at)))


def erase_old_words(session: Session, before: datetime) -> int:
    """Empty questions and answers asked before a moment; that they were asked and settled stays. Returns how many."""
    has_words = or_(Handover.question != "", Handover.answer.is_not(None))
    emptied = update(Handover).where(Handover.asked_at < before, has_words).values(question="", answer=None)
    return rows_changed(session.execute(emptied))


def count_open(session: Session, accounts: tuple[int, ...]) -> int:
    """How many wait for an answer."""
    query = select(func.count()).select_from(Handover)
    return session.scalar(query.where(Handover.account_id.in_(accounts), Handover.state == HandoverState.OPEN)) or 0
