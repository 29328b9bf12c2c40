"""The dashboard as an Excel workbook with charts of its own. No cell is ever taken for a formula or a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from fzbot.notices.results.counts import GroupBy
from fzbot.statistics.dashboard.board import Dashboard
from fzbot.statistics.figures.figure import Surface
from fzbot.statistics.figures.notices import NOTICES, of_notices
from fzbot.statistics.figures.registry import BY_KEY, shown_on
from fzbot.statistics.labels import decision_label
from fzbot.statistics.notice_tables import HEADS

INTERACTIONS, QUESTIONS = BY_KEY["interactions"].name, BY_KEY["questions"].name
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True)
class Names:
    """What entries, themes and villages are called, and what the figures of notices are told apart by."""

    entries: dict[str, str]
    themes: dict[str, str]
    villages: dict[int, str]
    pushes: dict[GroupBy, dict[int | str, str]]


def workbook(board: Dashboard, title: str, names: Names) -> bytes:
    """An .xlsx file."""
    entries, villages = names.entries, names.villages
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    _summary(book, board, title)
    unit = "月份" if board.by_month else "日期"
    trend = [(label, *numbers) for label, numbers in board.trend.items()]
    _sheet(book, "趋势", (unit, INTERACTIONS, QUESTIONS), trend, "line")
    _sheet(book, "主题", ("主题", "次数"), board.named_themes(names.themes).items(), "bar")
    by_village = [(villages.get(id_, "未选村"), number) for id_, number in board.villages.items()]
    _sheet(book, "各村", ("村", QUESTIONS), by_village, "bar")
    _sheet(book, "时段", ("小时", INTERACTIONS), [(f"{h} 点", n) for h, n in enumerate(board.hours)], "column")
    decided = [(decision_label(kind), number) for kind, number in board.now.chat.decisions.items()]
    _sheet(book, "解答情况", ("判定", "次数"), decided, "pie")
    _sheet(book, "条目", ("条目", "次数"), [(entries.get(id_, id_), n) for id_, n in board.entries.items()], None)
    _sheet(book, "诈骗类型", ("类型", "次数"), [(entries.get(id_, id_), n) for id_, n in board.frauds.items()], "bar")
    for by, head in HEADS.items():
        _notices(book, board, by, head, names.pushes[by])
    book.close()
    return target.getvalue()


def _notices(book: Workbook, board: Dashboard, by: GroupBy, head: str, names: dict[int | str, str]) -> None:
    shown = [figure for figure in NOTICES if figure.key != "notices" or by is not GroupBy.NOTICE]
    heads = (head, *(figure.name + ("（手工填报）" if figure.is_by_hand else "") for figure in shown))
    rows = [
        (names.get(key, str(key)), *(figure.value(of_notices(tally)) for figure in shown))
        for key, tally in board.pushed_by[by].items()
    ]
    _sheet(book, f"通知按{head}", heads, rows, None)


def _summary(book: Workbook, board: Dashboard, title: str) -> None:
    sheet = book.add_worksheet("总览")
    bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
    sheet.write_string(0, 0, title, bold)
    before = board.span.previous
    for column, head in enumerate(
        ("数字", f"{board.span.first} 至 {board.span.last}", f"上期 {before.first} 至 {before.last}", "口径")
    ):
        sheet.write_string(2, column, head, bold)
    for row, figure in enumerate(shown_on(Surface.EXCEL), start=3):
        sheet.write_string(row, 0, figure.name)
        for column, recorded in ((1, board.now), (2, board.before)):
            value = figure.number(recorded)
            if value is not None:
                sheet.write_number(row, column, value, percent if figure.is_rate else None)
        sheet.write_string(row, 3, figure.meaning)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 2, 26)
    sheet.set_column(3, 3, 70)


def _sheet(book: Workbook, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], chart: str | None) -> None:
    sheet = book.add_worksheet(name)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, book.add_format({"bold": True}))
    last = 0
    for last, row in enumerate(rows, start=1):
        sheet.write_string(last, 0, str(row[0]))
        for column, value in enumerate(row[1:], start=1):
            sheet.write_number(last, column, value)
    sheet.set_column(0, 0, 30)
    if chart and last:
        _chart(book, sheet, chart, heads, last)


def _chart(book: Workbook, sheet: Worksheet, kind: str, heads: Sequence[str], last: int) -> None:
    chart = book.add_chart({"type": kind})
    for column in range(1, len(heads)):
        chart.add_series(
            {
                "name": [sheet.name, 0, column],
                "categories": [sheet.name, 1, 0, last, 0],
                "values": [sheet.name, 1, column, last, column],
            }
        )
    chart.set_size({"width": 640, "height": 360})
    if kind == "bar":
        chart.set_y_axis({"reverse": True})
    sheet.insert_chart(1, len(heads) + 1, chart)
