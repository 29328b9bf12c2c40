"""Several accounts in one service: staff see their own only; the county sees the sum, and one account once it is chosen."""

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from httpx import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.console.permissions import OF_ONE_ACCOUNT, RULES
from fzbot.db import reading
from fzbot.interactions.store import store
from fzbot.people.staff import Role, Staff
from fzbot.people.village import Village
from fzbot.site.api import api
from tests.console.office import Clicks, Office, enter
from tests.console.planting import DRAFTED, Planted, plant
from tests.interactions.new_interactions import make_row

BOTH = {
    *("/villages", "/staff", "/tokens", "/audit-log", "/interactions", "/unanswered", "/knowledge", "/handovers"),
    *("/activities", "/services", "/report", "/notices", "/pushes", "/pushes/rows", "/", "/export.xlsx"),
    *("/activities/export.xlsx", "/services/export.xlsx"),
}
"""Pages on which the county finds something of every account."""


@pytest.fixture
def red(small_office: Office) -> Planted:
    return plant(small_office, small_office.account_id, "本号", "zzred")


@pytest.fixture
def white(small_office: Office) -> Planted:
    name = "白庄镇公众号"
    return plant(small_office, small_office.add_account("white", name), name, "zzwhite")


def words_of(answer: Response) -> str:
    """All text of a page, a spreadsheet or a document."""
    if not is_zipfile(BytesIO(answer.content)):
        return str(answer.text)
    with ZipFile(BytesIO(answer.content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def member_of(office: Office, town: Planted, role: Role) -> Clicks:
    """A browser in which a staff member of that account has signed in."""
    login = f"{role.value}.somebody"
    villages = (int(town.ids["village_id"]),) if role is Role.ADVISER else ()
    office.add_staff(login, role, villages, account_id=town.account_id)
    browser = office.browser()
    assert enter(browser, login).status_code == 200
    return browser


def ways_in(office: Office, *towns: Planted) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every page: those of one row at the address of each town's, lists as narrowed down to each town's rows."""
    day = clock.china_day(office.now).isoformat()
    span = {"span": "other", "first": day, "last": day}
    for path in (path for method, path in RULES if method == "GET"):
        for town in towns:
            if "{" in path:
                for entry in (DRAFTED, f"general.{town.mark}") if "{entry_id}" in path else ("",):
                    yield path, address_of(path, town, entry), {}
                continue
            mine = span | {"account": str(town.account_id), "notice": town.ids["notice_id"], "figure": "pushed"}
            yield from ((path, path, query) for query in (mine, mine | {"village": town.ids["village_id"]}))
        if "{" not in path:
            yield from ((path, path, query) for query in ({}, span | {"figure": "read"}))
    yield from (("/unanswered", "/unanswered", {"kind": kind}) for kind in ("unsure", "complaint"))


def address_of(path: str, town: Planted, entry: str) -> str:
    ids = town.ids | {"entry_id": entry}
    return re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ADVISER])  # what the others open is among what they open
def test_staff_never_see_another_accounts_rows(small_office: Office, red: Planted, white: Planted, role: Role) -> None:
    browser, seen = member_of(small_office, red, role), set()
    for path, address, query in ways_in(small_office, red, white):
        words = words_of(browser.get(f"/console{address}", params=query))
        assert white.mark not in words, (address, query)
        assert white.account_name not in words, (address, query)
        if red.mark in words:
            seen.add(path)
    if role is Role.ADMIN:  # the walk finds what there is to find
        assert seen >= BOTH


def test_staff_change_nothing_of_another_account(small_office: Office, red: Planted, white: Planted) -> None:
    browser = member_of(small_office, red, Role.ADMIN)
    fields = dict.fromkeys(
        ("name", "names", "words", "reason", "org", "people", "day", "kind", "theme", "title", "text", "at", "group"),
        "1",
    )
    fields |= {"role": "viewer", "action": "close", "version": "1", "village": "", "way": "template"}
    for method, path in RULES:
        if method == "GET" or "_id}" not in path or "release_id" in path:
            continue
        browser.look("/password")
        answer = browser.submit(address_of(path, white, f"general.{white.mark}"), fields, follow_redirects=False)
        assert answer.status_code in {403, 404}, (path, answer.status_code, answer.text)


def test_the_county_sees_all_and_one_once_it_is_chosen(small_office: Office, red: Planted, white: Planted) -> None:
    county = small_office.sign_in("county")
    assert {path for path, *_ in pages_with(small_office, county, red)} >= BOTH
    assert {path for path, *_ in pages_with(small_office, county, white)} >= BOTH
    choose(county, white)
    assert {path for path, *_ in pages_with(small_office, county, white)} >= BOTH
    assert pages_with(small_office, county, red) == []
    choose(county, None)
    assert red.mark in county.look("/villages").text


def pages_with(office: Office, browser: Clicks, town: Planted) -> list[tuple[str, str, dict[str, str]]]:
    """The pages on which a town shows."""
    found = []
    for path, address, query in ways_in(office, town):
        words = words_of(browser.get(f"/console{address}", params=query))
        if town.mark in words:
            found.append((path, address, query))
    return found


def choose(browser: Clicks, town: Planted | None) -> None:
    browser.look("/villages")
    answer = browser.submit("/account", {"account": str(town.account_id if town else 0), "next": "/console/villages"})
    assert answer.status_code == 200
    assert f'<span class="who">{town.account_name if town else "全部公众号"} · ' in answer.text


def test_what_belongs_to_one_account_waits_until_one_is_chosen(small_office: Office, white: Planted) -> None:
    county = small_office.sign_in("county")
    for method, path in OF_ONE_ACCOUNT:
        county.look("/password")
        answer = county.get(f"/console{path}") if method == "GET" else county.submit(path)
        assert (answer.status_code, "选一个公众号" in answer.text) == (409, True), path
    choose(county, white)
    assert "已添加" in county.submit("/villages", {"names": "新村"}).text
    with reading(small_office.engine) as session:
        assert session.scalars(select(Village.account_id).where(Village.name == "新村")).one() == white.account_id
    admin = member_of(small_office, white, Role.ADMIN)
    assert "county的姓名" in admin.look("/audit-log", action="village").text


def test_only_the_county_chooses_and_only_what_there_is(small_office: Office, red: Planted, white: Planted) -> None:
    admin = member_of(small_office, red, Role.ADMIN)
    assert "看哪个公众号" not in admin.look("/villages").text
    admin.submit("/account", {"account": str(white.account_id), "next": "/console/villages"})
    assert white.mark not in admin.look("/villages").text
    county = small_office.sign_in("county")
    county.submit("/account", {"account": "99", "next": "/console/villages"})
    page = county.look("/villages").text
    assert red.mark in page
    assert white.mark in page


def test_the_county_adds_its_own_staff_or_those_of_the_account_that_it_chose(
    small_office: Office, white: Planted
) -> None:
    county = small_office.sign_in("county")
    county.look("/staff/new")
    county.submit("/staff", {"login": "ma", "name": "马", "role": "viewer"})
    choose(county, white)
    county.submit("/staff", {"login": "bai", "name": "白", "role": "admin"})
    with reading(small_office.engine) as session:
        found = dict(session.execute(select(Staff.login, Staff.account_id)).all())
    assert (found["ma"], found["bai"]) == (None, white.account_id)


def test_towns_write_and_the_county_publishes(small_office: Office, red: Planted, white: Planted) -> None:
    editor = member_of(small_office, white, Role.EDITOR)
    page = editor.look(f"/knowledge/{DRAFTED}").text
    assert f"{white.mark}改的标题" in page
    assert "等县里核对发布" in page
    assert editor.submit(f"/knowledge/{DRAFTED}/publish").status_code == 403
    asked = {"action": "add", "texts": [f"{white.mark}的羊跑了"], "entry": DRAFTED}
    assert "县里核对发布后生效" in editor.submit("/unanswered", asked).text
    assert f"{white.mark}的羊跑了" not in editor.look("/unanswered").text
    county = small_office.sign_in("county")
    assert "白庄镇公众号；选这个公众号后核对发布" in county.look("/knowledge").text
    assert white.mark not in county.look(f"/knowledge/{DRAFTED}").text
    choose(county, white)
    assert f"{white.mark}的羊跑了" in county.look(f"/knowledge/{DRAFTED}").text
    assert "等待构建" in county.submit(f"/knowledge/{DRAFTED}/publish").text
    other = member_of(small_office, red, Role.ADMIN)
    assert white.mark not in other.look(f"/knowledge/{DRAFTED}").text


def test_a_question_settled_in_one_account_is_still_open_in_another(small_office: Office, red: Planted) -> None:
    white = small_office.add_account("white", "白庄镇公众号")
    question = f"{red.mark}的羊跑了"
    with small_office.engine.begin() as connection:
        row = make_row(white, "1", question=question, decision="unknown", entry=None, at=small_office.now)
        store(connection, [row])
    admin = member_of(small_office, red, Role.ADMIN)
    admin.look("/unanswered")
    admin.submit("/unanswered", {"action": "dismiss", "texts": [question], "reason": "不是法律问题"})
    assert question not in admin.look("/unanswered").text
    county = small_office.sign_in("county")
    assert question in county.look("/unanswered").text
    county.submit("/unanswered", {"action": "dismiss", "texts": [question], "reason": "不是法律问题"})
    assert question not in county.look("/unanswered").text


def test_a_token_counts_its_own_account(small_office: Office, red: Planted, white: Planted) -> None:
    http = TestClient(api(small_office.engine, CurrentSnapshot(small_office.snapshot), "https://town.example"))
    with small_office.engine.begin() as connection:
        store(connection, [make_row(red.account_id, "4", at=small_office.now, day=clock.china_day(small_office.now))])
    day = clock.china_day(small_office.now).isoformat()
    for town, number in ((red, 4), (white, 3)):
        headers = {"authorization": f"Bearer {town.token}"}
        answer = http.get("/stats", params={"from": day, "to": day}, headers=headers).json()
        assert (answer["interactions"], answer["people"]) == (number, 1)
