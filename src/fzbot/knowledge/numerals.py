"""Chinese and Arabic numerals with units, so that 三十日 and 30天 are one thing."""

import re
from fractions import Fraction

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
SCALES = {"十": 10, "百": 100, "千": 1000}
BIG_SCALES = {"万": 10_000, "亿": 100_000_000}

CHINESE = "零〇一二三四五六七八九十百千万亿两"
UNITS = {
    "周岁": "岁", "岁": "岁",
    "工作日": "工作日", "个工作日": "工作日",
    "日": "天", "天": "天",
    "个月": "月", "月": "月",
    "年": "年", "周年": "年",
    "小时": "小时", "分钟": "分钟",
    "元": "元", "倍": "倍", "公里": "公里", "平方米": "平方米", "亩": "亩",
}  # fmt: skip
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_NUMBER = rf"(?:\d[\d,]*(?:\.\d+)?[万亿]?|[{CHINESE}]+)"
WITH_UNIT = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>{_UNIT})")
PERCENT = re.compile(rf"(?P<arabic>\d+(?:\.\d+)?)\s*[%％]|百分之(?P<chinese>{_NUMBER})")


def value_of(text: str) -> Fraction:
    """The value of `1,000`, `20万`, `二百八十七`; `ValueError` when it is no number."""
    plain = text.replace(",", "")
    factor = 1
    if plain[-1:] in BIG_SCALES and plain[:1].isdigit():
        factor, plain = BIG_SCALES[plain[-1]], plain[:-1]
    if plain[:1].isdigit():
        return Fraction(plain) * factor
    return Fraction(_chinese(plain))


def _chinese(text: str) -> int:
    if text and all(c in DIGITS for c in text) and len(text) > 1:
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in SCALES:
            section += (digit or 1) * SCALES[c]
            digit = 0
        elif c in BIG_SCALES:
            total = (total + section + digit) * BIG_SCALES[c]
            section = digit = 0
        else:
            raise ValueError(f"“{text}”不是数字")
    return total + section + digit


def article_number(text: str) -> str:
    """`一千零七十九` and `1079` as `1079`; an insert such as `287之二` keeps its Chinese tail."""
    number, *insert = text.split("之")
    return str(int(value_of(number))) + (f"之{insert[0]}" if insert else "")


Quantity = tuple[Fraction, str]


def quantities(text: str) -> dict[Quantity, str]:
    """Every number with a unit (and every percentage) in a text: (value, unit) → as it was written."""
    found: dict[Quantity, str] = {}
    for match in PERCENT.finditer(text):
        found.setdefault((value_of(match["arabic"] or match["chinese"]), "%"), match[0])
    for match in WITH_UNIT.finditer(text):
        found.setdefault((value_of(match["number"]), UNITS[match["unit"]]), match[0])
    return found


def stated(text: str) -> dict[Quantity, str]:
    """The quantities that a text states as facts: those in Arabic digits, and Chinese ones from three up.

    一天, 两年 and the like are everyday speech more often than law.
    """
    return {
        quantity: written for quantity, written in quantities(text).items() if written[0].isdigit() or quantity[0] >= 3
    }
