"""The ledger of activities: the list with its sums, adding, correcting, taking out."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from fzbot import clock
from fzbot.activities import ledger, listing
from fzbot.activities.columns import LedgerContext, activity_facts, activity_fields
from fzbot.activities.fields import read_fields
from fzbot.activities.ledger import Activity, ActivityFacts, ActivityPhoto
from fzbot.activities.photos import LARGEST_FILE, MOST_PHOTOS, Album, redrawn
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.ledger_pages import PAGE, Filled, Filters, context_of, filters_of, imported, uploads
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import BusyError, LedgerError, NotFoundError

router = APIRouter()


@router.get("/activities")
def listing_page(services: Services, request: Request) -> Response:
    return show_list(services, request, filters_of(request.query_params))


@router.get("/activities/new")
def new(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        context = context_of(session, services, visitor, visitor.home_account)
    only_village = list(context.villages) if len(context.villages) == 1 and context.needs_village else []
    return _form(request, context, {"day": clock.china_day(services.now()), "villages": only_village})


@router.post("/activities")
def add(services: Services, request: Request, form: Filled) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        context = context_of(session, services, visitor, visitor.home_account)
    try:
        facts = _facts(form, context)
        pictures = redraw_photos(form)
        with writing(services.engine) as session:
            activity = ledger.add(session, visitor.home_account, facts, visitor.actor, services.now())
            put_photos(session, services, visitor, activity, pictures)
    except LedgerError as error:
        return _form(request, context, _typed(form), str(error))
    return go(f"/activities/{activity.id}", done="added")


@router.get("/activities/{activity_id}")
def one(services: Services, request: Request, activity_id: int) -> Response:
    return show_one(services, request, activity_id)


@router.get("/activities/{activity_id}/edit")
def edit(services: Services, request: Request, activity_id: int) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        activity = get_editable(session, visitor, activity_id)
        context = context_of(session, services, visitor, activity.account_id)
    names = [village.name for village in activity.villages]
    return _form(request, context, {**vars(ledger.facts_of(activity)), "villages": names}, activity=activity)


@router.post("/activities/{activity_id}")
def change(services: Services, request: Request, activity_id: int, form: Filled) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        activity = get_editable(session, visitor, activity_id)
        context = context_of(session, services, visitor, activity.account_id)
    try:
        facts = _facts(form, context)
    except LedgerError as error:
        return _form(request, context, _typed(form), str(error), activity)
    with writing(services.engine) as session:
        ledger.change(session, get_editable(session, visitor, activity_id), facts, visitor.actor, services.now())
    return go(f"/activities/{activity_id}", done="saved")


@router.post("/activities/{activity_id}/remove")
def remove(services: Services, request: Request, activity_id: int) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        activity = get_editable(session, visitor, activity_id)
        digests = [photo.digest for photo in activity.photos]
        ledger.remove(session, activity, visitor.actor, services.now())
    with writing(services.engine) as session:
        album_of(services).drop_unused(session, digests)
    return go("/activities", done="removed")


def show_list(services: ConsoleServices, request: Request, filters: Filters, error: str = "") -> Response:
    """The list, with what went wrong where something did."""
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        wanted = filters.wanted(session, visitor)
        context = {
            "rows": listing.activities(session, wanted, (filters.page - 1) * PAGE, PAGE),
            "sums": listing.sums(session, wanted),
            "measures": listing.sums_by_measure(session, wanted),
            "years": listing.years(session, visitor.accounts, clock.china_day(services.now())),
            "kinds": context_of(session, services, visitor, visitor.home_account).kinds,
            "villages": visitor.villages_in_sight(session),
            **imported(session, visitor, request.query_params),
        }
    context |= {"filters": filters, "page_size": PAGE, "error": error}
    return render(request, "activities.html", context, 422 if error else 200)


def show_one(services: ConsoleServices, request: Request, activity_id: int, error: str = "") -> Response:
    """An activity with its photos, with what went wrong where something did."""
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        activity = get_visible(session, visitor, activity_id)
    context = {"activity": activity, "may_change": _may_change(visitor, activity), "error": error}
    return render(request, "activity.html", context, 422 if error else 200)


def get_visible(session: Session, visitor: Visitor, activity_id: int) -> Activity:
    """The activity; `NotFoundError` when there is none, or it is of none of the visitor's villages."""
    activity = session.get(Activity, activity_id)
    if activity is None or activity.account_id not in visitor.accounts or not _is_in_sight(visitor, activity):
        raise NotFoundError("台账里没有这个活动，或不归您负责")
    return activity


def get_editable(session: Session, visitor: Visitor, activity_id: int) -> Activity:
    """The activity; `NotFoundError` when there is none, or it is of other villages too."""
    activity = get_visible(session, visitor, activity_id)
    if not _may_change(visitor, activity):
        raise NotFoundError("这个活动还涉及别的村，请找司法所修改")
    return activity


def redraw_photos(form: FormData) -> list[bytes]:
    """The chosen photos, drawn anew. Before any transaction: a dozen take seconds."""
    chosen = uploads(form, "photos", LARGEST_FILE)
    if len(chosen) > MOST_PHOTOS:
        raise LedgerError(f"一次最多传 {MOST_PHOTOS} 张照片，您选了 {len(chosen)} 张")
    return [_redrawn(file) for file in chosen]


def _redrawn(file: UploadFile) -> bytes:
    try:
        return redrawn(file.file)
    except BusyError:
        raise
    except LedgerError as error:
        raise LedgerError(f"{file.filename}：{error}") from error


def put_photos(
    session: Session, services: ConsoleServices, visitor: Visitor, activity: Activity, pictures: Iterable[bytes]
) -> None:
    """Put redrawn pictures to an activity."""
    for picture in pictures:
        photo = ActivityPhoto(typed_by=visitor.name, created_at=services.now())
        album_of(services).add(session, activity, picture, photo)


def album_of(services: ConsoleServices) -> Album:
    """Where photos are."""
    return Album(services.uploads / "photos")


def _is_in_sight(visitor: Visitor, activity: Activity) -> bool:
    return visitor.villages is None or any(village.id in visitor.villages for village in activity.villages)


def _may_change(visitor: Visitor, activity: Activity) -> bool:
    own = visitor.villages
    return own is None or (bool(activity.villages) and all(village.id in own for village in activity.villages))


def _facts(form: FormData, context: LedgerContext) -> ActivityFacts:
    found, faults = read_fields(activity_fields(context), _typed(form))
    if faults:
        raise LedgerError("\n".join(f"{fault.label}：{fault.words}" for fault in faults))
    return activity_facts(found)


def _typed(form: FormData) -> dict[str, Any]:
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return typed | {"villages": [name for name in form.getlist("villages") if isinstance(name, str)]}


def _form(
    request: Request,
    context: LedgerContext,
    values: Mapping[str, Any],
    error: str = "",
    activity: Activity | None = None,
) -> Response:
    page = {"context": context, "values": values, "error": error, "activity": activity}
    return render(request, "activity_form.html", page, 422 if error else 200)
