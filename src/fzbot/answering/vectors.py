"""Features as sparse TF-IDF vectors over a fixed vocabulary."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.tokenise import FAMILIES, Features

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

TRIGRAM = 4
"""Length of a trigram's feature name. One that a single question has says nothing of other ways of asking."""


@dataclass(frozen=True)
class Sparse:
    """A vector: `ids` of features, ascending, and their `values`; each family has length one."""

    ids: Ints
    values: Floats


class Vocabulary:
    """The features that are known, with their inverse document frequencies. Families lie side by side."""

    def __init__(self, documents: Sequence[Features]) -> None:
        counts = Counter(name for document in documents for name in document)
        names = sorted(name for name, count in counts.items() if count > 1 or name[0] != "c" or len(name) < TRIGRAM)
        self._ids = {name: number for number, name in enumerate(names)}
        self._bounds = np.searchsorted([name[0] for name in names], [*FAMILIES, "~"]).tolist()
        self._family: Ints = np.repeat(np.arange(len(FAMILIES), dtype=np.int32), np.diff(self._bounds))
        self.idf = np.array([np.log((1 + len(documents)) / (1 + counts[name])) + 1 for name in names], np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    def vector(self, features: Features) -> Sparse:
        """The TF-IDF vector of features (square root of the weight, each family scaled to length one)."""
        known = self._ids
        found = {known[name]: weight for name, weight in features.items() if name in known}
        ids = np.fromiter(found.keys(), np.int32, len(found))
        order = np.argsort(ids)
        ids = ids[order]
        values = np.sqrt(np.fromiter(found.values(), np.float32, len(found))[order]) * self.idf[ids]
        family = self._family[ids]
        lengths = np.sqrt(np.bincount(family, values * values, len(FAMILIES)))
        return Sparse(ids, (values / lengths[family]).astype(np.float32))

    def ids_of(self, families: str) -> Ints:
        """The ids of all features of some families."""
        spans = [range(self._bounds[place], self._bounds[place + 1]) for place in map(FAMILIES.index, families)]
        return np.concatenate([np.arange(span.start, span.stop, dtype=np.int32) for span in spans])

    def unknown_share(self, features: Features) -> float:
        """How much of the words' weight is not in the vocabulary: 0 all known, 1 all strange."""
        words = {name: weight for name, weight in features.items() if name[0] == "w"}
        total = sum(words.values())
        return sum(weight for name, weight in words.items() if name not in self._ids) / total if total else 1.0


def stacked(vectors: Iterable[Sparse]) -> tuple[NDArray[np.int64], Ints, Floats]:
    """Vectors as the rows of a CSR matrix: row pointers, column ids, values."""
    rows = list(vectors)
    pointers = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row.ids) for row in rows], out=pointers[1:])
    if not rows:
        return pointers, np.zeros(0, np.int32), np.zeros(0, np.float32)
    return pointers, np.concatenate([row.ids for row in rows]), np.concatenate([row.values for row in rows])
