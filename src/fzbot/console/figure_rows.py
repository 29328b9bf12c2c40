"""Where the rows behind a figure are listed."""

from fzbot.activities.kinds import Measure
from fzbot.console.ledger_pages import Filters
from fzbot.console.period import Period
from fzbot.statistics.figures.figure import Figure, Source

_PLACES = {
    Source.CHAT: "/interactions",
    Source.HANDOVERS: "/handovers",
    Source.NOTICES: "/pushes/rows",
    Source.READS: "/pushes/rows",
    Source.FORWARDS: "/pushes/rows",
    Source.LEDGER: "/activities",
    Source.SERVICE_LOG: "/services",
}


def of_days(figure: Figure, period: Period) -> str:
    """The address of the rows that the service counted in some days; notices themselves have a page of tables instead."""
    place = "/pushes" if figure.source is Source.NOTICES and not figure.narrowed else _PLACES[figure.source]
    return f"{place}?{period.query(**figure.narrowed)}"


def of_year(figure: Figure, year: int, account_id: int) -> str:
    """The address of the rows that people typed in for a year."""
    measure = figure.narrowed.get("measure")
    filters = Filters(year, measure=Measure(measure) if measure else None, account=account_id)
    return f"{_PLACES[figure.source]}?{filters.query()}"


def is_of_year(figure: Figure) -> bool:
    """Whether its rows are listed by years rather than by days."""
    return figure.source in {Source.LEDGER, Source.SERVICE_LOG}
