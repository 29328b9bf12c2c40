"""Identity cards: 18 or 15 digits of GB 11643, in one piece, in groups, or digit by digit."""

import re
from datetime import date

from fzbot.interactions.masking.placeholders import ID_CARD
from fzbot.interactions.masking.runs import Run
from fzbot.interactions.masking.spans import Span

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_REGION = re.compile(r"[1-6]\d|71|8[1-3]|9[1-9]")
_X = re.compile(r"[\W_]{0,3}(?:[Xx×✕✖叉]|艾克斯)(?![A-Za-z0-9])")
_CUE = re.compile(r"(?:身份证|身份号|身份证件|证件号|公民身份号|社保号|社保卡号|身份信息|ID)[^\d，。,;；]{0,8}$")
_FIRST_BIRTH, _LAST_BIRTH = 1890, 2040


def is_valid(number: str) -> bool:
    """Whether 18 characters are an identity number: region, date of birth and check digit."""
    return len(number) == 18 and _is_plausible(number) and _check(number[:17]) == number[17].upper()


def read_18(run: Run, first: int) -> tuple[int, Span] | None:
    """18 digits, or 17 and an X. In one piece the region tells; in groups the check digit or the words before do."""
    for count in (18, 17):
        end = run.reach(first, count)
        if end is None:
            continue
        sign = _X.match(run.reading.plain, run.places[end - 1][1]) if count == 17 else None
        if count == 17 and not sign:
            continue
        number = run.joined(first, end) + ("X" if sign else "")
        if _is_identity(run, first, end, number):
            return end, Span(run.places[first][0], sign.end() if sign else run.places[end - 1][1], ID_CARD)
    return None


def read_15(run: Run, first: int) -> tuple[int, Span] | None:
    """The 15 digits of the first generation: a year of two digits, no check digit."""
    end = run.reach(first, 15)
    if end is None:
        return None
    number = run.joined(first, end)
    is_plausible = bool(_REGION.match(number)) and _is_date(f"19{number[6:12]}")
    if is_plausible and (end == first + 1 or _CUE.search(run.before(first)) or run.is_spaced_out(first, end)):
        return end, Span(run.places[first][0], run.places[end - 1][1], ID_CARD)
    return None


def read_part(run: Run, first: int) -> tuple[int, Span] | None:
    """What else is said to be an identity number: mistyped, or a part of one."""
    if not _CUE.search(run.before(first)):
        return None
    end = next((end for count in (20, 19, 18, 17, 16, 15, 14) if (end := run.reach(first, count))), first + 1)
    number = run.joined(first, end)
    if len(number) < 6 or (len(number) == 8 and _is_date(number)):
        return None
    start, stop = run.places[first][0], run.places[end - 1][1]
    sign = _X.match(run.reading.plain, stop)
    return end, Span(start, sign.end() if sign else stop, ID_CARD)


def _is_identity(run: Run, first: int, end: int, number: str) -> bool:
    if _CUE.search(run.before(first)):
        return True
    if end == first + 1:
        return bool(_REGION.match(number))
    return is_valid(number) or (len(run.groups[first]) == 6 and _is_plausible(number))


def _is_plausible(number: str) -> bool:
    return bool(_REGION.match(number)) and _is_date(number[6:14])


def _is_date(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return _FIRST_BIRTH <= born.year <= _LAST_BIRTH


def _check(number: str) -> str:
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=True)) % 11]
