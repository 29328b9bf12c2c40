"""Files as Excel and WPS write them, with all that people do to a table: nothing is lost or made up without a word."""

import codecs
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from fzbot.activities import spreadsheet
from fzbot.activities.columns import KNOWN, LedgerContext, activity_fields, service_fields
from fzbot.activities.sheet import MOST_ROWS
from fzbot.activities.spreadsheet import Reading
from fzbot.clock import CHINA
from fzbot.errors import LedgerError
from tests.activities.hostile import MAIN, XML, png, sheet_of, workbook
from tests.activities.ledger_keeper import NOW, xlsx

CONTEXT = LedgerContext({"红庄村": 1, "马家湾村": 2}, NOW, ("学法", "法治讲座"))
THIRD = date(2026, 11, 3)
SERIAL = 46329
"""The third of November 2026, as Excel counts."""
HEAD = ("日期", "类型", "村", "人次")


def read(content: bytes) -> Reading:
    return spreadsheet.read(content, activity_fields(CONTEXT), KNOWN)


def values(content: bytes) -> list[dict[str, Any]]:
    return [row for _, row in read(content).rows]


def text(column: str, row: int, words: str) -> str:
    return f'<c r="{column}{row}" t="inlineStr"><is><t>{words}</t></is></c>'


def dated(cell: str, styles: str = "", book: str = "") -> bytes:
    """One row whose day is `cell`."""
    head = text("A", 1, "日期") + text("B", 1, "类型")
    rows = f'<row r="1">{head}</row><row r="2">{cell}{text("B", 2, "学法")}</row>'
    around = f'{XML}<styleSheet xmlns="{MAIN}">{styles}</styleSheet>' if styles else ""
    return workbook(sheet_of(rows), styles=around, book=book)


@pytest.mark.parametrize("id_", [14, 22, *range(27, 37), *range(50, 59)])
def test_a_day_in_any_date_format_of_a_chinese_excel_is_read(id_: int) -> None:
    styles = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{id_}"/></cellXfs>'
    assert values(dated(f'<c r="A2" s="1"><v>{SERIAL}</v></c>', styles))[0]["day"] == THIRD


@pytest.mark.parametrize(
    "code",
    [
        "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;",
        "[$-804]yyyy年m月d日;@",
        "[DBNum1][$-804]yyyy\\年m\\月d\\日",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
        "aaaa",
        "G/通用格式",
    ],
)
def test_a_day_in_a_format_of_ones_own_is_read(code: str) -> None:
    styles = (
        f'<numFmts><numFmt numFmtId="176" formatCode="{code}"/></numFmts><cellXfs><xf/><xf numFmtId="176"/></cellXfs>'
    )
    assert values(dated(f'<c r="A2" s="1"><v>{SERIAL}</v></c>', styles))[0]["day"] == THIRD


@pytest.mark.parametrize(
    "written",
    [
        "2026年11月3日",
        "2026.11.3",
        "2026/11/3",
        "2026-11-03",
        "2026年11月3日 星期二",
        "2026年11月3日(周二)",
        "20261103",
    ],
)
def test_a_day_as_text_is_read(written: str) -> None:
    assert values(dated(text("A", 2, written)))[0]["day"] == THIRD


@pytest.mark.parametrize(
    "cell", [f'<c r="A2"><v>{SERIAL}</v></c>', f'<c r="A2"><v>{SERIAL}.0</v></c>', text("A", 2, str(SERIAL))]
)
def test_a_day_as_a_plain_number_is_read(cell: str) -> None:
    assert values(dated(cell))[0]["day"] == THIRD


def test_a_workbook_of_an_old_mac_counts_from_1904() -> None:
    assert values(dated(f"<c><v>{SERIAL - 1462}</v></c>", book='<workbookPr date1904="1"/>'))[0]["day"] == THIRD


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (text("A", 2, "11月3日"), "“11月3日”不是日期：没有写年份"),
        (text("A", 2, "11.3"), "没有写年份"),
        ("<c><v>2026</v></c>", "1905-07-18 太早了"),
        ("<c><v>-5</v></c>", "-5 不是日期"),
        ("<c><v>1e300</v></c>", "不是日期"),
        ("<c><v>NaN</v></c>", "不是日期"),
        ("<c><f>TODAY()</f><v>46329</v></c>", "是公式"),
        ('<c t="e"><v>#REF!</v></c>', "错误值 #REF!"),
    ],
)
def test_what_is_no_day_is_named_with_its_row(cell: str, words: str) -> None:
    with pytest.raises(LedgerError, match="第 2 行“日期”") as refusal:
        read(dated(cell))
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("serial", "style", "hour"), [(f"{SERIAL}", 0, 12), (f"{SERIAL}.604166666664", 0, 14), (f"{SERIAL}", 1, 0)]
)
def test_a_moment_keeps_its_time_and_a_day_is_taken_at_noon(serial: str, style: int, hour: int) -> None:
    head = "".join(
        text(column, 1, name) for column, name in zip("ABCDE", ("时间", "村", "事项", "方式", "顾问"), strict=True)
    )
    row = "".join(
        text(column, 2, name) for column, name in zip("BCDE", ("红庄村", "问彩礼", "来访", "马律师"), strict=True)
    )
    rows = f'<row r="1">{head}</row><row r="2"><c r="A2" s="{style}"><v>{serial}</v></c>{row}</row>'
    styles = f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>'
    found = spreadsheet.read(workbook(sheet_of(rows), styles=styles), service_fields(CONTEXT), KNOWN).rows[0][1]
    assert found["at"] == datetime(2026, 11, 3, hour, 30 if hour == 14 else 0, tzinfo=CHINA)


def made(fill: Any, *rows: tuple[object, ...]) -> bytes:
    """A workbook with HEAD and rows, to which `fill(book, sheet)` does something."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("一月")
    for number, row in enumerate((HEAD, *rows)):
        sheet.write_row(number, 0, row)
    fill(book, sheet)
    book.close()
    return target.getvalue()


ROWS = (("2026-01-05", "学法", "红庄村", 10), ("2026-01-06", "学法", "", 20), ("2026-01-07", "学法", "马家湾村", 30))


def test_a_village_merged_over_two_rows_is_the_village_of_both() -> None:
    found = read(made(lambda _, sheet: sheet.merge_range(1, 2, 2, 2, "红庄村"), *ROWS))
    assert [row["villages"] for _, row in found.rows] == [(1,), (1,), (2,)]


def test_a_figure_merged_over_two_rows_is_not_counted_twice() -> None:
    with pytest.raises(LedgerError, match="第 3 行“人次”：这一格和上面的合并了"):
        read(made(lambda _, sheet: sheet.merge_range(1, 3, 2, 3, 200), *ROWS))


def test_what_is_merged_sideways_stays_in_its_column_and_an_empty_row_stays_empty() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range(4, 1, 5, 2, "法治讲座")
        sheet.write(4, 0, "2026-01-08")

    assert values(made(fill, *ROWS))[3:] == [{"day": date(2026, 1, 8), "kind": "法治讲座"}]


def test_hidden_and_filtered_rows_are_left_out_and_told() -> None:
    def hide(_: Any, sheet: Any) -> None:
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_row(3, 0)

    found = read(made(hide, *ROWS))
    assert [number for number, _ in found.rows] == [3]
    assert found.filled == 3
    assert found.left_out == ("2 行在表里是隐藏或被筛掉的，没有导入（第 2、4 行）",)


def test_where_all_rows_are_hidden_that_is_said() -> None:
    with pytest.raises(LedgerError, match=r"没有可以导入的行(.|\n)*1 行在表里是隐藏"):
        read(made(lambda _, sheet: sheet.set_row(1, None, None, {"hidden": True}), ROWS[0]))


def test_other_sheets_with_rows_are_told_and_empty_ones_are_not() -> None:
    def fill(book: Any, _: Any) -> None:
        for name, rows in (("二月", 2), ("空表", 1), ("草稿", 3)):
            sheet = book.add_worksheet(name)
            for number in range(rows):
                sheet.write_row(number, 0, HEAD)
            if name == "草稿":
                sheet.hide()

    said = read(made(fill, *ROWS)).left_out
    assert said == (
        "工作表“二月”里还有 1 行，没有导入；要导入请单独存成一个文件再传",
        "隐藏的工作表“草稿”里还有 2 行，没有导入；要导入请单独存成一个文件再传",
    )


def test_the_sheet_with_the_columns_is_taken_even_behind_a_cover() -> None:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet("封面").write(0, 0, "普法台账")
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ROWS[0])
    assert len(read(target.getvalue()).rows) == 1


@pytest.mark.parametrize("blank", ["　　", " ", "\u00a0", "\u200b", "\ufeff"])
def test_rows_of_blanks_are_no_rows(blank: str) -> None:
    found = read(xlsx(ROWS[0], (blank,) * 4, (), ROWS[2], (blank,), heads=HEAD))
    assert [number for number, _ in found.rows] == [2, 5]
    assert (found.filled, found.left_out) == (2, ())


def test_rows_beyond_the_limit_are_never_lost_without_a_word() -> None:
    rows = [("2026-01-05", "学法", "", number) for number in range(MOST_ROWS)]
    assert len(read(xlsx(*rows, heads=HEAD)).rows) == MOST_ROWS
    with pytest.raises(LedgerError, match="这张表有 5003 行，一次最多导入 5000 行，一行也没有导入"):
        read(xlsx(*rows, (), *ROWS, heads=HEAD))


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read(encoding: str, separator: str) -> None:
    lines = [HEAD, ("2026/11/3", "学法", '"红庄村、马家湾村"', "1"), ("46329", "学法", "　", ""), ("", "", "", "")]
    content = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    first, second = values(content)
    assert first == {"day": THIRD, "kind": "学法", "villages": (1, 2), "people": 1}
    assert second == {"day": THIRD, "kind": "学法"}


def test_the_unicode_text_of_excel_is_read_and_a_formula_in_a_csv_is_not() -> None:
    content = codecs.BOM_UTF16_LE + "日期\t类型\t人次\n2026/11/3\t学法\t=1+1\n".encode("utf-16-le")
    with pytest.raises(LedgerError, match="第 2 行“人次”：这一格是公式"):
        read(content)


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def archive(*names: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "是空的"),
        (OLE + "Workbook".encode("utf-16-le"), r"老格式的表（.xls 或 .et），读不了；请用 Excel 或 WPS 打开"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word 文档"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "图片，不是表格"),
        (png(5, 5), "图片，不是表格"),
        (b"%PDF-1.7", "PDF"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"<html><table><tr><td>1</table>", "网页格式的表"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "网页格式的表"),
        (archive("word/document.xml"), "Word 文档"),
        (archive("mimetype", "content.xml"), "ods"),
        (archive("xl/workbook.bin"), "xlsb"),
        (archive("一月.xlsx", "二月.xlsx"), "压缩包；请解压"),
        (xlsx(ROWS[0], heads=HEAD)[:-300], "不完整或坏了"),
        (xlsx(ROWS[0], heads=HEAD)[:2000], "不完整或坏了"),
        (bytes(range(256)), "只收 .xlsx 和 .csv"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_named(content: bytes, words: str) -> None:
    with pytest.raises(LedgerError, match=words) as refusal:
        read(content)
    assert str(refusal.value).startswith("打不开这个文件：")


def test_a_workbook_that_points_outside_is_read_without_what_lies_there() -> None:
    outside = '<Relationship Id="r9" Type="x/externalLink" Target="file:///etc/passwd" TargetMode="External"/>'
    content = workbook(sheet_of(f"<row>{text('A', 1, '日期')}{text('B', 1, '类型')}</row>"), relations=outside)
    with pytest.raises(LedgerError, match="没有可以导入的行"):
        read(content)


@pytest.mark.parametrize("place", range(0, 4000, 97))
def test_a_workbook_with_a_damaged_byte_is_read_or_refused_in_words(place: int) -> None:
    content = bytearray(xlsx(*ROWS, heads=HEAD))
    content[place % len(content)] ^= 0xFF
    try:
        read(bytes(content))
    except LedgerError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
