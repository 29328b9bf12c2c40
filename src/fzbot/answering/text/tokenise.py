"""From normalised text to features: words, character n-grams and pinyin: step 2 of answering."""

from typing import NamedTuple

import numpy as np

from fzbot.answering.text.ngrams import Numbers, Weights, ngrams
from fzbot.answering.text.normalise import NormalisedQuestion
from fzbot.answering.text.segmentation import Segmenter
from fzbot.knowledge.lexicon import Lexicon

STORY_WEIGHT = 0.5
VARIANT_WEIGHT = 0.5


class Features(NamedTuple):
    """What a question consists of, weighted: its words, and the grams of its characters and sounds, ascending."""

    words: dict[str, float]
    ngrams: Numbers
    weights: Weights


NOTHING = Features({}, np.zeros(0, np.int64), np.zeros(0, np.float32))


class Tokeniser:
    """Words with their synonyms, and n-grams. Deterministic; several threads may share one."""

    def __init__(self, lexicon: Lexicon, cut: Segmenter) -> None:
        self.cut = cut
        self._stop = lexicon.stop_words
        self._head: dict[str, str] = {}
        for group in lexicon.synonyms:
            for word in group:
                self._head.setdefault(word, group[0])

    def words(self, text: str) -> list[str]:
        """The words of a text that carry meaning, in order; numbers do not."""
        return [word for word in self.cut(text) if word not in self._stop and not word.isdigit()]

    def head(self, word: str) -> str:
        """The word that stands for a word's synonym group, or the word itself."""
        return self._head.get(word, word)

    def features(self, question: NormalisedQuestion) -> Features:
        """Words, grams and sounds; the story counts less than what is asked."""
        asking, story = question.asking, question.story
        found: dict[str, float] = {}
        self._add(found, self.words(asking), 1.0)
        self._add(found, self.words(story), STORY_WEIGHT)
        weights = np.full(len(asking) + 1 + len(story), STORY_WEIGHT, np.float32)
        weights[: len(asking)] = 1
        return Features(found, *ngrams(f"{asking} {story}", weights))

    def _add(self, found: dict[str, float], words: list[str], weight: float) -> None:
        for word in words:
            head = self.head(word)
            found[head] = found.get(head, 0.0) + weight
            if word != head:
                found[word] = found.get(word, 0.0) + weight * VARIANT_WEIGHT
