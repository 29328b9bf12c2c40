"""Allowances, kept in the database: mass sends a day or month, calls a minute, and stops that the platform asked for.

Whatever cannot be looked up or written counts as used: an error of the database keeps the message from being sent.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.clock import CHINA, china_day, day_bounds
from fzbot.db import Base, Moment, take_turns
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod

MASS_A_DAY = 1
MASS_A_MONTH = 4
MASS_A_MINUTE = 60
EVERYONE = "mass:all"
RATE = "rate:"


class QuotaUse(Base):
    """How much of an allowance is used in a period (a day, a month or a minute, in China's time)."""

    __tablename__ = "quota_use"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(20), primary_key=True)
    used: Mapped[int]


class QuotaStop(Base):
    """Until when a way is closed, because the platform said so."""

    __tablename__ = "quota_stop"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    way: Mapped[str] = mapped_column(String(16), primary_key=True)
    until: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(200))


def mass_left(
    session: Session, account_id: int, kind: AccountKind, villages: Collection[int] | None, now: datetime
) -> int:
    """How many mass sends are left: for a service account, to whoever of the villages (None: of all) had the most."""
    if not kind.is_verified:
        return 0
    if not kind.is_service:
        return MASS_A_DAY - _used(session, account_id, period_of(kind, now)).get(EVERYONE, 0)
    used = _used(session, account_id, period_of(kind, now))
    by_village = {name: number for name, number in used.items() if name != EVERYONE}
    wanted = by_village.values() if villages is None else [by_village.get(_village(one), 0) for one in villages]
    return MASS_A_MONTH - used.get(EVERYONE, 0) - max(wanted, default=0)


def take_mass(
    session: Session, account_id: int, kind: AccountKind, villages: Collection[int] | None, now: datetime
) -> bool:
    """Take one mass send, if one is left, in the caller's transaction."""
    take_turns(session, "quota")
    if mass_left(session, account_id, kind, villages, now) < 1:
        return False
    _add_mass(session, account_id, kind, villages, now, 1)
    return True


def give_back_mass(
    session: Session, account_id: int, kind: AccountKind, villages: Collection[int] | None, taken_at: datetime
) -> None:
    """Give back one that the platform certainly did not carry out."""
    take_turns(session, "quota")
    _add_mass(session, account_id, kind, villages, taken_at, -1)


def take_rate(session: Session, account_id: int, name: str, limit: int, wanted: int, now: datetime) -> int:
    """Take up to `wanted` of this minute's calls; returns how many were left to take."""
    take_turns(session, "quota")
    minute = now.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")
    row = _row(session, account_id, RATE + name, minute)
    granted = max(0, min(wanted, limit - row.used))
    row.used += granted
    session.flush()
    return granted


def stop(session: Session, account_id: int, way: DeliveryMethod, until: datetime, reason: str) -> None:
    """Close a way until a moment."""
    take_turns(session, "quota")
    row = session.get(QuotaStop, (account_id, way.value))
    if row is None:
        session.add(QuotaStop(account_id=account_id, way=way.value, until=until, reason=reason[:200]))
    else:
        row.until, row.reason = max(row.until, until), reason[:200]
    session.flush()


def stopped(session: Session, now: datetime) -> dict[tuple[int, str], QuotaStop]:
    """The ways that are closed now, by account and way."""
    rows = session.scalars(select(QuotaStop).where(QuotaStop.until > now))
    return {(row.account_id, row.way): row for row in rows}


def clear_old(session: Session, now: datetime) -> None:
    """Forget the minutes that are over."""
    limit = (now - timedelta(hours=1)).astimezone(CHINA).strftime("%Y-%m-%dT%H:%M")
    session.execute(delete(QuotaUse).where(QuotaUse.name.startswith(RATE), QuotaUse.period < limit))


def next_minute(now: datetime) -> datetime:
    """When the next minute begins."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def next_day(now: datetime) -> datetime:
    """When the next day begins in China."""
    return day_bounds(china_day(now), china_day(now))[1]


def period_of(kind: AccountKind, now: datetime) -> str:
    """The period that mass sends are counted in: the month for a service account, the day otherwise."""
    day = china_day(now).isoformat()
    return day[:7] if kind.is_service else day


def _add_mass(
    session: Session,
    account_id: int,
    kind: AccountKind,
    villages: Collection[int] | None,
    now: datetime,
    number: int,
) -> None:
    names = [EVERYONE] if villages is None or not kind.is_service else [_village(one) for one in villages]
    for name in names:
        row = _row(session, account_id, name, period_of(kind, now))
        row.used = max(0, row.used + number)
    session.flush()


def _village(village_id: int) -> str:
    return f"mass:{village_id}"


def _used(session: Session, account_id: int, period: str) -> dict[str, int]:
    query = select(QuotaUse.name, func.sum(QuotaUse.used)).where(
        QuotaUse.account_id == account_id, QuotaUse.period == period, QuotaUse.name.startswith("mass:")
    )
    return {name: int(number) for name, number in session.execute(query.group_by(QuotaUse.name))}


def _row(session: Session, account_id: int, name: str, period: str) -> QuotaUse:
    row = session.get(QuotaUse, (account_id, name, period), populate_existing=True)
    if row is None:
        row = QuotaUse(account_id=account_id, name=name, period=period, used=0)
        session.add(row)
    return row
