"""Slowing down who guesses passwords, without giving strangers a way to keep somebody out.

Failures count for the pair of login and address, for the address, and, with much patience, for the login. A device from which
somebody signed in before counts for itself alone: what others try from elsewhere does not touch it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base, Moment
from fzbot.errors import SignInError

FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
LOGIN_LOCK = timedelta(minutes=2)
"""The longest for a login that many addresses try: somebody at a new device waits so long at most."""
FORGET_FAILURES = timedelta(hours=24)


class SignInFailure(Base):
    """Failures under a key, and until when whoever comes under it has to wait."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(Moment)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True)
class Gate:
    """What failures are counted under, how many are free, and how long a lock is at most."""

    key: str
    free: int
    longest: timedelta = LONGEST_LOCK


def gates(login: str, address: str, device: str = "") -> tuple[Gate, ...]:
    """The gates of an attempt; `device` names one that the staff member signed in from before."""
    if device:
        return (Gate(f"device:{device}", 5),)
    login, address = login[:40], address[:60]
    return Gate(f"pair:{login}|{address}", 5), Gate(f"address:{address}", 50), Gate(f"login:{login}", 30, LOGIN_LOCK)


def pass_through(session: Session, attempt: tuple[Gate, ...], now: datetime) -> None:
    """Count an attempt as failed in advance; `SignInError` while one of its gates is shut.

    In advance, because the password is looked at outside the transaction: many tried at once must not all get through.
    """
    rows = {gate.key: session.get(SignInFailure, gate.key) for gate in attempt}
    until = max((row.locked_until for row in rows.values() if row and row.locked_until), default=now)
    if until > now:
        minutes = max(1, round((until - now).total_seconds() / 60))
        raise SignInError(f"试错太多次了，请 {minutes} 分钟后再试")
    for gate in attempt:
        _count(session, gate, rows[gate.key], now)


def take_back(session: Session, attempt: tuple[Gate, ...]) -> None:
    """Forget the failures of who got it right; what an address or others have tried stays counted, less this attempt."""
    session.execute(delete(SignInFailure).where(SignInFailure.key == attempt[0].key))
    for gate in attempt[1:]:
        row = session.get(SignInFailure, gate.key)
        if row is not None:
            row.failures, row.locked_until = row.failures - 1, None


def forget(session: Session, login: str) -> None:
    """Open every gate of a login."""
    of_login = SignInFailure.key.startswith(f"pair:{login}|", autoescape=True) | (SignInFailure.key == f"login:{login}")
    session.execute(delete(SignInFailure).where(of_login))


def _count(session: Session, gate: Gate, row: SignInFailure | None, now: datetime) -> None:
    if row is None:
        row = SignInFailure(key=gate.key, failures=0, failed_at=now)
        session.add(row)
    if now - row.failed_at > FORGET_FAILURES:
        row.failures = 0
    row.failures += 1
    row.failed_at = now
    beyond = row.failures - gate.free
    row.locked_until = now + min(FIRST_LOCK * 2 ** min(beyond, 10), gate.longest) if beyond >= 0 else None
    session.flush()
