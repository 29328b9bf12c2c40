"""Every route of the console against every role: what the rules say is what happens, and no route is without a rule."""

import asyncio
import re
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx import Response

from fzbot.console.app import MOVED, PAGES
from fzbot.console.permissions import RULES
from fzbot.people.staff import Role
from tests.console.office import Clicks, Office


def routes(office: Office) -> Iterator[tuple[str, str]]:
    assert len(office.app.routes) == len(PAGES) + len(MOVED)
    for page in PAGES:
        for route in page.router.routes:
            assert isinstance(route, APIRoute), route
            for method in route.methods or ():
                yield method, route.path


def test_every_route_has_a_rule_and_every_rule_a_route(small_office: Office) -> None:
    assert set(routes(small_office)) == set(RULES)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_where_the_rules_let_it(small_office: Office, role: Role) -> None:
    village = small_office.add_village("红庄村")
    browser = small_office.sign_in("somebody", role, (village,) if role is Role.ADVISER else ())
    for (method, path), roles in RULES.items():
        if path in {"/sign-out", "/sign-in"}:
            continue
        answer = ask(browser, method, path, village)
        is_refused = answer.status_code == 403
        assert is_refused == (roles is not None and role not in roles), (method, path, answer.text)


def test_nothing_opens_without_a_sign_in(small_office: Office) -> None:
    village = small_office.add_village("红庄村")
    for (method, path), roles in RULES.items():
        if roles is None:
            continue
        answer = ask(small_office.browser(), method, path, village)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/console/sign-in"), (
            method,
            path,
        )


def test_every_change_without_the_form_token_is_refused(small_office: Office) -> None:
    village = small_office.add_village("红庄村")
    browser = small_office.sign_in("li")
    for method, path in RULES:
        if method == "GET":
            continue
        for token in ("", "wrong", "伪造"):
            browser.token = token
            answer = ask(browser, method, path, village)
            assert answer.status_code == 403, (path, token)
            assert "刷新后再提交" in answer.text


def test_a_form_from_another_site_is_refused(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    answer = browser.submit("/villages", {"names": "红庄村"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


def test_an_adviser_sees_own_villages_only(office: Office) -> None:
    own, other = office.add_village("红庄村"), office.add_village("马家湾村")
    adviser = office.sign_in("wang", Role.ADVISER, (own,))
    page = adviser.look("/villages").text
    assert "红庄村" in page
    assert "马家湾村" not in page
    assert adviser.look(f"/villages/{own}").status_code == 200
    assert adviser.look(f"/villages/{other}").status_code == 404


def refused_unread(office: Office, path: str, length: int) -> tuple[int, int]:
    """The status of a form posted by a stranger, and how many bytes of it were taken."""
    statuses: list[int] = []
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 16_384
        return {"type": "http.request", "body": b"x" * 16_384, "more_body": taken < length}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"content-type", b"multipart/form-data; boundary=b"), (b"cookie", b"fzbot_console=made-up")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    asyncio.run(office.app(scope, receive, send))
    return statuses[0], taken


def test_a_strangers_form_is_not_read(small_office: Office) -> None:
    assert refused_unread(small_office, "/activities", 20_000_000) == (303, 0)
    assert refused_unread(small_office, "/no-such-page", 20_000_000) == (303, 0)


def test_the_form_for_signing_in_is_small(small_office: Office) -> None:
    status, taken = refused_unread(small_office, "/sign-in", 20_000_000)
    assert status in {400, 413}
    assert taken <= 128 * 1024


def ask(browser: Clicks, method: str, path: str, village: int):  # type: ignore[no-untyped-def]
    address = path.replace("{village_id}", str(village))
    address = re.sub(r"{\w+_id}", "999999", address)
    if method == "GET":
        answer: Response = browser.get(f"/console{address}", follow_redirects=False)
        return answer
    return browser.submit(address, follow_redirects=False)


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_an_address_of_the_version_before_leads_on(small_office: Office, old: str, new: str) -> None:
    answer = small_office.sign_in("li").get(f"/console{old}?q=彩礼", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/console{new}?q=%E5%BD%A9%E7%A4%BC")
