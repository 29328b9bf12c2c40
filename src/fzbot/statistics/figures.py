"""Figures of a span of days, read from the rollups."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fzbot.statistics.rollup import ALL_VILLAGES, DailyCount, PeopleGap, PersonDay, PersonVillage

ASKED = ("text", "voice")
DECISIONS = {"answer": "直接解答", "suggest": "给出选项", "unknown": "未解答", "chat": "闲谈", "urgent": "紧急"}


@dataclass(frozen=True)
class Span:
    """The Chinese days `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days that is."""
        return (self.last - self.first).days + 1

    @property
    def previous(self) -> "Span":
        """The span of the same length just before."""
        return Span(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


@dataclass(frozen=True)
class Scope:
    """Whose figures: accounts, and villages (None for all, -1 among them for those of no village)."""

    accounts: tuple[int, ...]
    villages: frozenset[int] | None = None

    def holds(self, account: InstrumentedAttribute[int], village: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition on a rollup's account and village columns."""
        wanted = (ALL_VILLAGES,) if self.villages is None else self.villages
        return account.in_(self.accounts) & village.in_(wanted)


@dataclass(frozen=True)
class Figures:
    """The figures of a span. `people` are distinct over it; `visits` count a person once a day."""

    kinds: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, int] = field(default_factory=dict)
    people: int = 0
    visits: int = 0

    @property
    def interactions(self) -> int:
        """Everything that came in and was answered."""
        return sum(self.kinds.values())

    @property
    def questions(self) -> int:
        """What was asked by text or voice."""
        return sum(self.kinds.get(kind, 0) for kind in ASKED)

    @property
    def answered(self) -> int:
        """What was answered directly, urgent ones included."""
        return self.decisions.get("answer", 0) + self.decisions.get("urgent", 0)

    @property
    def decided(self) -> int:
        """What the share of direct answers is of: everything decided but small talk."""
        return sum(number for decision, number in self.decisions.items() if decision != "chat")


def figures(session: Session, scope: Scope, span: Span) -> Figures:
    """The figures of a span."""
    return Figures(
        kinds=breakdown(session, scope, span, "kind"),
        decisions=breakdown(session, scope, span, "decision"),
        people=people(session, scope, span),
        visits=visits(session, scope, span),
    )


def breakdown(session: Session, scope: Scope, span: Span, facet: str) -> dict[str, int]:
    """Counts by key of a facet, most first."""
    total = func.sum(DailyCount.number)
    query = (
        select(DailyCount.key, cast(total, Integer))
        .where(*_of(scope, span, facet))
        .group_by(DailyCount.key)
        .order_by(total.desc(), DailyCount.key)
    )
    return {key: number for key, number in session.execute(query) if number}


def by_day(
    session: Session, scope: Scope, span: Span, facet: str, keys: Iterable[str] | None = None
) -> dict[date, int]:
    """Counts by day of a facet, of some of its keys or of all; days without any are left out."""
    wanted = DailyCount.key.in_(list(keys)) if keys is not None else true()
    query = (
        select(DailyCount.day, cast(func.sum(DailyCount.number), Integer))
        .where(*_of(scope, span, facet), wanted)
        .group_by(DailyCount.day)
        .order_by(DailyCount.day)
    )
    return dict(session.execute(query).all())


def by_village(session: Session, scope: Scope, span: Span, keys: Iterable[str] = ASKED) -> dict[int, int]:
    """What was asked, by village (-1: by people of no village), most first."""
    villages = (
        DailyCount.village_id != ALL_VILLAGES if scope.villages is None else DailyCount.village_id.in_(scope.villages)
    )
    total = func.sum(DailyCount.number)
    query = (
        select(DailyCount.village_id, cast(total, Integer))
        .where(
            DailyCount.account_id.in_(scope.accounts),
            DailyCount.facet == "kind",
            villages,
            DailyCount.day.between(span.first, span.last),
            DailyCount.key.in_(list(keys)),
        )
        .group_by(DailyCount.village_id)
        .order_by(total.desc(), DailyCount.village_id)
    )
    return dict(session.execute(query).all())


def people(session: Session, scope: Scope, span: Span) -> int:
    """Distinct people of a span."""
    added_up = _gap_sum(session, scope, span, PeopleGap.previous_day < span.first)
    return added_up - _counted_again(session, scope, span, PersonDay.openid_hash)


def visits(session: Session, scope: Scope, span: Span) -> int:
    """Visits of a span: a person counts once for each day of being active."""
    return _gap_sum(session, scope, span, true()) - _counted_again(
        session, scope, span, PersonDay.openid_hash, PersonDay.day
    )


def _counted_again(session: Session, scope: Scope, span: Span, *what: InstrumentedAttribute[Any]) -> int:
    """How often adding up the villages counts the same again, because somebody wrote under several of them."""
    if scope.villages is None or len(scope.villages) == 1:
        return 0
    person = (PersonVillage.account_id, PersonVillage.openid_hash)
    movers = (
        select(*person)
        .where(scope.holds(PersonVillage.account_id, PersonVillage.village_id))
        .group_by(*person)
        .having(func.count() > 1)
        .subquery()
    )
    by_village = (
        select(PersonDay.account_id, PersonDay.village_id, *what)
        .join(movers, (movers.c.account_id == PersonDay.account_id) & (movers.c.openid_hash == PersonDay.openid_hash))
        .where(scope.holds(PersonDay.account_id, PersonDay.village_id), PersonDay.day.between(span.first, span.last))
        .distinct()
    )
    together = by_village.with_only_columns(PersonDay.account_id, *what)
    counts = [select(func.count()).select_from(query.subquery()).scalar_subquery() for query in (by_village, together)]
    return int(session.scalar(select(counts[0] - counts[1])) or 0)


def topics(entries: dict[str, int]) -> dict[str, int]:
    """Counts by topic (the first part of the entry's id), most first."""
    found: dict[str, int] = {}
    for entry, number in entries.items():
        topic = entry.split(".")[0]
        found[topic] = found.get(topic, 0) + number
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _gap_sum(session: Session, scope: Scope, span: Span, condition: ColumnElement[bool]) -> int:
    query = select(func.sum(PeopleGap.number)).where(
        scope.holds(PeopleGap.account_id, PeopleGap.village_id),
        PeopleGap.day.between(span.first, span.last),
        condition,
    )
    return int(session.scalar(query) or 0)


def _of(scope: Scope, span: Span, facet: str) -> list[ColumnElement[bool]]:
    return [
        scope.holds(DailyCount.account_id, DailyCount.village_id),
        DailyCount.facet == facet,
        DailyCount.day.between(span.first, span.last),
    ]
