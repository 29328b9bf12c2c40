"""What is done to a notice on its way: approving, sending, withdrawing, and a look at it on one's own phone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.clock import CHINA
from fzbot.console import notice_permissions
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.ledger_pages import Filled
from fzbot.console.pages.notice_view import show_one
from fzbot.console.rendering import go
from fzbot.console.services import ConsoleServices
from fzbot.db import reading, writing
from fzbot.errors import NoticeError, PlatformError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring import validation, wording
from fzbot.notices.authoring.notice import Notice, NoticePlan, NoticeState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.sending import next_reply, pausing

router = APIRouter()

FURTHEST = timedelta(days=366)
NAME_CHARS = 40

Step = Callable[[Session, Notice, Actor, datetime], None]


@router.post("/notices/{notice_id}/approve")
def approve(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    def step(session: Session, notice: Notice, actor: Actor, at: datetime) -> None:
        notices.approve(session, notice, services.notice_policy, actor, at)

    return _take(services, request, notice_id, form, step, "approved")


@router.post("/notices/{notice_id}/send")
def send(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    """Have it sent now, or at the time that was typed in; where no second person is needed that approves it too."""

    def step(session: Session, notice: Notice, actor: Actor, at: datetime) -> None:
        when = _moment(form.get("when"), at) if form.get("action") == "later" else at
        validation.check(notice.account_id, NoticePlan(DeliveryMethod(notice.way), notice.goes_to), services.pushes)
        if notice.state == NoticeState.DRAFT and not services.notice_policy.second_person:
            notices.approve(session, notice, services.notice_policy, actor, at)
        notices.schedule(session, notice, when, actor, at)

    return _take(services, request, notice_id, form, step, "scheduled")


@router.post("/notices/{notice_id}/withdraw")
def withdraw(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    return _take(services, request, notice_id, form, notices.cancel, "withdrawn")


@router.post("/notices/{notice_id}/reopen")
def reopen(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    return _take(services, request, notice_id, form, notices.unschedule, "reopened")


@router.post("/notices/{notice_id}/stop")
def stop(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    """Show it to nobody else."""

    def step(session: Session, notice: Notice, actor: Actor, at: datetime) -> None:
        if notice.state != NoticeState.SENDING or notice.way != DeliveryMethod.NEXT_REPLY:
            raise NoticeError("只有正在随回复显示的通知能停")
        number = next_reply.stop(session, notice.id, at)
        audit.record(session, actor, Change("notice.stop", f"notice:{notice.id}", after={"unseen": number}), at)

    return _take(services, request, notice_id, form, step, "stopped")


@router.post("/notices/{notice_id}/resume")
def resume(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    """Go on with those to whom a paused notice was not sent."""
    return _take(services, request, notice_id, form, pausing.resume, "resumed")


@router.post("/notices/{notice_id}/end")
def end(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    """Leave a paused notice at those whom it has reached."""
    return _take(services, request, notice_id, form, pausing.end, "ended")


@router.post("/notices/{notice_id}/preview")
def preview(services: Services, request: Request, notice_id: int, form: Filled) -> Response:
    """Show it on the phone of one person; their WeChat name is not kept."""
    visitor, name = visitor_of(request), str(form.get("wechat_name", "")).strip()
    with reading(services.engine) as session:
        notice = notice_permissions.get_editable(session, visitor, notice_id)
        words = notices.current(session, notice).words
    push = services.pushes.find(notice.account_id)
    try:
        if push is None or not services.pushes.kind(notice.account_id).is_verified:
            raise NoticeError("本号不能预览到手机")
        if not name or len(name) > NAME_CHARS:
            raise NoticeError("请填您自己的微信号（微信里“我”那一页上的，不是昵称）")
        push.preview(wording.full(words, services.links.answer(words, notice.id)), name)
    except (NoticeError, PlatformError) as error:
        return show_one(services, request, notice_id, str(error), form)
    with writing(services.engine) as session:
        audit.record(session, visitor.actor, Change("notice.preview", f"notice:{notice_id}"), services.now())
    return go(f"/notices/{notice_id}", done="previewed")


def _take(services: ConsoleServices, request: Request, notice_id: int, form: Any, step: Step, done: str) -> Response:
    visitor = visitor_of(request)
    try:
        with writing(services.engine) as session:
            notice = notice_permissions.lock_for_update(session, visitor, notice_id, form)
            step(session, notice, visitor.actor, services.now())
    except NoticeError as error:
        return show_one(services, request, notice_id, str(error), form)
    return go(f"/notices/{notice_id}", done=done)


def _moment(typed: object, now: datetime) -> datetime:
    try:
        when = datetime.fromisoformat(str(typed)).replace(tzinfo=CHINA)
    except ValueError as error:
        raise NoticeError("请选发送的日期和时间") from error
    if when < now:
        raise NoticeError("选的时间已经过了")
    if when > now + FURTHEST:
        raise NoticeError("最多安排到一年以后")
    return when
