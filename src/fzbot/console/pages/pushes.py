"""Figures of notices by notice, village, adviser and month, and the rows behind each of them."""

import calendar
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot import clock
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.period import Period, period_of, scope_of
from fzbot.console.rendering import render
from fzbot.console.visitor import Visitor
from fzbot.db import reading
from fzbot.errors import NotFoundError
from fzbot.notices.results import counts
from fzbot.notices.results.counts import NOBODY, DeliveryFilter, GroupBy, total
from fzbot.people.staff import Staff
from fzbot.people.village import NO_VILLAGE
from fzbot.statistics import notice_rows, notice_tables, spans
from fzbot.statistics.figures.notices import NOTICES, of_notices
from fzbot.statistics.notice_tables import HEADS
from fzbot.statistics.scope import Scope, Span

router = APIRouter()

PAGE = 100
NO_VILLAGE_NAME = "未选村或一次发给几个村"


@router.get("/pushes")
def page(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    period = period_of(request.query_params, clock.china_day(services.now()))
    with reading(services.engine) as session:
        cells = notice_tables.cells(session, scope_of(visitor, period.village), period.span)
        tables = notice_tables.tables(cells)
        names = names_of(session, visitor, {key for key in tables[GroupBy.NOTICE] if isinstance(key, int)})
    context = {
        "period": period,
        "names": spans.NAMES,
        "villages": {key: name for key, name in names[GroupBy.VILLAGE].items() if key != NO_VILLAGE},
        "no_village": NO_VILLAGE,
        "total": total(cells),
        "figures": NOTICES,
        "of_notices": of_notices,
        "tables": [
            (
                by,
                HEADS[by],
                [(key, names[by].get(key, str(key)), _narrowed(period, by, key), one) for key, one in of.items()],
            )
            for by, of in tables.items()
        ],
    }
    return render(request, "pushes.html", context)


@router.get("/pushes/rows")
def rows(services: Services, request: Request, figure: str = "", before: int | None = None) -> Response:
    visitor = visitor_of(request)
    chosen = next((one for one in NOTICES if one.key == figure), None)
    if chosen is None:
        raise NotFoundError("没有这个数字")
    period = period_of(request.query_params, clock.china_day(services.now()))
    only = {name: number for name in ("notice", "adviser") if (number := _number(request, name)) is not None}
    wanted = _wanted(visitor, period, only)
    with reading(services.engine) as session:
        match figure:
            case "read":
                found = notice_rows.reads(session, wanted)
            case "groups" | "forwarded":
                found = notice_rows.forwards(session, wanted)
            case _:
                found = notice_rows.deliveries(session, wanted, figure, before, PAGE + 1)
        context: dict[str, Any] = {
            "figure": chosen,
            "number": chosen.value(of_notices(total(counts.cells(session, wanted)))),
            "rows": found[: notice_rows.MOST if figure in {"read", "groups", "forwarded"} else PAGE],
            "names": names_of(session, visitor, {row.notice for row in found}),
        }
    is_paged = figure not in {"read", "groups", "forwarded"} and len(found) > PAGE
    more = {name: str(number) for name, number in only.items()}
    context |= {
        "older": period.query(figure=figure, before=str(found[PAGE - 1].id), **more) if is_paged else None,
        "period": period,
        "by": GroupBy,
        "titles": {id_: entry.title for id_, entry in services.current_snapshot.snapshot.entries.items()},
    }
    return render(request, "push_rows.html", context)


def _wanted(visitor: Visitor, period: Period, only: dict[str, int]) -> DeliveryFilter:
    if (
        period.village == NO_VILLAGE and visitor.villages is not None
    ):  # of none of them alone: what went to several at once
        none = Scope(visitor.accounts, frozenset())
        return notice_tables.wanted(none, period.span, only.get("notice"), only.get("adviser"), visitor.villages)
    scope = scope_of(visitor, period.village)
    return notice_tables.wanted(scope, period.span, only.get("notice"), only.get("adviser"))


def names_of(session: Session, visitor: Visitor, notices: set[int]) -> dict[GroupBy, dict[int | str, str]]:
    """What notices, villages and staff members are called."""
    titles = notice_rows.titles(session, notices)
    villages = visitor.village_names(session)
    staff = [(id_, name) for id_, name in session.execute(select(Staff.id, Staff.name))]
    return {
        GroupBy.NOTICE: dict(titles.items()),
        GroupBy.VILLAGE: dict([*villages.items(), (NO_VILLAGE, NO_VILLAGE_NAME)]),
        GroupBy.ADVISER: dict([*staff, (NOBODY, "已删除的人员")]),
        GroupBy.MONTH: {},
    }


def _narrowed(period: Period, by: GroupBy, key: int | str) -> str:
    """The query string that narrows a period down to one line of a table."""
    if by is GroupBy.VILLAGE:
        return period.query(village=str(key))
    if by is GroupBy.MONTH:
        return Period("other", _month(str(key), period.span), period.village).query()
    return period.query(**{by.value: str(key)})


def _month(name: str, span: Span) -> Span:
    year, month = map(int, name.split("-"))
    last = calendar.monthrange(year, month)[1]
    return Span(max(span.first, date(year, month, 1)), min(span.last, date(year, month, last)))


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.lstrip("-").isdigit() and len(value) < 10 else None
