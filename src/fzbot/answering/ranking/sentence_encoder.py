"""What a question means, as a vector: a small neural sentence encoder, so that other words for the same thing come near.

The network began as Google's Universal Sentence Encoder, multilingual, in its n-gram form (Yang et al., 2019; Apache 2.0), cut
down to Chinese and to one layer, and trained further on the entries' questions by `bench/encoder.py`, which writes `encoder.npz`.
Nothing here learns: the weights are the release's own, and the same text has the same vector everywhere.

A text is cut into pieces. In windows of 2, 3 and 5 pieces each piece is seen with its neighbours; a gate says how much that
counts; what is left is added up and goes through one hidden layer. What a piece gives to a window depends on the piece and
its place alone, so it is worked out once, when a snapshot is built: a question then costs sums, and hardly a product.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.ranking.matrix import EPSILON, Rows
from fzbot.answering.ranking.vectors import Floats, Ints
from fzbot.answering.text.subwords import HEAD, TAIL, SubwordTokeniser

WEIGHTS = Path(__file__).parent / "encoder.npz"
WINDOWS = ((2, 0), (3, 1), (5, 2))
"""How many neighbouring pieces are seen together, and how many of them stand before the piece itself."""
PLACES = sum(width for width, _ in WINDOWS)
_ALL_PLACES = np.arange(PLACES, dtype=np.int32)
_HALVES = np.repeat(np.diag(np.full(len(WINDOWS), 0.5, np.float32)), [width for width, _ in WINDOWS], axis=1)
"""Windows × places: multiplying by it adds up the places of each window, and halves."""


class SentenceEncoder:
    """Texts to vectors of length one."""

    def __init__(self, arrays: Mapping[str, Floats], pieces: Sequence[str], directions: Mapping[str, Floats]) -> None:
        """`arrays` as `bench/encoder.py` names them; `pieces[i]` has row i of `table`."""
        self.directions = directions
        """Of the release's entries, by id."""
        self.size = arrays["out"].shape[1]
        self._pieces = SubwordTokeniser(pieces)
        self._nothing = len(pieces)  # the row after the last: what stands before and after a text
        gain, shift = arrays["looks"], arrays["looks_bias"]
        # The gain and shift of the normalised looks are multiplied into what comes after them.
        gate, mean = gain * arrays["gate"], gain[:, None] * arrays["mean"]
        self._gate_sum, self._mean_sum = float(gate.sum()), mean.sum(axis=0)
        self._gate_bias = float(shift @ arrays["gate"] + arrays["gate_bias"][0])
        self._mean_shift, self._mean_bias = shift @ arrays["mean"], arrays["mean_bias"]
        self._out = arrays["out"]
        table, seen, self._given = _worked_out(arrays)
        own = table.shape[1]
        order = own + _by_window(seen.shape[1], len(gate) - own)
        self._mean = np.ascontiguousarray(mean[order])
        self._sums = np.column_stack([np.ones(len(order), np.float32), gate[order]])
        alone = np.hstack([table, seen])
        size = alone.shape[1]
        self._looks = np.float32(len(gate))
        self._near_bias = np.stack([arrays[f"near_bias{width}"] for width, _ in WINDOWS]) / 2
        self._seen = Rows.of(seen)
        self._alone = Rows.of(alone @ mean[:size])
        self._alone_sums = np.column_stack(
            [alone.sum(axis=1), alone @ gate[:size], np.einsum("ij,ij->i", alone, alone)]
        )

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> "SentenceEncoder":
        """The encoder that came with this release; working out what its pieces give takes a second or two."""
        with np.load(WEIGHTS, allow_pickle=False) as kept:
            scaled = [name.removesuffix(".scale") for name in kept.files if name.endswith(".scale")]
            arrays = {name: kept[name].astype(np.float32) * kept[f"{name}.scale"] for name in scaled}
            directions = dict(zip(str(kept["entries"]).split("\n"), arrays.pop("directions"), strict=True))
            return cls(arrays, str(kept["pieces"]).split("\n"), directions)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions; each row has length one."""
        return np.array([self.vector(text) for text in texts], np.float32).reshape(-1, self.size)

    def vector(self, text: str) -> Floats:
        """What one text means; of length one."""
        ids = np.array(self._pieces(text), np.int32)
        near = self._near(ids)
        sums = self._alone_sums.take(ids, axis=0)
        sums[:, 2] += np.vecdot(near, near) + 2 * self._common(ids, near)
        sums[:, :2] += near @ self._sums
        middle = sums[:, 0] / self._looks
        spread = np.sqrt(sums[:, 2] / self._looks - middle**2 + EPSILON)
        gates = 2 / (1 + np.exp(-((sums[:, 1] - middle * self._gate_sum) / spread + self._gate_bias)))
        shares = (gates / spread).astype(np.float32, copy=False)
        added = self._alone.added(ids, shares) + (shares @ near) @ self._mean
        added += gates.sum() * self._mean_shift - (shares @ middle) * self._mean_sum
        count = len(ids)
        hidden = np.maximum((added + count * self._mean_bias) / math.sqrt(count), 0)
        vector: Floats = hidden @ self._out
        vector /= math.sqrt(vector @ vector + EPSILON)
        return vector

    def _near(self, ids: Ints) -> Floats:
        """Pieces × what each window finds: what the neighbours add to the piece, then what is new."""
        count = len(ids)
        padded = np.full(count + PLACES, self._nothing, np.int32)
        padded[:count] = ids
        rows = padded[_places(count)] * PLACES + _ALL_PLACES
        halves = _HALVES * self._given.scales.take(rows)[:, None, :]
        near: Floats = halves @ self._given.values.take(rows, axis=0).astype(np.float32)
        near += self._near_bias
        near += np.abs(near)  # all of it halved, this leaves what is above zero; three times as fast as np.maximum
        return near.reshape(count, -1)

    def _common(self, ids: Ints, near: Floats) -> Floats:
        """For each piece the product of what is seen of it and what its neighbours add to that."""
        seen = self._seen.values.take(ids, axis=0).astype(np.float32).reshape(len(ids), len(WINDOWS), -1)
        added = near.reshape(len(ids), len(WINDOWS), -1)[:, :, : seen.shape[2]]
        found: Floats = np.vecdot(added, seen).sum(axis=1) * self._seen.scales[ids]
        return found


def _by_window(seen: int, looks: int) -> NDArray[np.int64]:
    """The places of all that windows look at: of each window first the part of the `seen`, then what it finds new."""
    first = np.arange(seen).reshape(len(WINDOWS), -1)
    rest = np.arange(seen, looks).reshape(len(WINDOWS), -1)
    return np.hstack([first, rest]).ravel()


def _worked_out(arrays: Mapping[str, Floats]) -> tuple[Floats, Floats, Rows]:
    """Of every piece, and of nothing: the piece itself, what is seen of it, and what it gives each place of the windows."""
    table = np.vstack([arrays["table"], np.zeros((1, arrays["table"].shape[1]), np.float32)])
    seen = _normalised(table @ arrays["project"] + arrays["project_bias"], arrays["seen"], arrays["seen_bias"])
    seen[-1] = 0
    given = np.zeros((len(table), PLACES, arrays["near2"].shape[1]), np.int8)
    scales = np.zeros((len(table), PLACES), np.float32)
    place = 0
    for (width, _), part in zip(WINDOWS, np.split(seen, len(WINDOWS), axis=1), strict=True):
        for weights in np.split(arrays[f"near{width}"], width):
            rows = Rows.of(part @ weights)
            given[:, place], scales[:, place] = rows.values, rows.scales
            place += 1
    return table, seen, Rows(given.reshape(-1, given.shape[2]), scales.ravel())


@lru_cache(maxsize=HEAD + TAIL + 2)
def _places(count: int) -> Ints:
    """Pieces × places in all windows: where in the text the piece of that place stands; from `count` on there is nothing.

    What would stand before the text is looked up at its end, where there is nothing either.
    """
    steps = np.concatenate([np.arange(-left, width - left) for width, left in WINDOWS])
    places: Ints = (np.arange(count)[:, None] + steps).astype(np.int32)
    return places


def _normalised(rows: Floats, gain: Floats, bias: Floats) -> Floats:
    """Each row with mean 0 and variance 1, then scaled (Ba et al., layer normalisation, 2016)."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred) / rows.shape[1]
    result: Floats = centred / np.sqrt(variance + EPSILON)[:, None] * gain + bias
    return result
