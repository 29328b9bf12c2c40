"""Which points a law carries, and which are to be looked at because a law changed after they were reviewed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from fzbot.errors import KnowledgeError
from fzbot.knowledge.entry import Entry, Point
from fzbot.knowledge.files import KnowledgeBase, Law


@dataclass(frozen=True)
class AffectedPoint:
    """A point of an entry, its number from one, and why it is to be looked at."""

    entry: Entry
    number: int
    point: Point
    reason: str


def affected(base: KnowledgeBase, law: str) -> list[AffectedPoint]:
    """Every point that rests on a law; `KnowledgeError` where the law is not known."""
    if law not in base.laws:
        raise KnowledgeError(f"laws.yaml 里没有“{law}”，请用简称，例如 {'、'.join(list(base.laws)[:3])}")
    return [
        AffectedPoint(entry, number, point, f"引用{'、'.join(str(one) for one in point.basis if one.law == law)}")
        for entry in base.entries
        for number, point in enumerate(entry.points, start=1)
        if any(one.law == law for one in point.basis)
    ]


def outdated(base: KnowledgeBase, today: date) -> list[AffectedPoint]:
    """The points whose law came into force in its present text, or was replaced, after they were reviewed."""
    found = []
    for name, law in base.laws.items():
        for one in affected(base, name):
            reason = _reason(base, name, law, one.entry.reviewed, today)
            if reason:
                found.append(AffectedPoint(one.entry, one.number, one.point, reason))
    return found


def watched(base: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """The laws that are about to change, and what is known of it."""
    for name, law in base.laws.items():
        if law.watch:
            yield name, law.watch


def _reason(base: KnowledgeBase, name: str, law: Law, reviewed: date, today: date) -> str:
    if law.in_force and reviewed < law.in_force <= today:
        return f"《{name}》现行文本 {law.in_force} 起施行，这条是 {reviewed} 审核的"
    new = base.laws.get(law.replaced_by or "")
    if law.replaced_by and (new is None or new.in_force is None or new.in_force <= today):
        return f"《{name}》已被《{law.replaced_by}》代替"
    return ""
