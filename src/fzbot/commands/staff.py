"""`fzbot staff`: adding, resetting and listing staff members from the server's own terminal."""

from fzbot import bootstrap, clock
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.errors import StaffError
from fzbot.people import account as accounts
from fzbot.people import members
from fzbot.people.members import Profile
from fzbot.people.staff import Role
from fzbot.settings import Settings


def add(settings: Settings, login: str, name: str, role: str, account: str) -> str:
    """Store a staff member; returns what to hand over. An empty `account` makes them the county's."""
    if role not in set(Role):
        raise StaffError(f"角色要是这几个之一：{'、'.join(Role)}")
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    try:
        with writing(engine) as session:
            found = accounts.find(session, account) if account else None
            if account and found is None:
                raise StaffError(f"没有叫 {account} 的公众号，先看 fzbot account list")
            profile = Profile(login, name, Role(role), found.id if found else None)
            _, password = members.add(session, profile, COMMAND_LINE, clock.now())
    finally:
        engine.dispose()
    return _handed_over(login, password)


def reset(settings: Settings, login: str) -> str:
    """Reset a staff member's password and second factor."""
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    try:
        with writing(engine) as session:
            password = members.reset(session, members.find(session, login), COMMAND_LINE, clock.now())
    finally:
        engine.dispose()
    return _handed_over(login, password)


def listing(settings: Settings) -> str:
    """A line for each staff member."""
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    try:
        with reading(engine) as session:
            rows = members.everyone(session)
    finally:
        engine.dispose()
    return "\n".join(
        f"{row.login}\t{row.name}\t{Role(row.role).label}\t{'在用' if row.is_active else '已停用'}" for row in rows
    )


def _handed_over(login: str, password: str) -> str:
    return f"登录名：{login}\n一次性密码：{password}\n只显示这一次；登录后必须改掉。"
