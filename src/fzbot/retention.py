"""How long what is kept of people is kept: every rule in one place, done a few times a day by the process that leads."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from fzbot import audit
from fzbot.conversation import session as sessions
from fzbot.db import writing
from fzbot.handovers import handover
from fzbot.interactions import retention
from fzbot.people import sign_in


@dataclass(frozen=True)
class RetentionPolicy:
    """Days after which the words of questions and replies are erased, and events of the audit log deleted."""

    text_days: int
    audit_days: int


def purge(engine: Engine, keeping: RetentionPolicy, now: datetime) -> dict[str, int]:
    """Apply every rule; may be stopped and begun again at any time. Returns how many rows each one met."""
    oldest_words = now - timedelta(days=keeping.text_days)
    found = {"interactions": retention.erase_old_text(engine, now, keeping.text_days)}
    with writing(engine) as session:
        found["handovers"] = handover.erase_old_words(session, oldest_words)
    with writing(engine) as session:
        found["sign_ins"] = sign_in.delete_expired(session, now)
    with writing(engine) as session:
        found["audit"] = audit.prune(session, now - timedelta(days=keeping.audit_days), now)
    found["sessions"] = _forget_sessions(engine, now)
    return found


def _forget_sessions(engine: Engine, now: datetime) -> int:
    total = 0
    while True:
        with writing(engine) as session:
            number = sessions.delete_expired(session, now)
        total += number
        if number < sessions.AT_ONCE:
            return total
