"""Pinyin without tones, one syllable a character, from a table made once: voice input writes homophones."""

import os
from functools import lru_cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # of single characters only; its phrases take 0.2 s to load

from pypinyin import Style, lazy_pinyin, pinyin

_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("eng", "en"), ("ing", "in"), ("ang", "an"))


def syllables(text: str) -> list[str]:
    """The syllables of a text without spaces, one for each character; what has none is its own."""
    return text.translate(_SPOKEN).split()


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """The syllable of a Chinese character, with the sounds merged that north-westerners and voice input mix up."""
    return merged(lazy_pinyin(character, style=Style.NORMAL, errors="default")[0])


def merged(sound: str) -> str:
    """A syllable with the sounds merged that are mixed up."""
    for long, short in _CONFUSED:
        sound = sound.replace(long, short)
    return sound


def readings(character: str) -> list[str]:
    """All readings of a Chinese character, the commonest first, with v for ü."""
    return list(dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True)[0]))


class _Spoken(dict[int, str]):
    """By code of a character its syllable and a space, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = f"{syllable(chr(code))} "
        return self[code]


_SPOKEN = _Spoken()
