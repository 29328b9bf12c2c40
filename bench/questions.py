"""Labelled real questions: tab-separated `id`, `needs` (comma-separated, or OOS / VAGUE), `text`, with a header."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from fzbot.knowledge.entry import Entry

OUT = frozenset({"OOS", "VAGUE"})
SHARED = Path(__file__).parents[2] / "shared" / "questions"
DEV = SHARED / "dev.tsv"
UNLABELLED = SHARED / "unlabelled.txt"
LABELS = Path(__file__).parent / "labels.tsv"
DIALECT = Path(__file__).parent / "dialect.tsv"
"""Five hundred questions in dialect, with homophones and slips, written for measuring."""


class Part(StrEnum):
    """What our own labels of the unlabelled questions are for."""

    LEARN = "learn"
    HELD_OUT = "held-out"


@dataclass(frozen=True)
class Labelled:
    """A question with the needs that answer it; none for what is out of scope or too vague."""

    id: str
    text: str
    needs: frozenset[str]
    label: str

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
    """The unlabelled questions that we labelled. Our labels name a question by its hash: the words are not ours to keep.

    `HELD_OUT` was labelled by two; what either takes for right is right, and where they differ on scope it is left out. Encoders to
    come learn from `LEARN` alone; the one that is shipped was trained before this split, on labels of a part of both.
    """
    labels = {}
    for line in LABELS.read_text(encoding="utf-8").splitlines()[1:]:
        name, needs, its_part = line.split("\t")
        if its_part == part:
            labels[name] = needs
    texts = {_name(text): text for text in UNLABELLED.read_text(encoding="utf-8").splitlines()}
    return [_labelled(name, needs, texts[name]) for name, needs in labels.items() if name in texts]


def named(*names: str) -> list[Labelled]:
    """The questions of sets by name (`dev`, `learn`, `held-out`, `dialect`), or of labelled files."""
    sets: dict[str, Callable[[], list[Labelled]]] = {part.value: partial(ours, part) for part in Part}
    sets |= {"dev": partial(read, DEV), "dialect": partial(read, DIALECT)}
    return [question for name in names for question in (sets[name]() if name in sets else read(Path(name)))]


def _labelled(id_: str, needs: str, text: str) -> Labelled:
    return Labelled(id_, text, frozenset(needs.split(",")) - OUT, needs)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
