"""The dashboard as an Excel workbook with charts of its own. No cell is ever taken for a formula or a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from fzbot.notices.results.counts import GroupBy, Tally
from fzbot.statistics import definitions as d
from fzbot.statistics.dashboard.board import Dashboard
from fzbot.statistics.figures import DECISIONS, Figures
from fzbot.statistics.notice_figures import FIGURES, HEADS

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True)
class Names:
    """What entries and villages are called, and what the figures of notices are told apart by."""

    entries: dict[str, str]
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
    _sheet(book, "趋势", (unit, d.INTERACTIONS.name, d.QUESTIONS.name), trend, "line")
    _sheet(book, "主题", ("主题", "次数"), board.topic_names().items(), "bar")
    by_village = [(villages.get(id_, "未选村"), number) for id_, number in board.villages.items()]
    _sheet(book, "各村", ("村", d.QUESTIONS.name), by_village, "bar")
    _sheet(book, "时段", ("小时", d.INTERACTIONS.name), [(f"{h} 点", n) for h, n in enumerate(board.hours)], "column")
    decided = [(DECISIONS.get(kind, kind), number) for kind, number in board.now.decisions.items()]
    _sheet(book, "解答情况", ("判定", "次数"), decided, "pie")
    _sheet(book, "条目", ("条目", "次数"), [(entries.get(id_, id_), n) for id_, n in board.entries.items()], None)
    _sheet(book, "诈骗类型", ("类型", "次数"), [(entries.get(id_, id_), n) for id_, n in board.frauds.items()], "bar")
    for by, head in HEADS.items():
        _notices(book, board, by, head, names.pushes[by])
    book.close()
    return target.getvalue()


def figure_lines(figures: Figures) -> list[tuple[d.Definition, int | float | None]]:
    """The figures with their definitions, in the order in which they are shown."""
    rate = figures.answered / figures.decided if figures.decided else None
    return [
        (d.INTERACTIONS, figures.interactions),
        (d.QUESTIONS, figures.questions),
        (d.VISITS, figures.visits),
        (d.PEOPLE, figures.people),
        (d.ANSWERED, figures.answered),
        (d.DIRECT_RATE, rate),
        (d.UNKNOWN, figures.decisions.get("unknown", 0)),
        (d.URGENT, figures.decisions.get("urgent", 0)),
        (d.FOLLOWED, figures.kinds.get("subscribe", 0)),
        (d.UNFOLLOWED, figures.kinds.get("unsubscribe", 0)),
    ]


def push_lines(tally: Tally) -> list[tuple[d.Definition, int | float | None]]:
    """The figures of notices with their definitions."""
    return [(figure.definition, figure.of(tally)) for figure in FIGURES]


def _notices(book: Workbook, board: Dashboard, by: GroupBy, head: str, names: dict[int | str, str]) -> None:
    shown = [figure for figure in FIGURES if figure.key != "notices" or by is not GroupBy.NOTICE]
    heads = (head, *(figure.definition.name + ("（手工填报）" if figure.by_hand else "") for figure in shown))
    rows = [
        (names.get(key, str(key)), *(figure.of(tally) for figure in shown))
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
    now_lines = [*figure_lines(board.now), *push_lines(board.pushed[0])]
    then_lines = [*figure_lines(board.before), *push_lines(board.pushed[1])]
    for row, ((definition, now), (_, then)) in enumerate(zip(now_lines, then_lines, strict=True), start=3):
        sheet.write_string(row, 0, definition.name)
        for column, value in ((1, now), (2, then)):
            if value is not None:
                sheet.write_number(row, column, value, percent if definition is d.DIRECT_RATE else None)
        sheet.write_string(row, 3, definition.meaning)
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
