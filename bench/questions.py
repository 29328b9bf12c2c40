"""Labelled real questions: tab-separated `id`, `needs` (comma-separated, or OOS / VAGUE), `text`, with a header."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from fzbot.curation import golden
from fzbot.knowledge import files
from fzbot.knowledge.entry import Entry
from fzbot.settings import shipped_knowledge

OUT = frozenset({"OOS", "VAGUE", "CHAT"})
SHARED = Path(__file__).parents[2] / "shared" / "questions"
DEV = SHARED / "dev.tsv"
UNLABELLED = SHARED / "unlabelled.txt"
ASIDE = 500
"""So many of `fresh`, the last ones, the encoder does not learn from: the blend is fitted on them."""
LABELS = Path(__file__).parent / "labels.tsv"
DIALECT = Path(__file__).parent / "dialect.tsv"
"""Five hundred questions in dialect, with homophones and slips, written for measuring."""


class Part(StrEnum):
    """What our own labels of shared questions are for.

    `FRESH` and `LEARN` are for reading, wording and training, `TUNE` chooses thresholds, and the two labellings of `TEST2` are
    measured against and never read: their errors are nobody's to look at.
    """

    LEARN = "learn"
    HELD_OUT = "held-out"
    FRESH = "fresh"
    TUNE = "tune"
    TEST2_A = "test2.a"
    TEST2_B = "test2.b"

    @property
    def source(self) -> Path:
        """The file that holds the words."""
        return SHARED / f"{_SOURCES.get(self, 'unlabelled')}.txt"


_SOURCES = {Part.FRESH: "fresh", Part.TUNE: "tune", Part.TEST2_A: "test2", Part.TEST2_B: "test2"}


@dataclass(frozen=True)
class Labelled:
    """A question with the needs that answer it; none for what is out of scope or too vague."""

    id: str
    text: str
    needs: frozenset[str]
    label: str
    danger: str = ""
    """What danger somebody is in right now, if any."""

    @property
    def is_in_scope(self) -> bool:
        """Whether some need answers it."""
        return bool(self.needs)

    @property
    def area(self) -> str:
        """The first part of its first need's id, or OOS / VAGUE."""
        return self.label.split(",")[0].split(".")[0]

    def is_answered_by(self, entry: Entry) -> bool:
        """Whether an entry answers one of its needs."""
        return entry.need in self.needs


def read(path: Path) -> list[Labelled]:
    """Read a labelled file."""
    return [_labelled(*line.split("\t")[:3]) for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def ours(part: Part) -> list[Labelled]:
    """The shared questions that we labelled. Our labels name a question by its hash: the words are not ours to keep.

    `HELD_OUT` was labelled by two; what either takes for right is right, and where they differ on scope it is left out.
    """
    texts = {_name(text): text for text in part.source.read_text(encoding="utf-8").splitlines()}
    rows = (line.split("\t") for line in LABELS.read_text(encoding="utf-8").splitlines()[1:])
    return [
        _labelled(name, needs, texts[name], danger)
        for name, needs, its_part, danger in rows
        if its_part == part and name in texts
    ]


def test2() -> list[Labelled]:
    """The questions of `test2.txt`, each labelled twice independently: what either takes for right is right.

    Where they differ on scope the question counts as in scope, answered by the needs of the one that sees some.
    """
    second = {question.id: question for question in ours(Part.TEST2_B)}
    return [
        replace(first, needs=first.needs | second[first.id].needs, danger=first.danger or second[first.id].danger)
        for first in ours(Part.TEST2_A)
        if first.id in second
    ]


def aside() -> list[Labelled]:
    """The questions of `fresh` that the encoder has not learned from."""
    return ours(Part.FRESH)[-ASIDE:]


def goldens() -> list[Labelled]:
    """The golden questions of the knowledge base; the encoder has not learned from them either."""
    found = golden.load(shipped_knowledge())
    needs = {entry.id: entry.need for entry in files.load_sound(shipped_knowledge()).entries}
    return [_labelled(f"golden-{number}", needs[one.entry], one.text) for number, one in enumerate(found)]


def agreement() -> float:
    """How often the first need of one labelling of `test2.txt` is among the needs of the other: about the ceiling."""
    second = {question.id: question for question in ours(Part.TEST2_B)}
    both = [one for one in ours(Part.TEST2_A) if one.is_in_scope and second[one.id].is_in_scope]
    return sum(one.label.split(",")[0] in second[one.id].needs for one in both) / len(both)


def named(*names: str) -> list[Labelled]:
    """The questions of sets by name (`dev`, `learn`, `held-out`, `fresh`, `aside`, `golden`, `tune`, `test2`, `dialect`), or of labelled files."""
    sets: dict[str, Callable[[], list[Labelled]]] = {part.value: partial(ours, part) for part in Part}
    sets |= {
        "dev": partial(read, DEV),
        "dialect": partial(read, DIALECT),
        "aside": aside,
        "golden": goldens,
        "test2": test2,
    }
    return [question for name in names for question in (sets[name]() if name in sets else read(Path(name)))]


def _labelled(id_: str, needs: str, text: str, danger: str = "") -> Labelled:
    return Labelled(id_, text, frozenset(needs.split(",")) - OUT, needs, danger)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
