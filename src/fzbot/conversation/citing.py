"""Answering a message that names an article or an old law."""

from collections import Counter
from collections.abc import Iterable, Sequence

from fzbot.conversation import wording
from fzbot.knowledge.entry import Citation, Entry
from fzbot.knowledge.folding import fold
from fzbot.knowledge.reference import Reference
from fzbot.knowledge.statutes import Article
from fzbot.statutes.repository import StatuteRepository

OTHER_WORDS = 14
"""A message with more than so many other characters asks about a case, not for an article."""
MOST, SHOWN, HINT = 3, 70, 36
"""So many articles are shown about a subject, so many characters of those that are not the likeliest, and of a mere hint."""


def asks_for_article(text: str, reference: Reference | None) -> bool:
    """Whether the message wants an article's text and little else."""
    named = (reference.number or reference.subject) if reference else ""
    if reference is None or not named:
        return False
    return len(fold(text)) - len(reference.law) - len(named) <= OTHER_WORDS


def article_reply(reference: Reference, statutes: StatuteRepository, entries: Iterable[Entry]) -> str:
    """The article, or why it is not there and what to do; nothing when no article is about what was named.

    `entries` tell which of several articles matter to villagers: those that they cite.
    """
    if reference.number is None:
        return _about(reference, statutes, Counter(basis for entry in entries for basis in entry.basis))
    name = str(Citation(law=reference.law, article=reference.number))
    if reference.is_merged:
        return wording.MERGED_ARTICLE.format(law=reference.law, article=name)
    found = statutes.find(reference.law, reference.number)
    if found.text:
        return wording.ARTICLE.format(title=found.title, article=name, text=found.text)
    if found.is_law_imported:
        return wording.NO_ARTICLE.format(article=name)
    return wording.NOT_IMPORTED.format(article=name, law=reference.law)


def merged_note(reference: Reference) -> str:
    """That an old law was merged into the Civil Code; nothing of a law in force."""
    return wording.MERGED_LAW.format(law=reference.law) if reference.is_merged else ""


def import_note(reference: Reference, statutes: StatuteRepository) -> str:
    """How to import the law that holds now; nothing when it is there."""
    law = reference.in_force
    is_there = statutes.find(law, "").is_law_imported
    return "" if is_there else wording.NOT_IMPORTED.format(article=f"《{law}》", law=law)


def likely_note(articles: Sequence[Article]) -> str:
    """Articles that may bear on what nothing else answers; nothing when there are none."""
    if not articles:
        return ""
    lines = [_line(article.law, article.number, _begun(article.text, HINT)) for article in articles]
    return "\n\n".join(["", wording.LIKELY, *lines, wording.ARTICLES_END.format(article=_typed(articles[0]))])


def _about(reference: Reference, statutes: StatuteRepository, cited: Counter[Citation]) -> str:
    def weight(article: Article) -> int:
        return article.text.count(reference.subject) * (1 + cited[Citation(law=article.law, article=article.number)])

    found = sorted(statutes.about(reference.in_force, reference.subject), key=weight, reverse=True)
    if not found:
        return ""
    first = found[0]
    lines = [_line(first.law, first.number, first.text)]
    lines += [_line(article.law, article.number, _begun(article.text)) for article in found[1:MOST]]
    end = wording.ARTICLES_END.format(article=_typed(first))
    return "\n\n".join(filter(None, [merged_note(reference), *lines, end]))


def _line(law: str, number: str, text: str) -> str:
    return f"{Citation(law=law, article=number)}：{text}"


def _begun(text: str, most: int = SHOWN) -> str:
    return text if len(text) <= most else f"{text[:most]}……"


def _typed(article: Article) -> str:
    """How somebody types an article's number: 刑法287条之二."""
    number, _, insert = article.number.partition("之")
    return f"{article.law}{number}条" + (f"之{insert}" if insert else "")
