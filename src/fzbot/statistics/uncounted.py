"""What has come in since the job counted last, for reading beside the rollups: a page shows it at once and writes nothing.

The rows are found by the small index on what is not counted yet. They are put aside first (MATERIALIZED), or the planner
would look for them among all interactions of the account.
"""

from typing import Any

from sqlalchemy import Select, Subquery, func, literal, not_, select, union_all
from sqlalchemy.orm import Session

from fzbot.interactions.interaction import Interaction
from fzbot.people.village import NO_VILLAGE
from fzbot.statistics.facets import facet_columns
from fzbot.statistics.rollup import ALL_VILLAGES, LOST, DailyCount
from fzbot.statistics.scope import Scope, Span

_ROWS = (
    select(
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
    .cte("uncounted")
    .prefix_with("MATERIALIZED")
)
_VILLAGE = func.coalesce(_ROWS.c.village_id, NO_VILLAGE)


def counts(session: Session, scope: Scope, span: Span, facet: str, *, apart: bool = False) -> Subquery:
    """Village, day, key and number of a facet, counted and uncounted together; villages `apart` also where all are wanted."""
    rows, village = _ROWS, _VILLAGE
    key = facet_columns(session, rows.c)[facet]
    rolled = select(DailyCount.village_id, DailyCount.day, DailyCount.key, DailyCount.number).where(
        DailyCount.account_id.in_(scope.accounts) & (DailyCount.village_id != ALL_VILLAGES)
        if apart and scope.villages is None
        else scope.holds(DailyCount.account_id, DailyCount.village_id),
        DailyCount.facet == facet,
        span.holds(DailyCount.day),
    )
    fresh = select(village, rows.c.day, key, literal(1)).where(
        scope.holds_uncounted(rows.c.account_id, village), key.is_not(None), span.holds(rows.c.day)
    )
    return union_all(rolled, fresh).subquery()


def person_days(scope: Scope, span: Span) -> Select[Any]:
    """Account, village (0 for all), hash and day of the people in what is not counted yet, each once."""
    rows, village = _ROWS, _VILLAGE
    shown = literal(ALL_VILLAGES) if scope.villages is None else village
    return (
        select(rows.c.account_id, shown.label("village_id"), rows.c.openid_hash, rows.c.day)
        .where(scope.holds_uncounted(rows.c.account_id, village), rows.c.kind != LOST, span.holds(rows.c.day))
        .distinct()
    )
