"""The yearly report in the console: figures that open down to their rows, the draft, issuing, what was issued."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from fzbot.activities import ledger
from fzbot.activities.ledger import Activity, ActivityFacts
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.interactions.store import store
from fzbot.people.staff import Role
from fzbot.statistics.yearly_report.issued import IssuedReport
from tests.console.office import Office
from tests.interactions.new_interactions import make_row


def held(office: Office, day: date, **more: object) -> None:
    with writing(office.engine) as session:
        facts = ActivityFacts("普法宣传", day, **more)  # type: ignore[arg-type]
        ledger.add(session, office.account_id, facts, COMMAND_LINE, office.now)


@pytest.fixture
def year(office: Office) -> int:
    year = office.now.year
    held(office, date(year, 1, 1), sessions=19, people=35_120)
    held(office, date(year, 1, 1), sessions=1)
    held(office, date(year - 1, 1, 1), sessions=16)
    with office.engine.begin() as connection:
        row = make_row(office.account_id, "1", question="彩礼怎么退", day=date(year, 1, 1))
        store(connection, [row])
    return year


@pytest.mark.usefixtures("year")
def test_every_figure_opens_down_to_its_rows(office: Office) -> None:
    browser = office.sign_in("li", Role.VIEWER)
    page = browser.look("/report").text
    assert page.count("手工填报") > 10
    links = dict(re.findall(r'title="[^"]*">(\S+)</abbr></td>\s*<td class="figure"><a href="/console([^"]+)">', page))
    assert set(links) >= {"活动场次", "覆盖人次", "咨询次数", "直接解答率"}
    assert "培训次数" not in links
    activities = browser.get("/console" + unescape(links["活动场次"])).text
    assert "普法活动 20 场、35,120 人次" in activities
    assert "彩礼怎么退" in browser.get("/console" + unescape(links["咨询次数"])).text
    assert "+4" in page


def test_the_draft_follows_the_ledger_and_an_issued_report_does_not(office: Office, year: int) -> None:
    browser = office.sign_in("li", Role.EDITOR)
    browser.look("/report")
    answer = browser.look("/report/draft.docx", year=year, org="红旗镇")
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert "attachment" in answer.headers["content-disposition"]
    draft = Document(BytesIO(answer.content))
    assert draft.paragraphs[0].text == f"红旗镇{year}年普法工作情况报告"
    page = browser.submit(f"/report?year={year}", {"org": "红旗镇"}).text
    assert "已定稿" in page
    address = re.search(r'"/console(/report/\d+)"', page)
    assert address
    before = browser.look(address[1]).content
    assert 'value="红旗镇"' in browser.look("/report").text
    assert "第1号" in Document(BytesIO(before)).paragraphs[2].text
    with writing(office.engine) as session:
        for row in session.scalars(select(Activity)):
            ledger.remove(session, row, COMMAND_LINE, office.now)
    assert browser.look(address[1]).content == before
    assert browser.look("/report/draft.docx", year=year, org="红旗镇").content != answer.content


def test_only_editors_issue_and_advisers_do_not_see_the_towns_figures(small_office: Office) -> None:
    village = small_office.add_village("红庄村")
    viewer = small_office.sign_in("zhang", Role.VIEWER)
    assert "data-confirm" not in viewer.look("/report").text
    assert viewer.submit("/report").status_code == 403
    adviser = small_office.sign_in("wang", Role.ADVISER, (village,))
    assert adviser.look("/report").status_code == 403
    assert "年度报告" not in adviser.look("/").text
    with reading(small_office.engine) as session:
        assert session.scalars(select(IssuedReport)).all() == []


def test_a_year_that_cannot_be_is_named(small_office: Office) -> None:
    answer = small_office.sign_in("li").look("/report", year=small_office.now.year + 1)
    assert answer.status_code == 400
    assert "只能做" in answer.text


def test_another_accounts_report_is_not_to_be_had(small_office: Office) -> None:
    admin = small_office.sign_in("li")
    admin.look("/report")
    admin.submit("/report")
    east = small_office.add_account("east", "东乡")
    with writing(small_office.engine) as session:
        row = session.scalars(select(IssuedReport)).one()
        session.add(IssuedReport(account_id=east, **_copied(row)))
    with reading(small_office.engine) as session:
        other = session.scalars(select(IssuedReport).order_by(IssuedReport.id.desc())).first()
        assert other is not None
    viewer = small_office.sign_in("zhang", Role.VIEWER)
    assert viewer.look(f"/report/{row.id}").status_code == 200
    assert viewer.look(f"/report/{other.id}").status_code == 404


def _copied(row: IssuedReport) -> dict[str, object]:
    columns = ("year", "number", "figures", "issued_by", "issued_at")
    return {column: getattr(row, column) for column in columns}
