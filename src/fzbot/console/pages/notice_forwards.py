"""Forwards of a notice to the WeChat groups of villages, as the adviser types them in."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot.console import notice_permissions
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.ledger_pages import Filled
from fzbot.console.pages.notice_view import show_one
from fzbot.console.rendering import go
from fzbot.console.visitor import Visitor
from fzbot.db import writing
from fzbot.errors import NotFoundError, NoticeError
from fzbot.notices.results import forwards
from fzbot.notices.results.forwards import Forward, ForwardedGroup
from fzbot.people.staff import Role

router = APIRouter()


@router.post("/notices/{notice_id}/forwards")
def add(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    visitor = visitor_of(request)
    try:
        with writing(services.engine) as session:
            notice = notice_permissions.get_visible(session, visitor, notice_id)
            own = {village.id for village in notice_permissions.villages_of(session, visitor, notice.account_id)}
            group = _group(form, visitor, own)
            forwards.log(session, notice, group, visitor.actor, services.now())
    except NoticeError as error:
        return show_one(services, request, notice_id, str(error), form)
    return go(f"/notices/{notice_id}", done="forwarded")


@router.post("/notices/{notice_id}/forwards/{forward_id}/remove")
def remove(services: Services, request: Request, notice_id: int, forward_id: int) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        notice_permissions.get_visible(session, visitor, notice_id)
        row = session.get(Forward, forward_id)
        if row is None or row.notice_id != notice_id or not _may_remove(visitor, row):
            raise NotFoundError("没有这条登记，或不是您登记的")
        forwards.remove(session, row, visitor.actor, services.now())
    return go(f"/notices/{notice_id}", done="removed")


def _group(form: Any, visitor: Visitor, own: set[int]) -> ForwardedGroup:
    village, people = _number(form.get("village")), _number(form.get("people"))
    if people is None:
        raise NoticeError("请填群里有多少人，填数字")
    if village is None and visitor.villages is not None:
        raise NoticeError("请选是哪个村的群")
    if village is not None and village not in own:
        raise NoticeError("没有这个村，或不归您负责")
    return ForwardedGroup(str(form.get("group", "")).strip(), people, village)


def _may_remove(visitor: Visitor, row: Forward) -> bool:
    return visitor.role is not Role.ADVISER or row.staff_id == visitor.staff_id


def _number(typed: object) -> int | None:
    text = str(typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
