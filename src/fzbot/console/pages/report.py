"""The yearly report: its figures, the draft as a Word file, issuing it, and what was issued."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from fzbot import clock
from fzbot.console import figure_rows
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.ledger_pages import filters_of
from fzbot.console.period import Period
from fzbot.console.rendering import download, go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import NotFoundError
from fzbot.people.account import Account
from fzbot.statistics.figures.registry import BY_KEY
from fzbot.statistics.scope import Span
from fzbot.statistics.yearly_report import document, gathering, issued, tables
from fzbot.statistics.yearly_report.issued import IssuedReport
from fzbot.statistics.yearly_report.model import ReportLine, YearReport

router = APIRouter()

YEARS = 5
Org = Annotated[str, Form(max_length=60)]


@router.get("/report")
def page(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    chosen = filters_of(request.query_params)
    made, account_id = _gathered(services, request, visitor)
    with reading(services.engine) as session:
        context = {
            "issued": issued.issued(session, visitor.accounts),
            "accounts": [session.get_one(Account, id_) for id_ in visitor.accounts],
        }
    this_year = clock.china_day(services.now()).year
    context |= {
        "report": made,
        "lines": [(line, tables.shown(line), _rows(line, made, account_id, visitor)) for line in made.lines],
        "before": tables.before(made),
        "table": tables.sheets(made)[0],
        "years": range(this_year, this_year - YEARS, -1),
        "account_id": account_id,
        "chosen": chosen,
    }
    return render(request, "report.html", context)


@router.get("/report/draft.docx")
def draft(services: Services, request: Request) -> Response:
    made, _ = _gathered(services, request, visitor_of(request))
    return _file(made)


@router.post("/report")
def issue(services: Services, request: Request, org: Org = "") -> Response:
    visitor = visitor_of(request)
    made, account_id = _gathered(services, request, visitor, org)
    with writing(services.engine) as session:
        issued.issue(session, account_id, made, visitor.actor, services.now())
    return go("/report", done="issued", year=str(made.year), account=str(account_id))


@router.get("/report/{report_id}")
def one(services: Services, request: Request, report_id: int) -> Response:
    with reading(services.engine) as session:
        row = session.get(IssuedReport, report_id)
        if row is None or row.account_id not in visitor_of(request).accounts:
            raise NotFoundError("没有这份报告")
        return _file(row.report)


def _gathered(services: ConsoleServices, request: Request, visitor: Visitor, org: str = "") -> tuple[YearReport, int]:
    """The report that the address asks for, and whose it is."""
    chosen, today = filters_of(request.query_params), clock.china_day(services.now())
    account_id = chosen.account if chosen.account in visitor.accounts else visitor.home_account
    with reading(services.engine) as session:
        name = (org or request.query_params.get("org", ""))[:60].strip()
        name = name or issued.usual_org(session, session.get_one(Account, account_id))
        themes = services.current_snapshot.snapshot.themes
        return gathering.gather(session, account_id, name, chosen.year or today.year, today, themes), account_id


def _file(made: YearReport) -> Response:
    return download(document.document(made), document.file_name(made), document.DOCX)


def _rows(line: ReportLine, made: YearReport, account_id: int, visitor: Visitor) -> str | None:
    """Where the rows behind a figure are; None where nothing was recorded or they cannot be told apart."""
    if line.value is None:
        return None
    figure = BY_KEY[line.key]
    if figure_rows.is_of_year(figure):
        return figure_rows.of_year(figure, made.year, account_id)
    period = Period("other", Span(made.first, made.last))
    return figure_rows.of_days(figure, period) if len(visitor.accounts) == 1 else None
