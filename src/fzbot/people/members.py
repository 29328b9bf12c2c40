"""Adding, changing and resetting staff members; what the console and the command line share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot import audit
from fzbot.audit import Actor, Change
from fzbot.errors import NotFoundError, StaffError
from fzbot.people import lock_out, passwords, recovery_codes, sign_in, staff
from fzbot.people.staff import Role, Staff

LOGIN_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
LOGIN_LENGTH = 40
NAME_LENGTH = 40


@dataclass(frozen=True)
class Profile:
    """What describes a staff member. `account_id` None makes them the county's."""

    login: str
    name: str
    role: Role
    account_id: int | None = None
    villages: tuple[int, ...] = ()

    def check(self) -> None:
        """`StaffError` saying what to fill in differently."""
        if not 2 <= len(self.login) <= LOGIN_LENGTH or set(self.login) - LOGIN_CHARS:
            raise StaffError("登录名要 2–40 个小写字母、数字或 . _ -，如 zhangsan")
        if not self.name.strip() or len(self.name) > NAME_LENGTH:
            raise StaffError("请填姓名，40 个字以内")
        if self.villages and self.role is not Role.ADVISER:
            raise StaffError("只有法律顾问要选所服务的村")


def add(session: Session, profile: Profile, actor: Actor, at: datetime) -> tuple[Staff, str]:
    """Store a staff member; returns the one-time password to hand over too."""
    profile.check()
    password = passwords.one_time_password()
    member = Staff(
        account_id=profile.account_id,
        login=profile.login,
        name=profile.name.strip(),
        role=profile.role.value,
        password_hash=passwords.hash_password(password),
        must_change_password=True,
        created_at=at,
    )
    staff.add(session, member, profile.villages)
    audit.record(session, actor, Change("staff.add", f"staff:{member.id}", after=_shown(session, member)), at)
    return member, password


def change(session: Session, member: Staff, profile: Profile, is_active: bool, actor: Actor, at: datetime) -> None:
    """Store a changed profile; who is switched off or loses the role is signed out at once."""
    profile.check()
    if member.role == Role.ADMIN and (profile.role is not Role.ADMIN or not is_active):
        _keep_an_admin(session, member)
    before = _shown(session, member)
    member.name, member.role, member.is_active = profile.name.strip(), profile.role.value, is_active
    staff.serve(session, member.id, profile.villages)
    sign_in.end_all(session, member.id)
    after = _shown(session, member)
    audit.record(session, actor, Change("staff.change", f"staff:{member.id}", before, after), at)


def reset(session: Session, member: Staff, actor: Actor, at: datetime) -> str:
    """A fresh one-time password, no second factor, no lock-out; every sign-in ends. Returns the password."""
    password = passwords.one_time_password()
    member.password_hash, member.must_change_password = passwords.hash_password(password), True
    member.totp_sealed = None
    sign_in.end_all(session, member.id)
    recovery_codes.clear(session, member.id)
    lock_out.forget(session, member.login)
    audit.record(session, actor, Change("staff.reset", f"staff:{member.id}"), at)
    return password


def find(session: Session, login: str) -> Staff:
    """The staff member by login; `NotFoundError` when there is none."""
    member = staff.find(session, login)
    if member is None:
        raise NotFoundError(f"没有登录名是 {login} 的人员")
    return member


def everyone(session: Session, accounts: tuple[int, ...] | None = None) -> list[Staff]:
    """All staff members, or those of some accounts."""
    query = select(Staff).order_by(Staff.id)
    if accounts is not None:
        query = query.where(Staff.account_id.in_(accounts))
    return list(session.scalars(query))


def _keep_an_admin(session: Session, member: Staff) -> None:
    others = select(Staff.id).where(
        Staff.role == Role.ADMIN,
        Staff.is_active,
        Staff.id != member.id,
        Staff.account_id.is_(None) | (Staff.account_id == member.account_id),
    )
    if session.scalar(others.limit(1)) is None:
        raise StaffError("这是最后一个管理员，不能停用或改成别的角色")


def _shown(session: Session, member: Staff) -> dict[str, Any]:
    return {
        "login": member.login,
        "name": member.name,
        "role": member.role,
        "account": member.account_id,
        "active": member.is_active is not False,
        "villages": sorted(staff.villages_of(session, member.id)),
    }
