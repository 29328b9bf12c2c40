"""Vehicle plates: with the province, or without it where the words around speak of a car."""

import re
from collections.abc import Iterator

from fzbot.interactions.masking.placeholders import PLATE
from fzbot.interactions.masking.reading import Reading
from fzbot.interactions.masking.spans import Span

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_LETTER = "[A-HJ-NP-Za-hj-np-z]"
_SIGN = "[A-HJ-NP-Za-hj-np-z0-9]"
_GAP = r"[\s·.．。•・\-－—–_/,，、:：*~]{0,3}"  # noqa: RUF001
# At least three figures: a plate has two letters at most, and `新Redmi12` is none.
_TAIL = rf"(?:[A-HJ-NP-Z0-9]{{5}}[挂学警港澳领试超]?(?![A-Za-z0-9])|(?=(?:[^\d一-鿿]*\d){{3}})(?:{_SIGN}{{6}}|{_SIGN}{{5}}[挂学警港澳领试超]?|{_SIGN}{{4}}[挂学警港澳领试超])(?![A-Za-z0-9]))"
_SPREAD = rf"(?=(?:[^\d一-鿿]*\d){{3}})(?:{_SIGN}{_GAP}){{4,5}}(?:{_SIGN}|[挂学警港澳领试超])(?![A-Za-z0-9])"
_UNIT = r"(?!\s*(?:股|元|块|万|亿|亩|吨|斤|号令|号文))"
_WITH_PROVINCE = re.compile(rf"(?:WJ)?[{_PROVINCES}]{_GAP}{_LETTER}{_GAP}(?:{_TAIL}|{_SPREAD}){_UNIT}")
_MILITARY = re.compile(
    rf"(?<![A-Za-z])WJ[{_PROVINCES}]?{_GAP}\d{{4}}[A-Za-z0-9](?![A-Za-z0-9])|[军空海]{_LETTER}{_GAP}\d{{5}}(?!\d)"
)
_SPOKEN = re.compile(
    rf"(?:车牌照?|牌照|车号|牌号|车牌尾?号|号牌|挂的牌?|车主?是)(?:号码?|号|是|为|:|：|的|上|\s|挂|叫|尾号?)*+(?P<plate>{_LETTER}?{_GAP}(?:{_TAIL}|{_SPREAD}|{_SIGN}{{5}}(?![A-Za-z0-9])))"
)
_OF_CAR = re.compile(
    rf"(?<![A-Za-z0-9])(?P<plate>[A-HJ-NP-Z]{_GAP}(?=[A-Z]*\d)(?:[A-HJ-NP-Z0-9]{{6}}|[A-HJ-NP-Z0-9]{{5}})(?![A-Za-z0-9]))"
    r"\s?(?:的|那辆|这辆|那个|这个|号)*+(?:[黑白红蓝灰银黄绿]色?的?)?(?:小|大|面包|三轮|电动|摩托|货|轿|越野|出租)?(?:汽车|轿车|货车|车|皮卡)"
)


def find(reading: Reading) -> Iterator[Span]:
    """The plates in a text."""
    for found in _WITH_PROVINCE.finditer(reading.digits):
        yield Span(*found.span(), PLATE)
    if "车" in reading.plain or "牌" in reading.plain:
        for pattern in (_SPOKEN, _OF_CAR):
            for found in pattern.finditer(reading.digits):
                yield Span(*found.span("plate"), PLATE)
    for found in _MILITARY.finditer(reading.digits):
        yield Span(*found.span(), PLATE)
