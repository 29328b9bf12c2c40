"""Everything that the first page of the console shows of a span, gathered once; also what the spreadsheet holds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fzbot.clock import day_bounds
from fzbot.handovers.handover import Handover
from fzbot.notices.results.counts import GroupBy, Tally, total
from fzbot.people.village import village_key
from fzbot.statistics import figures as f
from fzbot.statistics import notice_figures
from fzbot.statistics.definitions import TOPICS
from fzbot.statistics.figures import ASKED, Figures, Scope, Span

DAILY_UP_TO = 92
"""Longer spans are shown by month."""


@dataclass(frozen=True)
class Dashboard:
    """The figures of a span, and of the one before it to compare with."""

    span: Span
    now: Figures
    before: Figures
    trend: dict[str, tuple[int, int]]
    """By day or month: interactions and questions, days without any included."""
    by_month: bool
    topics: dict[str, int]
    """By topic key."""
    villages: dict[int, int]
    hours: list[int]
    entries: dict[str, int]
    handed_over: tuple[int, int]
    """Questions passed to advisers, now and in the span before."""
    pushed: tuple[Tally, Tally]
    """Notices, now and in the span before."""
    pushed_by: dict[GroupBy, dict[int | str, Tally]]
    """Notices of the span by notice, village, adviser and month."""

    @property
    def frauds(self) -> dict[str, int]:
        """The entries on fraud alone."""
        return {entry: number for entry, number in self.entries.items() if entry.startswith("fraud.")}

    def topic_names(self) -> dict[str, int]:
        """Counts by a topic's Chinese name, small talk left out."""
        return {TOPICS.get(key, key): number for key, number in self.topics.items() if key != "chat"}


def dashboard(session: Session, scope: Scope, span: Span) -> Dashboard:
    """Gather the figures of a span."""
    entries = f.breakdown(session, scope, span, "entry")
    hours = f.breakdown(session, scope, span, "hour")
    by_month = span.days > DAILY_UP_TO
    cells = notice_figures.cells(session, scope, span)
    return Dashboard(
        span=span,
        now=f.figures(session, scope, span),
        before=f.figures(session, scope, span.previous),
        trend=_trend(session, scope, span, by_month),
        by_month=by_month,
        topics=f.topics(entries),
        villages=f.by_village(session, scope, span),
        hours=[hours.get(f"{hour:02d}", 0) for hour in range(24)],
        entries=entries,
        handed_over=(_handed_over(session, scope, span), _handed_over(session, scope, span.previous)),
        pushed=(total(cells), total(notice_figures.cells(session, scope, span.previous))),
        pushed_by=notice_figures.tables(cells),
    )


def _handed_over(session: Session, scope: Scope, span: Span) -> int:
    start, end = day_bounds(span.first, span.last)
    query = select(func.count()).where(
        Handover.account_id.in_(scope.accounts), Handover.asked_at >= start, Handover.asked_at < end
    )
    if scope.villages is not None:
        query = query.where(village_key(Handover.village_id).in_(scope.villages))
    return session.scalar(query) or 0


def _trend(session: Session, scope: Scope, span: Span, by_month: bool) -> dict[str, tuple[int, int]]:
    everything = f.by_day(session, scope, span, "kind")
    asked = f.by_day(session, scope, span, "kind", ASKED)
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


def named(counts: Mapping[str, int], names: Mapping[str, str], most: int = 15) -> list[tuple[str, str, int]]:
    """The largest counts with their names: (key, name, number)."""
    return [(key, names.get(key, key), number) for key, number in list(counts.items())[:most]]
