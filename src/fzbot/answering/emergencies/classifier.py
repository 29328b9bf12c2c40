"""Emergencies that no written cue foresaw, known by their likeness to examples: `knowledge/lexicon/emergencies.txt`.

Linear views of the words, sounds and characters of a message and of its meaning, learned when a snapshot is built: one tells
emergencies from calm messages, the others tell the kinds of emergency apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.ranking import classifiers
from fzbot.answering.ranking.vectors import EncodedText, Floats
from fzbot.knowledge.entry import Danger

MEANING = 3.0
"""How much the meaning counts beside the words."""
CALM, URGENT = 0, 1


class EmergencyKind(NamedTuple):
    """A danger, and the entry that the reply to it is built on."""

    danger: Danger
    entry: str


@dataclass(frozen=True)
class EmergencyClassifier:
    """`features` is features × views and `meaning` dimensions × views; the first view is how urgent, the others are the kinds.

    There are many features: sixteen bits a weight are enough for them.
    """

    kinds: tuple[EmergencyKind, ...]
    features: NDArray[np.float16]
    meaning: Floats
    bias: Floats

    def likeness(self, seen: EncodedText) -> float:
        """How like an emergency: above zero more so than calm."""
        ids, values = seen.features.ids, seen.features.values
        return float(values @ self.features[ids, 0] + seen.meaning @ self.meaning[:, 0] + self.bias[0])

    def kind(self, seen: EncodedText) -> EmergencyKind:
        """The likeliest kind, should it be one."""
        ids, values = seen.features.ids, seen.features.values
        scores = values @ self.features[ids, 1:] + seen.meaning @ self.meaning[:, 1:] + self.bias[1:]
        return self.kinds[int(scores.argmax())]


def train(
    emergencies: Sequence[tuple[EncodedText, EmergencyKind]], calm: Sequence[EncodedText], features: int
) -> EmergencyClassifier | None:
    """Learn from examples that have `features` features; nothing can be learned where one of the sides is missing."""
    if not emergencies or not calm:
        return None
    kinds = sorted({kind for _, kind in emergencies})
    urgent = [_row(seen, features) for seen, _ in emergencies]
    rows = urgent + [_row(seen, features) for seen in calm]
    side = classifiers.fit_linear(rows, [URGENT] * len(urgent) + [CALM] * len(calm))[URGENT]
    which = classifiers.fit_linear(urgent, [kinds.index(kind) for _, kind in emergencies])
    size = features + len(emergencies[0][0].meaning)
    views = np.zeros((size + 1, 1 + len(kinds)), np.float32)
    for column, weights in enumerate((side, *(which[number] for number in range(len(kinds))))):
        views[: len(weights) - 1, column] = weights[:-1]
        views[-1, column] = weights[-1]
    return EmergencyClassifier(
        tuple(kinds), views[:features].astype(np.float16), views[features:size] * MEANING, views[-1]
    )


def _row(seen: EncodedText, features: int) -> dict[int, float]:
    """As LIBLINEAR takes it: numbered from one, the meaning behind the features."""
    row = dict(zip((seen.features.ids + 1).tolist(), seen.features.values.tolist(), strict=True))
    return row | dict(enumerate((MEANING * seen.meaning).tolist(), start=features + 1))
