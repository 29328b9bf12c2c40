"""What a question means, as a vector: a small neural sentence encoder, so that other words for the same thing come near.

The network began as Google's Universal Sentence Encoder, multilingual, in its n-gram form (Yang et al., 2019; Apache 2.0), cut
down to Chinese and to one layer, and trained further on the entries' questions by `bench/encoder.py`, which writes `encoder.npz`.
Nothing here learns: the weights are the release's own, and the same text has the same vector everywhere.

A text is cut into pieces. In windows of 2, 3 and 5 pieces each piece is seen with its neighbours; a gate says how much that
counts; what is left is added up and goes through one hidden layer. What a piece gives to a window depends on the piece and
its place alone, so it is worked out once, when a snapshot is built: a question then costs sums, and hardly a product.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fzbot.answering.directions import of_length_one
from fzbot.answering.vectors import Floats, Ints

WEIGHTS = Path(__file__).parent / "encoder.npz"
UNKNOWN, START, END = 0, 1, 2
"""Rows of the table that stand for no piece: for what is unknown, and for both ends of a text."""
HEAD, TAIL = 24, 40
"""Of a long story only so many pieces are read, at its beginning and at its end, where people ask."""
WINDOWS = ((2, 0), (3, 1), (5, 2))
"""How many neighbouring pieces are seen together, and how many of them stand before the piece itself."""
PLACES = sum(width for width, _ in WINDOWS)
_ALL_PLACES = np.arange(PLACES)
_SUMS = np.repeat(np.eye(len(WINDOWS), dtype=np.float32), [width for width, _ in WINDOWS], axis=1)
"""Windows × places: multiplying by it adds up the places of each window."""
EPSILON = 1e-12
Ids = list[int]


@dataclass(frozen=True)
class Rows:
    """Rows of numbers, kept with eight bits each and a scale for a row: a quarter of the memory."""

    values: NDArray[np.int8]
    scales: Floats

    @classmethod
    def of(cls, rows: Floats) -> "Rows":
        """Any number of dimensions; the last one is a row."""
        scales = (np.abs(rows).max(axis=-1) / 127 + EPSILON).astype(np.float32)
        return cls(np.round(rows / scales[..., None]).astype(np.int8), scales)


class Encoder:
    """Texts to vectors of length one."""

    def __init__(self, arrays: Mapping[str, Floats], pieces: Sequence[str], directions: Mapping[str, Floats]) -> None:
        """`arrays` as `bench/encoder.py` names them; `pieces[i]` has row i of `table`."""
        self.directions = directions
        """Of the release's entries, by id."""
        self.size = arrays["out"].shape[1]
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._longest = longest_pieces(pieces)
        self._nothing = len(pieces)  # the row after the last: what stands before and after a text
        gain, shift = arrays["looks"], arrays["looks_bias"]
        # The gain and shift of the normalised looks are multiplied into what comes after them.
        self._gate = gain * arrays["gate"]
        self._gate_sum = float(self._gate.sum())
        self._gate_bias = float(shift @ arrays["gate"] + arrays["gate_bias"][0])
        self._mean, self._mean_shift = gain[:, None] * arrays["mean"], shift @ arrays["mean"]
        self._mean_bias, self._out = arrays["mean_bias"], arrays["out"]
        self._near_bias = np.stack([arrays[f"near_bias{width}"] for width, _ in WINDOWS])
        self._own, self._seen, self._given = _worked_out(arrays)

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> "Encoder":
        """The encoder that came with this release; working out what its pieces give takes a second or two."""
        with np.load(WEIGHTS, allow_pickle=False) as kept:
            scaled = [name.removesuffix(".scale") for name in kept.files if name.endswith(".scale")]
            arrays = {name: kept[name].astype(np.float32) * kept[f"{name}.scale"] for name in scaled}
            directions = dict(zip(str(kept["entries"]).split("\n"), arrays.pop("directions"), strict=True))
            return cls(arrays, str(kept["pieces"]).split("\n"), directions)

    def pieces(self, text: str) -> Ids:
        """The ids of a text's pieces: always the longest that is known."""
        return pieces_of(text, self._ids, self._longest)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions; each row has length one."""
        found = np.zeros((len(texts), self.size), np.float32)
        for number, text in enumerate(texts):
            found[number] = self._encode(np.array(self.pieces(text), np.int32))
        return of_length_one(found)

    def _encode(self, ids: Ints) -> Floats:
        count = len(ids)
        looks = self._looks(ids)
        middle = looks.mean(axis=1)
        spread = np.sqrt(np.einsum("ij,ij->i", looks, looks) / looks.shape[1] - middle**2 + EPSILON)
        gates = 2 / (1 + np.exp(-((looks @ self._gate - middle * self._gate_sum) / spread + self._gate_bias)))
        shares = gates / spread
        added = (shares @ looks - shares @ middle) @ self._mean + gates.sum() * self._mean_shift
        hidden = np.maximum((added + count * self._mean_bias) / np.sqrt(count), 0)
        vector: Floats = hidden @ self._out
        return vector

    def _looks(self, ids: Ints) -> Floats:
        """Pieces × everything that is seen of each: itself, then what each window adds to it, then what it finds new."""
        count = len(ids)
        padded = np.full(count + PLACES, self._nothing, np.int32)
        padded[:count] = ids
        rows = padded[_places(count)]
        sums = _SUMS * self._given.scales[rows, _ALL_PLACES][:, None, :]
        near = sums @ self._given.values[rows, _ALL_PLACES].astype(np.float32)
        near += self._near_bias
        np.maximum(near, 0, out=near)
        own, seen = self._own.values.shape[1], self._seen.values.shape[1]
        size = seen // len(WINDOWS)
        looks: Floats = np.empty((count, own + near.shape[1] * near.shape[2]), np.float32)
        np.multiply(self._own.values[ids], self._own.scales[ids, None], out=looks[:, :own])
        np.multiply(self._seen.values[ids], self._seen.scales[ids, None], out=looks[:, own : own + seen])
        looks[:, own : own + seen] += near[:, :, :size].reshape(count, -1)
        looks[:, own + seen :] = near[:, :, size:].reshape(count, -1)
        return looks


def _worked_out(arrays: Mapping[str, Floats]) -> tuple[Rows, Rows, Rows]:
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
    return Rows.of(table), Rows.of(seen), Rows(given, scales)


def longest_pieces(pieces: Iterable[str]) -> dict[str, int]:
    """For each character, how long the longest piece is that begins with it."""
    found: dict[str, int] = {}
    for piece in filter(None, pieces):
        found[piece[0]] = max(found.get(piece[0], 1), len(piece))
    return found


def pieces_of(text: str, known: Mapping[str, int], longest: Mapping[str, int]) -> Ids:
    """The ids of a text's pieces between those of its ends: always the longest that is known."""
    found: Ids = []
    position = 0
    while position < len(text):
        for size in range(min(longest.get(text[position], 1), len(text) - position), 0, -1):
            id_ = known.get(text[position : position + size])
            if id_ is not None or size == 1:
                found.append(id_ or UNKNOWN)
                position += size
                break
    if len(found) > HEAD + TAIL:
        found = found[:HEAD] + found[-TAIL:]
    return [START, *found, END]


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
