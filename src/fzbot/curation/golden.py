"""Golden questions: what is answered right today and must be tomorrow, whatever is edited."""

from dataclasses import dataclass
from pathlib import Path

from fzbot.answering.snapshot import Snapshot
from fzbot.errors import KnowledgeError

FILE = "golden.tsv"


@dataclass(frozen=True)
class Golden:
    """A question, and the entry that answers it."""

    text: str
    entry: str


def load(folder: Path) -> tuple[Golden, ...]:
    """The golden questions of a knowledge folder (`text<TAB>entry` a line); none where there is no file."""
    path = folder / FILE
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        text, tab, entry = line.partition("\t")
        if not tab or not text.strip() or not entry.strip():
            raise KnowledgeError(f"{path} 第 {number} 行要写成：问题、一个制表符、条目编号")
        found.append(Golden(text.strip(), entry.strip()))
    return tuple(found)


def still_right(snapshot: Snapshot, golden: Golden) -> bool:
    """Whether the entry is the first candidate."""
    decision = snapshot.decide(golden.text)
    return bool(decision.candidates) and decision.best.id == golden.entry
