"""Where each entry lies among the meanings: a direction, such that the questions of an entry lie nearer to its own than to any other.

The directions of the release's entries were learned together with the encoder. One that is not among them, because staff wrote
the entry, lies in the middle of its own questions: no other entry's have to be read for it.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from fzbot.answering.ranking.vectors import Floats

SHARPNESS, SMOOTHING = 16.0, 0.05
"""Of the encoder's own training: `bench/encoder.py`."""


class Encoder(Protocol):
    """What gives texts their vectors, and knows the directions of the release's entries by id."""

    directions: dict[str, Floats]

    def vector(self, text: str) -> Floats:
        """Of length one."""


def of_entries(ids: Sequence[str], encoder: Encoder, questions: Sequence[str], classes: Sequence[int]) -> Floats:
    """Entries × dimensions, each of length one. `classes[i]` is the number of the entry of `questions[i]`."""
    new = {number for number, id_ in enumerate(ids) if id_ not in encoder.directions}
    own: dict[int, list[Floats]] = {}
    for question, number in zip(questions, classes, strict=True):
        if number in new:
            own.setdefault(number, []).append(encoder.vector(question))
    return np.stack(
        [_middle(own[number]) if number in new else encoder.directions[id_] for number, id_ in enumerate(ids)]
    )


def _middle(vectors: Sequence[Floats]) -> Floats:
    total: Floats = np.sum(vectors, axis=0, dtype=np.float32)
    found: Floats = total / np.float32(np.linalg.norm(total))
    return found
