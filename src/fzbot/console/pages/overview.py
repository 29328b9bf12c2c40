"""The first page: what the outreach did in a span of days, with charts, comparison, drill-down and spreadsheet."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot import clock
from fzbot.answering.snapshot import Snapshot
from fzbot.console import figure_rows
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.pages.pushes import names_of
from fzbot.console.period import Period, period_of, scope_of
from fzbot.console.rendering import XLSX, download, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading
from fzbot.knowledge.law_changes import outdated
from fzbot.notices.results.counts import GroupBy
from fzbot.people.village import NO_VILLAGE
from fzbot.statistics import spans
from fzbot.statistics.dashboard.board import Dashboard, change, dashboard
from fzbot.statistics.dashboard.workbook import INTERACTIONS, QUESTIONS, Names, workbook
from fzbot.statistics.figures.figure import Figure, Surface
from fzbot.statistics.figures.registry import shown_on
from fzbot.statistics.labels import decision_label
from fzbot.statistics.recorded import Recorded

router = APIRouter()

TABLE_ROWS, THEME_BARS, VILLAGE_BARS, FRAUD_BARS = 15, 12, 20, 10
"""How many of each a page has room for; the spreadsheet has all."""


@dataclass(frozen=True)
class Tile:
    """A figure as the page shows it: `rows` is the address of the rows behind it."""

    figure: Figure
    shown: str
    change: str
    rows: str
    note: str = ""


@router.get("/")
def overview(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    today = clock.china_day(services.now())
    period = period_of(request.query_params, today)
    board, villages = _read(services, visitor, period)
    snapshot = services.current_snapshot.snapshot
    titles = _titles(snapshot)
    context = {
        "period": period,
        "names": spans.NAMES,
        "villages": villages,
        "board": board,
        "tiles": [_tile(figure, board, period) for figure in shown_on(Surface.TILE)],
        "charts": _charts(board, titles, snapshot.themes, villages),
        "entries": _named(board.entries, titles, TABLE_ROWS),
        "themes": _named(board.themes, snapshot.themes, TABLE_ROWS),
        "by_village": [(id_, villages.get(id_, "未选村"), number) for id_, number in board.villages.items()],
        "no_village": NO_VILLAGE,
        "outdated": sum(map(len, outdated(snapshot.entries.values(), snapshot.laws, today).values())),
    }
    return render(request, "overview.html", context)


@router.get("/export.xlsx")
def export(services: Services, request: Request) -> Response:
    period = period_of(request.query_params, clock.china_day(services.now()))
    visitor = visitor_of(request)
    board, villages = _read(services, visitor, period)
    with reading(services.engine) as session:
        pushed = names_of(session, visitor, {key for key in board.pushed_by[GroupBy.NOTICE] if isinstance(key, int)})
    snapshot = services.current_snapshot.snapshot
    title = f"普法服务统计（{period.span.first} 至 {period.span.last}）"
    name = f"普法服务统计_{period.span.first}_{period.span.last}.xlsx"
    return download(workbook(board, title, Names(_titles(snapshot), snapshot.themes, villages, pushed)), name, XLSX)


def _read(services: ConsoleServices, visitor: Visitor, period: Period) -> tuple[Dashboard, dict[int, str]]:
    scope = scope_of(visitor, period.village)
    with reading(services.engine) as session:
        return dashboard(session, scope, period.span), visitor.village_names(session)


def _titles(snapshot: Snapshot) -> dict[str, str]:
    return {id_: entry.title for id_, entry in snapshot.entries.items()}


def _tile(figure: Figure, board: Dashboard, period: Period) -> Tile:
    rows = figure_rows.of_days(figure, period)
    if figure.is_rate:
        return Tile(
            figure, _percent(figure, board.now) or "—", _before(figure, board.before), rows, _made_of(figure, board.now)
        )
    now, before = figure.value(board.now) or 0, figure.value(board.before) or 0
    return Tile(figure, f"{now:,}", change(now, before), rows, "手工填报" if figure.is_by_hand else "")


def _percent(figure: Figure, recorded: Recorded) -> str:
    share = figure.share(recorded)
    return "" if share is None else f"{share:.1%}"


def _before(figure: Figure, recorded: Recorded) -> str:
    shown = _percent(figure, recorded)
    return f"上期 {shown}" if shown else ""


def _made_of(figure: Figure, recorded: Recorded) -> str:
    """What a rate is a share of."""
    whole = figure.whole(recorded) if figure.whole else None
    return f"{figure.value(recorded):,} ÷ {whole:,}" if whole else "没有咨询"


def _charts(
    board: Dashboard, titles: dict[str, str], themes: dict[str, str], villages: dict[int, str]
) -> dict[str, object]:
    labels = list(board.trend)
    frauds = _named(board.frauds, titles, FRAUD_BARS)
    return {
        "trend": {
            "labels": labels,
            "series": [
                {"name": INTERACTIONS, "data": [board.trend[label][0] for label in labels]},
                {"name": QUESTIONS, "data": [board.trend[label][1] for label in labels]},
            ],
        },
        "themes": _bars(list(board.named_themes(themes).items())[:THEME_BARS]),
        "villages": _bars(
            [(villages.get(id_, "未选村"), number) for id_, number in list(board.villages.items())[:VILLAGE_BARS]]
        ),
        "hours": {
            "labels": [f"{hour}点" for hour in range(24)],
            "series": [{"name": INTERACTIONS, "data": board.hours}],
        },
        "decisions": [
            {"name": decision_label(key), "value": number} for key, number in board.now.chat.decisions.items()
        ],
        "frauds": _bars([(name, number) for _, name, number in frauds]),
    }


def _bars(pairs: list[tuple[str, int]]) -> dict[str, object]:
    return {
        "labels": [name for name, _ in pairs],
        "series": [{"name": "次数", "data": [number for _, number in pairs]}],
    }


def _named(counts: Mapping[str, int], names: Mapping[str, str], most: int) -> list[tuple[str, str, int]]:
    """The largest counts with their names: (key, name, number)."""
    return [(key, names.get(key, key), number) for key, number in list(counts.items())[:most]]
