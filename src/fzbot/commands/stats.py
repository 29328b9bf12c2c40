"""`fzbot stats`: what was counted in a span of days."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot import bootstrap
from fzbot.db import reading
from fzbot.errors import FzbotError
from fzbot.knowledge.files import load_themes
from fzbot.people.account import Account
from fzbot.settings import Settings
from fzbot.statistics.figures.figure import Figure, Surface
from fzbot.statistics.figures.registry import shown_on
from fzbot.statistics.interaction_counts import breakdown, by_day, by_theme
from fzbot.statistics.recorded import Recorded, counted
from fzbot.statistics.scope import Scope, Span

Row = dict[str, int | float | None]
"""By a figure's key: its value, or the share of a rate (None where there is nothing to share)."""


class StatsReport(BaseModel):
    """The figures of a span: in all, by day (days without any are left out), by theme and by entry."""

    first: date
    last: date
    total: Row
    days: dict[date, Row]
    themes: dict[str, int]
    theme_names: dict[str, str]
    entries: dict[str, int]


def report(settings: Settings, first: date, last: date) -> StatsReport:
    """Count all accounts but the simulator's and that of touch screens in no village; `FzbotError` when the span runs backwards."""
    if first > last:
        raise FzbotError(f"起始日 {first} 在截止日 {last} 之后，请对调")
    bootstrap.prepare_database(settings)
    engine = bootstrap.open_engine(settings)
    try:
        with reading(engine) as session:
            real = session.scalars(
                select(Account.id).where(Account.slug.not_in((bootstrap.SIMULATOR, bootstrap.KIOSK)))
            ).all()
            return _gathered(session, Scope(tuple(real)), Span(first, last), load_themes(settings.knowledge))
    finally:
        engine.dispose()


def _gathered(session: Session, scope: Scope, span: Span, names: Mapping[str, str]) -> StatsReport:
    entries = breakdown(session, scope, span, "entry")
    days = by_day(session, scope, span, "kind")
    return StatsReport(
        first=span.first,
        last=span.last,
        total=_row(counted(session, scope, span)),
        days={day: _row(counted(session, scope, Span(day, day))) for day in days},
        themes=by_theme(entries),
        theme_names={theme: names.get(theme, theme) for theme in by_theme(entries)},
        entries=entries,
    )


def _row(recorded: Recorded) -> Row:
    return {figure.key: figure.number(recorded) for figure in shown_on(Surface.CLI)}


def table(report: StatsReport) -> str:
    """The report as a table for the terminal."""
    lines = ["\t".join(["日期", *(figure.name for figure in shown_on(Surface.CLI))])]
    lines += [_line(day.isoformat(), row) for day, row in report.days.items()]
    lines.append(_line("合计", report.total))
    if report.themes:
        lines.append(
            "主题：" + "，".join(f"{report.theme_names[theme]} {number}" for theme, number in report.themes.items())
        )
    return "\n".join(lines)


def _line(name: str, row: Row) -> str:
    return "\t".join([name, *(_cell(figure, row[figure.key]) for figure in shown_on(Surface.CLI))])


def _cell(figure: Figure, value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.1%}" if figure.is_rate else str(value)
