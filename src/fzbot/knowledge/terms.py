"""Legal terms with a plain explanation each: `knowledge/lexicon/terms.txt`, lines of `词 = 白话`."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Entry

FILE = "terms.txt"
OPENS, QUOTES = "（", "”》"


def load_terms(lexicon: Path) -> dict[str, str]:
    """The terms and what they mean; none where the file is missing. `KnowledgeError` names a malformed line."""
    path = lexicon / FILE
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        term, equals, meaning = (part.strip() for part in line.partition("="))
        if not (term and equals and meaning):
            raise KnowledgeError(f"{path} 第 {number} 行要写成 词 = 白话")
        found[term] = meaning
    return found


def terms_in(text: str, terms: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The terms of a text with where each first stands; one that is part of a longer one there is passed over."""
    taken: list[range] = []
    for term in sorted(terms, key=len, reverse=True):
        place = text.find(term)
        if place < 0 or any(place in span for span in taken):
            continue
        taken.append(range(place, place + len(term)))
        yield term, place


def unexplained(entry: Entry, terms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The terms that an entry uses without a word of explanation where they first stand, with their meanings."""
    text = "\n".join([entry.gist, *(point.text for point in entry.points), *entry.steps])
    for term, place in terms_in(text, terms):
        after = text[place + len(term) :].lstrip(QUOTES)
        if not after.startswith(OPENS) and not text[:place].endswith(OPENS):
            yield term, terms[term]


def explained(text: str, terms: Mapping[str, str]) -> dict[str, str]:
    """The terms that a text uses, with their meanings, in the order in which they stand."""
    found = sorted(terms_in(text, terms), key=lambda item: item[1])
    return {term: terms[term] for term, _ in found}
