"""The figures of notices, with their definitions, over the villages and days that all other figures are of."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fzbot.notices import counting
from fzbot.notices.counting import By, Cell, Tally, Wanted
from fzbot.statistics import definitions as d
from fzbot.statistics.figures import Scope, Span


@dataclass(frozen=True)
class PushFigure:
    """A figure of notices; `key` names it in addresses."""

    key: str
    definition: d.Definition
    of: Callable[[Tally], int]
    by_hand: bool = False


FIGURES = (
    PushFigure("notices", d.NOTICES, lambda tally: tally.notices),
    PushFigure("pushed", d.PUSHED, lambda tally: tally.pushed),
    PushFigure("accepted", d.ACCEPTED, lambda tally: tally.accepted),
    PushFigure("delivered", d.DELIVERED, lambda tally: tally.delivered),
    PushFigure("read", d.READ, lambda tally: tally.read),
    PushFigure("groups", d.GROUPS, lambda tally: tally.groups, by_hand=True),
    PushFigure("forwarded", d.FORWARDED, lambda tally: tally.forwarded, by_hand=True),
)
"""In the order in which they are shown; never added to each other."""
HEADS = {By.NOTICE: "通知", By.VILLAGE: "村", By.ADVISER: "顾问", By.MONTH: "月份"}
"""What the tables are told apart by."""


def wanted(scope: Scope, span: Span, notice: int | None = None, adviser: int | None = None) -> Wanted:
    """The rows of a scope and span, of one notice or one adviser at wish."""
    return Wanted(scope.accounts, span.first, span.last, scope.villages, notice, adviser)


def cells(session: Session, scope: Scope, span: Span) -> list[Cell]:
    """Everything that was counted of notices."""
    return counting.cells(session, wanted(scope, span))


def tables(parts: list[Cell]) -> dict[By, dict[int | str, Tally]]:
    """By notice, village and adviser, those most pushed first; and by month, in order."""
    found: dict[By, dict[int | str, Tally]] = {}
    for by in By:
        counted = sorted(counting.told_apart(parts, by).items())
        if by is not By.MONTH:
            counted.sort(key=lambda item: (-item[1].pushed, -item[1].forwarded))
        found[by] = dict(counted)
    return found
