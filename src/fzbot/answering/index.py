"""An inverted index of the questions: finds the nearest ones at a cost that does not grow with the knowledge base.

For each feature only the `POSTINGS` questions in which it weighs most are kept, and a query looks up only its
`LOOKED_UP` heaviest features (impact-ordered postings; Zobel and Moffat, Inverted files for text search engines,
2006). Both bounds hold however many questions there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.vectors import Floats, Ints, Sparse, stacked

POSTINGS = 120
LOOKED_UP = 64


@dataclass(frozen=True)
class Index:
    """Postings by feature: `questions[starts[f]:starts[f+1]]` and their `weights`."""

    starts: NDArray[np.int64]
    questions: Ints
    weights: Floats
    size: int

    def nearest(self, vector: Sparse, count: int) -> tuple[Ints, Floats]:
        """The `count` nearest questions, best first, with their (bounded) cosine."""
        ids, values = vector.ids, vector.values
        if len(ids) > LOOKED_UP:
            heaviest = np.argpartition(-values, LOOKED_UP)[:LOOKED_UP]
            ids, values = ids[heaviest], values[heaviest]
        starts, lengths = self.starts[ids], self.starts[ids + 1] - self.starts[ids]
        total = int(lengths.sum())
        if total == 0:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths) + np.arange(total)
        found = self.questions[offsets]
        scores = np.bincount(found, self.weights[offsets] * np.repeat(values, lengths), self.size).astype(np.float32)
        best = _largest(scores, found, count)
        return best, scores[best]


def build(vectors: Sequence[Sparse], features: int) -> Index:
    """Index the vectors of the questions, in order."""
    pointers, ids, values = stacked(vectors)
    rows = np.repeat(np.arange(len(vectors), dtype=np.int32), np.diff(pointers))
    order = np.lexsort((rows, -values, ids))
    ids, rows, values = ids[order], rows[order], values[order]
    counts = np.bincount(ids, minlength=features)
    firsts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    kept = np.arange(len(ids)) - firsts[ids] < POSTINGS
    starts = np.concatenate(([0], np.cumsum(np.minimum(counts, POSTINGS)))).astype(np.int64)
    return Index(starts, rows[kept], values[kept].astype(np.float32), len(vectors))


def _largest(scores: Floats, found: Ints, count: int) -> Ints:
    # Looks only at what was found: sorting all scores would cost more with every question added.
    reached = scores[found]
    if len(found) > count * 8:
        floor = np.partition(reached, len(reached) - count * 8)[len(reached) - count * 8]
        found = found[reached >= floor]
    unique = np.unique(found)
    order = np.lexsort((unique, -scores[unique]))
    return unique[order[:count]].astype(np.int32)
