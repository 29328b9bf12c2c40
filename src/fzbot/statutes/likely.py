"""Imported articles that a question may be about, by the words that both have. Says nothing rather than something far-fetched."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from fzbot.statutes.article import ArticleRow

MOST = 2
RARE = 3.0
"""A word tells something when it stands in fewer than one article of twenty (e³)."""
RARE_WORDS, SHARE = 3, 0.5
"""An article is likely when it has so many telling words and so much of the weight of all words…"""
ALMOST_ALL = 0.8
"""…or so much of the weight, however few the words."""
LONG = 2000
"""Of two articles with the same words the shorter one is likelier; by half at so many characters."""


class Weights(NamedTuple):
    """How much each word of a question tells: the logarithm of how few articles have it."""

    words: Mapping[str, float]
    total: float


def likely(session: Session, words: Sequence[str]) -> list[ArticleRow]:
    """The likeliest articles for a question's words, best first; none where none is likely."""
    weights = _weights(session, [word for word in dict.fromkeys(words) if len(word) > 1])
    telling = [word for word, weight in weights.words.items() if weight >= RARE]
    if not telling:
        return []
    rows = session.scalars(select(ArticleRow).where(or_(*map(_has, telling))).order_by(ArticleRow.id))
    scored = [(score, row) for row in rows if (score := _score(row.text, weights)) > 0]
    return [row for _, row in sorted(scored, key=lambda pair: -pair[0])[:MOST]]


def _weights(session: Session, words: Sequence[str]) -> Weights:
    if not words:
        return Weights({}, 0.0)
    counts = [func.coalesce(func.sum(case((_has(word), 1), else_=0)), 0) for word in words]
    size, *often = session.execute(select(func.count(), *counts).select_from(ArticleRow)).one()
    found = {word: math.log((size + 1) / (count + 1)) for word, count in zip(words, often, strict=True)}
    return Weights(found, sum(found.values()))


def _score(text: str, weights: Weights) -> float:
    """How much of the question's weight an article has; 0 when that is too little."""
    shared = [weight for word, weight in weights.words.items() if word in text]
    share = sum(shared) / weights.total
    telling = sum(weight >= RARE for weight in shared)
    is_likely = share >= ALMOST_ALL or (share >= SHARE and telling >= RARE_WORDS)
    return share / (1 + len(text) / LONG) if is_likely else 0.0


def _has(word: str) -> ColumnElement[bool]:
    return ArticleRow.text.contains(word, autoescape=True)
