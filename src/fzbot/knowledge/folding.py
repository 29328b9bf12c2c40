"""Folding of text for comparison: width, case, punctuation and spaces do not make a difference."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w]|_")


def fold(text: str) -> str:
    """NFKC, lower case, without punctuation, symbols and spaces."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).lower())


def hanzi(text: str) -> int:
    """How many Chinese characters a text has."""
    return sum("\u4e00" <= c <= "\u9fff" for c in text)
