"""All figures, each written down once.

Tiles, spreadsheet, yearly report, `/api/v1/stats`, `fzbot stats` and `docs/statistics.zh-CN.md` read this list and have none of
their own. Rules of the trade: 人次 and 人数 apart; pushed, delivered and read never added together; a rate tells what it is of.
"""

from fzbot.statistics.figures.conversations import CONVERSATIONS
from fzbot.statistics.figures.figure import Figure, Surface
from fzbot.statistics.figures.ledger import LEDGER
from fzbot.statistics.figures.notices import NOTICES

FIGURES: tuple[Figure, ...] = (*CONVERSATIONS, *NOTICES, *LEDGER)
"""In the order in which they are shown."""
BY_KEY = {figure.key: figure for figure in FIGURES}


def shown_on(surface: Surface) -> tuple[Figure, ...]:
    """The figures of a surface, in order; the yearly report begins with what people typed in."""
    ordered = (*LEDGER, *CONVERSATIONS, *NOTICES) if surface is Surface.REPORT else FIGURES
    return tuple(figure for figure in ordered if surface in figure.shown_on)
