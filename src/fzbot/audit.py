"""The audit log: who changed or looked at what, and when; append-only, each event chained to the one before by a keyed hash.

The key (HMAC-SHA-256, RFC 2104) comes from `FZBOT_SECRET_KEY` and goes with the engine: who can write to the database, and does not
have it, cannot rewrite the chain. Events of the time before stand under a plain hash; the first keyed one seals them.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, BigId, Moment, take_turns

START = "0" * 64
CHAIN = "audit"
AT_ONCE = 1000
PRUNE = "audit.prune"
PRUNE_EVERY = timedelta(days=31)
KEYED = "audit.keyed"
KEY_OPTION = "fzbot_audit_key"
"""The engine's execution option that holds the key."""


class AuditEvent(Base):
    """One change, or one view of a person's messages. `staff_id` is None where the command line or a job acted."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "account_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    account_id: Mapped[int | None]
    staff_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(160))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Actor:
    """Who acts: a staff member, or the command line (`staff_id` None)."""

    name: str
    staff_id: int | None = None
    account_id: int | None = None


COMMAND_LINE = Actor("命令行")
SYSTEM = Actor("系统")


@dataclass(frozen=True)
class Change:
    """What was done: `action` such as `staff.add`, `subject` such as `staff:3`, and the values before and after."""

    action: str
    subject: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def record(session: Session, actor: Actor, change: Change, at: datetime) -> AuditEvent:
    """Append an event within the caller's transaction; writers take turns, so that the chain has no fork."""
    take_turns(session, CHAIN)
    previous = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or START
    event = AuditEvent(
        at=at,
        account_id=actor.account_id,
        staff_id=actor.staff_id,
        actor=actor.name,
        action=change.action,
        subject=change.subject,
        before=change.before,
        after=change.after,
        previous_hash=previous,
        hash="",
    )
    event.hash = _hash(event, _key(session))
    session.add(event)
    session.flush()
    return event


def key_chain(session: Session, at: datetime) -> None:
    """Seal a chain that ends in plain hashes, of the version before, by a keyed event."""
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).first()
    if last is not None and last.hash != _hash(last, _key(session)):
        record(session, SYSTEM, Change(KEYED, "audit", after={"through": last.id}), at)


def prune(session: Session, before: datetime, at: datetime) -> int:
    """Delete the events before a moment, about once a month; returns how many.

    What the rest is chained to is kept in an event of its own, so that the chain still shows what else is missing.
    """
    take_turns(session, CHAIN)
    oldest = session.scalar(select(func.min(AuditEvent.at)))
    if oldest is None or oldest >= before - PRUNE_EVERY:
        return 0
    last = session.scalars(
        select(AuditEvent).where(AuditEvent.at < before).order_by(AuditEvent.id.desc()).limit(1)
    ).one()
    gone = {"through": last.id, "hash": last.hash}
    number = session.scalar(select(func.count()).where(AuditEvent.id <= last.id)) or 0
    record(session, SYSTEM, Change(PRUNE, "audit", after=gone), at)
    session.execute(delete(AuditEvent).where(AuditEvent.id <= last.id))
    return number


def first_broken(session: Session) -> int | None:
    """The id of the first event that was changed, or that follows a missing one; None when the chain holds.

    A plain hash holds if a keyed seal follows it: a start of this version sets one after events of the version before.
    """
    key, unsealed = _key(session), 0
    expected, last_id = _beginning(session), 0
    query = select(AuditEvent).order_by(AuditEvent.id).limit(AT_ONCE)
    while events := session.scalars(query.where(AuditEvent.id > last_id)).all():
        for event in events:
            is_keyed = hmac.compare_digest(event.hash, _hash(event, key))
            if event.previous_hash != expected or not (is_keyed or event.hash == _hash(event, b"")):
                return event.id
            if not is_keyed:
                unsealed = unsealed or event.id
            elif event.action == KEYED:
                unsealed = 0
            expected, last_id = event.hash, event.id
        session.expunge_all()
    return unsealed or None


def _beginning(session: Session) -> str:
    pruned = session.scalar(
        select(AuditEvent).where(AuditEvent.action == PRUNE).order_by(AuditEvent.id.desc()).limit(1)
    )
    return str((pruned.after or {})["hash"]) if pruned is not None else START


def _key(session: Session) -> bytes:
    key: bytes = session.connection().get_execution_options().get(KEY_OPTION, b"")
    return key


def _hash(event: AuditEvent, key: bytes) -> str:
    said = [
        event.at.astimezone(UTC).isoformat(),
        event.account_id,
        event.staff_id,
        event.actor,
        event.action,
        event.subject,
        event.before,
        event.after,
        event.previous_hash,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest() if key else hashlib.sha256(text).hexdigest()
