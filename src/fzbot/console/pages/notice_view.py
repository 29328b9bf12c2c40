"""The page of a notice: what it says, whom it reaches, how it went; and its pictures."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fzbot.clock import china_day
from fzbot.console import notice_permissions, notice_reach
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.pages.notices import NAMES
from fzbot.console.rendering import render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading
from fzbot.errors import NotFoundError
from fzbot.notices.authoring import long_picture, pictures, wording
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.long_picture import Poster
from fzbot.notices.authoring.notice import WITHDRAWABLE, Notice, NoticePlan, NoticeState, NoticeVersion
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results import forwards, per_notice
from fzbot.people.staff import Role, Staff
from fzbot.people.village import NO_VILLAGE

router = APIRouter()

JPEG = "image/jpeg"
UNSEEN = (NoticeState.DRAFT, NoticeState.CANCELLED)


@router.get("/notices/{notice_id}")
def one(services: Services, request: Request, notice_id: int, village: int | None = None) -> Response:
    return show_one(services, request, notice_id, village=village)


@router.get("/notices/{notice_id}/picture.jpg")
def picture(services: Services, request: Request, notice_id: int) -> Response:
    with reading(services.engine) as session:
        version = notices.current(session, notice_permissions.get_visible(session, visitor_of(request), notice_id))
    content = pictures.load(services.uploads, version.picture)
    if content is None:
        raise NotFoundError("这条通知没有配图")
    return Response(content, media_type=JPEG)


@router.get("/notices/{notice_id}/long.jpg")
def long(services: Services, request: Request, notice_id: int, village: int | None = None) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        notice = notice_permissions.get_visible(session, visitor, notice_id)
        version = notices.current(session, notice)
        chosen = _village(session, visitor, notice, village)
    if services.font is None or notice.state in UNSEEN:
        raise NotFoundError("这条通知现在没有长图")
    poster = Poster(
        version.words,
        services.links.page(notice.id, chosen),
        china_day(notice.started_at or version.made_at),
        pictures.load(services.uploads, version.picture),
    )
    return Response(long_picture.draw(poster, services.font), media_type=JPEG)


def show_one(
    services: ConsoleServices,
    request: Request,
    notice_id: int,
    error: str = "",
    typed: Any = None,
    village: int | None = None,
) -> Response:
    """The page, with what went wrong where something did; `typed` is what stood in its fields."""
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        notice = notice_permissions.get_visible(session, visitor, notice_id)
        version = notices.current(session, notice)
        context = {
            "notice": notice,
            "version": version,
            "versions": notices.versions(session, notice.id),
            "approver": _name(session, notice.approved_by),
            "villages": visitor.village_names(session),
            **_ahead(session, services, visitor, notice, version),
            **_fate(session, visitor, notice),
            **_forwarding(session, services, visitor, notice, version, village),
        }
    context |= {
        "titles": {id_: entry.title for id_, entry in services.current_snapshot.snapshot.entries.items()},
        "themes": services.current_snapshot.snapshot.themes,
    }
    context |= {"error": error, "typed": typed or {}, "has_font": services.font is not None} | NAMES
    return render(request, "notice.html", context, 422 if error else 200)


def _ahead(
    session: Session, services: ConsoleServices, visitor: Visitor, notice: Notice, version: NoticeVersion
) -> dict[str, Any]:
    way = DeliveryMethod(notice.way)
    may_settle = visitor.role is not Role.VIEWER and notice_permissions.may_change(visitor, notice)
    plan = NoticePlan(way, notice.goes_to)
    is_ahead = notice.state in WITHDRAWABLE
    kind = services.pushes.kind(notice.account_id)
    return {
        "way": way,
        "may_settle": may_settle,
        "needs_another": services.notice_policy.second_person and version.author_id == visitor.staff_id,
        "second_person": services.notice_policy.second_person,
        "reach": notice_reach.reach(session, services, notice.account_id, plan) if is_ahead else None,
        "may_preview": kind.is_verified and services.pushes.find(notice.account_id) is not None,
        "message": wording.full(version.words, services.links.answer(version.words, notice.id)),
    }


def _fate(session: Session, visitor: Visitor, notice: Notice) -> dict[str, Any]:
    own = notice_permissions.part_of(visitor, notice)
    return {
        "sums": per_notice.of_notices(session, [notice.id], own).get(notice.id, per_notice.NoticeResult()),
        "results": per_notice.method_results(session, notice.id, own),
        "reasons": per_notice.reasons(session, notice.id, own),
        "reads": per_notice.reads_by_page(session, notice.id, own),
        "no_village": NO_VILLAGE,
        "by_village": per_notice.by_village(session, notice.id, own),
        "is_part": own is not None,
    }


def _forwarding(
    session: Session,
    services: ConsoleServices,
    visitor: Visitor,
    notice: Notice,
    version: NoticeVersion,
    village: int | None,
) -> dict[str, Any]:
    choices = notice_permissions.villages_of(session, visitor, notice.account_id)
    to = notice.goes_to.villages
    chosen = _village(session, visitor, notice, village)
    if village is None and visitor.villages is not None and choices:
        chosen = next((one.id for one in choices if to is None or one.id in to), choices[0].id)
    rows = forwards.of(session, notice.id)
    seen = [row for row in rows if visitor.villages is None or row.village_id in visitor.villages]
    return {
        "can_forward": notice.state not in UNSEEN,
        "forward_villages": choices,
        "forward_village": chosen,
        "copy_text": wording.full(version.words, services.links.page(notice.id, chosen)),
        "forwards": [(row, _name(session, row.staff_id)) for row in seen],
    }


def _village(session: Session, visitor: Visitor, notice: Notice, village: int | None) -> int | None:
    """The village, if it is one that the visitor may write to."""
    known = {one.id for one in notice_permissions.villages_of(session, visitor, notice.account_id)}
    return village if village in known else None


def _name(session: Session, staff_id: int | None) -> str:
    member = session.get(Staff, staff_id) if staff_id is not None else None
    return member.name if member else ""
