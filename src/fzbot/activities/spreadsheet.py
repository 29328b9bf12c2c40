"""Spreadsheets with one row for each thing: templates and exports by XlsxWriter, imports within limits.

No text becomes a formula on the way out, and no formula is taken on the way in. Faults are named by row and column, all
at once, so that a file can be mended in one go.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from fzbot import clock
from fzbot.activities.cell_formats import FIRST_DAY, LAST_SERIAL, moment_of
from fzbot.activities.csv_table import read_csv
from fzbot.activities.fields import Field, Unreadable, read_fields
from fzbot.activities.file_kinds import FileKind, kind_of
from fzbot.activities.sheet import MOST_ROWS, Sheet
from fzbot.activities.workbook import read_workbook
from fzbot.errors import LedgerError
from fzbot.runtime.bulkhead import UPLOADS

LARGEST_FILE = 5 * 1024 * 1024
MOST_FAULTS = 30
"""So many are shown; the rest are counted."""
MOST_NAMED = 20
GUIDE = "填写说明"
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def template(fields: Sequence[Field], notes: Sequence[str]) -> bytes:
    """An empty sheet with the columns, and a second one that says how to fill it in."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    sheet = _headed(book, "台账", [(field.label, field.width) for field in fields])
    for column, field in enumerate(fields):
        if field.choices:
            rule = {"validate": "list", "source": list(field.choices), "ignore_blank": True, "error_type": "warning"}
            sheet.data_validation(1, column, MOST_ROWS, column, rule)
    lines = [f"{field.label}{'（必填）' if field.is_required else ''}：{field.hint}" for field in fields]
    guide = _headed(book, GUIDE, [(GUIDE, 90)])
    for row, line in enumerate([*lines, *notes], start=1):
        guide.write_string(row, 0, line)
    book.close()
    return target.getvalue()


def export(name: str, heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[object]]) -> bytes:
    """A sheet with those columns (name and width) and rows."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS | {"default_date_format": "yyyy-mm-dd"})
    sheet = _headed(book, name, heads)
    minutes = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, minutes)
    book.close()
    return target.getvalue()


@dataclass(frozen=True)
class Reading:
    """What was read: each row's number in the sheet and values. `left_out` says in words what was passed over."""

    rows: list[tuple[int, dict[str, Any]]]
    filled: int
    left_out: tuple[str, ...] = ()


def read(content: bytes, fields: Sequence[Field], known: frozenset[str]) -> Reading:
    """Read an .xlsx or .csv; `LedgerError` with every fault. Columns in `known` are passed over.

    `BusyError` when too many are being read. Rows that are hidden are not taken: what nobody sees, nobody has checked.
    """
    if len(content) > LARGEST_FILE:
        raise LedgerError(f"文件太大，最多 {LARGEST_FILE // 1024 // 1024} MB；请分几个文件")
    with UPLOADS.entered():
        sheets, first_day = _sheets(content)
        sheet = _chosen(sheets, fields)
        if sheet.filled > MOST_ROWS + 1:
            raise LedgerError(
                f"这张表有 {sheet.filled - 1} 行，一次最多导入 {MOST_ROWS} 行，一行也没有导入；请分几个文件"
            )
        found, faults = _read_rows(sheet, fields, _columns(sheet.head, fields, known), first_day)
    refuse(faults)
    left_out = tuple(_left_out(sheet, sheets))
    if not found:
        raise LedgerError("\n".join(["表里没有可以导入的行；从第 2 行开始填", *left_out]))
    return Reading(found, sheet.filled - 1, left_out)


def refuse(faults: Sequence[str]) -> None:
    """Raise `LedgerError` with the faults, if there are any."""
    if faults:
        rest = [f"……还有 {len(faults) - MOST_FAULTS} 处"] if len(faults) > MOST_FAULTS else []
        raise LedgerError("\n".join(["一行也没有导入，请改好后重新上传：", *faults[:MOST_FAULTS], *rest]))


def _headed(book: Workbook, name: str, heads: Sequence[tuple[str, int]]) -> Worksheet:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "bg_color": "#DFF0E9", "border": 1})
    for column, (head, width) in enumerate(heads):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    return sheet


def _write(sheet: Worksheet, row: int, column: int, value: object, minutes: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(clock.CHINA).replace(tzinfo=None), minutes)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value))


def _sheets(content: bytes) -> tuple[list[Sheet], date]:
    if kind_of(content) is FileKind.CSV:
        return [read_csv(content)], FIRST_DAY
    workbook = read_workbook(content)
    return workbook.sheets, workbook.first_day


def _chosen(sheets: Sequence[Sheet], fields: Sequence[Field]) -> Sheet:
    """The first one that is shown and has the columns; else the first one that is shown, whose faults are then named."""
    shown = [sheet for sheet in sheets if sheet.is_visible] or list(sheets)
    needed = {field.label for field in fields if field.is_required}
    return next((sheet for sheet in shown if needed <= set(sheet.head.values())), shown[0])


def _read_rows(
    sheet: Sheet, fields: Sequence[Field], columns: Mapping[str, int], first_day: date
) -> tuple[list[tuple[int, dict[str, Any]]], list[str]]:
    faults: list[str] = []
    found: list[tuple[int, dict[str, Any]]] = []
    for number in list(sheet.rows)[1:]:
        if number not in sheet.hidden:
            given = {
                field.key: _given(sheet, number, columns[field.key], field, first_day)
                for field in fields
                if field.key in columns
            }
            values, wrong = read_fields(fields, given)
            faults += [f"第 {number} 行“{fault.label}”：{fault.words}" for fault in wrong]
            found.append((number, values))
    return found, faults


def _given(sheet: Sheet, number: int, column: int, field: Field, first_day: date) -> object:
    value = sheet.rows[number].get(column)
    if field.is_count and (number, column) in sheet.from_above:
        return Unreadable("这一格和上面的合并了，不知道每行是多少；请拆开，一行填一个数")
    return _moment(value, first_day) if field.is_date else value


def _moment(value: object, first_day: date) -> object:
    """A day that is shown as a plain number (46327) is one all the same; 20261103 is left to the field."""
    if isinstance(value, str) and _SERIAL.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value <= LAST_SERIAL:
        return moment_of(value, first_day)
    return value


def _left_out(sheet: Sheet, sheets: Sequence[Sheet]) -> Iterator[str]:
    hidden = sorted(sheet.hidden)
    if hidden:
        shown = "、".join(map(str, hidden[:MOST_NAMED])) + ("等" if len(hidden) > MOST_NAMED else "")
        yield f"{len(hidden)} 行在表里是隐藏或被筛掉的，没有导入（第 {shown} 行）"
    for other in sheets:
        if other is not sheet and other.name != GUIDE and other.filled > 1:
            state = "" if other.is_visible else "隐藏的"
            yield f"{state}工作表“{other.name}”里还有 {other.filled - 1} 行，没有导入；要导入请单独存成一个文件再传"


def _columns(head: Mapping[int, str], fields: Sequence[Field], known: frozenset[str]) -> Mapping[str, int]:
    names = list(head.values())
    by_label = {field.label: field.key for field in fields}
    faults = [f"第 1 行：不认识“{name}”这一列" for name in names if name and name not in by_label and name not in known]
    faults += [f"第 1 行：“{name}”这一列有两个" for name in by_label if names.count(name) > 1]
    faults += [
        f"第 1 行：缺少“{field.label}”这一列" for field in fields if field.is_required and field.label not in names
    ]
    if faults:
        refuse([*faults, "表头要和模板一样，可以先下载模板"])
    return {by_label[name]: column for column, name in head.items() if name in by_label}
