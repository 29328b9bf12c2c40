"""The spreadsheet: out and in again, every fault named by row and column, nothing half-imported, no formula run."""

import threading
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, func, select

from fzbot.activities import ledger, listing, package, service_log, sheet, spreadsheet
from fzbot.activities.columns import activity_fields, activity_row, heads, service_fields, service_row
from fzbot.activities.ledger import Activity, ActivityFacts
from fzbot.activities.listing import ActivityFilter
from fzbot.audit import AuditEvent
from fzbot.db import reading
from fzbot.errors import LedgerError
from tests.activities.ledger_keeper import XLSX_HEADS, Town, xlsx

GOOD = (date(2026, 11, 1), "法治讲座", "红庄村、马家湾村", "司法所", "12·4 国家宪法日", 1, 200, 300, None, None, "村部")


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


def stored(town: Town) -> list[ActivityFacts]:
    with reading(town.engine) as session:
        return [ledger.facts_of(row) for row in listing.activities(session, ActivityFilter((town.account_id,)))]


def test_rows_come_in_as_they_are_filled_in(town: Town) -> None:
    assert town.import_activities(xlsx(GOOD, ("2026年11月2日", "学法", "全镇"))) == 2
    study, lecture = stored(town)
    assert study == ActivityFacts("学法", date(2026, 11, 2))
    villages = tuple(sorted(town.villages.values()))
    theme = "12·4 国家宪法日"
    assert lecture == ActivityFacts("法治讲座", date(2026, 11, 1), villages, "司法所", theme, 1, 200, 300, note="村部")
    with reading(town.engine) as session:
        event = session.scalars(select(AuditEvent)).one()
        assert event.action == "activity.import"
        assert event.after is not None
        assert (event.after["rows"], event.after["file"]) == (2, "台账.xlsx")


def test_every_fault_is_named_by_row_and_column_and_nothing_comes_in(town: Town) -> None:
    rows = (
        GOOD,
        ("2026-13-01", "法治讲座"),
        (date(2026, 11, 1), "跳舞", "何家村", None, None, "两场", -1),
        (),
        (None, "学法", None, None, None, "=1+1"),
    )
    with pytest.raises(LedgerError) as refusal:
        town.import_activities(xlsx(*rows))
    said = str(refusal.value).splitlines()
    assert said[0] == "一行也没有导入，请改好后重新上传："
    assert [line.split("：")[0] for line in said[1:]] == [
        "第 3 行“日期”",
        "第 4 行“类型”",
        "第 4 行“村”",
        "第 4 行“场次”",
        "第 4 行“人次”",
        "第 6 行“日期”",
        "第 6 行“场次”",
    ]
    assert "是公式" in said[-1]
    assert stored(town) == []


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        (("日期", "类型", "地点"), "不认识“地点”这一列"),
        (("日期",), "缺少“类型”这一列"),
        (("日期", "类型", "日期"), "“日期”这一列有两个"),
        ((), "缺少“日期”这一列"),
    ],
)
def test_columns_that_do_not_fit_the_template_are_named(town: Town, heads: tuple[str, ...], words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        town.import_activities(xlsx(heads=heads))


def test_the_same_file_twice_is_noticed(town: Town) -> None:
    file = xlsx(GOOD)
    town.import_activities(file)
    with pytest.raises(LedgerError, match="第 2 行：台账里已有一样的一条"):
        town.import_activities(file)
    with pytest.raises(LedgerError, match="第 4 行：第 3 行已有一样的一条"):
        town.import_activities(xlsx((date(2026, 1, 1), "学法"), GOOD[:2], GOOD[:2]))
    assert town.import_activities(file, may_repeat=True) == 1
    assert len(stored(town)) == 2


def test_the_same_file_from_two_people_at_once_comes_in_once(town: Town) -> None:
    file, refused = xlsx(GOOD), []

    def send() -> None:
        try:
            town.import_activities(file)
        except LedgerError as error:
            refused.append(str(error))

    people = [threading.Thread(target=send) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert (len(stored(town)), len(refused)) == (1, 3)


def test_what_goes_out_comes_in_again_the_same(town: Town) -> None:
    both = tuple(sorted(town.villages.values()))
    town.held(date(2026, 1, 2), villages=both, organiser="=cmd|' /C calc'!A0", theme="@SUM(1)", sessions=2, people=0)
    town.held(date(2026, 1, 3), kind="纠纷排查", disputes_found=3, disputes_settled=2, note="+1")
    before = stored(town)
    with reading(town.engine) as session:
        rows = [activity_row(row) for row in listing.activities(session, ActivityFilter((town.account_id,)))]
    file = spreadsheet.export("台账", heads(activity_fields(town.context)), rows)
    assert town.import_activities(file, may_repeat=True) == 2
    assert sorted(map(str, stored(town))) == sorted(map(str, before * 2))


def test_services_go_out_and_come_in_again(town: Town) -> None:
    town.served(matter="=HYPERLINK(1)", people=1)
    town.served("马家湾村", result="当场解答")
    with reading(town.engine) as session:
        there = listing.services(session, ActivityFilter((town.account_id,)))
        names = {id_: name for name, id_ in town.villages.items()}
        rows = [service_row(row, names) for row in there]
        originals = [replace(service_log.facts_of(row), village_id=0) for row in there]
    file = spreadsheet.export("服务记录", heads(service_fields(town.context)), rows)
    with pytest.raises(LedgerError, match="第 2 行：台账里已有一样的一条"):
        town.import_services(file)
    other = Town(town.engine, slug="east")
    assert other.import_services(file) == 2
    with reading(town.engine) as session:
        copied = [service_log.facts_of(row) for row in listing.services(session, ActivityFilter((other.account_id,)))]
    names_apart = [replace(facts, village_id=0) for facts in copied]
    assert sorted(map(str, names_apart)) == sorted(map(str, originals))


def test_an_export_holds_no_formula(town: Town) -> None:
    town.held(theme="=1+1", note='=HYPERLINK("http://evil.example")', organiser="http://evil.example")
    with reading(town.engine) as session:
        rows = [activity_row(row) for row in listing.activities(session, ActivityFilter((town.account_id,)))]
    sheet = load_workbook(BytesIO(spreadsheet.export("台账", heads(activity_fields(town.context)), rows))).worksheets[0]
    assert [cell.data_type for cell in sheet[2] if str(cell.value).startswith(("=", "http"))] == ["s", "s", "s"]
    assert all(cell.hyperlink is None for cell in sheet[2])


def test_the_template_has_the_columns_and_says_how(town: Town) -> None:
    file = spreadsheet.template(activity_fields(town.context), ["一行一个活动"])
    book = load_workbook(BytesIO(file))
    assert tuple(cell.value for cell in book["台账"][1]) == XLSX_HEADS
    guide = [row[0].value for row in book["填写说明"].iter_rows()]
    assert "日期（必填）：如 2026-11-01" in guide
    assert "一行一个活动" in guide
    with pytest.raises(LedgerError, match="没有可以导入的行"):
        town.import_activities(file)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken", xlsx(GOOD)[:-400]])
def test_what_is_no_workbook_is_refused(sqlite_engine: Engine, content: bytes) -> None:
    with pytest.raises(LedgerError, match="打不开这个文件"):
        Town(sqlite_engine).import_activities(content)


def test_a_zip_without_a_sheet_and_one_that_blows_up_are_refused(sqlite_engine: Engine) -> None:
    town = Town(sqlite_engine)
    empty, bomb = BytesIO(), BytesIO()
    with zipfile.ZipFile(empty, "w") as parts:
        parts.writestr("a.txt", "a")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (package.LARGEST_UNPACKED + 1))
    with pytest.raises(LedgerError, match="打不开"):
        town.import_activities(empty.getvalue())
    with pytest.raises(LedgerError, match="展开后太大"):
        town.import_activities(bomb.getvalue())
    with pytest.raises(LedgerError, match="文件太大"):
        town.import_activities(b"0" * (spreadsheet.LARGEST_FILE + 1))


def test_entities_that_multiply_are_not_expanded(sqlite_engine: Engine) -> None:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    evil = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{lines}]>'
    with pytest.raises(LedgerError, match="打不开"):
        Town(sqlite_engine).import_activities(_with_part(xlsx(GOOD), "xl/sharedStrings.xml", evil))


def test_too_many_rows_are_refused(sqlite_engine: Engine) -> None:
    rows = [(date(2026, 1, 1), "学法", None, None, str(number)) for number in range(sheet.MOST_ROWS + 1)]
    with pytest.raises(LedgerError, match="一次最多导入 5000 行"):
        Town(sqlite_engine).import_activities(xlsx(*rows))


def test_faults_beyond_a_page_are_counted(sqlite_engine: Engine) -> None:
    rows = [("昨天", "学法")] * (spreadsheet.MOST_FAULTS + 7)
    with pytest.raises(LedgerError, match="还有 7 处"):
        Town(sqlite_engine).import_activities(xlsx(*rows))
    with reading(sqlite_engine) as session:
        assert session.scalar(select(func.count()).select_from(Activity)) == 0


def _with_part(content: bytes, name: str, head: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part == name:
                body = text.decode().split("?>", 1)[1].replace("司法所", "&a11;")
                text = (head.replace("DOCTYPE x", "DOCTYPE sst") + body).encode()
            new.writestr(part, text)
    return target.getvalue()
