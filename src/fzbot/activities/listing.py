"""Looking rows of the ledger and the service log up, and adding them up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy.orm import Session

from fzbot import clock
from fzbot.activities.kinds import Measure, counting_as
from fzbot.activities.ledger import Activity, activity_village
from fzbot.activities.service_log import Service

ADDED = ("sessions", "people", "materials", "disputes_found", "disputes_settled")


@dataclass(frozen=True)
class ActivityFilter:
    """Which rows. `villages` None is every row, the whole town's included; `kinds` None is every kind."""

    accounts: tuple[int, ...]
    first: date | None = None
    last: date | None = None
    villages: frozenset[int] | None = None
    kinds: frozenset[str] | None = None

    def activities(self) -> list[ColumnElement[bool]]:
        """As conditions on activities."""
        found: list[ColumnElement[bool]] = [Activity.account_id.in_(self.accounts)]
        if self.first and self.last:
            found.append(Activity.day.between(self.first, self.last))
        if self.kinds is not None:
            found.append(Activity.kind.in_(self.kinds))
        if self.villages is not None:
            link = activity_village.c
            found.append(Activity.id.in_(select(link.activity_id).where(link.village_id.in_(self.villages))))
        return found

    def services(self) -> list[ColumnElement[bool]]:
        """As conditions on services; kinds do not matter."""
        found: list[ColumnElement[bool]] = [Service.account_id.in_(self.accounts)]
        if self.first and self.last:
            start, end = clock.day_bounds(self.first, self.last)
            found += [Service.at >= start, Service.at < end]
        if self.villages is not None:
            found.append(Service.village_id.in_(self.villages))
        return found


@dataclass(frozen=True)
class ActivitySums:
    """How many rows there are and what they add up to; None where no row has the figure. `filled`: how many have it."""

    rows: int = 0
    sessions: int | None = None
    people: int | None = None
    materials: int | None = None
    disputes_found: int | None = None
    disputes_settled: int | None = None
    filled: Mapping[str, int] = field(default_factory=dict, compare=False)


def activities(session: Session, wanted: ActivityFilter, skip: int = 0, most: int | None = None) -> list[Activity]:
    """The activities, newest first."""
    newest = select(Activity).where(*wanted.activities()).order_by(Activity.day.desc(), Activity.id.desc())
    return list(session.scalars(newest.offset(skip).limit(most)))


def services(session: Session, wanted: ActivityFilter, skip: int = 0, most: int | None = None) -> list[Service]:
    """The services, newest first."""
    newest = select(Service).where(*wanted.services()).order_by(Service.at.desc(), Service.id.desc())
    return list(session.scalars(newest.offset(skip).limit(most)))


def sums(session: Session, wanted: ActivityFilter) -> ActivitySums:
    """What the activities add up to."""
    columns = [getattr(Activity, name) for name in ADDED]
    added = [cast(func.sum(column), Integer) for column in columns]
    filled = [func.count(column) for column in columns]
    rows, *numbers = session.execute(select(func.count(), *added, *filled).where(*wanted.activities())).one()
    sums, counts = numbers[: len(ADDED)], numbers[len(ADDED) :]
    return ActivitySums(rows, **dict(zip(ADDED, sums, strict=True)), filled=dict(zip(ADDED, counts, strict=True)))


def sums_by_measure(session: Session, wanted: ActivityFilter) -> dict[Measure, ActivitySums]:
    """What the activities add up to, by as what they count; measures without a row are left out."""
    found = {}
    for measure in Measure:
        kinds = frozenset().union(*(counting_as(session, account, measure) for account in wanted.accounts))
        added = sums(session, replace(wanted, kinds=kinds if wanted.kinds is None else kinds & wanted.kinds))
        if added.rows:
            found[measure] = added
    return found


def service_sums(session: Session, wanted: ActivityFilter) -> ActivitySums:
    """How many services there were, and for how many people."""
    added = (func.count(), cast(func.sum(Service.people), Integer), func.count(Service.people))
    rows, people, filled = session.execute(select(*added).where(*wanted.services())).one()
    return ActivitySums(rows, people=people, filled={"people": filled})


def kinds_in_use(session: Session, account_id: int) -> Sequence[str]:
    """The kinds that an account's activities have, removed ones included."""
    used = select(Activity.kind).where(Activity.account_id == account_id).distinct().order_by(Activity.kind)
    return session.scalars(used).all()


def years(session: Session, accounts: tuple[int, ...], today: date) -> list[int]:
    """The years there may be rows of, newest first: from the first row's to this one."""
    first_day = session.scalar(select(func.min(Activity.day)).where(Activity.account_id.in_(accounts)))
    first_at = session.scalar(select(func.min(Service.at)).where(Service.account_id.in_(accounts)))
    known = [day.year for day in (first_day, first_at and clock.china_day(first_at)) if day]
    return list(range(today.year, min([*known, today.year]) - 1, -1))
