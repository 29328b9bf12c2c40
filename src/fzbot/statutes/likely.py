"""Imported articles that a question may be about, by the words that both have. Says nothing rather than something far-fetched."""

import math
from collections.abc import Collection, Mapping, Sequence

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
MOST_WORDS, MOST_TELLING = 16, 6
"""Of a long story only so many words are looked for; an article must have one of so many that tell most."""


def likely(session: Session, words: Sequence[str], laws: Collection[str]) -> list[ArticleRow]:
    """The likeliest articles of some laws for a question's words, best first; none where none is likely."""
    size, often = _often(session, [word for word in dict.fromkeys(words) if len(word) > 1][:MOST_WORDS], laws)
    weights = {word: math.log((size + 1) / (count + 1)) for word, count in often.items()}
    telling = sorted((word for word in often if often[word] and weights[word] >= RARE), key=often.__getitem__)
    if not telling:
        return []
    query = select(ArticleRow).where(ArticleRow.law.in_(laws), or_(*map(_has, telling[:MOST_TELLING])))
    scored = [(_score(row.text, weights), row) for row in session.scalars(query.order_by(ArticleRow.id))]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [row for _, row in best[:MOST]]


def _often(session: Session, words: Sequence[str], laws: Collection[str]) -> tuple[int, dict[str, int]]:
    """How many articles there are, and how many of them have each word."""
    counts = [func.coalesce(func.sum(case((_has(word), 1), else_=0)), 0) for word in words]
    query = select(func.count(), *counts).select_from(ArticleRow).where(ArticleRow.law.in_(laws))
    size, *often = session.execute(query).one()
    return size, dict(zip(words, often, strict=True))


def _score(text: str, weights: Mapping[str, float]) -> float:
    """How much of the question's weight an article has; 0 when that is too little.

    `weights` say how much each word tells: the logarithm of how few articles have it.
    """
    shared = [weight for word, weight in weights.items() if word in text]
    share = sum(shared) / sum(weights.values())
    telling = sum(weight >= RARE for weight in shared)
    is_likely = share >= ALMOST_ALL or (share >= SHARE and telling >= RARE_WORDS)
    return share / (1 + len(text) / LONG) if is_likely else 0.0


def _has(word: str) -> ColumnElement[bool]:
    return ArticleRow.text.contains(word, autoescape=True)
