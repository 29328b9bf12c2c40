"""Figures of notices: on the first page, told apart on a page of their own, opened down to rows, and in the spreadsheet."""

from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from fzbot.audit import Actor
from fzbot.clock import china_day
from fzbot.db import writing
from fzbot.notices.authoring import notice
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, NoticePlan
from fzbot.notices.authoring.wording import NoticeText, mark
from fzbot.notices.delivery import Delivery
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results import forwards, reads
from fzbot.notices.results.forwards import ForwardedGroup
from fzbot.people.staff import Role
from tests.console.office import Clicks, Office
from tests.console.test_handovers import pass_on


@dataclass
class Pushed:
    """A notice pushed to two villages, read in one, forwarded in the other."""

    office: Office
    red: int
    white: int
    notice: int
    adviser: int

    @property
    def days(self) -> dict[str, str]:
        today = china_day(self.office.now).isoformat()
        return {"span": "other", "first": today, "last": today}


@pytest.fixture
def pushed(office: Office) -> Pushed:
    red, white = office.add_village("红庄村"), office.add_village("白庄村")
    adviser = office.add_staff("ma", Role.ADVISER, (red,))
    actor, now = Actor("ma的姓名", adviser, office.account_id), office.now
    with writing(office.engine) as session:
        words = NoticeText("放款前先交钱，一定是骗", "已交钱的马上打110。")
        one = notice.draft(
            session, office.account_id, words, NoticePlan(DeliveryMethod.TEMPLATE, Audience()), actor, now
        )
        notice.approve(session, one, ApprovalPolicy(second_person=False), actor, now)
        for village, number in ((red, 3), (white, 2)):
            for person in range(number):
                session.add(delivery(office, one.id, village, f"{village}-{person}", person == 0))
        reads.count(session, mark(one.id, red), "", china_day(now))
        forwards.log(session, one, ForwardedGroup("白庄村民群", 180, white), actor, now)
        return Pushed(office, red, white, one.id, adviser)


def delivery(office: Office, notice_id: int, village: int, person: str, is_delivered: bool) -> Delivery:
    values: dict[str, Any] = {"queued_at": office.now, "not_before": office.now, "day": china_day(office.now)}
    return Delivery(
        account_id=office.account_id,
        notice_id=notice_id,
        way=DeliveryMethod.TEMPLATE.value,
        openid_hash=person,
        village_id=village,
        people=1,
        state="delivered" if is_delivered else "accepted",
        people_delivered=int(is_delivered),
        **values,
    )


def tile(page: str, name: str) -> str:
    return page.split(f">{name}</abbr>")[1].split('class="value">')[1].split("</div>")[0]


def behind(browser: Clicks, link: str) -> str:
    """The page that a link leads to."""
    found: str = browser.get(unescape(link.split('href="')[1].split('"')[0])).text
    return found


def test_the_first_page_shows_them_and_each_opens_its_rows(pushed: Pushed) -> None:
    browser = pushed.office.sign_in("li")
    page = browser.look("/", **pushed.days).text
    for name, number in (("通知推送", 5), ("微信接受", 5), ("通知送达", 2), ("通知阅读", 1), ("转发群次", 1)):
        link = tile(page, name)
        assert f">{number}</a>" in link
        assert f"<strong>{number}</strong>" in behind(browser, link)
    assert ">180</a>" in tile(page, "转发人次")
    assert "手工填报" in page


def test_they_are_told_apart_by_notice_village_adviser_and_month(pushed: Pushed) -> None:
    page = pushed.office.sign_in("li").look("/pushes", **pushed.days).text
    by_notice, by_village, by_adviser, by_month = page.split("<h2>按")[1:]
    assert "放款前先交钱" in by_notice
    assert by_village.index("红庄村") < by_village.index("白庄村")
    assert "ma的姓名" in by_adviser
    assert china_day(pushed.office.now).isoformat()[:7] in by_month


def test_rows_are_narrowed_down_to_a_village_a_notice_and_an_adviser(pushed: Pushed) -> None:
    browser = pushed.office.sign_in("li")
    rows = browser.look("/pushes/rows", **pushed.days, figure="pushed", village=str(pushed.red)).text
    assert "<strong>3</strong>" in rows
    assert "白庄村" not in rows
    group = browser.look("/pushes/rows", **pushed.days, figure="forwarded", adviser=str(pushed.adviser)).text
    assert "白庄村民群" in group
    assert "<strong>180</strong>（手工填报）" in group
    none = browser.look("/pushes/rows", **pushed.days, figure="pushed", notice="999").text
    assert "没有符合的记录" in none
    assert browser.look("/pushes/rows", **pushed.days, figure="all").status_code == 404


def test_an_adviser_sees_what_was_pushed_to_own_villages(pushed: Pushed) -> None:
    adviser = pushed.office.sign_in("wang", Role.ADVISER, (pushed.red,))
    page = adviser.look("/", **pushed.days).text
    assert ">3</a>" in tile(page, "通知推送")
    assert ">0</a>" in tile(page, "转发人次")
    assert "白庄村" not in adviser.look("/pushes", **pushed.days).text
    assert "白庄村" not in adviser.look("/pushes/rows", **pushed.days, figure="pushed").text
    other = adviser.look("/pushes/rows", **pushed.days, figure="pushed", village=str(pushed.white))
    assert other.status_code == 404


def test_the_spreadsheet_has_them_with_their_meaning(pushed: Pushed) -> None:
    book = load_workbook(BytesIO(pushed.office.sign_in("li").look("/export.xlsx", **pushed.days).content))
    summary = {row[0].value: (row[1].value, row[3].value) for row in book["总览"].iter_rows(min_row=4)}
    assert summary["通知推送"][0] == 5
    assert "不等于送到" in str(summary["通知推送"][1])
    heads, red, white = book["通知按村"].iter_rows(values_only=True)
    assert heads[-1] == "转发人次（手工填报）"
    assert (red, white) == (("红庄村", 1, 3, 3, 1, 1, 0, 0), ("白庄村", 1, 2, 2, 1, 0, 1, 180))


def test_questions_passed_on_open_down_to_their_rows(office: Office) -> None:
    red = office.add_village("红庄村")
    pass_on(office, "地被占了", red)
    pass_on(office, "羊丢了", None, "2")
    today = china_day(office.now).isoformat()
    days = {"span": "other", "first": today, "last": today}
    browser = office.sign_in("li")
    link = tile(browser.look("/", **days).text, "转人工")
    assert ">2</a>" in link
    page = behind(browser, link)
    assert "共 <strong>2</strong> 件" in page
    assert "地被占了" in page
    of_village = browser.look("/handovers", **days, village=str(red)).text
    assert "共 <strong>1</strong> 件" in of_village
    assert "羊丢了" not in of_village
    assert (
        "共 <strong>0</strong> 件"
        in browser.look("/handovers", span="other", first="2020-01-01", last="2020-01-02").text
    )
