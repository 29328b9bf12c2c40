"""The tables of notices, over the villages and days that all other figures are of."""

from sqlalchemy.orm import Session

from fzbot.notices.results import counts
from fzbot.notices.results.counts import Cell, DeliveryFilter, GroupBy, Tally
from fzbot.statistics.scope import Scope, Span

HEADS = {GroupBy.NOTICE: "通知", GroupBy.VILLAGE: "村", GroupBy.ADVISER: "顾问", GroupBy.MONTH: "月份"}
"""What the tables are told apart by."""


def wanted(
    scope: Scope,
    span: Span,
    notice: int | None = None,
    adviser: int | None = None,
    joint: frozenset[int] | None = None,
) -> DeliveryFilter:
    """The rows of a scope and span, of one notice or one adviser at wish.

    Rows of no village count where their notice went to none but the scope's villages, or to none but those in `joint`.
    """
    together = scope.villages if joint is None else joint
    return DeliveryFilter(
        scope.accounts, span.first, span.last, scope.villages, notice, adviser, together or frozenset()
    )


def cells(session: Session, scope: Scope, span: Span) -> list[Cell]:
    """Everything that was counted of notices."""
    return counts.cells(session, wanted(scope, span))


def tables(parts: list[Cell]) -> dict[GroupBy, dict[int | str, Tally]]:
    """By notice, village and adviser, those most pushed first; and by month, in order."""
    found: dict[GroupBy, dict[int | str, Tally]] = {}
    for by in GroupBy:
        counted = sorted(counts.grouped_by(parts, by).items())
        if by is not GroupBy.MONTH:
            counted.sort(key=lambda item: (-item[1].pushed, -item[1].forwarded))
        found[by] = dict(counted)
    return found
