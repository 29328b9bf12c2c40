"""What was offered and answered last, for thirty minutes, in the database: any worker can go on with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, delete, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment, rows_changed
from fzbot.interactions.new_interaction import Upsert
from fzbot.people.erasure import GOES

LIFETIME = timedelta(minutes=30)
AT_ONCE = 1000


class ConversationSession(Base):
    """The state of one follower's conversation."""

    __tablename__ = "session"
    __table_args__ = ({"info": GOES},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    openid_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    last_entry: Mapped[str | None] = mapped_column(String(80))
    offered: Mapped[list[str]] = mapped_column(JSON)
    near: Mapped[list[str]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True)
class ConversationState:
    """What the bot said last: the entry it answered with, what can be picked by number, and the candidates behind."""

    last_entry: str | None = None
    offered: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def read(session: Session, account_id: int, openid_hash: str, now: datetime) -> ConversationState:
    """The state as it stands at `now`; an empty one when there is none or it is over."""
    table = ConversationSession.__table__
    found = session.execute(
        select(table.c.last_entry, table.c.offered, table.c.near).where(
            table.c.account_id == account_id,
            table.c.openid_hash == openid_hash,
            table.c.updated_at > now - LIFETIME,
        )
    ).first()
    if found is None:
        return ConversationState()
    return ConversationState(found.last_entry, tuple(found.offered), tuple(found.near))


def save(state: ConversationState, account_id: int, openid_hash: str, now: datetime) -> Upsert:
    """The write that makes `state` the one to go on with."""
    values: dict[str, Any] = {
        "account_id": account_id,
        "openid_hash": openid_hash,
        "last_entry": state.last_entry,
        "offered": list(state.offered),
        "near": list(state.near),
        "updated_at": now,
    }
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
