"""A sparse matrix of features × columns that is multiplied from the left by one sparse vector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.vectors import Floats, Ints, Sparse


@dataclass(frozen=True)
class Matrix:
    """Row `f` holds `columns[starts[f]:starts[f + 1]]` with their `weights`."""

    starts: NDArray[np.int64]
    columns: Ints
    weights: Floats
    width: int

    def times(self, vector: Sparse) -> tuple[NDArray[np.float64], Ints]:
        """The product, one value a column, and the columns that any of the vector's features reaches."""
        starts = self.starts[vector.ids]
        lengths = self.starts[vector.ids + 1] - starts
        total = int(lengths.sum())
        if total == 0:
            return np.zeros(self.width), np.zeros(0, np.int32)
        before = np.cumsum(lengths) - lengths
        places = np.repeat(starts - before, lengths) + np.arange(total)
        reached = self.columns[places]
        weights = self.weights[places] * np.repeat(vector.values, lengths)
        sums: NDArray[np.float64] = np.bincount(reached, weights, self.width).astype(np.float64, copy=False)
        return sums, reached


def from_triples(rows: Ints, columns: Ints, weights: Floats, shape: tuple[int, int]) -> Matrix:
    """Build from (row, column, weight) triples; within a row the heaviest come first."""
    order = np.lexsort((columns, -weights, rows))
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=shape[0])))).astype(np.int64)
    return Matrix(starts, columns[order], weights[order].astype(np.float32), shape[1])
