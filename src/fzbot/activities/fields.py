"""Fields as people fill them in, on a form or in a spreadsheet: one way of reading each, one wording for what is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from fzbot import clock
from fzbot.errors import LedgerError

MOST = 10_000_000
EARLIEST = date(2000, 1, 1)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*\d{1,2}[:时].*)?")
_NO_YEAR = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?")
_WEEKDAY = re.compile(r"\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?$")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(\d{1,2})[:时](\d{0,2})")
_HALF_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}
_BETWEEN_NAMES = re.compile(r"[\s,、;，；]+")

Read = Callable[[object], Any]


class CellFault(NamedTuple):
    """What is wrong in a field."""

    label: str
    words: str


@dataclass(frozen=True)
class Unreadable:
    """Stands for a cell that holds no value, and says why."""

    words: str


@dataclass(frozen=True)
class Field:
    """A field: `read` makes a value of what was filled in (never called for nothing) or raises `LedgerError`."""

    key: str
    label: str
    read: Read
    is_required: bool = False
    width: int = 12
    hint: str = ""
    choices: tuple[str, ...] = ()
    is_date: bool = False
    """A day or a moment; spreadsheets write those as numbers."""

    @property
    def is_count(self) -> bool:
        """A figure, which must not be counted twice."""
        return self.read is count


def read_fields(fields: Iterable[Field], values: Mapping[str, object]) -> tuple[dict[str, Any], list[CellFault]]:
    """The values by the fields' keys (fields left empty are left out), and every fault there is."""
    found: dict[str, Any] = {}
    faults: list[CellFault] = []
    for field in fields:
        value = values.get(field.key)
        try:
            if isinstance(value, Unreadable):
                faults.append(CellFault(field.label, value.words))
            elif not is_empty(value):
                found[field.key] = field.read(value)
            elif field.is_required:
                faults.append(CellFault(field.label, "没有填"))
        except LedgerError as error:
            faults.append(CellFault(field.label, str(error)))
    return found, faults


def text(longest: int, mask: Callable[[str], str] = str) -> Read:
    """Words on one line, with what cannot be printed taken out and personal data masked by `mask`."""

    def read(value: object) -> str:
        words = mask(_words(value))
        if len(words) > longest:
            raise LedgerError(f"太长了，最多 {longest} 个字，现在 {len(words)} 个")
        return words

    return read


def count(value: object) -> int:
    """A whole number from 0 on."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        plain = value.translate(_HALF_WIDTH).strip().replace(",", "")
        value = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise LedgerError("要填 0 到 1000 万之间的整数，不带单位")
    return value


def day_until(today: date) -> Read:
    """A day that is not in the future."""

    def read(value: object) -> date:
        found = _day(value)
        if found > today:
            raise LedgerError(f"{found} 还没有到")
        if found < EARLIEST:
            raise LedgerError(f"{found} 太早了，看看年份写对没有")
        return found

    return read


def moment_until(now: datetime) -> Read:
    """A moment in China that is not in the future; a day alone is taken at noon."""
    read_day = day_until(clock.china_day(now))

    def read(value: object) -> datetime:
        found = datetime.combine(read_day(value), _time(value), clock.CHINA)
        if found > now and not _has_no_time(value):
            raise LedgerError("这个时间还没有到")
        return min(found, now)

    return read


def one_of(names: Sequence[str]) -> Read:
    """One of some names."""

    def read(value: object) -> str:
        name = _words(value)
        if name not in names:
            raise LedgerError(f"没有“{name}”，要填：{'、'.join(names)}")
        return name

    return read


def village(villages: Mapping[str, int]) -> Read:
    """One village by its name."""

    def read(value: object) -> int:
        return _village(villages, _words(value))

    return read


def many_villages(villages: Mapping[str, int]) -> Read:
    """Villages by their names: a list of them, or one text with separators between."""

    def read(value: object) -> tuple[int, ...]:
        names = value if isinstance(value, list | tuple) else _BETWEEN_NAMES.split(_words(value))
        return tuple(sorted({_village(villages, _words(name)) for name in names if _words(name)}))

    return read


def _village(villages: Mapping[str, int], name: str) -> int:
    if name not in villages:
        raise LedgerError(f"没有叫“{name}”的村，或不归您负责")
    return villages[name]


def is_empty(value: object) -> bool:
    """Whether nothing is filled in: blanks of any sort, wide and invisible ones included, are nothing."""
    return value is None or value in ([], ()) or (isinstance(value, str) and not _words(value))


def _words(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    printable = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return " ".join(printable.split())


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    words = _WEEKDAY.sub("", _words(value).translate(_HALF_WIDTH))
    if _NO_YEAR.fullmatch(words):
        raise LedgerError(f"“{words}”不是日期：没有写年份，要写成 2026-11-01 这样")
    found = _DATE.fullmatch(words) or _COMPACT_DATE.fullmatch(words)
    try:
        return date(*(int(part) for part in found.groups())) if found else date.fromisoformat(words)
    except ValueError as error:
        raise LedgerError(f"“{words}”不是日期，要写成 2026-11-01 这样") from error


def _time(value: object) -> time:
    if isinstance(value, datetime):
        return value.time().replace(second=0, microsecond=0)
    found = _TIME.search(_words(value).translate(_HALF_WIDTH))
    try:
        return time(int(found[1]), int(found[2] or 0)) if found else time(12)
    except ValueError as error:
        raise LedgerError(f"“{_words(value)}”里的时间不对，要写成 2026-11-01 14:30 这样") from error


def _has_no_time(value: object) -> bool:
    return not isinstance(value, datetime) and _TIME.search(_words(value).translate(_HALF_WIDTH)) is None
