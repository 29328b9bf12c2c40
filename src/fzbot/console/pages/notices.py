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
from fzbot.console import notice_reach, notice_sight
from fzbot.console.access import TheDesk, visitor_of
from fzbot.console.desk import Desk
from fzbot.console.ledger_pages import Filled, uploads
from fzbot.console.notice_form import NoticeForm
from fzbot.console.rendering import go, render
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
from fzbot.statistics.definitions import TOPICS

router = APIRouter()

PAGE = 30
TABS = {
    "": ("全部", tuple(NoticeState)),
    "draft": ("草稿", (NoticeState.DRAFT,)),
    "ready": ("等发送", (NoticeState.APPROVED, NoticeState.SCHEDULED)),
    "sending": ("正在发", (NoticeState.SENDING,)),
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
def listing(desk: TheDesk, request: Request, tab: str = "", before: int | None = None) -> Response:
    visitor = visitor_of(request)
    name = tab if tab in TABS else ""
    with reading(desk.engine) as session:
        rows = list(islice(notice_sight.in_sight(session, visitor, TABS[name][1], before), PAGE + 1))
        shown = rows[:PAGE]
        context: dict[str, Any] = {
            "rows": [(row, notices.current(session, row)) for row in shown],
            "tallies": _outcomes(session, visitor, shown),
            "villages": visitor.village_names(session),
        }
    templates = load_templates(desk.knowledge)
    due = proposals.due(load_calendar(desk.knowledge), templates, clock.china_day(desk.now()))
    context |= {"tab": name, "tabs": TABS, "older": shown[-1].id if len(rows) > PAGE else None, "topics": TOPICS}
    context |= {"due": due, "templates": templates.values(), "nothing": per_notice.NoticeResult()} | NAMES
    context |= {"account": delivery_methods.describe(desk.pushes.kind(visitor.home_account))}
    return render(request, "notices.html", context)


@router.get("/notices/new")
def new(desk: TheDesk, request: Request, template: str = "") -> Response:
    visitor = visitor_of(request)
    with reading(desk.engine) as session:
        villages = notice_sight.villages_of(session, visitor, visitor.home_account)
    own = tuple(village.id for village in villages) if visitor.villages is not None or len(villages) == 1 else ()
    found = load_templates(desk.knowledge).get(template)
    form = NoticeForm.of_template(found, own) if found else NoticeForm(villages=own)
    return _form(desk, request, form, visitor.home_account)


@router.post("/notices")
def add(desk: TheDesk, request: Request, form: Filled) -> Response:
    visitor, sent = visitor_of(request), NoticeForm.read(form)
    try:
        sent = _with_picture(desk, form, sent)
        with writing(desk.engine) as session:
            words, plan = _checked(session, desk, visitor, sent, visitor.home_account)
            notice = notices.draft(session, visitor.home_account, words, plan, visitor.actor, desk.now())
    except (NoticeError, LedgerError) as error:
        return _form(desk, request, sent, visitor.home_account, error=str(error))
    return go(f"/notices/{notice.id}", done="notice")


@router.get("/notices/audience")
def audience(desk: TheDesk, request: Request, notice: int | None = None) -> Response:
    """Whom the plan in the form, of that notice or of a new one, would reach; a piece of a page."""
    visitor, sent = visitor_of(request), NoticeForm.read(request.query_params)
    context: dict[str, Any] = {}
    try:
        with reading(desk.engine) as session:
            account = notice_sight.to_change(session, visitor, notice).account_id if notice else visitor.home_account
            villages = notice_sight.villages_of(session, visitor, account)
            notice_sight.check_audience(visitor, sent.audience(), villages)
            context["reach"] = notice_reach.reach(session, desk, account, sent.plan())
        context["way"] = sent.chosen_way()
    except NoticeError as error:
        context["words"] = str(error)
    return render(request, "notice_reach.html", context)


@router.get("/notices/{notice_id}/edit")
def edit(desk: TheDesk, request: Request, notice_id: int) -> Response:
    with reading(desk.engine) as session:
        notice = notice_sight.to_change(session, visitor_of(request), notice_id)
        form = NoticeForm.of(notice, notices.current(session, notice))
    return _form(desk, request, form, notice.account_id, notice)


@router.post("/notices/{notice_id}")
def revise(desk: TheDesk, request: Request, notice_id: int, form: Filled) -> Response:
    visitor, sent = visitor_of(request), NoticeForm.read(form)
    with reading(desk.engine) as session:
        notice = notice_sight.to_change(session, visitor, notice_id)
    try:
        sent = _with_picture(desk, form, sent)
        with writing(desk.engine) as session:
            held = notice_sight.to_settle(session, visitor, notice_id, form)
            words, plan = _checked(session, desk, visitor, sent, held.account_id)
            notices.revise(session, held, words, plan, visitor.actor, desk.now())
    except (NoticeError, LedgerError) as error:
        return _form(desk, request, sent, notice.account_id, notice, str(error), str(form.get("version", ""))[:9])
    return go(f"/notices/{notice_id}", done="notice")


def _outcomes(session: Session, visitor: Visitor, rows: list[Notice]) -> dict[int, per_notice.NoticeResult]:
    whole = [row.id for row in rows if notice_sight.part_of(visitor, row) is None]
    parts = [row.id for row in rows if row.id not in whole]
    return per_notice.of_notices(session, whole) | per_notice.of_notices(session, parts, visitor.villages)


def _checked(
    session: Session, desk: Desk, visitor: Visitor, sent: NoticeForm, account_id: int
) -> tuple[NoticeText, NoticePlan]:
    words, plan = sent.words(_titles(desk)), sent.plan()
    if plan.audience.topic is not None and plan.audience.topic not in TOPICS:
        raise NoticeError("没有这个主题，请从列表里选")
    villages = notice_sight.villages_of(session, visitor, account_id)
    notice_sight.check_audience(visitor, plan.audience, villages)
    validation.check(account_id, plan, desk.pushes)
    return words, plan


def _with_picture(desk: Desk, form: FormData, sent: NoticeForm) -> NoticeForm:
    chosen = uploads(form, "photo", LARGEST_FILE)
    if chosen:
        return replace(sent, picture=pictures.save(desk.uploads, chosen[0].file.read()))
    return sent if pictures.load(desk.uploads, sent.picture) else replace(sent, picture="")


def _form(
    desk: Desk,
    request: Request,
    form: NoticeForm,
    account_id: int,
    notice: Notice | None = None,
    error: str = "",
    version: str = "",
) -> Response:
    visitor = visitor_of(request)
    with reading(desk.engine) as session:
        villages = notice_sight.villages_of(session, visitor, account_id)
    context = {
        "form": form,
        "notice": notice,
        "version": version or (notice.version if notice else ""),
        "villages": villages,
        "choices": notice_reach.choices(desk, account_id),
        "account": delivery_methods.describe(desk.pushes.kind(account_id)),
        "titles": _titles(desk),
        "topics": TOPICS,
        "interest_days": INTEREST.days,
        "limits": LIMITS,
        "error": error,
    }
    return render(request, "notice_form.html", context, 422 if error else 200)


def _titles(desk: Desk) -> Mapping[str, str]:
    return {id_: entry.title for id_, entry in desk.current_snapshot.snapshot.entries.items()}
