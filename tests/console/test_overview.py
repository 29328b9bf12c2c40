"""The first page: its figures, the rows behind them, the spreadsheet, and what an adviser does not see."""

import html
import re
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from fzbot.audit import AuditEvent
from fzbot.db import Base, reading
from fzbot.interactions.store import store
from fzbot.people.staff import Role
from fzbot.statistics.figures.figure import Surface
from fzbot.statistics.figures.registry import shown_on
from tests.console.office import Office
from tests.interactions.new_interactions import make_row

DAY = {"span": "other", "first": "2026-11-23", "last": "2026-11-23"}


def ask(office: Office, key: str, **more: object) -> None:
    with office.engine.begin() as connection:
        store(connection, [make_row(office.account_id, key, **more)])  # type: ignore[arg-type]


def rows_of_all_tables(office: Office) -> dict[str, list[tuple[object, ...]]]:
    with office.engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
        }


def test_figures_open_down_to_their_rows(office: Office) -> None:
    village = office.add_village("红庄村")
    ask(office, "1", openid_hash="a", village_id=village, question="彩礼怎么退")
    ask(office, "2", openid_hash="a", question="明天赶集不", decision="unknown", entry=None)
    ask(office, "3", openid_hash="b", kind="subscribe", decision=None, entry=None, question=None)
    ask(office, "4", openid_hash="c", day=date(2026, 11, 22), at=datetime(2026, 11, 22, 4, tzinfo=UTC))
    browser = office.sign_in("li")
    page = browser.look("/", **DAY).text
    for words in ("互动次数", "50.0%", "1 ÷ 2", "婚姻家庭", "红庄村"):
        assert words in page
    rows = browser.look("/interactions", **DAY, kind="asked").text
    assert "共 <strong>2</strong> 条" in rows
    assert "彩礼怎么退" in rows
    unanswered = browser.look("/interactions", **DAY, decision="unknown").text
    assert "明天赶集不" in unanswered
    assert "彩礼怎么退" not in unanswered
    hour = browser.look("/interactions", **DAY, hour="12", theme="marriage").text
    assert "共 <strong>1</strong> 条" in hour


def test_the_tiles_are_those_of_the_registry(small_office: Office) -> None:
    ask(small_office, "1")
    page = small_office.sign_in("li").look("/", **DAY).text
    tiles = re.findall(r'<div class="name"><abbr class="tip" tabindex="0" title="([^"]+)">([^<]+)</abbr>', page)
    assert tiles == [(html.escape(figure.meaning), figure.name) for figure in shown_on(Surface.TILE)]
    assert "直接解答" in {name for _, name in tiles}


def test_every_tile_opens_a_list_of_rows(small_office: Office) -> None:
    ask(small_office, "1")
    browser = small_office.sign_in("li")
    links = re.findall(r'<div class="value"><a href="(/console[^"]+)">', browser.look("/", **DAY).text)
    assert len(links) == len(shown_on(Surface.TILE))
    assert {browser.get(html.unescape(link)).status_code for link in links} == {200}


@pytest.mark.parametrize("path", ["/", "/export.xlsx", "/pushes", "/report", "/report/draft.docx"])
def test_looking_at_figures_changes_nothing_and_shows_what_just_came(office: Office, path: str) -> None:
    browser = office.sign_in("li")
    ask(office, "1", kind="voice")
    before = rows_of_all_tables(office)
    answer = browser.look(path, **DAY, year="2026")
    assert answer.status_code == 200
    assert rows_of_all_tables(office) == before
    if path == "/":
        assert re.search(r'咨询次数</abbr></div>\s*<div class="value"><a [^>]+>1</a>', answer.text)


def test_an_address_of_the_version_before_leads_to_the_same_rows(small_office: Office) -> None:
    ask(small_office, "1", entry="loan.unpaid", question="钱不还咋办")
    ask(small_office, "2", question="彩礼怎么退")
    browser = small_office.sign_in("li")
    page = browser.look("/interactions", **DAY, topic="loan")
    assert page.url.params["theme"] == "loan"
    assert "钱不还咋办" in page.text
    assert "彩礼怎么退" not in page.text


def test_looking_at_rows_is_written_down(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    browser.look("/interactions", **DAY, decision="unknown")
    with reading(small_office.engine) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "interaction.view")).one()
    assert event.actor == "li的姓名"
    assert event.after is not None
    assert event.after["decision"] == "unknown"


def test_an_adviser_counts_own_villages_only(office: Office) -> None:
    own, other = office.add_village("红庄村"), office.add_village("马家湾村")
    ask(office, "1", village_id=own, question="彩礼怎么退")
    ask(office, "2", village_id=other, question="邻居占我家地")
    adviser = office.sign_in("wang", Role.ADVISER, (own,))
    rows = adviser.look("/interactions", **DAY).text
    assert "彩礼怎么退" in rows
    assert "邻居占我家地" not in rows
    assert adviser.look("/", **DAY, village=str(other)).status_code == 404
    assert "马家湾村" not in adviser.look("/", **DAY).text


def test_the_spreadsheet_has_the_figures_and_no_formulas(office: Office) -> None:
    evil = office.add_village("=HYPERLINK(1)")
    ask(office, "1", village_id=evil)
    book = load_workbook(BytesIO(office.sign_in("li").look("/export.xlsx", **DAY).content))
    summary = {row[0].value: row[1].value for row in book["总览"].iter_rows(min_row=4)}
    assert (summary["互动次数"], summary["服务人数"], summary["直接解答率"]) == (1, 1, 1)
    assert list(summary) == [figure.name for figure in shown_on(Surface.EXCEL)]
    assert (summary["转人工"], summary["直接解答"]) == (0, 1)
    cell = book["各村"]["A2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")
    assert book["各村"]["B2"].value == 1


def test_what_a_villager_writes_is_shown_as_words(small_office: Office) -> None:
    ask(small_office, "1", question="<script>alert(1)</script>", reply="<img src=x>")
    page = small_office.sign_in("li").look("/interactions", **DAY).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-11-23", "2026-11-01", "请对调"),
        ("", "", "日期要写成"),
        ("昨天", "今天", "日期要写成"),
        ("1900-01-01", "2026-01-01", "最多看 10 年"),
    ],
)
def test_bad_dates_are_named(small_office: Office, first: str, last: str, words: str) -> None:
    answer = small_office.sign_in("li").look("/", span="other", first=first, last=last)
    assert answer.status_code == 400
    assert words in answer.text


def test_an_empty_span_says_what_to_do(small_office: Office) -> None:
    page = small_office.sign_in("li").look("/", **DAY).text
    assert "这段日子还没有互动" in page


def test_pages_carry_a_strict_policy(small_office: Office) -> None:
    headers = small_office.sign_in("li").look("/").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
