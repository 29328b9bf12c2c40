"""Codes of letters and digits: the unified social credit code (GB 32100), passports and travel permits."""

import re
from collections.abc import Iterator

from fzbot.interactions.masking.placeholders import CREDIT_CODE, DOCUMENT, PASSPORT
from fzbot.interactions.masking.reading import Reading
from fzbot.interactions.masking.spans import Span

_GAP = r"[\s\-－—–_.·]{0,3}"
_CREDIT = re.compile(
    rf"(?<![A-Za-z0-9])[1-9A-Ya-y]{_GAP}[1-9]{_GAP}(?:\d{_GAP}){{6}}(?:[0-9A-Za-z]{_GAP}){{9}}[0-9A-Za-z](?![A-Za-z0-9])"
)
_CREDIT_CUE = re.compile(
    r"(?:信用代码|统一代码|社会代码|税号|纳税人识别号|识别号|机构代码|执照号?|注册号|执照编号)(?:证|号码?|是|为|:|：|\s|也是|叫)*+"
    r"(?P<code>[0-9A-Za-z](?:[\s\-－—–_.·]{0,3}[0-9A-Za-z]){7,17})(?![A-Za-z0-9])"
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BETWEEN = re.compile(_GAP)

_PASSPORT = re.compile(
    rf"(?<![A-Za-z0-9])(?:[EeGg]{_GAP}\d|[Ee][A-HJ-NP-Za-hj-np-z]){_GAP}(?:\d{_GAP}){{6}}\d(?![A-Za-z0-9])"
)
_CUED = re.compile(
    r"(?P<cue>护照|通行证|回乡证|台胞证|台湾证|军官证|士兵证|驾驶证|驾照|档案编?号|居留证|居住证|残疾证|结婚证|离婚证|出生证|户口[本簿]|社保|医保|证件)"
    r"(?:字?号码?|编号|证|卡|是|为|:|：|\s|号|字|第|上的|写的|叫|尾号)*+"
    r"(?P<code>[A-Za-z]{0,2}[\s\-－—–]{0,3}\d(?:[\s\-－—–_.·]{0,3}[0-9Xx]){5,19}(?:[\s\-－—–]{0,2}[A-Za-z])?)(?![A-Za-z0-9])"
    r"(?![年万元块])"
)
_DATE = re.compile(r"(?:19|20)\d\d[\-.\s]?(?:0?[1-9]|1[0-2])[\-.\s]?(?:0?[1-9]|[12]\d|3[01])")


def find(reading: Reading) -> Iterator[Span]:
    """The credit codes and travel documents in a text."""
    for found in _CREDIT.finditer(reading.digits):
        if _is_credit_code(_BETWEEN.sub("", found[0]).upper()):
            yield Span(*found.span(), CREDIT_CODE)
    for found in _CREDIT_CUE.finditer(reading.plain):
        yield Span(*found.span("code"), CREDIT_CODE)
    for found in _CUED.finditer(reading.plain):
        if not _DATE.fullmatch(found["code"]):
            yield Span(*found.span("code"), PASSPORT if found["cue"] == "护照" else DOCUMENT)
    for found in _PASSPORT.finditer(reading.digits):
        yield Span(*found.span(), PASSPORT)


def _is_credit_code(code: str) -> bool:
    """Whether letters and figures are one by their form. Figures alone are left to the identity cards."""
    has_letters = any(sign.isalpha() and sign != "X" for sign in code)
    return has_letters and code[0] in "159Y" and all(sign in _ALPHABET for sign in code)
