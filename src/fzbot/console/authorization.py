"""The gate in front of every page: sign-in, role, village, and the token that proves a form is ours (CSRF)."""

import secrets
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from fzbot.console.permissions import BEFORE_ANYTHING_ELSE, OF_ONE_ACCOUNT, RULES
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor, visible_accounts
from fzbot.db import writing
from fzbot.errors import AccessRefusedError, NotSignedInError, StepRequiredError
from fzbot.people import sign_in
from fzbot.people.sign_in import SignIn
from fzbot.people.staff import Role, Staff, villages_of
from fzbot.people.village import Village

COOKIE = "fzbot_console"
FORM_COOKIE = "fzbot_form"
"""Holds the form token of somebody who is not signed in yet."""
DEVICE_COOKIE = "fzbot_device"
"""Tells a device from which somebody signed in before: strangers' wrong passwords do not keep it out."""
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
MOST_FILES = 50
"""Of one form; each takes up to a megabyte of memory while the form is read."""
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Authorizer:
    """Lets a request through as a visitor, or raises. A dependency of every route of the console."""

    def __init__(self, services: ConsoleServices) -> None:
        self._services = services

    async def __call__(self, request: Request) -> Visitor | None:
        """The visitor (None on public pages); also kept as `request.state.visitor`."""
        given = await _given_token(request) if request.method in CHANGES else None
        visitor = await run_in_threadpool(self._admit, request, given)
        request.state.visitor = visitor
        return visitor

    def _admit(self, request: Request, given: str | None) -> Visitor | None:
        path = request.scope["route"].path
        key = (request.method, path)
        if key not in RULES:
            raise AccessRefusedError("这个页面还没有定下谁能打开")
        roles = RULES[key]
        if roles is None:
            _check_form(request, given, request.cookies.get(FORM_COOKIE, ""))
            return None
        with writing(self._services.engine) as session:
            member, row = self._signed_in(session, request)
            _check_form(request, given, row.csrf)
            self._require_steps(member, path)
            visitor = self._visitor(session, member, row)
            _check_village(session, visitor, request)
        if visitor.role not in roles:
            raise AccessRefusedError("您的角色没有这项权限，需要的话请找管理员")
        if key in OF_ONE_ACCOUNT and visitor.sight.account is None:
            raise AccessRefusedError("现在看的是全部公众号。请先在菜单上方选一个公众号，再做这一步", 409)
        return visitor

    def _signed_in(self, session: Session, request: Request) -> tuple[Staff, SignIn]:
        found = sign_in.resume(session, request.cookies.get(COOKIE, ""), self._services.now())
        if found is None:
            raise NotSignedInError("请先登录")
        found[1].seen_at = self._services.now()
        return found

    def _require_steps(self, member: Staff, path: str) -> None:
        if path in BEFORE_ANYTHING_ELSE:
            return
        if member.must_change_password:
            raise StepRequiredError("请先改掉初始密码", "/console/password")
        if member.totp_sealed is None and Role(member.role) in self._services.totp_roles:
            raise StepRequiredError("请先绑定动态码", "/console/totp")

    def _visitor(self, session: Session, member: Staff, row: SignIn) -> Visitor:
        role = Role(member.role)
        return Visitor(
            staff_id=member.id,
            name=member.name,
            role=role,
            sight=visible_accounts(session, member.account_id, row.account_id, self._services.hidden_accounts),
            csrf=row.csrf,
            token_hash=row.token_hash,
            villages=villages_of(session, member.id) if role is Role.ADVISER else None,
        )


def services_of(request: Request) -> ConsoleServices:
    """The services that the console was built over."""
    services: ConsoleServices = request.app.state.services
    return services


Services = Annotated[ConsoleServices, Depends(services_of)]


def visitor_of(request: Request) -> Visitor:
    """The visitor whom the gate let through."""
    visitor = request.state.visitor
    if not isinstance(visitor, Visitor):
        raise NotSignedInError("请先登录")
    return visitor


def safe_next(address: str) -> str:
    """Where to go after signing in: only an address of the console itself, never another site's."""
    parts = urlsplit(address)
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/console/")
    return address if is_ours and "\\" not in address and address.isprintable() else "/console/"


async def _given_token(request: Request) -> str:
    header = request.headers.get(CSRF_HEADER)
    if header is not None:
        return header
    value = (await request.form(max_files=MOST_FILES)).get(CSRF_FIELD, "")
    return value if isinstance(value, str) else ""


def _check_form(request: Request, given: str | None, expected: str) -> None:
    if given is None:
        return
    origin = request.headers.get("origin")
    is_foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if is_foreign or not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise AccessRefusedError("页面放得太久了，请返回上一页刷新后再提交；填的内容可以先复制下来")


def _check_village(session: Session, visitor: Visitor, request: Request) -> None:
    text = request.path_params.get("village_id")
    if text is None:
        return
    village = session.get(Village, int(text)) if str(text).isdigit() else None
    if village is None or not visitor.may_see_village(village):
        raise AccessRefusedError("没有这个村，或不归您负责", 404)
