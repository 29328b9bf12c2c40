"""Labelled real questions: tab-separated `id`, `needs` (comma-separated, or OOS / VAGUE), `text`, with a header."""

from dataclasses import dataclass
from pathlib import Path

from fzbot.knowledge.entry import Entry

OUT = frozenset({"OOS", "VAGUE"})
DEV = Path(__file__).parents[2] / "shared" / "questions" / "dev.tsv"


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
    found = []
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        id_, needs, text = line.split("\t")[:3]
        names = frozenset(needs.split(",")) - OUT
        found.append(Labelled(id_, text, names, needs))
    return found
