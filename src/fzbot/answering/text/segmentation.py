"""Cutting a text into words: of all ways the likeliest one, as jieba cuts when it guesses no new words.

The words and how often they occur are jieba's. It reads them when a snapshot is built; a question is cut without it, in less than
half the time.
"""

import logging
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from fzbot.knowledge.lexicon import Lexicon

RARE = 3
"""Half of jieba's words occur no more often in its corpus; they cost half a second at every start, and decide nothing."""
_RUN = re.compile(r"[^\W_]+")
_NEVER = -math.inf


@dataclass(frozen=True)
class Segmenter:
    """Cuts texts. Deterministic; several threads may share one."""

    chances: Mapping[str, float]
    """How likely each word is, as a logarithm; what only begins a word never is one."""
    strange: float
    """The same for a character that begins no word."""

    def __call__(self, text: str) -> list[str]:
        """The words of a text, in order, without what is between them."""
        return [word for run in _RUN.findall(text) for word in self._words(run)]

    def is_word(self, text: str) -> bool:
        """Whether a text is one word of the dictionary."""
        return self.chances.get(text, _NEVER) > _NEVER

    def _words(self, run: str) -> list[str]:
        ends = self._ends(run)
        words: list[str] = []
        start, is_latin = 0, False
        while start < len(run):
            word = run[start : ends[start]]
            was_latin, is_latin = is_latin, len(word) == 1 and word.isascii()
            if was_latin and is_latin:
                words[-1] += word  # numbers and foreign words stay whole
            else:
                words.append(word)
            start = ends[start]
        return words

    def _ends(self, run: str) -> list[int]:
        """For each character the end of the word that begins with it, if one does, in the likeliest rest of the text."""
        chances = self.chances
        count = len(run)
        best = [0.0] * (count + 1)
        ends = list(range(1, count + 1))
        for start in range(count - 1, -1, -1):
            top = _NEVER
            for end in range(start + 1, count + 1):
                chance = chances.get(run[start:end])
                if chance is None:
                    break
                chance += best[end]
                if chance > top:
                    top, ends[start] = chance, end
            best[start] = top if top > _NEVER else self.strange + best[start + 1]
        return ends


def train(lexicon: Lexicon) -> Segmenter:
    """A segmenter that knows the words of jieba that are not rare, those of the domain dictionary, and the synonyms."""
    import jieba  # noqa: PLC0415 - only needed to build

    jieba.setLogLevel(logging.WARNING)
    whole = jieba.Tokenizer()
    whole.initialize()
    for word, frequency in lexicon.words.items():
        whole.add_word(word, frequency)
    synonyms = {word for group in lexicon.synonyms for word in group if len(word) > 1} - lexicon.words.keys()
    for word in sorted(synonyms):
        whole.add_word(word)
    own = synonyms | lexicon.words.keys()
    counts = {word: count for word, count in whole.FREQ.items() if count > RARE or (word in own and count)}
    total = math.log(sum(counts.values()))
    beginnings = {word[:size]: _NEVER for word in counts for size in range(1, len(word))}
    return Segmenter(beginnings | {word: math.log(count) - total for word, count in counts.items()}, -total)
