"""An entry as a villager reads it in a chat bubble."""

from collections.abc import Iterable

from fzbot.knowledge.directory import Directory
from fzbot.knowledge.entry import Citation, Entry

PASSIVE_LIMIT = 2047
"""Bytes of UTF-8 that a passive text reply may have (platform limit, facts of 2026-11)."""

LINK_ROOM = 100
"""Bytes kept free for the line with the answer page's address."""


def basis_line(basis: Iterable[Citation]) -> str:
    """`《民法典》第1062、1063条，《婚姻登记条例》`: the articles of one law stand together."""
    by_law: dict[str, list[str]] = {}
    for citation in basis:
        articles = by_law.setdefault(citation.law, [])
        if citation.article:
            articles.append(citation.article)
    return "，".join(f"《{law}》" + (_articles(articles) if articles else "") for law, articles in by_law.items())


def _articles(numbers: list[str]) -> str:
    plain = [number for number in numbers if "之" not in number]
    inserts = [f"第{number.replace('之', '条之', 1)}" for number in numbers if "之" in number]
    return "、".join(([f"第{'、'.join(plain)}条"] if plain else []) + inserts)


def channels_line(entry: Entry, directory: Directory) -> str:
    """Where to turn, cheapest first."""
    return "、".join(directory.contact(key).label for key in entry.channels)


def reply_text(entry: Entry, directory: Directory, link: str = "") -> str:
    """The whole reply: answer, steps, basis, where to turn, and the answer page's address."""
    parts = [entry.answer]
    if entry.steps:
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(entry.steps, start=1))
        parts.append(f"现在这样做：\n{steps}")
    tail = []
    if entry.basis:
        tail.append(f"依据：{basis_line(entry.basis)}")
    if entry.channels:
        tail.append(f"找谁：{channels_line(entry, directory)}")
    if link:
        tail.append(f"详细：{link}")
    if tail:
        parts.append("\n".join(tail))
    return "\n\n".join(parts)
