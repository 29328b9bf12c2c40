"""Everything that was recorded in a span of days: what figures are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fzbot.activities.kinds import Measure
from fzbot.activities.listing import ActivitySums
from fzbot.clock import day_bounds
from fzbot.handovers.handover import Handover
from fzbot.notices.results.counts import Tally, total
from fzbot.people.village import village_key
from fzbot.statistics import notice_tables
from fzbot.statistics.interaction_counts import InteractionCounts, interaction_counts
from fzbot.statistics.scope import Scope, Span


@dataclass(frozen=True)
class Recorded:
    """What the service counted, and what people typed into the ledger: by measure, all together, and services."""

    chat: InteractionCounts = field(default_factory=InteractionCounts)
    handovers: int = 0
    notices: Tally = field(default_factory=Tally)
    measures: Mapping[Measure, ActivitySums] = field(default_factory=dict)
    ledger: ActivitySums = field(default_factory=ActivitySums)
    services: ActivitySums = field(default_factory=ActivitySums)

    def of(self, measure: Measure) -> ActivitySums:
        """What activities that count as `measure` add up to."""
        return self.measures.get(measure, ActivitySums())


def counted(session: Session, scope: Scope, span: Span) -> Recorded:
    """What the service counted; nothing of the ledger, which only the yearly report adds up."""
    return Recorded(
        chat=interaction_counts(session, scope, span),
        handovers=_handovers(session, scope, span),
        notices=total(notice_tables.cells(session, scope, span)),
    )


def _handovers(session: Session, scope: Scope, span: Span) -> int:
    start, end = day_bounds(span.first, span.last)
    passed_on = (Handover.account_id.in_(scope.accounts), Handover.asked_at >= start, Handover.asked_at < end)
    query = select(func.count()).select_from(Handover).where(*passed_on)
    if scope.villages is not None:
        query = query.where(village_key(Handover.village_id).in_(scope.villages))
    return session.scalar(query) or 0
