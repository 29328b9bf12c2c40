"""From normalised text to features: words, character n-grams and pinyin: step 2 of answering."""

import logging
import re

import jieba

from fzbot.knowledge.lexicon import Lexicon

jieba.setLogLevel(logging.WARNING)

_RUN = re.compile(r"[\u4e00-\u9fff]+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


class Tokeniser:
    """jieba with the domain dictionary, synonyms, and n-grams. Deterministic; safe to use from several threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._jieba = jieba.Tokenizer()
        self._jieba.initialize()
        for word, frequency in lexicon.words.items():
            self._jieba.add_word(word, frequency)
        for group in lexicon.synonyms:
            for word in group:
                if len(word) > 1 and word not in lexicon.words:
                    self._jieba.add_word(word)
        self._stop = lexicon.stop_words
        self._head: dict[str, str] = {}
        for group in lexicon.synonyms:
            for word in group:
                self._head.setdefault(word, group[0])

    def words(self, text: str) -> list[str]:
        """The words of a text that carry meaning, in order."""
        return [word for word in self._jieba.cut(text, HMM=False) if word not in self._stop and word.strip()]

    def head(self, word: str) -> str:
        """The word that stands for a word's synonym group, or the word itself."""
        return self._head.get(word, word)
