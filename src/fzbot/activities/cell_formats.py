"""How numbers in cells are to be read: as days and moments, or as they are."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fzbot.activities.fields import Unreadable
from fzbot.activities.file_kinds import TOO_LARGE
from fzbot.errors import LedgerError

DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
"""The numbers of built-in formats that show dates or times; 27 to 36 and 50 to 58 are those of Chinese editions."""
TIMED_FORMATS = frozenset({*range(18, 23), *range(32, 36), 45, 46, 47, 55, 56})
FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""What the days of a workbook are counted from; the second one in those of old Macs."""
MOST_STYLES = 65_536
LAST_SERIAL = 2_900_000
"""A day in 9839. Larger numbers are none, even in workbooks that count from 1904."""
DAY_SECONDS = 24 * 3600
_NO_SIGNS = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_].')
"""Parts of a format that are no date signs: quoted words, colours and locales, escaped signs."""


@dataclass(frozen=True)
class DateFormat:
    """Whether numbers of a style are shown as dates, and with a time."""

    is_date: bool = False
    is_timed: bool = False


def moment_of(serial: float, first_day: date, is_timed: bool = False) -> date | datetime | time | Unreadable:
    """The day or moment that Excel writes as a number of days; whole days are days, unless a time is to be shown."""
    if not 0 <= serial <= LAST_SERIAL:
        return Unreadable(f"{serial:g} 不是日期")
    days, seconds = divmod(round(serial * DAY_SECONDS), DAY_SECONDS)
    moment = datetime.combine(first_day, time()) + timedelta(days=days, seconds=seconds)
    if not days:
        return moment.time()
    return moment if seconds or is_timed else moment.date()


class Styles:
    """Reads the part that describes the styles of cells: which of them show dates."""

    def __init__(self) -> None:
        self.formats: list[DateFormat] = []
        self._codes: dict[int, str] = {}
        self._is_in_cell_styles = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "numFmt":
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._is_in_cell_styles = True
        elif tag == "xf" and self._is_in_cell_styles:
            if len(self.formats) == MOST_STYLES:
                raise LedgerError(TOO_LARGE)
            self.formats.append(self._format(int(attributes.get("numFmtId", "0"))))

    def end(self, tag: str, text: str) -> None:  # noqa: ARG002 - as every reader of a part
        """An element ends."""
        if tag == "cellXfs":
            self._is_in_cell_styles = False

    def _format(self, id_: int) -> DateFormat:
        code = self._codes.get(id_)
        if code is None:
            return DateFormat(id_ in DATE_FORMATS, id_ in TIMED_FORMATS)
        signs = _NO_SIGNS.sub("", code.split(";")[0]).lower()
        return DateFormat(re.search("[ymdhs]", signs) is not None, "h" in signs)
