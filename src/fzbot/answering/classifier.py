"""A linear classifier over the entries' own questions, trained when a snapshot is built."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.vectors import Floats, Ints, Sparse, stacked

REGULARISATION = 0.5


@dataclass(frozen=True)
class Classifier:
    """Scores every class in one product. `weights` is features × classes, in half precision to stay small."""

    weights: NDArray[np.float16]
    bias: Floats

    def scores(self, vector: Sparse) -> Floats:
        """One score a class; above 0 means “rather yes”."""
        product: Floats = vector.values @ self.weights[vector.ids].astype(np.float32)
        return product + self.bias


def train(vectors: Sequence[Sparse], classes: Ints, features: int, count: int) -> Classifier:
    """One-against-rest linear support vector machines (Fan et al., LIBLINEAR, 2008); deterministic."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - only needed to build; answering starts faster without
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    pointers, ids, values = stacked(vectors)
    matrix = csr_matrix((values, ids, pointers), shape=(len(vectors), features))
    machine = LinearSVC(C=REGULARISATION, random_state=0).fit(matrix, classes)
    weights, bias = machine.coef_, machine.intercept_
    if count == 2:
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return Classifier(np.ascontiguousarray(weights.T, np.float16), bias.astype(np.float32))


@dataclass(frozen=True)
class Centroids:
    """The mean of each class's vectors, as another view of it: features × classes."""

    weights: NDArray[np.float16]

    def scores(self, vector: Sparse) -> Floats:
        """The cosine with each class's mean, from 0 to 1."""
        product: Floats = vector.values @ self.weights[vector.ids].astype(np.float32)
        return product


def centroids(vectors: Sequence[Sparse], classes: Ints, features: int, count: int) -> Centroids:
    """Average and scale to length one."""
    sums = np.zeros((features, count), np.float32)
    for vector, class_ in zip(vectors, classes, strict=True):
        sums[vector.ids, class_] += vector.values
    norms = np.linalg.norm(sums, axis=0)
    return Centroids((sums / np.where(norms > 0, norms, 1)).astype(np.float16))
