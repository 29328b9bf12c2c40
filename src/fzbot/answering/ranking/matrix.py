"""Matrices of features × columns that are multiplied from the left by one sparse vector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.ranking.vectors import Floats, Ints, Sparse

FULL = 32
"""A row is kept whole when more than one in so many of its columns is used: adding it up then costs less."""
EPSILON = 1e-12


@dataclass(frozen=True)
class Rows:
    """Rows of numbers, kept with eight bits each and a scale for a row: a quarter of the memory."""

    values: NDArray[np.int8]
    scales: Floats

    @classmethod
    def of(cls, rows: Floats) -> "Rows":
        """Any number of dimensions; the last one is a row."""
        scales = (np.abs(rows).max(axis=-1, initial=0) / 127 + EPSILON).astype(np.float32)
        return cls(np.round(rows / scales[..., None]).astype(np.int8), scales)

    def taken(self, ids: Ints) -> Floats:
        """Some rows as they were, but for the rounding."""
        found: Floats = self.values.take(ids, axis=0) * self.scales[ids, None]
        return found

    def added(self, ids: Ints, shares: Floats) -> Floats:
        """The sum of some rows, each times its share."""
        found: Floats = (shares * self.scales[ids]) @ self.values.take(ids, axis=0).astype(np.float32)
        return found


@dataclass(frozen=True)
class Matrix:
    """Row `f` holds `columns[starts[f]:starts[f + 1]]` with their `weights`."""

    starts: NDArray[np.int64]
    columns: Ints
    weights: Floats
    width: int

    def times(self, vector: Sparse) -> NDArray[np.float64]:
        """The product, one value a column."""
        starts = self.starts[vector.ids]
        lengths = self.starts[vector.ids + 1] - starts
        total = int(lengths.sum())
        if total == 0:
            return np.zeros(self.width)
        before = np.cumsum(lengths) - lengths
        places = np.repeat(starts - before, lengths) + np.arange(total)
        weights = self.weights[places] * np.repeat(vector.values, lengths)
        return np.bincount(self.columns[places], weights, self.width).astype(np.float64, copy=False)


def from_triples(rows: Ints, columns: Ints, weights: Floats, shape: tuple[int, int]) -> Matrix:
    """Build from (row, column, weight) triples; within a row the heaviest come first."""
    order = np.lexsort((columns, -weights, rows))
    starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=shape[0])))).astype(np.int64)
    return Matrix(starts, columns[order], weights[order].astype(np.float32), shape[1])


@dataclass(frozen=True)
class Mixed:
    """A matrix some of whose rows are full: `whole[places[f]]` is row `f`; where that is -1, `rest` has it."""

    places: Ints
    whole: Rows
    rest: Matrix

    def times(self, vector: Sparse) -> Floats:
        """The product, one value a column."""
        places = self.places[vector.ids]
        is_whole = places >= 0
        rest = self.rest.times(Sparse(vector.ids[~is_whole], vector.values[~is_whole]))
        return rest.astype(np.float32) + self.whole.added(places[is_whole], vector.values[is_whole])


def mixed(rows: Ints, columns: Ints, weights: Floats, shape: tuple[int, int]) -> Mixed:
    """Build from (row, column, weight) triples, none of which comes twice."""
    is_full = np.bincount(rows, minlength=shape[0]) > shape[1] / FULL
    places = np.where(is_full, np.cumsum(is_full) - 1, -1).astype(np.int32)
    whole = np.zeros((int(is_full.sum()), shape[1]), np.float32)
    here = is_full[rows]
    whole[places[rows[here]], columns[here]] = weights[here]
    return Mixed(places, Rows.of(whole), from_triples(rows[~here], columns[~here], weights[~here], shape))
