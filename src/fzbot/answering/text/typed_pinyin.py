"""Pinyin that was typed as letters, read as Chinese characters: wo bu xiang huo le → 我不想活了, 我要离hun → 我要离婚.

What does not become likely enough stays letters: an English word, a name, a code, an address.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fzbot.answering.text import pinyin_model
from fzbot.answering.text.normalise import visible
from fzbot.answering.text.pinyin import readings
from fzbot.answering.text.pinyin_model import EDGE, PinyinModel

MOST_LETTERS = 200
"""In one message. More is hardly pinyin, and takes long to read."""
MOST_MISSPELT = 2
"""Words of a message that are tried for a wrong letter."""
MISSPELT_LETTERS = range(5, 13)
LEAST_CHANCE, LEAST_OF_EACH_MORE, LEAST_OF_MANY = -4.5, -0.6, -6.2
"""How likely two characters must be on the average, as a logarithm, to take the letters' place; each further one may make them less
likely, down to a bound: hardly anything but pinyin consists of that many syllables."""
LEAST_OF_WORD, LEAST_OF_ONE, LEAST_OF_MISSPELT = -6.5, -4.5, -3.0
"""The same for a word of the dictionary, for a single syllable among Chinese characters, and for a misspelt word that stands alone."""
_LATIN = re.compile(r"[A-Za-z\u00c0-\u01dc\uff21-\uff5a]")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@&=?#%+\\'’*~-]*")
# Possessive: there are many ways to take a word apart that is no pinyin.
_PINYIN = re.compile(r"[A-Za-z]++[1-5]?+(?:['’*.~-]?+[A-Za-z]++[1-5]?+)*+[.?:'’*~-]*+")
_LETTERS = re.compile(r"[a-z]+")
_APART = re.compile(r"[^\w,.?!;:，。？！；：、]*")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class _Word:
    """A word of letters in a text: where it stands, and its pieces of pinyin."""

    start: int
    end: int
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class PinyinReader:
    """Reads texts. Built from what villagers ask; several threads may share one."""

    model: PinyinModel
    spelt: frozenset[str]
    """The letters of the words that a misspelt one is taken for."""

    def __call__(self, text: str, is_word: Callable[[str], bool]) -> str:
        """The text with characters in place of what is pinyin; `is_word` knows the words of the dictionary."""
        if not _LATIN.search(text):
            return text
        text = _without_tones(visible(text))
        parts: list[str] = []
        done = 0
        for words in self._sequences(text):
            start, end = words[0].start, words[-1].end
            parts += (text[done:start], self._read(text, words, is_word))
            done = end
        return "".join((*parts, text[done:]))

    def _sequences(self, text: str) -> Iterator[list[_Word]]:
        """Words of pinyin that stand side by side."""
        words = list(self._words(text))
        while words:
            size = next(
                (n for n, word in enumerate(words) if n and not _is_next(text, words[n - 1], word.start)), len(words)
            )
            yield words[:size]
            words = words[size:]

    def _words(self, text: str) -> Iterator[_Word]:
        letters = misspelt = 0
        last = None
        for token in _TOKEN.finditer(text):
            letters += len(token[0])
            if letters > MOST_LETTERS:
                return
            word = self._word(token)
            if word is None and misspelt < MOST_MISSPELT:
                misspelt += 1
                word = self._mended(token, last.pieces if last and _is_next(text, last, token.start()) else ())
            if word is not None:
                yield word
            last = word

    def _word(self, token: re.Match[str]) -> _Word | None:
        if not _PINYIN.fullmatch(token[0]):
            return None
        pieces = tuple(_LETTERS.findall(token[0].lower()))
        return _Word(token.start(), token.end(), pieces) if all(map(self.model.is_pinyin, pieces)) else None

    def _mended(self, token: re.Match[str], before: tuple[str, ...]) -> _Word | None:
        """A word that becomes one that is known by one letter more, less or other, or by two that change places.

        Behind other pinyin, `before`, two letters that change places may also make any syllable.
        """
        typed = token[0].lower()
        if len(typed) not in MISSPELT_LETTERS or not _LETTERS.fullmatch(typed):
            return None
        spellings = self.spelt.intersection(_spellings(typed))
        if before:
            spellings |= {spelling for spelling in _swapped(typed) if spelling in self.model.sounds}
        read = {spelling: self.model.average((*before, spelling), EDGE, "") for spelling in spellings}
        best = max(read, key=lambda spelling: (read[spelling], spelling), default="")
        least = LEAST_OF_MANY if before else LEAST_OF_MISSPELT
        return _Word(token.start(), token.end(), (best,)) if best and read[best] >= least else None

    def _read(self, text: str, words: Sequence[_Word], is_word: Callable[[str], bool]) -> str:
        """The characters for some words of pinyin; the letters where none are likely."""
        start, end = words[0].start, words[-1].end
        pieces = [piece for word in words for piece in word.pieces]
        before, after = _edge(text[max(0, start - 2) : start]), text[end : end + 1]
        after = after if _HANZI.match(after) else ""
        _, found = self.model.decode(pieces, before)
        least = max(LEAST_OF_MANY, LEAST_CHANCE + LEAST_OF_EACH_MORE * (len(found) - 2))
        if len(found) == 1:
            is_code = text[start:end].isupper() or (before == EDGE and not after)
            least = math.inf if is_code else LEAST_OF_ONE
        elif is_word(found):
            least = LEAST_OF_WORD
        return found if self.model.average(pieces, before, after) >= least else text[start:end]


def train(texts: Iterable[str], words: Iterable[str]) -> PinyinReader:
    """A reader of what sounds like `texts`, that mends misspelt `words`."""
    spelt = frozenset("".join(readings(one)[0] for one in word) for word in words)
    return PinyinReader(pinyin_model.train(texts), spelt)


def _without_tones(text: str) -> str:
    """Letters without the marks of tones, v for ü."""
    apart = unicodedata.normalize("NFD", text).replace("u\u0308", "v").replace("U\u0308", "V")
    return "".join(character for character in apart if not unicodedata.combining(character))


def _edge(text: str) -> str:
    """The last two characters, or what stands for a beginning."""
    run = re.search(r"[\u4e00-\u9fff]*\Z", text)
    return (EDGE + (run[0] if run else ""))[-2:]


def _is_next(text: str, word: _Word, start: int) -> bool:
    """Whether only blanks and signs stand between a word and what starts there."""
    return text[word.end - 1] not in ".?:" and _APART.fullmatch(text, word.end, start) is not None


def _swapped(typed: str) -> Iterator[str]:
    return (typed[:n] + typed[n + 1] + typed[n] + typed[n + 2 :] for n in range(len(typed) - 1))


def _spellings(typed: str) -> Iterator[str]:
    """All that differ by one slip."""
    places = range(len(typed))
    yield from _swapped(typed)
    yield from (typed[:n] + typed[n + 1 :] for n in places)
    yield from (typed[:n] + letter + typed[n + 1 :] for n in places for letter in _ALPHABET)
    yield from (typed[:n] + letter + typed[n:] for n in range(len(typed) + 1) for letter in _ALPHABET)
