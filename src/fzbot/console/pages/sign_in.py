"""Signing in and out, changing one's password, setting up one-time codes."""

import secrets
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.console.authorization import COOKIE, DEVICE_COOKIE, FORM_COOKIE, Services, safe_next, visitor_of
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import BusyError, NotSignedInError, SignInError, StaffError
from fzbot.people import passwords, recovery_codes, sign_in
from fzbot.people.sign_in import Attempt
from fzbot.people.staff import Staff

router = APIRouter()

DEVICE_SECONDS = 180 * 24 * 3600
Text = Annotated[str, Form(max_length=200)]


@router.get("/sign-in")
def sign_in_page(services: Services, request: Request, next: str = "") -> Response:  # noqa: A002 - the address's own word
    return _form(services, request, safe_next(next))


@router.post("/sign-in")
def enter(
    services: Services,
    request: Request,
    login: Text,
    password: Text,
    code: Text = "",
    next: Text = "",  # noqa: A002 - the form field's name
) -> Response:
    address = request.client.host if request.client else ""
    attempt = Attempt(login.strip(), password, code, address, request.cookies.get(DEVICE_COOKIE, ""))
    try:
        token, device = _enter(services, attempt)
    except (SignInError, BusyError) as error:
        return _form(services, request, safe_next(next), str(error), login)
    answer = go(safe_next(next).removeprefix("/console"))
    _set_cookie(services, answer, COOKIE, token)
    _set_cookie(services, answer, DEVICE_COOKIE, device, DEVICE_SECONDS)
    answer.delete_cookie(FORM_COOKIE, path="/console")
    return answer


@router.post("/sign-out")
def leave(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        sign_in.end(session, visitor.token_hash)
    answer = go("/sign-in")
    answer.delete_cookie(COOKIE, path="/console")
    return answer


@router.post("/account")
def look_at(services: Services, request: Request, account: Annotated[int, Form()] = 0, next: Text = "") -> Response:  # noqa: A002
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        sign_in.look_at(session, visitor.token_hash, account if account in visitor.choices else None)
    return go(safe_next(next).removeprefix("/console"))


@router.get("/password")
def password_page(request: Request) -> Response:
    return render(request, "password.html")


@router.post("/password")
def change_password(services: Services, request: Request, old: Text, new: Text, again: Text) -> Response:
    try:
        _change_password(services, visitor_of(request), old, new, again)
    except StaffError as error:
        return render(request, "password.html", {"error": str(error)}, 422)
    return go("/", done="changed-password")


@router.get("/totp")
def totp_page(services: Services, request: Request) -> Response:
    return _totp_form(services, request, visitor_of(request))


@router.post("/totp")
def set_totp(services: Services, request: Request, secret: Text, code: Text) -> Response:
    try:
        codes = _set_totp(services, visitor_of(request), secret, code)
    except StaffError as error:
        return _totp_form(services, request, visitor_of(request), secret, str(error))
    return render(request, "recovery_codes.html", {"codes": codes})


@router.post("/totp/codes")
def renew_codes(services: Services, request: Request) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        if _member(session.get(Staff, visitor.staff_id)).totp_sealed is None:
            raise StaffError("还没有启用动态码，先启用，再领备用码")
        codes = recovery_codes.renew(session, services.sealer, visitor.staff_id)
        audit.record(session, visitor.actor, Change("staff.codes", f"staff:{visitor.staff_id}"), services.now())
    return render(request, "recovery_codes.html", {"codes": codes})


def _form(services: ConsoleServices, request: Request, address: str, error: str = "", login: str = "") -> Response:
    token = secrets.token_urlsafe(24)
    context = {"csrf": token, "next": address, "error": error, "login": login}
    answer = render(request, "sign_in.html", context, 403 if error else 200)
    _set_cookie(services, answer, FORM_COOKIE, token)
    return answer


def _set_cookie(services: ConsoleServices, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    secure = services.is_secure
    answer.set_cookie(name, value, seconds, path="/console", httponly=True, secure=secure, samesite="lax")


def _enter(services: ConsoleServices, attempt: Attempt) -> tuple[str, str]:
    """The token of a new sign-in and the device's mark; the password is looked at between two short transactions."""
    sealer, now = services.sealer, services.now()
    with writing(services.engine) as session:
        admission = sign_in.admit(session, sealer, attempt, now)
    is_right = passwords.verifies(admission.password_hash, attempt.password)
    with writing(services.engine) as session:
        member = sign_in.accept(session, sealer, admission, is_right, now)
        token, _ = sign_in.begin(session, member, now)
        actor = Actor(member.name, member.id, member.account_id)
        change = Change("sign-in", f"staff:{member.id}", after={"address": attempt.address})
        audit.record(session, actor, change, now)
        return token, sign_in.device_of(sealer, member)


def _change_password(services: ConsoleServices, visitor: Visitor, old: str, new: str, again: str) -> None:
    if new != again:
        raise StaffError("两次填的新密码不一样")
    if new == old:
        raise StaffError("新密码要和旧的不同")
    with reading(services.engine) as session:
        member = _member(session.get(Staff, visitor.staff_id))
    hashed = passwords.hash_password(new, member.login)
    if not passwords.verifies(member.password_hash, old):
        raise StaffError("旧密码不对")
    with writing(services.engine) as session:
        member = _member(session.get(Staff, visitor.staff_id))
        member.password_hash, member.must_change_password = hashed, False
        sign_in.end_all(session, member.id, except_token_hash=visitor.token_hash)
        audit.record(session, visitor.actor, Change("staff.password", f"staff:{member.id}"), services.now())


def _totp_form(
    services: ConsoleServices, request: Request, visitor: Visitor, secret: str = "", error: str = ""
) -> Response:
    with reading(services.engine) as session:
        member = _member(session.get(Staff, visitor.staff_id))
        left = recovery_codes.left(session, member.id)
    if member.totp_sealed is not None:
        return render(request, "totp.html", {"is_on": True, "left": left})
    secret = secret if sign_in.is_totp_secret(secret) else sign_in.new_totp_secret()
    picture = segno.make(sign_in.totp_address(secret, member.login), micro=False).svg_data_uri(scale=5)
    context = {"is_on": False, "secret": secret, "picture": picture, "error": error}
    return render(request, "totp.html", context, 422 if error else 200)


def _set_totp(services: ConsoleServices, visitor: Visitor, secret: str, code: str) -> list[str]:
    if not sign_in.is_totp_secret(secret):
        raise StaffError("密钥不对，请刷新页面重新绑定")
    step = sign_in.totp_step(secret, code, services.now())
    if step is None:
        raise StaffError("动态码不对：请看手机时间准不准，填最新的 6 位数")
    with writing(services.engine) as session:
        member = _member(session.get(Staff, visitor.staff_id))
        if member.totp_sealed is not None:
            raise StaffError("已经启用了动态码；换手机请找管理员重置")
        member.totp_sealed, member.totp_last_step = services.sealer.seal(secret), step
        audit.record(session, visitor.actor, Change("staff.totp", f"staff:{member.id}"), services.now())
        return recovery_codes.renew(session, services.sealer, member.id)


def _member(found: Staff | None) -> Staff:
    if found is None:
        raise NotSignedInError("请先登录")
    return found
