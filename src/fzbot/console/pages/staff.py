"""Staff members: the list, adding, changing, resetting a password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fzbot.console.authorization import Services, visitor_of
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.db import reading, writing
from fzbot.errors import NotFoundError, StaffError
from fzbot.people import members
from fzbot.people.members import Profile
from fzbot.people.staff import Role, Staff, villages_of

router = APIRouter()

Text = Annotated[str, Form(max_length=80)]
AnyRole = Annotated[Role, Form()]
Ids = Annotated[list[int] | None, Form()]


@router.get("/staff")
def listing(services: Services, request: Request) -> Response:
    with reading(services.engine) as session:
        return render(request, "staff.html", {"members": _in_sight(session, visitor_of(request)), "roles": Role})


@router.get("/staff/new")
def new(services: Services, request: Request) -> Response:
    return _form(services, request, Profile("", "", Role.ADVISER))


@router.post("/staff")
def add(services: Services, request: Request, login: Text, name: Text, role: AnyRole, villages: Ids = None) -> Response:
    visitor = visitor_of(request)
    account = _account_of_new(visitor, role)
    profile = Profile(login.strip(), name, role, account, _own(services, visitor, villages, account))
    try:
        with writing(services.engine) as session:
            member, password = members.add(session, profile, visitor.actor, services.now())
    except StaffError as error:
        return _form(services, request, profile, str(error))
    return render(request, "staff_password.html", {"member": member, "password": password})


@router.get("/staff/{staff_id}")
def edit(services: Services, request: Request, staff_id: int) -> Response:
    with reading(services.engine) as session:
        member = _member(session, visitor_of(request), staff_id)
        profile = _profile(session, member)
    return _form(services, request, profile, member=member)


@router.post("/staff/{staff_id}")
def change(
    services: Services,
    request: Request,
    staff_id: int,
    name: Text,
    role: AnyRole,
    villages: Ids = None,
    active: Text = "",
) -> Response:
    visitor = visitor_of(request)
    with reading(services.engine) as session:
        member = _member(session, visitor, staff_id)
    own = _own(services, visitor, villages, member.account_id)
    profile = Profile(member.login, name, role, member.account_id, own)
    try:
        with writing(services.engine) as session:
            member = _member(session, visitor, staff_id)
            members.change(session, member, profile, bool(active), visitor.actor, services.now())
    except StaffError as error:
        with reading(services.engine) as session:
            member = _member(session, visitor, staff_id)
        return _form(services, request, profile, str(error), member)
    return go("/staff", done="saved")


@router.post("/staff/{staff_id}/reset")
def reset(services: Services, request: Request, staff_id: int) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        member = _member(session, visitor, staff_id)
        password = members.reset(session, member, visitor.actor, services.now())
    return render(request, "staff_password.html", {"member": member, "password": password})


def _in_sight(session: Session, visitor: Visitor) -> list[Staff]:
    return members.everyone(session, None if visitor.sight.is_everything else visitor.accounts)


def _member(session: Session, visitor: Visitor, staff_id: int) -> Staff:
    member = session.get(Staff, staff_id)
    if member is None or not (visitor.sight.is_everything or member.account_id in visitor.accounts):
        raise NotFoundError("没有这个人员")
    return member


def _account_of_new(visitor: Visitor, role: Role) -> int | None:
    """Who looks at all accounts adds the county's staff; with one account served only administrators are."""
    if visitor.sight.is_everything and (role is Role.ADMIN or visitor.sight.account is None):
        return None
    return visitor.home_account


def _own(
    services: ConsoleServices, visitor: Visitor, villages: list[int] | None, account: int | None
) -> tuple[int, ...]:
    with reading(services.engine) as session:
        seen = visitor.villages_in_sight(session)
    known = {village.id for village in seen if account is None or village.account_id == account}
    return tuple(sorted(known & set(villages or ())))


def _profile(session: Session, member: Staff) -> Profile:
    villages = tuple(sorted(villages_of(session, member.id)))
    return Profile(member.login, member.name, Role(member.role), member.account_id, villages)


def _form(
    services: ConsoleServices, request: Request, profile: Profile, error: str = "", member: Staff | None = None
) -> Response:
    with reading(services.engine) as session:
        villages = visitor_of(request).village_names(session)
    context = {"profile": profile, "roles": Role, "villages": villages, "error": error, "member": member}
    return render(request, "staff_form.html", context, 422 if error else 200)
