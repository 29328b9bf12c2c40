"""Which points a law carries, and which are to be looked at because a law changed after they were reviewed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Entry, Point
from fzbot.knowledge.files import Law


@dataclass(frozen=True)
class AffectedPoint:
    """A point of an entry, its number from one, and why it is to be looked at."""

    entry: Entry
    number: int
    point: Point
    reason: str


def affected(entries: Iterable[Entry], laws: Mapping[str, Law], law: str) -> list[AffectedPoint]:
    """Every point that rests on a law; `KnowledgeError` where the law is not known."""
    if law not in laws:
        raise KnowledgeError(f"laws.yaml 里没有“{law}”，请用简称，例如 {'、'.join(list(laws)[:3])}")
    return [
        AffectedPoint(entry, number, point, f"引用{'、'.join(str(one) for one in point.basis if one.law == law)}")
        for entry, number, point in _points(entries)
        if any(one.law == law for one in point.basis)
    ]


def outdated(entries: Iterable[Entry], laws: Mapping[str, Law], today: date) -> dict[str, list[AffectedPoint]]:
    """By law, the points that rest on it and were reviewed before its present text came into force, or before it was replaced."""
    found: dict[str, list[AffectedPoint]] = {}
    for entry, number, point in _points(entries):
        for name in dict.fromkeys(one.law for one in point.basis):
            reason = _reason(laws, name, entry.reviewed, today)
            if reason:
                found.setdefault(name, []).append(AffectedPoint(entry, number, point, reason))
    return found


def watched(laws: Mapping[str, Law]) -> Iterator[tuple[str, str]]:
    """The laws that are about to change, and what is known of it."""
    for name, law in laws.items():
        if law.watch:
            yield name, law.watch


def _points(entries: Iterable[Entry]) -> Iterator[tuple[Entry, int, Point]]:
    for entry in entries:
        for number, point in enumerate(entry.points, start=1):
            yield entry, number, point


def _reason(laws: Mapping[str, Law], name: str, reviewed: date, today: date) -> str:
    law = laws.get(name)
    if law is None:
        return ""
    if law.in_force and reviewed < law.in_force <= today:
        return f"《{name}》现行文本 {law.in_force} 起施行，这条是 {reviewed} 审核的"
    if law.next_text and reviewed < law.next_text <= today:
        return f"《{name}》{law.next_text} 起用新文本，这条是 {reviewed} 审核的"
    new = laws.get(law.replaced_by or "")
    if law.replaced_by and (new is None or new.in_force is None or new.in_force <= today):
        return f"《{name}》已被《{law.replaced_by}》代替"
    return ""
