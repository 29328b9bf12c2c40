"""An office: the console over a real database, and staff members who click through it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyotp
from httpx import Response
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.audit import COMMAND_LINE
from fzbot.console.app import create_console
from fzbot.console.services import ConsoleServices
from fzbot.db import writing
from fzbot.errors import PlatformError
from fzbot.knowledge.menu import Menu, load_menu
from fzbot.notices.authoring.notice import ApprovalPolicy
from fzbot.notices.delivery_methods import AccountKind
from fzbot.people import account as accounts
from fzbot.people import members, village
from fzbot.people.account import Credentials
from fzbot.people.members import Profile
from fzbot.people.passwords import hash_password
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role, Staff
from fzbot.settings import shipped_knowledge
from fzbot.statutes.repository import StatuteRepository
from tests.notices.town import FakePush, FakePushes

PASSWORD = "a long enough pass phrase"
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Clicks(TestClient):
    """A browser at the console that fills in the hidden form token of the page it looked at last."""

    token = ""

    def look(self, path: str, **query: Any) -> Response:
        """Open a page; its form token is kept."""
        answer: Response = self.get(f"/console{path}", params=query)
        found = _CSRF.search(answer.text)
        if found:
            self.token = found[1]
        return answer

    def submit(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Response:
        """Submit a form, redirects followed."""
        answer: Response = self.post(f"/console{path}", data={"csrf": self.token, **(fields or {})}, **more)
        return answer


@dataclass
class FakeSide:
    """The platform as far as menu, tags and codes go; `refusal` is what it says to everything."""

    account_kind: str = "service"
    refusal: str = ""
    done: list[tuple[str, int]] = field(default_factory=list)
    menu: Callable[[], Menu] = lambda: load_menu(shipped_knowledge())

    def kind(self, account_id: int) -> AccountKind:
        assert account_id
        return AccountKind.parse(self.account_kind)

    def obstacle(self, account_id: int) -> str:
        return "" if self.kind(account_id).is_verified else "未认证的公众号不能管菜单"

    def menu_differences(self, account_id: int) -> list[str]:
        self._do("compare", account_id)
        return ["公众号上还没有菜单"]

    def put_menu(self, account_id: int) -> None:
        self._do("menu", account_id)

    def tag_differences(self, account_id: int) -> list[str]:
        self._do("compare", account_id)
        return []

    def synchronise_tags(self, account_id: int, now: datetime) -> int:
        assert now
        self._do("tags", account_id)
        return 7

    def makes_codes(self, account_id: int) -> bool:
        return self.kind(account_id) == AccountKind(is_service=True, is_verified=True)

    def code(self, account_id: int, scene: str) -> str:
        self._do("code", account_id)
        return f"http://weixin.qq.com/q/{scene}"

    def _do(self, what: str, account_id: int) -> None:
        if self.refusal:
            raise PlatformError(self.refusal)
        self.done.append((what, account_id))


@dataclass
class Office:
    """The console with one account and, at wish, villages and staff."""

    engine: Engine
    sealer: Sealer
    snapshot: Snapshot
    uploads: Path
    now: datetime = field(default_factory=clock.now)
    totp_roles: frozenset[Role] = frozenset()
    side: FakeSide = field(default_factory=FakeSide)
    push: FakePush = field(default_factory=FakePush)
    notice_policy: ApprovalPolicy = field(default_factory=ApprovalPolicy)

    def __post_init__(self) -> None:
        self.pushes = FakePushes(self.push)
        with writing(self.engine) as session:
            self.account_id = accounts.add(session, self.sealer, Credentials("default", "token"), "本号", self.now).id
        self.services = ConsoleServices(
            engine=self.engine,
            sealer=self.sealer,
            current_snapshot=CurrentSnapshot(self.snapshot),
            statutes=StatuteRepository(self.engine),
            pushes=self.pushes,
            public_url="http://testserver",
            uploads=self.uploads,
            knowledge=shipped_knowledge(),
            side=self.side,
            notice_policy=self.notice_policy,
            totp_roles=self.totp_roles,
            now=lambda: self.now,
        )
        self.app = create_console(self.services)

    def browser(self) -> Clicks:
        return Clicks(Starlette(routes=[Mount("/console", self.app)]), raise_server_exceptions=True)

    def browser_at(self, address: str) -> Clicks:
        """A browser that comes from an address of its own."""
        app = Starlette(routes=[Mount("/console", self.app)])
        return Clicks(app, raise_server_exceptions=True, client=(address, 50000))

    def add_account(self, slug: str, name: str) -> int:
        with writing(self.engine) as session:
            return accounts.add(session, self.sealer, Credentials(slug, "token"), name, self.now).id

    def add_village(self, name: str) -> int:
        with writing(self.engine) as session:
            return village.add(session, self.account_id, name).id

    def add_staff(self, login: str, role: Role, villages: tuple[int, ...] = (), account_id: int | None = None) -> int:
        """A staff member with `PASSWORD`; of the one account unless it is an administrator."""
        account = account_id or (None if role is Role.ADMIN else self.account_id)
        with writing(self.engine) as session:
            profile = Profile(login, f"{login}的姓名", role, account, villages)
            member, _ = members.add(session, profile, COMMAND_LINE, self.now)
            member.password_hash = _HASHED
            member.must_change_password = False
            return member.id

    def sign_in(self, login: str, role: Role = Role.ADMIN, villages: tuple[int, ...] = ()) -> Clicks:
        """A browser in which a new staff member has signed in."""
        self.add_staff(login, role, villages)
        browser = self.browser()
        answer = enter(browser, login)
        assert answer.status_code == 200, answer.text
        browser.look("/password")
        return browser

    def member(self, login: str) -> Staff:
        with writing(self.engine) as session:
            return members.find(session, login)


def enter(browser: Clicks, login: str, password: str = PASSWORD, code: str = "") -> Response:
    """Fill in the sign-in form."""
    browser.look("/sign-in")
    return browser.submit("/sign-in", {"login": login, "password": password, "code": code})


def code_at(secret: str, moment: datetime) -> str:
    """The one-time code that a phone shows."""
    return pyotp.TOTP(secret).at(moment)


_HASHED = hash_password(PASSWORD)
