"""Several accounts in one deployment: staff see their own only; the county sees all, or one at a time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from fzbot import clock
from fzbot.activities import ledger, service_log
from fzbot.activities.ledger import ActivityFacts
from fzbot.activities.service_log import ServiceFacts
from fzbot.audit import Actor
from fzbot.console.rules import RULES
from fzbot.db import writing
from fzbot.handovers import handover
from fzbot.handovers.handover import Handover
from fzbot.interactions.store import store
from fzbot.notices import notice as notices
from fzbot.notices.audience import Audience
from fzbot.notices.notice import Plan
from fzbot.notices.ways import Way
from fzbot.notices.wording import Words
from fzbot.people import token, village
from fzbot.people.staff import Role
from fzbot.statistics import rollup
from tests.console.office import Clicks, Office, enter
from tests.interactions.rows import make_row


@dataclass(frozen=True)
class Own:
    """What belongs to one account; `mark` stands in every text of it."""

    mark: str
    account: int
    ids: dict[str, int]


def furnish(office: Office, account: int, mark: str) -> Own:
    """Rows of every kind for an account, each with its mark."""
    day = clock.china_day(office.now)
    actor = Actor(f"{mark}的人", None, account)
    with writing(office.engine) as session:
        home = village.add(session, account, f"{mark}村").id
        activity = ledger.add(session, account, ActivityFacts("普法宣传", day, theme=f"{mark}活动"), actor, office.now)
        facts = ServiceFacts(office.now, home, f"{mark}事项", "来访", f"{mark}律师")
        service = service_log.add(session, account, facts, actor, office.now)
        asked = Handover(**handover.values(account, mark, mark, f"{mark}转人工", office.now), village_id=home)
        session.add(asked)
        made, _ = token.issue(session, account, f"{mark}令牌", ["answer"], actor, office.now)
        plan = Plan(Way.CONTACT, Audience(villages=(home,)))
        notice = notices.draft(session, account, Words(f"{mark}通知", f"{mark}正文"), plan, actor, office.now)
        session.flush()
        ids = {
            "village_id": home,
            "activity_id": activity.id,
            "service_id": service.id,
            "handover_id": asked.id,
            "token_id": made.id,
            "notice_id": notice.id,
        }
    row = make_row(
        account, mark, decision="unknown", entry=None, question=f"{mark}问题", village_id=home, day=day, at=office.now
    )
    with office.engine.begin() as connection:
        store(connection, [row])
    ids["staff_id"] = office.add_staff(
        f"{'a' if account == office.account_id else 'b'}-viewer", Role.VIEWER, account_id=account
    )
    return Own(mark, account, ids)


@pytest.fixture
def owns(small_office: Office) -> tuple[Own, Own]:
    east = small_office.add_account("east", "东镇")
    own = furnish(small_office, small_office.account_id, "甲标记"), furnish(small_office, east, "乙标记")
    rollup.catch_up(small_office.engine)
    return own


def addresses(ids: dict[str, int]) -> Iterator[str]:
    """Every page that can be looked at, with ids in their places."""
    for method, path in RULES:
        if method == "GET" and path not in {"/sign-in", "/password", "/totp"}:
            yield re.sub(r"{(\w+)}", lambda found: str(ids.get(found[1], 1)), path)


def walk(browser: Clicks, ids: dict[str, int]) -> str:
    """The texts of all pages (not of files), one after the other."""
    texts = []
    for address in addresses(ids):
        answer = browser.get(f"/console{address}")
        if answer.headers.get("content-type", "").startswith("text/html"):
            texts.append(answer.text)
        assert answer.status_code in {200, 403, 404}, (address, answer.status_code)
    return "\n".join(texts)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_staff_never_see_another_accounts_rows(small_office: Office, owns: tuple[Own, Own], role: Role) -> None:
    mine, theirs = owns
    browser = small_office.sign_in("somebody", role)
    seen = walk(browser, mine.ids) + walk(browser, theirs.ids)
    assert mine.mark in seen
    assert theirs.mark not in seen
    assert "东镇" not in seen


def test_an_administrator_of_one_town_sees_that_town(small_office: Office, owns: tuple[Own, Own]) -> None:
    mine, theirs = owns
    small_office.add_staff("town", Role.ADMIN, account_id=theirs.account)
    browser = small_office.browser()
    enter(browser, "town")
    seen = walk(browser, mine.ids) + walk(browser, theirs.ids)
    assert theirs.mark in seen
    assert mine.mark not in seen


def test_the_county_sees_all_and_switches_to_one(small_office: Office, owns: tuple[Own, Own]) -> None:
    mine, theirs = owns
    browser = small_office.sign_in("county", Role.ADMIN)
    seen = walk(browser, mine.ids) + walk(browser, theirs.ids)
    assert mine.mark in seen
    assert theirs.mark in seen
    browser.look("/")
    browser.submit("/account", {"account": str(theirs.account)})
    seen = walk(browser, mine.ids) + walk(browser, theirs.ids)
    assert mine.mark not in seen
    assert theirs.mark in seen
    browser.look("/")
    browser.submit("/account", {"account": ""})
    assert "乙标记村" in browser.look("/villages").text
    assert "甲标记村" in browser.look("/villages").text


@pytest.mark.usefixtures("owns")
@pytest.mark.parametrize("account", ["999999", "x", "1 OR 1=1"])
def test_a_made_up_account_is_no_choice(small_office: Office, account: str) -> None:
    browser = small_office.sign_in("county", Role.ADMIN)
    browser.look("/")
    browser.submit("/account", {"account": account})
    assert "甲标记村" in browser.look("/villages").text


def test_a_towns_staff_cannot_switch(small_office: Office, owns: tuple[Own, Own]) -> None:
    _, theirs = owns
    browser = small_office.sign_in("somebody", Role.EDITOR)
    browser.look("/")
    browser.submit("/account", {"account": str(theirs.account)})
    assert theirs.mark not in browser.look("/villages").text
