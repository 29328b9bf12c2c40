"""Pinyin without tones, one syllable a character, from a table made once: voice input writes homophones."""

import os
from functools import lru_cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # of single characters only; its phrases take 0.2 s to load

from pypinyin import Style, lazy_pinyin

_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("eng", "en"), ("ing", "in"), ("ang", "an"))


def syllables(text: str) -> list[str]:
    """The syllables of a text without spaces, one for each character; what has none is its own."""
    return text.translate(_SPOKEN).split()


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """The syllable of a Chinese character, with the sounds merged that north-westerners and voice input mix up."""
    sound = lazy_pinyin(character, style=Style.NORMAL, errors="default")[0]
    for long, short in _CONFUSED:
        sound = sound.replace(long, short)
    return str(sound)


class _Spoken(dict[int, str]):
    """By code of a character its syllable and a space, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = f"{syllable(chr(code))} "
        return self[code]


_SPOKEN = _Spoken()
