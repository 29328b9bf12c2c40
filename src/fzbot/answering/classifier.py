"""Linear views of the entries, trained on their own questions when a snapshot is built."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fzbot.answering.matrix import Matrix, from_triples
from fzbot.answering.vectors import Floats, Ints, Sparse, stacked

REGULARISATION = 0.3
PRUNED_BELOW = 0.03
"""Weights nearer to zero are dropped: nine tenths of them, without a measurable loss."""


@dataclass(frozen=True)
class Classifier:
    """Scores every class in one sparse product."""

    weights: Matrix
    bias: Floats

    def scores(self, vector: Sparse) -> Floats:
        """One score a class; above 0 means “rather yes”."""
        return self.weights.times(vector)[0] + self.bias


def train(vectors: Sequence[Sparse], classes: Ints, features: int, count: int) -> Classifier:
    """One-against-rest linear support vector machines (Fan et al., LIBLINEAR, 2008); deterministic."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - only needed to build; answering starts faster without
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    pointers, ids, values = stacked(vectors)
    matrix = csr_matrix((values, ids, pointers), shape=(len(vectors), features))
    bias = np.zeros(count, np.float32)
    rows, columns, weights = [], [], []
    for class_ in range(count):
        # One class at a time: all at once would need a dense features × classes matrix.
        machine = LinearSVC(C=REGULARISATION, random_state=0).fit(matrix, classes == class_)
        found = machine.coef_[0]
        kept = np.flatnonzero(np.abs(found) >= PRUNED_BELOW).astype(np.int32)
        rows.append(kept)
        columns.append(np.full(len(kept), class_, np.int32))
        weights.append(found[kept].astype(np.float32))
        bias[class_] = machine.intercept_[0]
    shape = (features, count)
    return Classifier(from_triples(np.concatenate(rows), np.concatenate(columns), np.concatenate(weights), shape), bias)


def centroids(vectors: Sequence[Sparse], classes: Ints, features: int, count: int) -> Matrix:
    """The mean of each class's vectors, scaled to length one: features × classes."""
    pointers, ids, values = stacked(vectors)
    owners = np.repeat(classes, np.diff(pointers))
    cells, places = np.unique(ids.astype(np.int64) * count + owners, return_inverse=True)
    sums = np.bincount(places, values)
    rows, columns = (cells // count).astype(np.int32), (cells % count).astype(np.int32)
    norms = np.sqrt(np.bincount(columns, sums**2, count))
    return from_triples(rows, columns, (sums / norms[columns]).astype(np.float32), (features, count))
