"""Counts of interactions over a span of days: the rollups, and what has come in since they were made."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, cast, exists, func, literal, select, true, union
from sqlalchemy.orm import Session

from fzbot.answering.decision import DecisionKind
from fzbot.interactions.message_kind import QUESTION_KINDS, MessageKind
from fzbot.knowledge.themes import theme_of
from fzbot.statistics import uncounted
from fzbot.statistics.rollup import PeopleGap, PersonDay, PersonVillage
from fzbot.statistics.scope import Scope, Span

_PERSON = ("account_id", "openid_hash")


@dataclass(frozen=True)
class InteractionCounts:
    """Counts of a span. `people` are distinct over it; `visits` count a person once a day."""

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
        """What was asked in words."""
        return sum(self.of_kind(kind) for kind in QUESTION_KINDS)

    @property
    def answered(self) -> int:
        """What was answered directly, urgent ones included."""
        return sum(self.decided_as(kind) for kind in DecisionKind if kind.is_direct)

    @property
    def decided(self) -> int:
        """What the share of direct answers is of: everything decided but small talk."""
        return sum(self.decided_as(kind) for kind in DecisionKind if kind.is_about_law)

    def of_kind(self, kind: MessageKind) -> int:
        """How many came in of a kind."""
        return self.kinds.get(kind, 0)

    def decided_as(self, kind: DecisionKind) -> int:
        """How many were decided so."""
        return self.decisions.get(kind, 0)


def interaction_counts(session: Session, scope: Scope, span: Span) -> InteractionCounts:
    """All counts of a span."""
    return InteractionCounts(
        kinds=breakdown(session, scope, span, "kind"),
        decisions=breakdown(session, scope, span, "decision"),
        people=people(session, scope, span),
        visits=visits(session, scope, span),
    )


def breakdown(session: Session, scope: Scope, span: Span, facet: str) -> dict[str, int]:
    """Counts by key of a facet, most first."""
    counted = uncounted.counts(session, scope, span, facet).c
    total = func.sum(counted.number)
    query = select(counted.key, cast(total, Integer)).group_by(counted.key).order_by(total.desc(), counted.key)
    return {key: number for key, number in session.execute(query) if number}


def by_day(
    session: Session, scope: Scope, span: Span, facet: str, keys: Iterable[str] | None = None
) -> dict[date, int]:
    """Counts by day of a facet, of some of its keys or of all; days without any are left out."""
    counted = uncounted.counts(session, scope, span, facet).c
    wanted = counted.key.in_(list(keys)) if keys is not None else true()
    total = cast(func.sum(counted.number), Integer)
    query = select(counted.day, total).where(wanted).group_by(counted.day).order_by(counted.day)
    return dict(session.execute(query).all())


def questions_by_village(session: Session, scope: Scope, span: Span) -> dict[int, int]:
    """What was asked, by village (`NO_VILLAGE`: by people of none), most first."""
    counted = uncounted.counts(session, scope, span, "kind", apart=True).c
    total = func.sum(counted.number)
    query = (
        select(counted.village_id, cast(total, Integer))
        .where(counted.key.in_(QUESTION_KINDS))
        .group_by(counted.village_id)
        .order_by(total.desc(), counted.village_id)
    )
    return dict(session.execute(query).all())


def by_theme(entries: dict[str, int]) -> dict[str, int]:
    """Counts of entries by their theme, most first."""
    found: dict[str, int] = {}
    for entry, number in entries.items():
        found[theme_of(entry)] = found.get(theme_of(entry), 0) + number
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def people(session: Session, scope: Scope, span: Span) -> int:
    """Distinct people of a span."""
    return _distinct(session, scope, span, PeopleGap.previous_day < span.first)


def visits(session: Session, scope: Scope, span: Span) -> int:
    """Visits of a span: a person counts once for each day of being active."""
    return _distinct(session, scope, span, true(), "day")


def _distinct(session: Session, scope: Scope, span: Span, gaps: ColumnElement[bool], *by: str) -> int:
    """People, told apart by more at wish: those of the rollups, those new since, less those counted in several villages."""
    rolled = select(func.coalesce(func.sum(PeopleGap.number), 0)).where(
        scope.holds(PeopleGap.account_id, PeopleGap.village_id), span.holds(PeopleGap.day), gaps
    )
    total = rolled.scalar_subquery() + _added(scope, span, *by) - _counted_again(scope, span, *by)
    return int(session.scalar(select(total)) or 0)


def _added(scope: Scope, span: Span, *by: str) -> ScalarSelect[int]:
    """How many of those not counted yet the rollups of the span do not have."""
    fresh = uncounted.person_days(scope, span).subquery().c
    keys = [fresh[name] for name in ("account_id", "village_id", "openid_hash", *by)]
    same = [getattr(PersonDay, key.name) == key for key in keys]
    is_known = exists().where(*same, span.holds(PersonDay.day))
    added = select(*keys).where(~is_known).distinct()
    return select(func.count()).select_from(added.subquery()).scalar_subquery()


def _counted_again(scope: Scope, span: Span, *by: str) -> ColumnElement[int]:
    """How often adding up the villages counts the same again, because somebody wrote under several of them."""
    if scope.villages is None or len(scope.villages) == 1:
        return literal(0)
    fresh = uncounted.person_days(scope, span).subquery().c
    movers = (
        select(PersonVillage.account_id, PersonVillage.openid_hash)
        .where(scope.holds(PersonVillage.account_id, PersonVillage.village_id))
        .group_by(PersonVillage.account_id, PersonVillage.openid_hash)
        .having(func.count() > 1)
    )
    # Whoever wrote since may have moved with it; to look at one who did not costs a little and changes nothing.
    suspects = union(movers, select(fresh.account_id, fresh.openid_hash)).subquery()
    is_suspect = [getattr(PersonDay, name) == suspects.c[name] for name in _PERSON]
    rolled = (
        select(PersonDay.account_id, PersonDay.village_id, PersonDay.openid_hash, PersonDay.day)
        .join(suspects, is_suspect[0] & is_suspect[1])
        .where(scope.holds(PersonDay.account_id, PersonDay.village_id), span.holds(PersonDay.day))
    )
    days = union(rolled, select(fresh.account_id, fresh.village_id, fresh.openid_hash, fresh.day)).subquery().c
    apart = ("account_id", "village_id", "openid_hash", *by)
    return _number_of(days, *apart) - _number_of(days, "account_id", "openid_hash", *by)


def _number_of(rows: Any, *keys: str) -> ScalarSelect[int]:
    """How many different rows there are, as told apart by some columns."""
    distinct = select(*(rows[key] for key in keys)).distinct().subquery()
    return select(func.count()).select_from(distinct).scalar_subquery()
