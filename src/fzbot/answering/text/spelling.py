"""Characters misheard or mistyped for others of the same sound, mended: 则认 → 责任. Voice input writes many of them.

A noisy channel (Kernighan, Church and Gale, 1990): where two neighbouring characters have never met in the entries' own questions,
a word of these questions that sounds the same takes their place, if the text becomes likelier by enough.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import add

from fzbot.answering.text.pinyin import syllables

LEAST_GAIN = 8.0
"""How much likelier the text must become (natural logarithm). Chosen with `bench/robustness.py`."""
LEAST_COUNT = 3
"""How often a word must occur to take another's place."""
SIZES = (2, 3, 4)
UNSEEN = 0.02
"""What a pair that never occurred counts as."""
EDGE = "|"
_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_NUMERALS = frozenset("一二三四五六七八九十百千万")


class _Edges(dict[int, int]):
    """For `str.translate`: everything but Chinese characters is an edge."""

    def __missing__(self, code: int) -> int:
        self[code] = code if "\u4e00" <= chr(code) <= "\u9fff" else ord(EDGE)
        return self[code]


_EDGES = _Edges()


@dataclass(frozen=True)
class SpellingCorrector:
    """Mends texts. Built from the entries' questions; several threads may share one."""

    seen: Mapping[str, float]
    """How likely the second character of a pair follows the first, as a logarithm."""
    unseen: Mapping[str, float]
    """The same for whatever never followed a character."""
    never: float
    """The same for a character that never occurred."""
    words: Mapping[str, tuple[str, ...]]
    """Words by their sound."""
    beginnings: frozenset[str]
    """The first two syllables of all words: hardly two characters of a text begin any."""

    def __call__(self, text: str, is_word: Callable[[str], bool]) -> str:
        """The mended text. What `is_word` knows stays as it is, however strange it looks here."""
        edged = f"{EDGE}{text.translate(_EDGES)}{EDGE}"
        pairs = enumerate(map(add, edged, edged[1:]))
        strange = [place for place, pair in pairs if pair not in self.seen and EDGE not in pair]
        if not strange:
            return text
        better: list[tuple[float, int, str]] = []
        for start, end, words in self._alike(edged, strange):
            if not is_word(edged[start:end]):
                better += [(self._gain(edged, start, end, word), start, word) for word in words]
        free = [True] * len(edged)
        for gain, start, word in sorted(better, reverse=True):
            end = start + len(word)
            if gain >= LEAST_GAIN and all(free[start:end]):
                text = text[: start - 1] + word + text[end - 1 :]
                free[start:end] = [False] * len(word)
        return text

    def _alike(self, edged: str, strange: list[int]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Spans of characters that hold a strange pair whole, and the words that sound as they do."""
        sounds = syllables(edged)
        for start in {start for place in strange for start in range(max(1, place + 2 - SIZES[-1]), place + 1)}:
            if " ".join(sounds[start : start + 2]) in self.beginnings:
                for end in (start + size for size in SIZES):
                    words = self.words.get(" ".join(sounds[start:end]))
                    if words and any(start <= place <= end - 2 for place in strange):
                        yield start, end, words

    def _gain(self, text: str, start: int, end: int, word: str) -> float:
        before, after = text[start - 1], text[end]
        return self._likelihood(before + word + after) - self._likelihood(text[start - 1 : end + 1])

    def _likelihood(self, text: str) -> float:
        total = 0.0
        for first, second in pairwise(text):
            chance = self.seen.get(first + second)
            total += self.unseen.get(first, self.never) if chance is None else chance
        return total


def train(texts: Iterable[str], cut: Callable[[str], Iterable[str]]) -> SpellingCorrector:
    """A corrector that takes `texts` for well spelt; `cut` says which words a text has."""
    pairs, firsts, words = Counter[str](), Counter[str](), Counter[str]()
    for text in texts:
        for run in _RUN.findall(text):
            edged = EDGE + run + EDGE
            firsts.update(edged)
            pairs.update(map("".join, pairwise(edged)))
        words.update(word for word in cut(text) if len(word) in SIZES and _RUN.fullmatch(word))
    all_unseen = UNSEEN * len(firsts)
    alike: dict[str, list[str]] = defaultdict(list)
    for word, count in words.items():
        if count >= LEAST_COUNT and not _NUMERALS.issuperset(word):
            alike[" ".join(syllables(word))].append(word)
    return SpellingCorrector(
        seen={pair: math.log((count + UNSEEN) / (firsts[pair[0]] + all_unseen)) for pair, count in pairs.items()},
        unseen={first: math.log(UNSEEN / (count + all_unseen)) for first, count in firsts.items()},
        never=math.log(1 / len(firsts)),
        words={sound: tuple(sorted(found)) for sound, found in alike.items()},
        beginnings=frozenset(" ".join(sound.split()[: SIZES[0]]) for sound in alike),
    )
