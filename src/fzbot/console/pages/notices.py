"""Notices: the list with what the calendar proposes, composing, and whom a notice would reach."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from fzbot import clock
from fzbot.activities.photos import LARGEST_FILE
from fzbot.console import notice_permissions, notice_reach
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.ledger_pages import Filled, uploads
from fzbot.console.notice_form import NoticeForm
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import LedgerError, NoticeError
from fzbot.knowledge.notices import load_calendar, load_templates
from fzbot.notices import delivery_methods
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring import pictures, proposals, validation
from fzbot.notices.authoring.audience import INTEREST
from fzbot.notices.authoring.notice import Notice, NoticePlan, NoticeState
from fzbot.notices.authoring.wording import MOST_ENTRIES, TEXT_BYTES, TITLE_CHARS, NoticeText
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results import per_notice

router = APIRouter()

PAGE = 30
TABS = {
    "": ("全部", tuple(NoticeState)),
    "draft": ("草稿", (NoticeState.DRAFT,)),
    "ready": ("等发送", (NoticeState.APPROVED, NoticeState.SCHEDULED)),
    "sending": ("正在发", (NoticeState.SENDING, NoticeState.PAUSED)),
    "done": ("发完的", (NoticeState.SENT, NoticeState.PARTLY, NoticeState.FAILED)),
    "cancelled": ("撤回的", (NoticeState.CANCELLED,)),
}
"""The lists of notices: name and states."""
NAMES = {
    "states": {state.value: state.label for state in NoticeState},
    "ways": {way.value: way.label for way in DeliveryMethod},
}
LIMITS = {"title_chars": TITLE_CHARS, "text_bytes": TEXT_BYTES, "most_entries": MOST_ENTRIES}


@router.get("/notices")
def listing(services: Services, request: Request, tab: str = "", before: int | None = None) -> Response:
    visitor = visitor_of(request)
    name = tab if tab in TABS else ""
    with reading(services.engine) as session:
        rows = list(islice(notice_permissions.visible(session, visitor, TABS[name][1], before), PAGE + 1))
        shown = rows[:PAGE]
        paused = notice_permissions.visible(session, visitor, (NoticeState.PAUSED,), None)
        context: dict[str, Any] = {
            "rows": [(row, notices.current(session, row)) for row in shown],
            "tallies": _outcomes(session, visitor, shown),
            "villages": visitor.village_names(session),
            "paused": [(row, notices.current(session, row)) for row in list(paused)],
        }
    templates = load_templates(services.knowledge)
    due = proposals.due(load_calendar(services.knowledge), templates, clock.china_day(services.now()))
    context |= {
        "tab": name,
        "tabs": TABS,
        "older": shown[-1].id if len(rows) > PAGE else None,
        "themes": services.current_snapshot.snapshot.themes,
    }
    context |= {"due": due, "templates": templates.values(), "nothing": per_notice.NoticeResult()} | NAMES
    context |= {"account": delivery_methods.describe(services.pushes.kind(visitor.home_account))}
    return render(request, "notices.html", context)


@router.get("/notices/new")
def new(services: Services, request: Request, template: str = "") -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        villages = notice_permissions.villages_of(session, visitor, visitor.home_account)
    own = tuple(village.id for village in villages) if visitor.villages is not None or len(villages) == 1 else ()
    found = load_templates(services.knowledge).get(template)
    form = NoticeForm.of_template(found, own) if found else NoticeForm(villages=own)
    return _form(services, request, form, visitor.home_account)


@router.post("/notices")
def add(services: Services, request: Request, form: Filled) -> Response:
    visitor, sent = visitor_of(request), NoticeForm.read(form)
    try:
        sent = _with_picture(services, form, sent)
        with writing(services.engine) as session:
            words, plan = _checked(session, services, visitor, sent, visitor.home_account)
            notice = notices.draft(session, visitor.home_account, words, plan, visitor.actor, services.now())
    except (NoticeError, LedgerError) as error:
        return _form(services, request, sent, visitor.home_account, error=str(error))
    return go(f"/notices/{notice.id}", done="notice")


@router.get("/notices/audience")
def audience(services: Services, request: Request, notice: int | None = None) -> Response:
    """Whom the plan in the form, of that notice or of a new one, would reach; a piece of a page."""
    visitor, sent = visitor_of(request), NoticeForm.read(request.query_params)
    context: dict[str, Any] = {}
    try:
        with reading(services.engine) as session:
            account = (
                notice_permissions.get_editable(session, visitor, notice).account_id if notice else visitor.home_account
            )
            villages = notice_permissions.villages_of(session, visitor, account)
            notice_permissions.check_audience(visitor, sent.audience(), villages)
            context["reach"] = notice_reach.reach(session, services, account, sent.plan())
        context["way"] = sent.chosen_way()
    except NoticeError as error:
        context["words"] = str(error)
    return render(request, "notice_reach.html", context)


@router.get("/notices/{notice_id}/edit")
def edit(services: Services, request: Request, notice_id: int) -> Response:
    with reading(services.engine) as session:
        notice = notice_permissions.get_editable(session, visitor_of(request), notice_id)
        form = NoticeForm.of(notice, notices.current(session, notice))
    return _form(services, request, form, notice.account_id, notice)


@router.post("/notices/{notice_id}")
def revise(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    visitor, sent = visitor_of(request), NoticeForm.read(form)
    with reading(services.engine) as session:
        notice = notice_permissions.get_editable(session, visitor, notice_id)
    try:
        sent = _with_picture(services, form, sent)
        with writing(services.engine) as session:
            held = notice_permissions.lock_for_update(session, visitor, notice_id, form)
            words, plan = _checked(session, services, visitor, sent, held.account_id)
            notices.revise(session, held, words, plan, visitor.actor, services.now())
    except (NoticeError, LedgerError) as error:
        return _form(services, request, sent, notice.account_id, notice, str(error), str(form.get("version", ""))[:9])
    return go(f"/notices/{notice_id}", done="notice")


def _outcomes(session: Session, visitor: Visitor, rows: list[Notice]) -> dict[int, per_notice.NoticeResult]:
    whole = [row.id for row in rows if notice_permissions.part_of(visitor, row) is None]
    parts = [row.id for row in rows if row.id not in whole]
    return per_notice.of_notices(session, whole) | per_notice.of_notices(session, parts, visitor.villages)


def _checked(
    session: Session, services: ConsoleServices, visitor: Visitor, sent: NoticeForm, account_id: int
) -> tuple[NoticeText, NoticePlan]:
    words, plan = sent.words(_titles(services)), sent.plan()
    if plan.audience.theme is not None and plan.audience.theme not in services.current_snapshot.snapshot.themes:
        raise NoticeError("没有这个主题，请从列表里选")
    villages = notice_permissions.villages_of(session, visitor, account_id)
    notice_permissions.check_audience(visitor, plan.audience, villages)
    validation.check(account_id, plan, services.pushes)
    return words, plan


def _with_picture(services: ConsoleServices, form: FormData, sent: NoticeForm) -> NoticeForm:
    chosen = uploads(form, "photo", LARGEST_FILE)
    if chosen:
        return replace(sent, picture=pictures.save(services.uploads, chosen[0].file))
    return sent if pictures.load(services.uploads, sent.picture) else replace(sent, picture="")


def _form(
    services: ConsoleServices,
    request: Request,
    form: NoticeForm,
    account_id: int,
    notice: Notice | None = None,
    error: str = "",
    version: str = "",
) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        villages = notice_permissions.villages_of(session, visitor, account_id)
    context = {
        "form": form,
        "notice": notice,
        "version": version or (notice.version if notice else ""),
        "villages": villages,
        "choices": notice_reach.choices(services, account_id),
        "account": delivery_methods.describe(services.pushes.kind(account_id)),
        "titles": _titles(services),
        "themes": services.current_snapshot.snapshot.themes,
        "interest_days": INTEREST.days,
        "limits": LIMITS,
        "error": error,
    }
    return render(request, "notice_form.html", context, 422 if error else 200)


def _titles(services: ConsoleServices) -> Mapping[str, str]:
    return {id_: entry.title for id_, entry in services.current_snapshot.snapshot.entries.items()}
