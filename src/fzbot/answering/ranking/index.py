"""An inverted index of the questions: finds the nearest ones at a cost that does not grow with the knowledge base.

For each feature only the `POSTINGS` questions in which it weighs most are kept, and a query looks up only its
`LOOKED_UP` heaviest features (impact-ordered postings; Zobel and Moffat, Inverted files for text search engines,
2006). Both bounds hold however many questions there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fzbot.answering.ranking.matrix import Matrix, from_triples
from fzbot.answering.ranking.vectors import Floats, Ints, Sparse, stacked

POSTINGS = 30
LOOKED_UP = 30


@dataclass(frozen=True)
class InvertedIndex:
    """Features × questions, the heaviest postings of each feature."""

    postings: Matrix

    def nearest(self, vector: Sparse, count: int) -> tuple[Ints, Floats]:
        """The `count` nearest questions, best first, with how near they are (0 not at all)."""
        ids, values = vector.ids, vector.values
        if len(ids) > LOOKED_UP:
            heaviest = np.argpartition(-values, LOOKED_UP)[:LOOKED_UP]
            ids, values = ids[heaviest], values[heaviest]
        scores = self.postings.times(Sparse(ids, values))
        reached = np.flatnonzero(scores > 0)  # of truth values: many times as fast as of numbers
        found = scores[reached].astype(np.float32)
        if len(found) > count:
            is_near = found >= np.partition(found, len(found) - count)[len(found) - count]
            reached, found = reached[is_near], found[is_near]
        order = np.lexsort((reached, -found))[:count]
        return reached[order].astype(np.int32), found[order]


def build(vectors: Sequence[Sparse], features: int) -> InvertedIndex:
    """Index the vectors of the questions, in order."""
    pointers, ids, values = stacked(vectors)
    rows = np.repeat(np.arange(len(vectors), dtype=np.int32), np.diff(pointers))
    order = np.lexsort((rows, -values, ids))
    ids, rows, values = ids[order], rows[order], values[order]
    counts = np.bincount(ids, minlength=features)
    firsts = np.cumsum(counts) - counts
    kept = np.arange(len(ids)) - firsts[ids] < POSTINGS
    return InvertedIndex(from_triples(ids[kept], rows[kept], values[kept], (features, len(vectors))))
