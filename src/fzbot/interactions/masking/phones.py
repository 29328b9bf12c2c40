"""Phone numbers: mobile, landline with and without its area, and 400 lines, however they are parted."""

import re

from fzbot.interactions.masking.placeholders import PHONE
from fzbot.interactions.masking.runs import Run
from fzbot.interactions.masking.spans import Span

MOBILE = re.compile(r"(?:0086|86|0)?1[3-9]\d{9}")
_PREFIXES = ("", "86", "0086", "0", "086")
_SHAPES = {
    "11", "344", "335", "353", "434", "443", "38", "74", "56", "65", "47", "83", "92", "29", "326", "362", "32222", "3332",
    "3233", "3323", "2333", "122222", "1334", "3422", "3224", "3242", "533", "2234", "1343", "22223", "22232", "1433",
}  # fmt: skip
_LIST_SIGNS = set(" ,，、;；\n\t")
_CUE = re.compile(r"(?:电话|手机|号码|联系|拨打?|打|微信|tel|phone|call|mobile|找我|回我)[^\d费]{0,6}$", re.IGNORECASE)
_DATE_SHAPE = re.compile(r"(?:19|20)\d\d$")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}")
_OPENING = re.compile(r"[+＋(（〔\[【]\s?$")  # noqa: RUF001
_CLOSING = set(")）〕]】")  # noqa: RUF001

_STRONG_LOCAL = re.compile(r"(?:座机|固话|固定电话|市话|传真|小灵通|电话|办公室)[^\d，。费]{0,6}$")
_LOCAL = re.compile(
    r"(?:号码|联系方式|联系|拨打|拨|致电|打|来电|回电|tel)(?:号|是|为|:|：|的|他|我|一下|个|\s)*$", re.IGNORECASE
)
_LOCAL_BEHIND = re.compile(
    r"\s?[，,]?(?:这个|这|是)?(?:我|他|她|我们|村上|村里|你们)?(?:家|单位|办公室)?的?(?:座机|固话|电话|打不通|没人接|打过来|打来的?电?话?|一直占线|占线|是空号)"
)
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_EXTENSION = re.compile(r"\s?(?:转|-|—|－|分机号?)\s?\d{1,5}(?![\d\-－—])")


def read_mobile(run: Run, first: int) -> tuple[int, Span] | None:
    """Eleven digits that begin with 13 to 19, with or without the country's 86 before them."""
    for prefix in _PREFIXES:
        end = run.reach(first, len(prefix) + 11)
        if end is None:
            continue
        number = run.joined(first, end)
        if not number.startswith(prefix) or not re.fullmatch(r"1[3-9]\d{9}", number[len(prefix) :]):
            continue
        if _is_mobile(run, first, end, len(prefix)):
            return end, _span(run, first, end)
    return None


def read_landline(run: Run, first: int) -> tuple[int, Span] | None:
    """An area that begins with 0 and seven or eight digits, in at most five groups or digit by digit."""
    prefix = next((prefix for prefix in ("0086", "86") if run.joined(first, first + 2).startswith(prefix)), "")
    for count in (12, 11, 10, 9) if prefix else (12, 11, 10):
        end = run.reach(first, len(prefix) + count)
        if end is None:
            continue
        number = run.joined(first, end)[len(prefix) :]
        if not _LANDLINE.fullmatch(number if number[0] == "0" or not prefix else f"0{number}"):
            continue
        groups = run.groups[first:end]
        if run.is_spaced_out(first, end) or (len(groups) <= 5 and (len(groups) == 1 or len(groups[0]) > 1)):
            return _with_extension(run, first, end)
    return None


def read_toll_free(run: Run, first: int) -> tuple[int, Span] | None:
    """A company's 400 or 800 line."""
    end = run.reach(first, 10)
    if end is None or not re.match(r"[48]00", run.joined(first, end)):
        return None
    lengths = "".join(str(len(group)) for group in run.groups[first:end])
    return (end, _span(run, first, end)) if lengths in ("10", "334", "37", "433", "3322", "343", "46") else None


def read_local(run: Run, first: int) -> tuple[int, Span] | None:
    """Seven or eight digits without an area, where the words around say that it is a phone."""
    before = run.before(first)
    for count in (8, 7):
        end = run.reach(first, count)
        if end is None or end - first > 3 or run.groups[first][0] in "01":
            continue
        is_strong = bool(_STRONG_LOCAL.search(before))
        is_near = bool(_LOCAL.search(before) or _LOCAL_BEHIND.match(run.after(end)))
        if is_strong or (is_near and not _DATE.fullmatch(run.joined(first, end))):
            return _with_extension(run, first, end)
    return None


def _with_extension(run: Run, first: int, end: int) -> tuple[int, Span]:
    """A landline with what is dialled after it."""
    span = _span(run, first, end)
    extension = _EXTENSION.match(run.reading.plain, span.end)
    if extension is None:
        return end, span
    while end < len(run.places) and run.places[end][0] < extension.end():
        end += 1
    return end, Span(span.start, extension.end(), PHONE)


def _is_mobile(run: Run, first: int, end: int, prefix: int) -> bool:
    lengths = _lengths(run.groups[first:end], prefix)
    if len(lengths) == 1 or _CUE.search(run.before(first)):
        return True
    if all(length == 1 for length in lengths):
        return run.is_spaced_out(first, end)
    shape = "".join(map(str, _merged(lengths)))
    if shape == "344":
        return True
    if run.is_list(first, end):
        return False
    if shape in _SHAPES:
        return True
    signs = set(run.signs(first, end))
    looks_dated = bool(_DATE_SHAPE.match(run.groups[first]))
    return len(signs) == 1 and not set(next(iter(signs))) <= _LIST_SIGNS and len(lengths) <= 6 and not looks_dated


def _lengths(groups: tuple[str, ...], prefix: int) -> list[int]:
    """How long the groups are without the first `prefix` digits."""
    lengths = [len(group) for group in groups]
    while prefix:
        taken = min(prefix, lengths[0])
        prefix -= taken
        lengths[0] -= taken
        if not lengths[0]:
            lengths.pop(0)
    return lengths


def _merged(lengths: list[int]) -> list[int]:
    """The lengths with single digits that stand beside each other taken as one group."""
    merged: list[int] = []
    was_single = False
    for length in lengths:
        if length == 1 and was_single:
            merged[-1] += 1
        else:
            merged.append(length)
        was_single = length == 1
    return merged


def _span(run: Run, first: int, end: int) -> Span:
    """The place of the number with its plus sign and its opening bracket."""
    start, stop = run.places[first][0], run.places[end - 1][1]
    plain = run.reading.plain
    opening = _OPENING.search(plain, max(0, start - 2), start)
    is_bracketed = opening and (opening[0][0] in "+＋" or _CLOSING & set(plain[start:stop]))
    if opening and is_bracketed:
        start = opening.start()
        if start and plain[start] in "+＋" and plain[start - 1] in "(（" and _CLOSING & set(plain[start:stop]):
            start -= 1
    return Span(start, stop, PHONE)
