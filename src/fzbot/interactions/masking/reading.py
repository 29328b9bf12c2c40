"""The text as the grammars read it: one width, no invisible signs, and the way back to the text as it was typed."""

import re
import unicodedata
from dataclasses import dataclass

from fzbot.interactions.masking.placeholders import PLACEHOLDERS

_MARK = re.compile("|".join(map(re.escape, PLACEHOLDERS)))
MARKED = "\ua000"
"""Stands for every character of a mark: a letter of no kind that any grammar knows."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_DIGIT_BLOCKS = (
    (0x00B2, 0x00BA), (0x0660, 0x066A), (0x06F0, 0x06FA), (0x0966, 0x0970), (0x0F20, 0x0F2A), (0x2070, 0x207A),
    (0x2080, 0x208A), (0x2460, 0x2469), (0x2474, 0x247D), (0x2488, 0x2491), (0x24EA, 0x24EB), (0x24F5, 0x24FE),
    (0x24FF, 0x2500), (0x2776, 0x277F), (0x2780, 0x2789), (0x278A, 0x2793), (0x1D7CE, 0x1D800), (0x1FBF0, 0x1FBFA),
)  # fmt: skip
_LETTER_BLOCKS = ((0x1D400, 0x1D7CA), (0x24B6, 0x24EA))
_ALIKE = dict(zip("АВЕКМНОРСТХасеорхΑΒΕΗΚΜΝΟΡΤΧο", "ABEKMHOPCTXaceopxABEHKMNOPTXo", strict=True))  # noqa: RUF001
_SPOKEN = dict(zip("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖弌弍弎洞拐", "000123456789112345678912307", strict=True))


def _folded() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
    for first, end in _DIGIT_BLOCKS:
        for code in range(first, end):
            digit = unicodedata.digit(chr(code), -1)
            if digit >= 0:
                table[code] = str(digit)
    for first, end in _LETTER_BLOCKS:
        for code in range(first, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain.isascii():
                table[code] = plain
    return table | {ord(sign): plain for sign, plain in _ALIKE.items()}


_FOLD = _folded()
_DIGITS = {ord(sign): digit for sign, digit in _SPOKEN.items()}
_LETTER_FOR_DIGIT = re.compile(r"(?<=\d)[OolI|]{1,6}(?![A-Za-z])|(?<![A-Za-z])[OolI]{1,6}(?=\d[\d\W]*\d)")
_AS_DIGIT = str.maketrans("OolI|", "00111")


@dataclass(frozen=True, slots=True)
class Reading:
    """`plain` and, with spoken digits as figures, `digits`: alike in length. `origins` are places in the typed text."""

    plain: str
    digits: str
    origins: list[int] | None

    def origin(self, place: int) -> int:
        """Where a place of the reading stands in the text as it was typed."""
        return place if self.origins is None else self.origins[place]


def read(text: str) -> Reading:
    """The reading of a text."""
    typed = _MARK.sub(lambda mark: MARKED * len(mark[0]), text) if "[" in text else text
    origins = None
    if not typed.isascii() and _INVISIBLE.search(typed):
        origins = [place for place, sign in enumerate(typed) if not _INVISIBLE.match(sign)]
        typed = "".join([typed[place] for place in origins])
        origins.append(len(text))
    plain = typed.translate(_FOLD)
    digits = plain.translate(_DIGITS)
    digits = _LETTER_FOR_DIGIT.sub(lambda letters: letters[0].translate(_AS_DIGIT), digits)
    return Reading(plain, digits, origins)
