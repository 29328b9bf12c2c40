"""What was said, offered and answered last, for thirty minutes, in the database: any worker can go on with it."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, delete, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, rows_changed
from fzbot.interactions.new_interaction import Upsert
from fzbot.people.erasure import GOES

LIFETIME = timedelta(minutes=30)
AT_ONCE = 1000
SAID_CHARS = 200


class Awaited(StrEnum):
    """What the next message is taken for."""

    QUESTION = "question"
    """The question for the adviser, after a bare “转人工”; “好” stands for what was said before."""
    CONSENT = "consent"
    """“好” to handing over what was said; anything else is read as ever."""


class ConversationSession(Base):
    """The state of one follower's conversation."""

    __tablename__ = "session"
    __table_args__ = ({"info": GOES},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    openid_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    last_entry: Mapped[str | None] = mapped_column(String(80))
    offered: Mapped[list[str]] = mapped_column(JSON)
    near: Mapped[list[str]] = mapped_column(JSON)
    said: Mapped[str] = mapped_column(String(SAID_CHARS), server_default="")
    said_at: Mapped[datetime | None] = mapped_column(Moment)
    awaits: Mapped[str | None] = mapped_column(String(20))
    misses: Mapped[int] = mapped_column(server_default="0")
    repeats: Mapped[int] = mapped_column(server_default="0")
    updated_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class ConversationState:
    """What the bot said last: the entry it answered with, what can be picked by number, and the candidates behind.

    And what the villager said last (`said`, masked), when, how often in a row nothing was found (`misses`) and how often the same
    question was answered again (`repeats`).
    """

    last_entry: str | None = None
    offered: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    said: str = ""
    said_at: datetime | None = None
    awaits: Awaited | None = None
    misses: int = 0
    repeats: int = 0


NOTHING_SAID = ConversationState()

_STATE = tuple(field.name for field in fields(ConversationState))


def read(session: Session, account_id: int, openid_hash: str, now: datetime) -> ConversationState:
    """The state as it stands at `now`; an empty one when there is none or it is over."""
    columns = ConversationSession.__table__.c
    found = session.execute(
        select(*(columns[name] for name in _STATE)).where(
            columns.account_id == account_id,
            columns.openid_hash == openid_hash,
            columns.updated_at > now - LIFETIME,
        )
    ).first()
    if found is None:
        return ConversationState()
    return ConversationState(
        found.last_entry,
        tuple(found.offered),
        tuple(found.near),
        found.said,
        found.said_at,
        Awaited(found.awaits) if found.awaits else None,
        found.misses,
        found.repeats,
    )


def save(state: ConversationState, account_id: int, openid_hash: str, now: datetime) -> Upsert:
    """The write that makes `state` the one to go on with."""
    values: dict[str, Any] = {
        "account_id": account_id,
        "openid_hash": openid_hash,
        "updated_at": now,
    }
    values |= {name: getattr(state, name) for name in _STATE}
    values |= {"offered": list(state.offered), "near": list(state.near), "said": state.said[:SAID_CHARS]}
    values["awaits"] = state.awaits.value if state.awaits else None
    return Upsert(ConversationSession.__tablename__, ("account_id", "openid_hash"), "updated_at", values)


def delete_expired(session: Session, now: datetime) -> int:
    """Delete up to `AT_ONCE` states that are over, passing over those that somebody is just writing; returns how many."""
    over = (
        select(ConversationSession.account_id, ConversationSession.openid_hash)
        .where(ConversationSession.updated_at < now - LIFETIME)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    table = ConversationSession.__table__
    whose = tuple_(table.c.account_id, table.c.openid_hash)
    return rows_changed(session.execute(delete(ConversationSession).where(whose.in_(over))))
