"""Where each entry lies among the meanings: a direction, such that the questions of an entry lie nearer to its own than to any other.

The directions of the release's entries were learned together with the encoder. One that is not among them, because staff wrote
the entry, is learned from its questions when the snapshot is built, while the others stand still.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from fzbot.answering.ranking.vectors import Floats, Ints

SHARPNESS, SMOOTHING = 16.0, 0.05
"""As in the encoder's own training: `bench/encoder.py`."""
ROUNDS, BATCH, RATE = 6, 512, 0.02
Numbers = Sequence[int]


def unit_length(rows: Floats) -> Floats:
    """Rows scaled to length one; a row of zeros stays."""
    result: Floats = rows / np.sqrt(np.einsum("ij,ij->i", rows, rows) + 1e-12)[:, None]
    return result


def align(ids: Sequence[str], known: Mapping[str, Floats], size: int) -> tuple[Floats, Numbers]:
    """Entries × dimensions, the known directions in their places and zeros elsewhere; and the numbers of the rest."""
    rows = np.zeros((len(ids), size), np.float32)
    for number, id_ in enumerate(ids):
        if id_ in known:
            rows[number] = known[id_]
    return rows, [number for number, id_ in enumerate(ids) if id_ not in known]


def train(start: Floats, new: Numbers, vectors: Floats, classes: Ints) -> Floats:
    """The directions, with those of the entries `new` learned from the vectors of all questions.

    Softmax over cosines with smoothed labels, Adam (Kingma and Ba, 2015), from the mean of the entry's own questions on.
    """
    rows = start.copy()
    for number in new:
        rows[number] = vectors[classes == number].sum(axis=0)
    rows = unit_length(rows)
    dice = np.random.default_rng(0)
    first, second = np.zeros((2, len(new), rows.shape[1]))
    batches = [
        batch for _ in range(ROUNDS) for batch in np.array_split(dice.permutation(len(vectors)), _parts(vectors))
    ]
    for step, batch in enumerate(batches, start=1):
        seen = vectors[batch]
        logits = SHARPNESS * (seen @ rows.T)
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        chances -= SMOOTHING / len(rows)
        chances[np.arange(len(batch)), classes[batch]] -= 1 - SMOOTHING
        own = rows[new]
        gradient = SHARPNESS * chances[:, new].T @ seen / len(batch)
        gradient -= own * np.einsum("ij,ij->i", gradient, own)[:, None]
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        rate = RATE * (1 - (step - 1) / len(batches))
        rows[new] -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        rows[new] = unit_length(rows[new])
    return rows


def _parts(vectors: Floats) -> int:
    return max(1, len(vectors) // BATCH)
