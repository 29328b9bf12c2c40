"""The service log of legal advisers: the list with its sums, adding, correcting, taking out, the spreadsheet."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from fzbot import clock
from fzbot.activities import listing, service_log, spreadsheet
from fzbot.activities.columns import LedgerContext, heads, service_fields, service_row
from fzbot.activities.fields import read_fields
from fzbot.activities.importing import import_services
from fzbot.activities.service_log import WAYS, Service, ServiceFacts
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.ledger_pages import PAGE, Filled, Filters, context_of, filters_of, imported, workbook_of
from fzbot.console.rendering import XLSX, download, go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import LedgerError, NotFoundError
from fzbot.people.staff import Role

router = APIRouter()

NOTES = (
    "一行一次服务，填在“台账”这张表里，从第 2 行开始；列名不要改。",
    "隐藏和被筛掉的行、别的工作表不导入，上传后会告诉您有多少。",
    "不要写村民的姓名、电话和证件号。",
    "上传后如有一处不对，会说明是第几行哪一列，一行也不导入；改好再传。",
)


@router.get("/services")
def listing_page(services: Services, request: Request) -> Response:
    return _list(services, request, filters_of(request.query_params))


@router.get("/services/new")
def new(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        context = context_of(session, services, visitor, visitor.home_account)
    adviser = visitor.name if visitor.role is Role.ADVISER else ""
    return _form(request, context, {"at": services.now(), "people": 1, "adviser": adviser})


@router.post("/services")
def add(services: Services, request: Request, form: Filled) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        context = context_of(session, services, visitor, visitor.home_account)
    try:
        facts = _facts(form, context)
    except LedgerError as error:
        return _form(request, context, dict(form), str(error))
    with writing(services.engine) as session:
        service_log.add(session, visitor.home_account, facts, visitor.actor, services.now())
    return go("/services", done="added")


@router.get("/services/template.xlsx")
def template(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        fields = service_fields(context_of(session, services, visitor, visitor.home_account))
    return download(spreadsheet.template(fields, NOTES), "服务记录模板.xlsx", XLSX)


@router.get("/services/export.xlsx")
def export(services: Services, request: Request) -> Response:
    visitor, filters = visitor_of(request), filters_of(request.query_params)
    with reading(services.engine) as session:
        rows = listing.services(session, filters.wanted(session, visitor))
        names = visitor.village_names(session)
        fields = service_fields(context_of(session, services, visitor, visitor.home_account))
    content = spreadsheet.export("服务记录", heads(fields), [service_row(row, names) for row in rows])
    return download(content, f"服务记录_{filters.year or '全部'}.xlsx", XLSX)


@router.post("/services/import")
def import_file(services: Services, request: Request, form: Filled) -> Response:
    visitor = visitor_of(request)
    try:
        upload = workbook_of(form, services, visitor, spreadsheet.LARGEST_FILE)
        with reading(services.engine) as session:
            context = context_of(session, services, visitor, visitor.home_account)
        with writing(services.engine) as session:
            result = import_services(session, upload, context)
    except LedgerError as error:
        return _list(services, request, filters_of({}), str(error))
    return go("/services", done="imported", event=str(result.event_id))


@router.get("/services/{service_id}")
def edit(services: Services, request: Request, service_id: int) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        service = _service(session, visitor, service_id)
        context = context_of(session, services, visitor, service.account_id)
    names = {id_: name for name, id_ in context.villages.items()}
    values = vars(service_log.facts_of(service)) | {"village_id": names.get(service.village_id, "")}
    return _form(request, context, values, service=service)


@router.post("/services/{service_id}")
def change(services: Services, request: Request, service_id: int, form: Filled) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        service = _service(session, visitor, service_id)
        context = context_of(session, services, visitor, service.account_id)
    try:
        facts = _facts(form, context)
    except LedgerError as error:
        return _form(request, context, dict(form), str(error), service)
    with writing(services.engine) as session:
        service_log.change(session, _service(session, visitor, service_id), facts, visitor.actor, services.now())
    return go("/services", done="saved")


@router.post("/services/{service_id}/remove")
def remove(services: Services, request: Request, service_id: int) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        service_log.remove(session, _service(session, visitor, service_id), visitor.actor, services.now())
    return go("/services", done="removed")


def _list(services: ConsoleServices, request: Request, filters: Filters, error: str = "") -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        wanted = filters.wanted(session, visitor)
        context = {
            "rows": listing.services(session, wanted, (filters.page - 1) * PAGE, PAGE),
            "sums": listing.service_sums(session, wanted),
            "years": listing.years(session, visitor.accounts, clock.china_day(services.now())),
            "villages": visitor.villages_in_sight(session),
            "names": visitor.village_names(session),
            **imported(session, visitor, request.query_params),
        }
    context |= {"filters": filters, "page_size": PAGE, "error": error}
    return render(request, "services.html", context, 422 if error else 200)


def _service(session: Session, visitor: Visitor, service_id: int) -> Service:
    service = session.get(Service, service_id)
    is_seen = service is not None and (visitor.villages is None or service.village_id in visitor.villages)
    if service is None or service.account_id not in visitor.accounts or not is_seen:
        raise NotFoundError("没有这条服务记录，或不归您负责")
    return service


def _facts(form: FormData, context: LedgerContext) -> ServiceFacts:
    found, faults = read_fields(service_fields(context), form)
    if faults:
        raise LedgerError("\n".join(f"{fault.label}：{fault.words}" for fault in faults))
    return ServiceFacts(**found)


def _form(
    request: Request, context: LedgerContext, values: Mapping[str, Any], error: str = "", service: Service | None = None
) -> Response:
    page = {"context": context, "values": values, "error": error, "service": service, "ways": WAYS}
    return render(request, "service_form.html", page, 422 if error else 200)
