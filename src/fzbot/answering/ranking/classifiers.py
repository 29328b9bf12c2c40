"""Linear views of the entries, trained on their own questions when a snapshot is built."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.ranking.matrix import Mixed, mixed
from fzbot.answering.ranking.vectors import Floats, Ints, Sparse, Vocabulary

REGULARISATION, TOLERANCE, SEED = 0.3, 1e-4, 1
TOGETHER, REST = 40, -1
"""So many classes are learned in one go, against each other and the rest: more would need much memory for a while."""
PRUNED_BELOW = 0.08
"""Weights nearer to zero are dropped: most of them, without a measurable loss; a question then takes half the time."""


@dataclass(frozen=True)
class LinearClassifiers:
    """Several linear views of every class and one of every theme, side by side in one matrix: one product gives them all."""

    matrix: Mixed
    bias: Floats
    themes: int
    theme_of: Ints

    def scores(self, vector: Sparse) -> tuple[Floats, Floats]:
        """Views × classes, and one score a theme."""
        found = self.matrix.times(vector) + self.bias
        return found[: -self.themes].reshape(-1, len(self.theme_of)), found[-self.themes :]


def train(
    vectors: Sequence[Sparse], classes: Ints, vocabulary: Vocabulary, theme_of: Ints, machines: Sequence[str]
) -> LinearClassifiers:
    """One view for each machine (the families of features that it sees), and the themes.

    `theme_of` has the number of each class's theme. Themes are seen by the first machine's families.
    """
    size, count = len(vocabulary), len(theme_of)
    blocks = [_machine(vectors, classes, size, count, vocabulary.ids_of(families)) for families in machines]
    themes = int(theme_of.max()) + 1
    blocks.append(_machine(vectors, theme_of[classes], size, themes, vocabulary.ids_of(machines[0])))
    rows = np.concatenate([block[0] for block in blocks])
    columns = np.concatenate([block[1] + number * count for number, block in enumerate(blocks)]).astype(np.int32)
    weights = np.concatenate([block[2] for block in blocks])
    bias = np.concatenate([block[3] for block in blocks])
    return LinearClassifiers(mixed(rows, columns, weights, (size, len(bias))), bias, themes, theme_of)


def _machine(
    vectors: Sequence[Sparse], classes: Ints, size: int, count: int, seen: Ints
) -> tuple[Ints, Ints, Floats, Floats]:
    """One-against-rest linear support vector machines (Fan et al., LIBLINEAR, 2008); deterministic."""
    place: Ints = np.zeros(size, np.int32)
    place[seen] = np.arange(1, len(seen) + 1)
    rows = [_numbered(place[vector.ids], vector.values) for vector in vectors]
    bias = np.zeros(count, np.float32)
    features, columns, weights = [], [], []
    for first in range(0, count, TOGETHER):
        labels = np.where((classes >= first) & (classes < first + TOGETHER), classes, REST)
        for class_, found in fit_linear(rows, labels.tolist()).items():
            if class_ == REST:
                continue
            kept = np.flatnonzero(np.abs(found[:-1]) >= PRUNED_BELOW)
            features.append(seen[kept])
            columns.append(np.full(len(kept), class_, np.int32))
            weights.append(found[kept].astype(np.float32))
            bias[class_] = found[-1]
    return np.concatenate(features), np.concatenate(columns), np.concatenate(weights), bias


def _numbered(places: Ints, values: Floats) -> dict[int, float]:
    known = places > 0
    return dict(zip(places[known].tolist(), values[known].tolist(), strict=True))


def fit_linear(rows: Sequence[dict[int, float]], labels: Sequence[int]) -> dict[int, NDArray[np.float64]]:
    """For each label the weights of the features, and last the bias; rows are numbered from one. Deterministic."""
    from pyliblinear import FeatureMatrix, Model, Solver  # noqa: PLC0415 - only needed to build

    matrix = FeatureMatrix.from_iterables(labels, rows)
    # It visits the rows in an order that it draws from the C current_snapshot: the same questions must give the same weights.
    ctypes.CDLL(None).srand(SEED)
    model = Model.train(matrix, Solver(type="L2R_L2LOSS_SVC_DUAL", C=REGULARISATION, eps=TOLERANCE), bias=1.0)
    text = StringIO()
    model.save(text)  # the library's only way to hand the weights out: a head, then a row a feature
    head, _, body = text.getvalue().partition("\nw\n")
    names = [int(name) for line in head.splitlines() if line.startswith("label ") for name in line.split()[1:]]
    columns = np.fromstring(body, sep=" ").reshape(matrix.width + 1, -1)
    if len(names) == 2:  # then it keeps those of the first only
        columns = np.hstack([columns, -columns])
    return dict(zip(names, columns.T, strict=True))
