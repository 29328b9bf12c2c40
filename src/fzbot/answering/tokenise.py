"""From normalised text to features: words, character n-grams and pinyin: step 2 of answering."""

import logging
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import jieba

from fzbot.answering.normalise import Question
from fzbot.answering.pinyin import syllable
from fzbot.knowledge.lexicon import Lexicon

jieba.setLogLevel(logging.WARNING)

_RUN = re.compile(r"[\u4e00-\u9fffa-z]+")
STORY_WEIGHT = 0.5
VARIANT_WEIGHT = 0.5
FAMILIES = "cpuvw"
"""First letters of feature names, in order: character pairs and triples, syllable pairs, characters, syllables, words."""

Features = dict[str, float]
Frequencies = dict[str, int]
"""How often each word occurs, as jieba wants it: with the beginnings of all words, which occur 0 times."""

RARE = 3
"""Half of jieba's words occur no more often in its corpus; they cost half a second at every start, and decide nothing."""


class Tokens(NamedTuple):
    """A question cut up: its weighted features, and the words and syllables of its asking part."""

    text: str
    features: Features
    words: str
    sounds: str


class Tokeniser:
    """jieba with the domain dictionary, synonyms and n-grams. Deterministic; several threads may share one."""

    def __init__(self, lexicon: Lexicon, known: Frequencies) -> None:
        """`known` as `frequencies` makes it from the same lexicon."""
        self._jieba = jieba.Tokenizer()
        self._jieba.FREQ, self._jieba.total, self._jieba.initialized = known, sum(known.values()), True
        self._stop = lexicon.stop_words
        self._head: dict[str, str] = {}
        for group in lexicon.synonyms:
            for word in group:
                self._head.setdefault(word, group[0])

    def cut(self, text: str) -> Iterator[str]:
        """All words of a text, in order."""
        words: Iterator[str] = self._jieba.cut(text, HMM=False)
        return words

    def is_word(self, text: str) -> bool:
        """Whether a text is one word of the dictionary."""
        return bool(self._jieba.FREQ.get(text))

    def words(self, text: str) -> list[str]:
        """The words of a text that carry meaning, in order; numbers do not."""
        return [word for word in self.cut(text) if word not in self._stop and word.isalnum() and not word.isdigit()]

    def head(self, word: str) -> str:
        """The word that stands for a word's synonym group, or the word itself."""
        return self._head.get(word, word)

    def tokens(self, question: Question) -> Tokens:
        """Weighted features of the `FAMILIES`; the story counts less than what is asked."""
        found: Features = {}
        words = self.words(question.asking)
        self._add(found, question.asking, words, 1.0)
        if question.story:
            self._add(found, question.story, self.words(question.story), STORY_WEIGHT)
        sounds = " ".join(map(syllable, question.asking))
        return Tokens(question.asking, found, " ".join(map(self.head, words)), sounds)

    def _add(self, found: Features, text: str, words: list[str], weight: float) -> None:
        heads = [self.head(word) for word in words]
        names = ["w" + head for head in heads]
        for run in _RUN.findall(text):
            sounds = [syllable(character) for character in run]
            names += ["u" + character for character in run]
            names += ["v" + sound for sound in sounds]
            names += ["c" + run[start : start + 2] for start in range(len(run) - 1)]
            names += ["c" + run[start : start + 3] for start in range(len(run) - 2)]
            names += [f"p{first} {second}" for first, second in pairwise(sounds)]
        for name in names:
            found[name] = found.get(name, 0.0) + weight
        for word, head in zip(words, heads, strict=True):
            if word != head:
                found["w" + word] = found.get("w" + word, 0.0) + weight * VARIANT_WEIGHT


def frequencies(lexicon: Lexicon) -> Frequencies:
    """The words of jieba that are not rare, those of the domain dictionary, and the synonyms."""
    whole = jieba.Tokenizer()
    whole.initialize()
    for word, frequency in lexicon.words.items():
        whole.add_word(word, frequency)
    synonyms = {word for group in lexicon.synonyms for word in group if len(word) > 1} - lexicon.words.keys()
    for word in sorted(synonyms):
        whole.add_word(word)
    own = synonyms | lexicon.words.keys()
    kept = {word: count for word, count in whole.FREQ.items() if count > RARE or word in own}
    beginnings = {word[:size]: 0 for word in kept for size in range(1, len(word))}
    return beginnings | kept
