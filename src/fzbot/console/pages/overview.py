"""The first page: what the outreach did in a span of days, with charts, comparison, drill-down and spreadsheet."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fzbot import clock
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.pages.pushes import names_of
from fzbot.console.period import Period, period_of, scope_of
from fzbot.console.rendering import XLSX, download, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading
from fzbot.notices.results.counts import GroupBy
from fzbot.people.village import NO_VILLAGE
from fzbot.statistics import definitions as d
from fzbot.statistics import rollup, spans
from fzbot.statistics.dashboard.board import Dashboard, change, dashboard, named
from fzbot.statistics.dashboard.workbook import Names, workbook
from fzbot.statistics.figures import DECISIONS, Figures
from fzbot.statistics.notice_figures import FIGURES, PushFigure

router = APIRouter()


@dataclass(frozen=True)
class Tile:
    """A figure as the page shows it: `rows` is the address of the rows behind it."""

    definition: d.Definition
    shown: str
    change: str
    rows: str
    note: str = ""


@router.get("/")
def overview(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    period = period_of(request.query_params, clock.china_day(services.now()))
    board, villages = _read(services, visitor, period)
    titles = _titles(services)
    context = {
        "period": period,
        "names": spans.NAMES,
        "villages": villages,
        "board": board,
        "tiles": _tiles(board, period),
        "charts": _charts(board, titles, villages),
        "entries": named(board.entries, titles),
        "topics": named(board.topics, d.TOPICS),
        "by_village": [(id_, villages.get(id_, "未选村"), number) for id_, number in board.villages.items()],
        "no_village": NO_VILLAGE,
    }
    return render(request, "overview.html", context)


@router.get("/export.xlsx")
def export(services: Services, request: Request) -> Response:
    period = period_of(request.query_params, clock.china_day(services.now()))
    visitor = visitor_of(request)
    board, villages = _read(services, visitor, period)
    with reading(services.engine) as session:
        pushed = names_of(session, visitor, {key for key in board.pushed_by[GroupBy.NOTICE] if isinstance(key, int)})
    title = f"普法服务统计（{period.span.first} 至 {period.span.last}）"
    name = f"普法服务统计_{period.span.first}_{period.span.last}.xlsx"
    return download(workbook(board, title, Names(_titles(services), villages, pushed)), name, XLSX)


def _read(services: ConsoleServices, visitor: Visitor, period: Period) -> tuple[Dashboard, dict[int, str]]:
    rollup.catch_up(services.engine)
    scope = scope_of(visitor, period.village)
    with reading(services.engine) as session:
        return dashboard(session, scope, period.span), _village_names(session, visitor)


def _village_names(session: Session, visitor: Visitor) -> dict[int, str]:
    return visitor.village_names(session)


def _titles(services: ConsoleServices) -> dict[str, str]:
    return {id_: entry.title for id_, entry in services.current_snapshot.snapshot.entries.items()}


def _tiles(board: Dashboard, period: Period) -> list[Tile]:
    now, before = board.now, board.before
    return [
        _tile(d.INTERACTIONS, now.interactions, before.interactions, _asked(period)),
        _tile(d.QUESTIONS, now.questions, before.questions, _asked(period, kind="asked")),
        _tile(d.VISITS, now.visits, before.visits, _asked(period)),
        _tile(d.PEOPLE, now.people, before.people, _asked(period)),
        _rate(now, before, period),
        _tile(d.UNKNOWN, *_pair(now.decisions, before.decisions, "unknown"), _asked(period, decision="unknown")),
        _tile(d.URGENT, *_pair(now.decisions, before.decisions, "urgent"), _asked(period, decision="urgent")),
        _tile(d.HANDED_OVER, *board.handed_over, f"/handovers?{period.query()}"),
        _tile(d.FOLLOWED, *_pair(now.kinds, before.kinds, "subscribe"), _asked(period, kind="subscribe")),
        _tile(d.UNFOLLOWED, *_pair(now.kinds, before.kinds, "unsubscribe"), _asked(period, kind="unsubscribe")),
        *(_pushed(figure, board, period) for figure in FIGURES),
    ]


def _asked(period: Period, **more: str) -> str:
    return f"/interactions?{period.query(**more)}"


def _pushed(figure: PushFigure, board: Dashboard, period: Period) -> Tile:
    now, before = map(figure.of, board.pushed)
    rows = f"/pushes?{period.query()}" if figure.key == "notices" else f"/pushes/rows?{period.query(figure=figure.key)}"
    return Tile(figure.definition, f"{now:,}", change(now, before), rows, "手工填报" if figure.by_hand else "")


def _tile(definition: d.Definition, now: int, before: int, rows: str) -> Tile:
    return Tile(definition, f"{now:,}", change(now, before), rows)


def _rate(now: Figures, before: Figures, period: Period) -> Tile:
    shown = f"{now.answered / now.decided:.1%}" if now.decided else "—"
    then = f"上期 {before.answered / before.decided:.1%}" if before.decided else ""
    note = f"{now.answered:,} ÷ {now.decided:,}" if now.decided else "没有咨询"
    return Tile(d.DIRECT_RATE, shown, then, _asked(period, decision="answered"), note)


def _pair(now: dict[str, int], before: dict[str, int], key: str) -> tuple[int, int]:
    return now.get(key, 0), before.get(key, 0)


def _charts(board: Dashboard, titles: dict[str, str], villages: dict[int, str]) -> dict[str, object]:
    labels = list(board.trend)
    frauds = named(board.frauds, titles, 10)
    return {
        "trend": {
            "labels": labels,
            "series": [
                {"name": d.INTERACTIONS.name, "data": [board.trend[label][0] for label in labels]},
                {"name": d.QUESTIONS.name, "data": [board.trend[label][1] for label in labels]},
            ],
        },
        "topics": _bars(list(board.topic_names().items())[:12]),
        "villages": _bars([(villages.get(id_, "未选村"), number) for id_, number in list(board.villages.items())[:20]]),
        "hours": {"labels": [f"{hour}点" for hour in range(24)], "series": [{"name": "互动次数", "data": board.hours}]},
        "decisions": [
            {"name": DECISIONS.get(key, key), "value": number} for key, number in board.now.decisions.items()
        ],
        "frauds": _bars([(name, number) for _, name, number in frauds]),
    }


def _bars(pairs: list[tuple[str, int]]) -> dict[str, object]:
    return {
        "labels": [name for name, _ in pairs],
        "series": [{"name": "次数", "data": [number for _, number in pairs]}],
    }
