"""Spreadsheets with one row for each thing: templates and exports by XlsxWriter, imports by openpyxl.

No text becomes a formula on the way out, and no formula is taken on the way in. Faults are named by row and column, all
at once, so that a file can be mended in one go.
"""

import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from fzbot import clock
from fzbot.activities.fields import Field, Unreadable, read_fields
from fzbot.errors import LedgerError

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_ROWS = 5000
MOST_FAULTS = 30
"""So many are shown; the rest are counted."""
NO_WORKBOOK = "打不开这个文件；只收 .xlsx，可以用 Excel 或 WPS 另存为 .xlsx"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
)
"""What openpyxl and zipfile raise, besides the former's own, over files that are no workbooks, or damaged or locked ones."""
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
    guide = _headed(book, "填写说明", [("填写说明", 90)])
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


def read(content: bytes, fields: Sequence[Field], known: frozenset[str]) -> list[tuple[int, dict[str, Any]]]:
    """Each row's number in the sheet and values; `LedgerError` with every fault. Columns in `known` are passed over."""
    rows = _rows(content)
    columns = _columns(rows[0][1] if rows else [], fields, known)
    faults: list[str] = []
    found: list[tuple[int, dict[str, Any]]] = []
    for number, cells in rows[1:]:
        given = {key: cells[place] for key, place in columns.items() if place < len(cells)}
        values, wrong = read_fields(fields, given)
        faults += [f"第 {number} 行“{fault.label}”：{fault.words}" for fault in wrong]
        found.append((number, values))
    refuse(faults)
    if not found:
        raise LedgerError("表里没有可以导入的行；从第 2 行开始填")
    return found


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


def _rows(content: bytes) -> list[tuple[int, list[object]]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - the server starts a tenth of a second sooner without
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    _check_size(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = [
            (number, [_value(cell) for cell in cells])
            for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 2), start=1)
        ]
        book.close()
    except (InvalidFileException, *_BROKEN) as error:
        raise LedgerError(NO_WORKBOOK) from error
    filled = [(number, cells) for number, cells in rows if any(cell not in (None, "") for cell in cells)]
    if filled and filled[-1][0] > MOST_ROWS + 1:
        raise LedgerError(f"一次最多导入 {MOST_ROWS} 行，请分几个文件")
    return filled


def _value(cell: Any) -> object:
    if cell.data_type == "f":
        return Unreadable("这一格是公式，请复制后“选择性粘贴”为数值")
    return Unreadable(f"这一格是错误值 {cell.value}") if cell.data_type == "e" else cell.value


def _check_size(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise LedgerError(f"文件太大，最多 {LARGEST_FILE // 1024 // 1024} MB")
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise LedgerError(NO_WORKBOOK) from error
    if unpacked > LARGEST_UNPACKED:
        raise LedgerError("文件展开后太大，请只留要导入的行")


def _columns(heads: Sequence[object], fields: Sequence[Field], known: frozenset[str]) -> Mapping[str, int]:
    names = ["" if head is None else str(head).strip() for head in heads]
    by_label = {field.label: field.key for field in fields}
    faults = [f"第 1 行：不认识“{name}”这一列" for name in names if name and name not in by_label and name not in known]
    faults += [f"第 1 行：“{name}”这一列有两个" for name in by_label if names.count(name) > 1]
    faults += [
        f"第 1 行：缺少“{field.label}”这一列" for field in fields if field.is_required and field.label not in names
    ]
    if faults:
        refuse([*faults, "表头要和模板一样，可以先下载模板"])
    return {by_label[name]: place for place, name in enumerate(names) if name in by_label}
