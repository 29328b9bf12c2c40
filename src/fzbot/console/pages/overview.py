"""The first page: what the outreach did in a span of days, with charts, comparison, drill-down and spreadsheet."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fzbot import clock
from fzbot.console.access import TheDesk, visitor_of
from fzbot.console.desk import Desk
from fzbot.console.period import Period, period_of, scope_of
from fzbot.console.rendering import XLSX, download, render
from fzbot.console.visitor import Visitor
from fzbot.db import reading
from fzbot.statistics import definitions as d
from fzbot.statistics import rollup, spans
from fzbot.statistics.dashboard import Dashboard, change, dashboard, named
from fzbot.statistics.figures import DECISIONS, Figures
from fzbot.statistics.rollup import NO_VILLAGE
from fzbot.statistics.workbook import workbook

router = APIRouter()


@dataclass(frozen=True)
class Tile:
    """A figure as the page shows it: `rows` is the query that opens the rows behind it."""

    definition: d.Definition
    shown: str
    change: str
    rows: str | None
    note: str = ""


@router.get("/")
def overview(desk: TheDesk, request: Request) -> Response:
    visitor = visitor_of(request)
    period = period_of(request.query_params, clock.china_day(desk.now()))
    board, villages = _read(desk, visitor, period)
    titles = _titles(desk)
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
def export(desk: TheDesk, request: Request) -> Response:
    period = period_of(request.query_params, clock.china_day(desk.now()))
    board, villages = _read(desk, visitor_of(request), period)
    title = f"普法服务统计（{period.span.first} 至 {period.span.last}）"
    name = f"普法服务统计_{period.span.first}_{period.span.last}.xlsx"
    return download(workbook(board, title, _titles(desk), villages), name, XLSX)


def _read(desk: Desk, visitor: Visitor, period: Period) -> tuple[Dashboard, dict[int, str]]:
    rollup.catch_up(desk.engine)
    scope = scope_of(visitor, period.village)
    with reading(desk.engine) as session:
        return dashboard(session, scope, period.span), _village_names(session, visitor)


def _village_names(session: Session, visitor: Visitor) -> dict[int, str]:
    return {village.id: village.name for village in visitor.villages_in_sight(session)}


def _titles(desk: Desk) -> dict[str, str]:
    return {id_: entry.title for id_, entry in desk.library.current.entries.items()}


def _tiles(board: Dashboard, period: Period) -> list[Tile]:
    now, before = board.now, board.before
    return [
        _tile(d.INTERACTIONS, now.interactions, before.interactions, period.query()),
        _tile(d.QUESTIONS, now.questions, before.questions, period.query(kind="asked")),
        _tile(d.VISITS, now.visits, before.visits, period.query()),
        _tile(d.PEOPLE, now.people, before.people, period.query()),
        _rate(now, before, period),
        _tile(d.UNKNOWN, *_pair(now.decisions, before.decisions, "unknown"), period.query(decision="unknown")),
        _tile(d.URGENT, *_pair(now.decisions, before.decisions, "urgent"), period.query(decision="urgent")),
        Tile(d.HANDED_OVER, f"{board.handed_over[0]:,}", change(*board.handed_over), None),
        _tile(d.FOLLOWED, *_pair(now.kinds, before.kinds, "subscribe"), period.query(kind="subscribe")),
        _tile(d.UNFOLLOWED, *_pair(now.kinds, before.kinds, "unsubscribe"), period.query(kind="unsubscribe")),
    ]


def _tile(definition: d.Definition, now: int, before: int, rows: str | None) -> Tile:
    return Tile(definition, f"{now:,}", change(now, before), rows)


def _rate(now: Figures, before: Figures, period: Period) -> Tile:
    shown = f"{now.answered / now.decided:.1%}" if now.decided else "—"
    then = f"上期 {before.answered / before.decided:.1%}" if before.decided else ""
    note = f"{now.answered:,} ÷ {now.decided:,}" if now.decided else "没有咨询"
    return Tile(d.DIRECT_RATE, shown, then, period.query(decision="answered"), note)


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
