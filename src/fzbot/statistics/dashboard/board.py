"""Everything that the first page of the console shows of a span, gathered once; also what the spreadsheet holds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from fzbot.interactions.message_kind import QUESTION_KINDS
from fzbot.knowledge.themes import SMALL_TALK, theme_of
from fzbot.notices.results.counts import GroupBy, Tally
from fzbot.statistics import interaction_counts as counts
from fzbot.statistics import notice_tables
from fzbot.statistics.recorded import Recorded, counted
from fzbot.statistics.scope import Scope, Span

DAILY_UP_TO = 92
"""Longer spans are shown by month."""
FRAUD = "fraud"
"""The theme whose entries have a chart of their own."""


@dataclass(frozen=True)
class Dashboard:
    """The figures of a span, and of the one before it to compare with."""

    span: Span
    now: Recorded
    before: Recorded
    trend: dict[str, tuple[int, int]]
    """By day or month: interactions and questions, days without any included."""
    by_month: bool
    themes: dict[str, int]
    """By theme key."""
    villages: dict[int, int]
    hours: list[int]
    entries: dict[str, int]
    pushed_by: dict[GroupBy, dict[int | str, Tally]]
    """Notices of the span by notice, village, adviser and month."""

    @property
    def frauds(self) -> dict[str, int]:
        """The entries on fraud alone."""
        return {entry: number for entry, number in self.entries.items() if theme_of(entry) == FRAUD}

    def named_themes(self, names: Mapping[str, str]) -> dict[str, int]:
        """Counts by a theme's Chinese name, small talk left out."""
        return {names.get(key, key): number for key, number in self.themes.items() if key != SMALL_TALK}


def dashboard(session: Session, scope: Scope, span: Span) -> Dashboard:
    """Gather the figures of a span."""
    entries = counts.breakdown(session, scope, span, "entry")
    hours = counts.breakdown(session, scope, span, "hour")
    by_month = span.days > DAILY_UP_TO
    cells = notice_tables.cells(session, scope, span)
    return Dashboard(
        span=span,
        now=counted(session, scope, span),
        before=counted(session, scope, span.previous),
        trend=_trend(session, scope, span, by_month),
        by_month=by_month,
        themes=counts.by_theme(entries),
        villages=counts.questions_by_village(session, scope, span),
        hours=[hours.get(f"{hour:02d}", 0) for hour in range(24)],
        entries=entries,
        pushed_by=notice_tables.tables(cells),
    )


def _trend(session: Session, scope: Scope, span: Span, by_month: bool) -> dict[str, tuple[int, int]]:
    everything = counts.by_day(session, scope, span, "kind")
    asked = counts.by_day(session, scope, span, "kind", QUESTION_KINDS)
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for offset in range(span.days):
        day = span.first + timedelta(days=offset)
        before = found[_label(day, by_month)]
        found[_label(day, by_month)] = (before[0] + everything.get(day, 0), before[1] + asked.get(day, 0))
    return dict(found)


def _label(day: date, by_month: bool) -> str:
    return f"{day:%Y-%m}" if by_month else day.isoformat()


def change(now: int, before: int) -> str:
    """How a number changed, in words for a table; empty where there is nothing to compare with."""
    if not before:
        return ""
    share = (now - before) / before
    return "持平" if now == before else f"{'增' if share > 0 else '减'} {abs(share):.0%}"
