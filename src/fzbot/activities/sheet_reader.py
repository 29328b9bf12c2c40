"""Reads the part of a workbook that holds a sheet: rows, cells, merged cells, hidden rows."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date

from fzbot.activities.cell_formats import DateFormat, moment_of
from fzbot.activities.fields import Unreadable
from fzbot.activities.file_kinds import TOO_LARGE
from fzbot.activities.sheet import Sheet
from fzbot.errors import LedgerError

MOST_CELLS = 300_000
MOST_COLUMNS = 256
LAST_ROW = 1_048_576
FORMULA = "这一格是公式，请复制后“选择性粘贴”为数值"
_LETTERS = re.compile(r"[A-Z]{1,3}")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Budget:
    """How many filled cells may be kept, of all sheets together."""

    def __init__(self, cells: int = MOST_CELLS) -> None:
        self._left = cells

    def take(self) -> None:
        """Keep one more; `LedgerError` when it is too many."""
        self._left -= 1
        if self._left < 0:
            raise LedgerError(TOO_LARGE)


@dataclass(frozen=True)
class SheetContext:
    """What the cells of all sheets refer to; `first_day` is what dates are counted from."""

    strings: list[str]
    formats: list[DateFormat]
    first_day: date
    budget: Budget


@dataclass
class _Cell:
    column: int
    kind: str = "n"
    style: int = 0
    value: str = ""
    pieces: list[str] = field(default_factory=list)
    is_formula: bool = False


class SheetReader:
    """Fills `sheet` from its part. Call `fill_down` at the end: merged cells are named after the rows."""

    def __init__(self, sheet: Sheet, context: SheetContext) -> None:
        self.sheet = sheet
        self._context = context
        self._number = 0
        self._is_hidden = self._is_reading_aid = False
        self._cells: dict[int, object] = {}
        self._cell = _Cell(0)
        self._merged: list[tuple[int, int, int]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "f":
            self._cell.is_formula = True
        elif tag == "rPh":
            self._is_reading_aid = True
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, tag: str, text: str) -> None:
        """An element ends."""
        if tag == "v":
            self._cell.value = text
        elif tag == "t" and not self._is_reading_aid:
            self._cell.pieces.append(text)
        elif tag == "rPh":
            self._is_reading_aid = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self.sheet.add(self._number, self._cells, self._is_hidden)

    def fill_down(self) -> None:
        """Give the rows of merged cells the value that is shown for all of them. To the right nothing is filled in."""
        numbers = list(self.sheet.rows)
        for column, first, last in self._merged:
            value = self.sheet.rows.get(first, {}).get(column)
            if value is None:
                continue
            for number in numbers[bisect_right(numbers, first) : bisect_left(numbers, last + 1)]:
                self._context.budget.take()
                self.sheet.rows[number][column] = value
                self.sheet.from_above.add((number, column))

    def _merge(self, cells: str) -> None:
        self._context.budget.take()
        found = _RANGE.fullmatch(cells)
        if found is not None and int(found[3]) > int(found[2]):
            self._merged.append((column_number(found[1]), int(found[2]), int(found[3])))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._number + 1))
        if not self._number < number <= LAST_ROW:
            raise ValueError("rows out of order")
        self._number, self._cells, self._cell = number, {}, _Cell(0)
        is_flat = attributes.get("customHeight") in TRUE and float(attributes.get("ht", "1")) == 0
        self._is_hidden = attributes.get("hidden") in TRUE or is_flat

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        letters = _LETTERS.match(attributes.get("r", ""))
        column = column_number(letters[0]) if letters else self._cell.column + 1
        self._cell = _Cell(column, attributes.get("t", "n"), int(attributes.get("s", "0")))

    def _end_cell(self) -> None:
        if self._cell.column <= MOST_COLUMNS:
            value = self._value(self._cell)
            if value not in (None, ""):
                self._context.budget.take()
                self._cells[self._cell.column] = value

    def _value(self, cell: _Cell) -> object:
        if cell.is_formula:
            return Unreadable(FORMULA)
        if cell.kind == "inlineStr":
            return plain("".join(cell.pieces))
        if not cell.value:
            return None
        if cell.kind == "s":
            return self._context.strings[int(cell.value)]
        if cell.kind == "e":
            return Unreadable(f"这一格是错误值 {cell.value}")
        if cell.kind == "b":
            return cell.value in TRUE
        return self._number_of(cell) if cell.kind == "n" else plain(cell.value)

    def _number_of(self, cell: _Cell) -> object:
        number = float(cell.value)
        formats = self._context.formats
        shown = formats[cell.style] if cell.style < len(formats) else DateFormat()
        if shown.is_date:
            return moment_of(number, self._context.first_day, shown.is_timed)
        return int(number) if number.is_integer() else number


TRUE = frozenset({"1", "true"})


def column_number(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def plain(text: str) -> str:
    """A text with the signs that stand for what XML cannot hold put back."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
