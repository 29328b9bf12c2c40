"""What fzbot is compared with, on the same entries: keyword containment, rapidfuzz extractOne, TF-IDF over words."""

from collections.abc import Callable, Sequence

import jieba
import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from fzbot.knowledge.entry import Entry

Ranker = Callable[[str], list[Entry]]


def keywords(entries: Sequence[Entry]) -> Ranker:
    """As the platform's own auto-reply does: an entry answers when one of its keyword questions is in the text."""
    short = [(question, entry) for entry in entries for question in entry.questions if len(question) <= 8]
    short.sort(key=lambda pair: -len(pair[0]))

    def rank(text: str) -> list[Entry]:
        return _distinct([entry for question, entry in short if question in text])

    return rank


def extract_one(entries: Sequence[Entry]) -> Ranker:
    """`rapidfuzz.process` with WRatio over all questions."""
    pairs = [(question, entry) for entry in entries for question in entry.questions]
    texts = [question for question, _ in pairs]

    def rank(text: str) -> list[Entry]:
        return _distinct(
            [pairs[number][1] for _, _, number in process.extract(text, texts, scorer=fuzz.WRatio, limit=30)]
        )

    return rank


def tfidf(entries: Sequence[Entry]) -> Ranker:
    """Cosine of TF-IDF vectors over jieba words, nearest question."""
    pairs = [(question, entry) for entry in entries for question in entry.questions]
    vectoriser = TfidfVectorizer(analyzer=jieba.lcut)
    matrix = vectoriser.fit_transform([question for question, _ in pairs])

    def rank(text: str) -> list[Entry]:
        scores = (matrix @ vectoriser.transform([text]).T).toarray()[:, 0]
        return _distinct([pairs[number][1] for number in np.argsort(-scores)[:60]])

    return rank


def _distinct(entries: list[Entry]) -> list[Entry]:
    firsts: dict[str, Entry] = {}
    for entry in entries:
        firsts.setdefault(entry.need, entry)
    return list(firsts.values())
