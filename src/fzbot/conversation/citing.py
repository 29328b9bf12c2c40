"""Answering a message that names an article or an old law."""

from fzbot.conversation import wording
from fzbot.knowledge.entry import Citation
from fzbot.knowledge.folding import fold
from fzbot.knowledge.reference import Reference
from fzbot.statutes.lookup import Shelf

OTHER_WORDS = 14
"""A message with more than so many other characters asks about a case, not for an article."""


def asks_for_article(text: str, reference: Reference | None) -> bool:
    """Whether the message wants an article's text and little else."""
    if reference is None or reference.number is None:
        return False
    return len(fold(text)) - len(reference.law) - len(reference.number) <= OTHER_WORDS


def article_reply(reference: Reference, shelf: Shelf) -> str:
    """The article, or why it is not there and what to do."""
    number = reference.number or ""
    name = str(Citation(law=reference.law, article=number))
    if reference.is_merged:
        return wording.MERGED_ARTICLE.format(law=reference.law, article=name)
    found = shelf.find(reference.law, number)
    if found.text:
        return wording.ARTICLE.format(title=found.title, article=name, text=found.text)
    if found.is_law_imported:
        return wording.NO_ARTICLE.format(article=name)
    return wording.NOT_IMPORTED.format(article=name, law=reference.law)
