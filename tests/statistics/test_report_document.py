"""The yearly report as a file: laid out as an official document, blank where nothing was recorded, frozen once issued."""

import hashlib
import threading
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from sqlalchemy import Engine, select

from fzbot.activities.kinds import DEFAULTS, Measure, save
from fzbot.activities.ledger import Activity, ActivityFacts, change, remove
from fzbot.audit import AuditEvent
from fzbot.db import reading, writing
from fzbot.errors import ReportError
from fzbot.notices.authoring import notice
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, NoticePlan
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results import forwards
from fzbot.notices.results.forwards import ForwardedGroup
from fzbot.people import erasure, village
from fzbot.people.village import Village
from fzbot.statistics.figures.notices import NOTICES
from fzbot.statistics.yearly_report import issued, official_document
from fzbot.statistics.yearly_report.document import document, file_name
from fzbot.statistics.yearly_report.issued import IssuedReport
from fzbot.statistics.yearly_report.model import YearReport
from fzbot.statistics.yearly_report.sentences import BLANK, sections, title
from fzbot.statistics.yearly_report.tables import sheets
from tests.activities.ledger_keeper import LI, NOW, Town
from tests.statistics.test_yearly_report import ask, gather


def opened(content: bytes) -> Any:
    return Document(BytesIO(content))


def words_of(report: YearReport) -> str:
    return "\n".join(words for section in sections(report) for words in section.paragraphs)


def font(run: Any) -> str:
    found: str = run._r.rPr.rFonts.get(qn("w:eastAsia"))
    return found


@pytest.fixture
def town(engine: Engine) -> Town:
    town = Town(engine)
    town.held(date(2025, 3, 8), sessions=16, people=1000)
    town.held(date(2026, 3, 8), sessions=19, people=35_120, villages=tuple(town.villages.values()))
    town.held(date(2026, 6, 4), "纠纷排查", disputes_found=283, disputes_settled=283)
    ask(town, "1", openid_hash="a")
    return town


def test_the_sentences_carry_the_figures(town: Town) -> None:
    words = words_of(gather(town))
    for part in (
        "2026年1月1日至11月23日，红旗镇开展普法活动19场，覆盖35120人次",
        "活动场次由16场变为19场，增长18.8%",
        "覆盖人次由1000人次变为35120人次",
        "化解率100.0%（283÷283）",
        "服务1人次、1人",
        "直接解答率100.0%（1÷1）",
        "（手工填报）",
        "自动统计",
        "婚姻家庭（1次）",
        f"法律顾问坐班{BLANK}次",
        f"举办法律明白人等培训{BLANK}次",
    ):
        assert part in words
    assert words_of(gather(town, today=date(2027, 1, 5))).startswith("2026年，红旗镇")


def test_an_empty_year_is_all_blanks_to_write_on(sqlite_engine: Engine) -> None:
    report = gather(Town(sqlite_engine))
    words = words_of(report)
    assert not any(sign.isdigit() for sign in words.replace("2026年1月1日至11月23日", "").replace("12348", ""))
    assert f"化解率{BLANK}（手工填报）" in words
    assert "上年同期没有登记，不作比较" in words
    for row in sheets(report)[0].rows:
        assert row[2:5] == ("", "", "")
    assert "没有登记。" in sheets(report)[3].rows[0][2]
    document(report)


def test_the_tables_mark_what_was_typed_in_and_say_where_each_figure_is_from(town: Town) -> None:
    figures, _, villages, sources = sheets(gather(town))
    rows = {row[0]: row[1:] for row in figures.rows}
    assert rows["活动场次"] == ("场", "19", "16", "+3", "手工填报")
    assert rows["化解率"] == ("%", "100.0", "", "", "手工填报")
    assert rows["咨询次数"] == ("次", "1", "", "", "自动统计")
    assert rows["培训次数"] == ("次", "", "", "", "手工填报")
    assert [row[1] for row in villages.rows] == ["19", "19"]
    said = {row[0]: row[2] for row in sources.rows}
    assert said["活动场次"].startswith("取自台账里有这一项的1条。")
    assert said["化解率"].startswith("283÷283；")
    assert {row[0] for row in figures.rows} == set(said)
    for sheet in sheets(gather(town)):
        assert sum(sheet.widths) == 156
        assert all(len(row) == len(sheet.heads) == len(sheet.widths) for row in sheet.rows)


def test_notices_stand_in_the_report_once_there_are_any(sqlite_engine: Engine) -> None:
    town = Town(sqlite_engine)
    before = gather(town)
    red = town.villages["红庄村"]
    with writing(sqlite_engine) as session:
        words = NoticeText("放款前先交钱，一定是骗", "已交钱的马上打110。")
        one = notice.draft(session, town.account_id, words, NoticePlan(DeliveryMethod.GROUP, Audience()), LI, NOW)
        notice.approve(session, one, ApprovalPolicy(second_person=False), LI, NOW)
        forwards.log(session, one, ForwardedGroup("红庄村民群", 180, red), LI, NOW)
    report = gather(town)
    assert "法律顾问转发到村微信群1群次、180人次（手工填报）" in words_of(report)
    assert f"推送普法通知{BLANK}条" in words_of(before)
    line = report.line("forwarded")
    assert (line.value, line.rows, line.by_hand, line.source) == (180, 1, True, "转发登记")
    assert [sheet.title for sheet in sheets(before)] == [one.title for one in sheets(report) if "通知" not in one.title]
    (village,) = next(sheet for sheet in sheets(report) if sheet.title == "各村通知统计表").rows
    assert village == ("红庄村", "0", "0", "0", "0", "1", "180")


def test_a_report_issued_before_notices_were_counted_says_what_it_said(town: Town) -> None:
    report = gather(town)
    counted = {figure.key for figure in NOTICES}
    old = report.model_copy(update={"lines": tuple(one for one in report.lines if one.key not in counted)})
    assert "通知" not in words_of(old)


def test_a_rate_changes_by_points(sqlite_engine: Engine) -> None:
    town = Town(sqlite_engine)
    town.held(date(2025, 3, 8), "纠纷排查", disputes_found=200, disputes_settled=190)
    town.held(date(2026, 3, 8), "纠纷排查", disputes_found=100, disputes_settled=98)
    row = next(row for row in sheets(gather(town))[0].rows if row[0] == "化解率")
    assert row[1:5] == ("%", "98.0", "95.0", "+3.0个百分点")


def test_the_file_is_laid_out_as_an_official_document(town: Town) -> None:
    report = gather(town)
    file = opened(document(report))
    section = file.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(length.mm) for length in margins] == [37, 35, 28, 26]
    head, _, state, first_heading, body = file.paragraphs[:5]
    assert (head.text, font(head.runs[0]), head.runs[0].font.size) == (title(report), "方正小标宋简体", Pt(22))
    assert head.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert "草稿" in state.text
    assert (first_heading.text, font(first_heading.runs[0])) == ("一、总体情况", "黑体")
    assert first_heading.style.name == "Heading 1"
    assert (font(body.runs[0]), body.runs[0].font.size) == ("仿宋_GB2312", Pt(16))
    normal = file.styles["Normal"].paragraph_format
    assert (normal.line_spacing, normal.first_line_indent) == (Pt(28), Pt(32))
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        assert (paragraph.text, paragraph.alignment) == ("—  —", side)
        assert "PAGE" in paragraph._p.xml
    assert file.settings.odd_and_even_pages_header_footer
    assert len(file.tables) == 4
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in file.tables)
    ends = [paragraph.text for paragraph in file.paragraphs]
    assert ends[ends.index("附件1") - 2 : ends.index("附件1")] == ["红旗镇", "2026年11月23日"]
    assert file.core_properties.author == "红旗镇"


def test_a_table_is_as_wide_as_the_text(town: Town) -> None:
    table = opened(document(gather(town))).tables[0]
    assert abs(sum(cell.width for cell in table.rows[0].cells) - Mm(156)) < Mm(1)


def test_the_file_carries_no_times_but_its_own_day(town: Town) -> None:
    content = document(gather(town))
    with zipfile.ZipFile(BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {official_document.EPOCH}
        assert parts.namelist()[0] == "[Content_Types].xml"
        assert not any("thumbnail" in name for name in parts.namelist())
    properties = opened(content).core_properties
    assert properties.created.date() == properties.modified.date() == date(2026, 11, 23)


def test_names_with_odd_signs_do_no_harm(sqlite_engine: Engine) -> None:
    town = Town(sqlite_engine)
    with writing(sqlite_engine) as session:
        session.get_one(Village, town.villages["红庄村"]).name = "<b>&\x07村"
    report = gather(town).model_copy(update={"org": "红旗镇\x00<w:p/>&"})
    assert "红旗镇<w:p/>&2026年" in opened(document(report)).paragraphs[0].text
    assert "<b>&村" in [cell.text for cell in opened(document(report)).tables[2].columns[0].cells]


def freeze(town: Town) -> int:
    report = gather(town)
    with writing(town.engine) as session:
        return issued.issue(session, town.account_id, report, LI, NOW).id


def again(town: Town, id_: int) -> bytes:
    with reading(town.engine) as session:
        return document(session.get_one(IssuedReport, id_).report)


def test_an_issued_report_is_the_same_file_whatever_happens_later(town: Town) -> None:
    id_ = freeze(town)
    before = again(town, id_)
    erased = hashlib.sha256(before).hexdigest()
    with writing(town.engine) as session:
        rows = session.scalars(select(Activity).order_by(Activity.id)).all()
        change(session, rows[1], ActivityFacts("法治讲座", date(2026, 1, 1), people=1), LI, NOW)
        remove(session, rows[2], LI, NOW)
        erasure.erase(session, town.account_id, "a")
        village.rename(session, session.get_one(Village, town.villages["红庄村"]), "新红庄村")
        renamed = tuple(kind for kind in DEFAULTS if kind.measure is not Measure.TRAINING)
        save(session, town.account_id, renamed, [])
    ask(town, "2", openid_hash="b")
    assert hashlib.sha256(again(town, id_)).hexdigest() == erased
    assert document(gather(town)) != before


def test_numbers_run_on_within_a_year_and_issuing_is_written_down(town: Town) -> None:
    first, second = freeze(town), freeze(town)
    with reading(town.engine) as session:
        assert [row.number for row in issued.issued(session, (town.account_id,))] == [2, 1]
        assert issued.find(session, town.account_id, 2026, 2).id == second
        report = session.get_one(IssuedReport, first).report
        assert (report.number, report.issued_by) == (1, "李四")
        assert "第1号" in file_name(report)
        with pytest.raises(ReportError, match="2026 年没有第 3 号"):
            issued.find(session, town.account_id, 2026, 3)
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "report.issue")).all()
    assert [event.after for event in events] == [{"year": 2026, "number": 1}, {"year": 2026, "number": 2}]


def test_issued_at_once_by_several_people_each_has_a_number_of_its_own(town: Town) -> None:
    people = [threading.Thread(target=freeze, args=(town,)) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with reading(town.engine) as session:
        assert [row.number for row in issued.issued(session, (town.account_id,))] == [4, 3, 2, 1]


def test_what_is_frozen_reads_back_as_it_was(town: Town) -> None:
    report = gather(town)
    assert YearReport.model_validate_json(report.model_dump_json()) == report
    assert document(YearReport.model_validate(report.model_dump(mode="json"))) == document(report)
