"""Imported statutes, as the conversation and the answer pages read it."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fzbot.db import reading
from fzbot.knowledge.entry import Citation
from fzbot.knowledge.statutes import Article
from fzbot.runtime.log_limit import OncePerMinute
from fzbot.statutes import article as articles
from fzbot.statutes.article import ArticleRow
from fzbot.statutes.likely import likely

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())


@dataclass(frozen=True)
class ArticleMatch:
    """What is known of an article somebody named: its text, or whether at least its law was imported."""

    title: str = ""
    text: str = ""
    is_law_imported: bool = False


class StatuteRepository:
    """Reads articles from the database; an empty one (no engine) knows none."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine

    def find(self, law: str, number: str) -> ArticleMatch:
        """The article; nothing found while the database is away."""
        if self._engine is None:
            return ArticleMatch()
        try:
            with reading(self._engine) as session:
                row = articles.find(session, law, number)
                if row is not None:
                    return ArticleMatch(row.title, row.text, is_law_imported=True)
                return ArticleMatch(is_law_imported=articles.is_imported(session, law))
        except SQLAlchemyError as error:
            log.warning("article not read: %s", type(error).__name__)
            return ArticleMatch()

    def about(self, law: str, subject: str) -> list[Article]:
        """The articles of a law that name a subject, in order; none while the database is away."""
        return self._read(lambda session: articles.about(session, law, subject))

    def likely(self, words: Sequence[str], laws: Collection[str]) -> list[Article]:
        """The few articles of some laws that a question with these words may be about; none while the database is away."""
        return self._read(lambda session: likely(session, words, laws))

    def texts(self, citations: Iterable[Citation]) -> dict[str, str]:
        """The texts of cited articles that are there, by how the citation is written."""
        if self._engine is None:
            return {}
        try:
            with reading(self._engine) as session:
                return articles.texts(session, citations)
        except SQLAlchemyError as error:
            log.warning("articles not read: %s", type(error).__name__)
            return {}

    def search(self, words: str, limit: int = 20) -> list[Article]:
        """Articles for words that somebody types; none while the store is empty."""
        if self._engine is None:
            return []
        with reading(self._engine) as session:
            rows = articles.search(session, words, limit)
            return [Article(row.law, row.number, row.text) for row in rows]

    def _read(self, query: Callable[[Session], list[ArticleRow]]) -> list[Article]:
        if self._engine is None:
            return []
        try:
            with reading(self._engine) as session:
                return [Article(row.law, row.number, row.text) for row in query(session)]
        except SQLAlchemyError as error:
            log.warning("articles not read: %s", type(error).__name__)
            return []
