"""An entry as a villager reads it in a chat bubble: short lines, the most important first; the answer page has all."""

import re
from collections.abc import Iterable, Sequence

from fzbot.knowledge.directory import Contact, Directory
from fzbot.knowledge.entry import Citation, Entry, Point

PASSIVE_LIMIT = 2047
"""Bytes of UTF-8 that a passive text reply may have (platform limit, facts of 2026-11)."""

LINK_ROOM = 100
"""Bytes kept free for the line with the answer page's address."""

BUBBLE_CHARS = 300
"""Characters that a bubble aims to stay within: what a cheap phone shows without much scrolling."""
LEAST_POINTS = 2
"""So many points are shown whatever their length: below that a bubble is a headline, not an answer."""
LAWS_SHOWN = 2
ASKED_SHOWN = 2
EMERGENCY_NUMBER = re.compile(r"(?<!\d)1(?:10|19|20)(?!\d)")


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


def reply_text(entry: Entry, directory: Directory, link: str = "", asked: Sequence[Point] = ()) -> str:
    """The bubble: gist, whom to call where that comes first, the points that matter most, steps, whom to turn to, law, link.

    Points that answer just what was `asked` (what it costs, which papers) matter more than the others.
    """
    contacts = [directory.contact(key) for key in entry.channels]
    calls_first = _calls_first(entry, contacts)
    head = [entry.gist, *([f"先打：{_labels(contacts[:2])}"] if calls_first else [])]
    steps = [f"{number}. {step}" for number, step in enumerate(entry.steps, start=1)]
    tail = [f"找谁：{_labels(contacts)}"] if contacts and not calls_first else []
    tail += [f"全文：{link}"] if link else []
    in_order = [*asked, *(point for point in entry.points if point not in asked)]
    points = _most_important(in_order, BUBBLE_CHARS - sum(map(len, [*head, *steps, *tail])))
    law = _short_basis(points)
    blocks = ["\n".join(head), directory.filled("\n".join(f"· {point.text}" for point in points))]
    blocks.append("\n".join(["现在这样做：", *steps]) if steps else "")
    blocks.append("\n".join([*([f"依据：{law}"] if law else []), *tail]))
    return "\n\n".join(block for block in blocks if block)


def gist_text(entry: Entry, directory: Directory, asked: Sequence[Point] = ()) -> str:
    """The shortest form that still helps: the gist, and what was just `asked`, or the first step or whom to call."""
    if asked:
        return directory.filled("\n".join([entry.gist, *(f"· {point.text}" for point in asked[:ASKED_SHOWN])]))
    contacts = [directory.contact(key) for key in entry.channels]
    if entry.steps:
        # Many entries begin with what to do if somebody is being hurt: true, but for most who ask not the first step.
        in_danger = entry.steps[:1] if len(entry.steps) > 1 and EMERGENCY_NUMBER.search(entry.steps[0]) else ()
        return "\n".join([entry.gist, *in_danger, f"先这样做：{entry.steps[len(in_danger)]}"])
    return f"{entry.gist}\n找谁：{_labels(contacts[:2])}" if contacts else entry.gist


def _most_important(points: Sequence[Point], room: int) -> list[Point]:
    shown: list[Point] = []
    for point in points:
        room -= len(point.text) + 3
        if room < 0 and len(shown) >= LEAST_POINTS:
            break
        shown.append(point)
    return shown


def _calls_first(entry: Entry, contacts: Sequence[Contact]) -> bool:
    """Whether the first thing to do is to call the first number."""
    return bool(entry.steps and contacts and contacts[0].phone and contacts[0].phone in entry.steps[0])


def _labels(contacts: Iterable[Contact]) -> str:
    return "、".join(contact.label for contact in contacts)


def _short_basis(points: Iterable[Point]) -> str:
    cited = list(dict.fromkeys(citation for point in points for citation in point.basis))
    laws = list(dict.fromkeys(citation.law for citation in cited))
    shown = basis_line(citation for citation in cited if citation.law in laws[:LAWS_SHOWN])
    return shown + ("等" if len(laws) > LAWS_SHOWN else "")
