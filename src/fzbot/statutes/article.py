"""The table of imported articles."""

import re
from collections.abc import Iterable

from sqlalchemy import Integer, String, Text, UniqueConstraint, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base
from fzbot.knowledge.entry import Citation
from fzbot.knowledge.statutes import Statute


class ArticleRow(Base):
    """An article (法条) of a law, by the law's short name. `number` is `1079` or `287之二`."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("law", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    law: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)


def replace(session: Session, statute: Statute) -> int:
    """Store a law's articles in place of those that were there; returns how many."""
    session.execute(delete(ArticleRow).where(ArticleRow.law == statute.law))
    rows = [
        ArticleRow(law=statute.law, title=statute.title, number=article.number, text=article.text)
        for article in statute.articles.values()
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def find(session: Session, law: str, number: str) -> ArticleRow | None:
    """The article, if its law was imported and has it."""
    return session.scalar(select(ArticleRow).where(ArticleRow.law == law, ArticleRow.number == number))


def is_imported(session: Session, law: str) -> bool:
    """Whether any article of the law is there."""
    return session.scalar(select(ArticleRow.id).where(ArticleRow.law == law).limit(1)) is not None


def about(session: Session, law: str, subject: str) -> list[ArticleRow]:
    """The articles of a law that name a subject, in order."""
    query = select(ArticleRow).where(ArticleRow.law == law, ArticleRow.text.contains(subject, autoescape=True))
    return list(session.scalars(query.order_by(ArticleRow.id)))


def search(session: Session, words: str, limit: int) -> list[ArticleRow]:
    """Articles for words that somebody types: parts of the law's name, of the text, or an article's number, in any order."""
    query = select(ArticleRow).order_by(ArticleRow.law, ArticleRow.id).limit(limit)
    for word in _WORDS.findall(words):
        if word[0].isdigit():
            query = query.where(ArticleRow.number.startswith(word, autoescape=True))
        else:
            columns = (ArticleRow.law, ArticleRow.title, ArticleRow.text)
            query = query.where(or_(*(column.contains(word, autoescape=True) for column in columns)))
    return list(session.scalars(query))


_WORDS = re.compile(r"\d+(?:之[一二三四五六七八九十]+)?|[^\s\d]+")


def texts(session: Session, citations: Iterable[Citation]) -> dict[str, str]:
    """The texts of cited articles that are there, by how the citation is written."""
    found: dict[str, str] = {}
    for citation in citations:
        row = find(session, citation.law, citation.article) if citation.article else None
        if row is not None:
            found[str(citation)] = row.text
    return found
