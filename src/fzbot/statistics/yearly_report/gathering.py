"""Gathering the figures of a year, and of the same days a year before."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.activities import listing
from fzbot.activities.kinds import Measure, counting_as, kinds_of
from fzbot.activities.listing import ActivityFilter
from fzbot.errors import ReportError
from fzbot.knowledge.themes import SMALL_TALK
from fzbot.notices.results.counts import GroupBy, Tally
from fzbot.people.village import Village
from fzbot.statistics import interaction_counts, notice_tables
from fzbot.statistics.figures.figure import Surface
from fzbot.statistics.figures.registry import shown_on
from fzbot.statistics.recorded import Recorded, counted
from fzbot.statistics.scope import Scope, Span
from fzbot.statistics.yearly_report.model import KindLine, ReportLine, VillageLine, YearReport

FIRST_YEAR = 2000
MOST_THEMES = 8


def gather(
    session: Session, account_id: int, org: str, year: int, today: date, themes: Mapping[str, str]
) -> YearReport:
    """The figures of a year up to `today`, by `themes` of these names. `ReportError` for a year to come."""
    if not FIRST_YEAR <= year <= today.year:
        raise ReportError(f"只能做 {FIRST_YEAR} 年到 {today.year} 年的报告")
    span = Span(date(year, 1, 1), min(date(year, 12, 31), today))
    now, before = _recorded(session, account_id, span), _recorded(session, account_id, _year_before(span))
    return YearReport(
        org=org,
        year=year,
        last=span.last,
        made_on=today,
        lines=tuple(ReportLine.of(figure, now, before) for figure in shown_on(Surface.REPORT)),
        kinds=_kinds(session, account_id, span),
        villages=_villages(session, account_id, span),
        themes=_themes(session, account_id, span, themes),
    )


def _recorded(session: Session, account_id: int, span: Span) -> Recorded:
    wanted = ActivityFilter((account_id,), span.first, span.last)
    return replace(
        counted(session, Scope((account_id,)), span),
        measures=listing.sums_by_measure(session, wanted),
        ledger=listing.sums(session, wanted),
        services=listing.service_sums(session, wanted),
    )


def _year_before(span: Span) -> Span:
    """The same days a year earlier; the whole of February stays the whole of it."""
    ends_month = (span.last + timedelta(days=1)).day == 1
    first_of_month = span.last.replace(day=1, year=span.last.year - 1)
    next_month = (first_of_month + timedelta(days=31)).replace(day=1)
    last = next_month - timedelta(days=1) if ends_month else span.last.replace(year=span.last.year - 1)
    return Span(span.first.replace(year=span.first.year - 1), last)


def _kinds(session: Session, account_id: int, span: Span) -> tuple[KindLine, ...]:
    found = []
    for kind in kinds_of(session, account_id):
        wanted = ActivityFilter((account_id,), span.first, span.last, kinds=frozenset({kind.name}))
        added = listing.sums(session, wanted)
        if added.rows:
            found.append(
                KindLine(
                    name=kind.name,
                    is_outreach=kind.measure is Measure.OUTREACH,
                    rows=added.rows,
                    sessions=added.sessions,
                    people=added.people,
                    materials=added.materials,
                )
            )
    return tuple(found)


def _villages(session: Session, account_id: int, span: Span) -> tuple[VillageLine, ...]:
    asked = interaction_counts.questions_by_village(session, Scope((account_id,)), span)
    outreach = ActivityFilter(
        (account_id,), span.first, span.last, kinds=counting_as(session, account_id, Measure.OUTREACH)
    )
    villages = select(Village).where(Village.account_id == account_id).order_by(Village.name)
    pushed = notice_tables.tables(notice_tables.cells(session, Scope((account_id,)), span))[GroupBy.VILLAGE]
    return tuple(
        _village(session, village, outreach, asked.get(village.id)).model_copy(update=_pushed(pushed.get(village.id)))
        for village in session.scalars(villages)
    )


def _pushed(tally: Tally | None) -> dict[str, int]:
    return {} if tally is None else {name: number for name, number in asdict(tally).items() if name != "notices"}


def _village(session: Session, village: Village, outreach: ActivityFilter, questions: int | None) -> VillageLine:
    own = replace(outreach, villages=frozenset({village.id}))
    held = listing.sums(session, own)
    services = listing.service_sums(session, own).rows or None
    return VillageLine(
        name=village.name, sessions=held.sessions, people=held.people, services=services, questions=questions
    )


def _themes(session: Session, account_id: int, span: Span, names: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    entries = interaction_counts.breakdown(session, Scope((account_id,)), span, "entry")
    themes = interaction_counts.by_theme(entries)
    named = [(names.get(key, key), number) for key, number in themes.items() if key != SMALL_TALK]
    return tuple(named[:MOST_THEMES])
