"""Rollups that the dashboard reads instead of the rows: counts by day and facet, and how people come back.

Each interaction carries a flag `counted`. A batch flags its rows and adds them up in one transaction, so a row counts once,
in whatever order rows arrive (a spool may be replayed days later) and whoever dies on the way.

Distinct people over any span come from gaps: of the people active on a day, how many were last active on which day.
Somebody is new to a span on the one day whose predecessor lies before it, so the distinct people of a span are the sum of
the gaps that reach back beyond its first day. That is exact, and never touches the rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Engine,
    ForeignKey,
    Integer,
    String,
    not_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot import clock
from fzbot.db import Base, take_turns, writing
from fzbot.interactions.interaction import THESE, Interaction, these
from fzbot.interactions.message_kind import MessageKind
from fzbot.people.erasure import COUNTING
from fzbot.people.village import NO_VILLAGE

BATCH = 5000
ALL_VILLAGES = 0
NEVER = date(1, 1, 1)
LOST = MessageKind.UNSUBSCRIBE
"""The kind of interaction that serves nobody: its sender is not among the people."""


class DailyCount(Base):
    """How many interactions of a day had `key` as their `facet`. Village 0 is all together, -1 those of no village."""

    __tablename__ = "daily_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    facet: Mapped[str] = mapped_column(String(16), primary_key=True)
    village_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class PersonDay(Base):
    """A person was active on a day. An erased person keeps the rows under a name that leads nowhere."""

    __tablename__ = "person_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    openid_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class PersonVillage(Base):
    """The villages (-1: none) that a person has ever been counted under. Few people have several."""

    __tablename__ = "person_village"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    openid_hash: Mapped[str] = mapped_column(String(32), primary_key=True)


class PeopleGap(Base):
    """Of the people active on `day`, how many were last active on `previous_day` (year 1: never before)."""

    __tablename__ = "people_gap"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    previous_day: Mapped[date] = mapped_column(Date, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


Person = tuple[int, int, str]
"""Account, village (0 for all) and openid hash."""


def catch_up(engine: Engine) -> int:
    """Count what is not counted yet, batch by batch, each in a transaction of its own. Returns how many rows that were."""
    total = 0
    while True:
        with writing(engine) as session:
            number = count_batch(session)
        total += number
        if number < BATCH:
            return total


def count_batch(session: Session, size: int = BATCH) -> int:
    """Count up to `size` interactions that are not counted yet. One transaction at a time does this."""
    take_turns(session, COUNTING)
    rows = session.execute(_UNCOUNTED.limit(size)).all()
    if not rows:
        return 0
    _add_counts(session, rows)
    _add_people(session, rows)
    session.execute(_MARKED, these(rows))
    return len(rows)


_MARKED = update(Interaction).where(THESE).values(counted=True).execution_options(synchronize_session=False)
_UNCOUNTED = (
    select(
        Interaction.id,
        Interaction.account_id,
        Interaction.village_id,
        Interaction.openid_hash,
        Interaction.at,
        Interaction.day,
        Interaction.kind,
        Interaction.decision,
        Interaction.entry,
        Interaction.channel,
    )
    .where(not_(Interaction.counted))
    .order_by(Interaction.id)
)


def facet_keys(row: Any) -> dict[str, str]:
    """What one interaction counts as, by facet."""
    keys = {
        "kind": row.kind,
        "decision": row.decision,
        "entry": row.entry,
        "hour": f"{row.at.astimezone(clock.CHINA).hour:02d}",
        "channel": row.channel,
    }
    return {facet: key for facet, key in keys.items() if key is not None}


def villages_of(row: Any) -> tuple[int, int]:
    """The village columns that one interaction counts under: all together, and its own or none."""
    return ALL_VILLAGES, NO_VILLAGE if row.village_id is None else row.village_id


def _add_counts(session: Session, rows: Sequence[Any]) -> None:
    added = Counter[tuple[int, str, int, date, str]]()
    for row in rows:
        for facet, key in facet_keys(row).items():
            for village in villages_of(row):
                added[row.account_id, facet, village, row.day, key] += 1
    columns = ("account_id", "facet", "village_id", "day", "key")
    _add(session, DailyCount, columns, added)


def _add_people(session: Session, rows: Sequence[Any]) -> None:
    seen: dict[Person, set[date]] = defaultdict(set)
    for row in rows:
        if row.kind != LOST:
            for village in villages_of(row):
                seen[row.account_id, village, row.openid_hash].add(row.day)
    known = _known_days(session, seen)
    changes = Counter[tuple[int, int, date, date]]()
    new_days: list[dict[str, Any]] = []
    new_villages: list[dict[str, Any]] = []
    for person, days in seen.items():
        before = known.get(person, set())
        fresh = days - before
        if fresh:
            changes.update(_gaps(person, before | fresh))
            changes.subtract(_gaps(person, before))
            new_days += [_columns(person) | {"day": day} for day in fresh]
            new_villages += [_columns(person)] if person[1] != ALL_VILLAGES else []
    _insert(session, PersonDay, new_days)
    _insert(session, PersonVillage, new_villages)
    columns = ("account_id", "village_id", "day", "previous_day")
    _add(session, PeopleGap, columns, changes)


def _known_days(session: Session, people: Iterable[Person]) -> dict[Person, set[date]]:
    known: dict[Person, set[date]] = defaultdict(set)
    wanted = sorted(people)
    for start in range(0, len(wanted), 500):
        columns = (PersonDay.account_id, PersonDay.village_id, PersonDay.openid_hash)
        query = select(*columns, PersonDay.day).where(tuple_(*columns).in_(wanted[start : start + 500]))
        for account_id, village_id, openid_hash, day in session.execute(query):
            known[account_id, village_id, openid_hash].add(day)
    return known


def _gaps(person: Person, days: set[date]) -> Counter[tuple[int, int, date, date]]:
    account_id, village_id, _ = person
    ordered = [NEVER, *sorted(days)]
    return Counter((account_id, village_id, day, previous) for previous, day in pairwise(ordered))


def _columns(person: Person) -> dict[str, Any]:
    account_id, village_id, openid_hash = person
    return {"account_id": account_id, "village_id": village_id, "openid_hash": openid_hash}


def _insert(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(_dialect_insert(session, table).on_conflict_do_nothing(), rows)


def _add(session: Session, table: type[Base], columns: tuple[str, ...], changes: Counter[Any]) -> None:
    values = [
        dict(zip(columns, key, strict=True)) | {"number": number} for key, number in sorted(changes.items()) if number
    ]
    if not values:
        return
    statement = _dialect_insert(session, table)
    added = {"number": statement.table.c.number + statement.excluded.number}
    session.execute(statement.on_conflict_do_update(index_elements=list(columns), set_=added), values)


def _dialect_insert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return (postgresql.insert if is_postgresql else sqlite.insert)(Base.metadata.tables[table.__tablename__])
