"""The audit log: who changed or looked at what."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import ColumnElement, select

from fzbot.audit import AuditEvent
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.rendering import render
from fzbot.console.visitor import Visitor
from fzbot.db import reading

router = APIRouter()

PAGE = 100

ACTIONS = {
    "sign-in": "登录",
    "staff": "人员",
    "village": "村",
    "entry": "知识库",
    "question": "待完善问题",
    "handover": "转人工",
    "notice": "通知",
    "activity": "台账",
    "service": "服务记录",
    "report": "年度报告",
    "token": "接口令牌",
    "follower": "关注者",
    "interaction": "查看留言",
}
"""First part of an action, and its Chinese name."""


@router.get("/audit-log")
def listing(
    services: Services, request: Request, actor: str = "", action: str = "", before: int | None = None
) -> Response:
    visitor = visitor_of(request)
    query = select(AuditEvent).where(*_wanted(visitor, actor.strip(), action, before)).order_by(AuditEvent.id.desc())
    with reading(services.engine) as session:
        events = list(session.scalars(query.limit(PAGE + 1)))
    context = {
        "events": events[:PAGE],
        "older": events[PAGE - 1].id if len(events) > PAGE else None,
        "actor": actor,
        "action": action,
        "actions": ACTIONS,
    }
    return render(request, "audit_log.html", context)


def _wanted(visitor: Visitor, actor: str, action: str, before: int | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if not visitor.sight.is_everything:
        wanted.append(AuditEvent.account_id.in_(visitor.accounts))
    if actor:
        wanted.append(AuditEvent.actor == actor)
    if action in ACTIONS:
        wanted.append(AuditEvent.action.startswith(action, autoescape=True))
    if before:
        wanted.append(AuditEvent.id < before)
    return wanted
