"""What a question means, as a vector: a small neural sentence encoder, so that other words for the same thing come near.

The network is Google's Universal Sentence Encoder, multilingual, in its n-gram form (Yang et al., 2019; Apache 2.0), cut down
to Chinese and trained further on the entries' questions by `bench/encoder.py`, which writes `encoder.npz`. Nothing here learns:
the weights are the release's own, and the same text has the same vector everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from fzbot.answering.directions import of_length_one
from fzbot.answering.vectors import Floats, Ints

WEIGHTS = Path(__file__).parent / "encoder.npz"
LONGEST_PIECE = 6
UNKNOWN, START, END = 0, 1, 2
"""Rows of the table that stand for no piece: for what is unknown, and for both ends of a text."""
HEAD, TAIL = 24, 40
"""Of a long story only so many pieces are read, at its beginning and at its end, where people ask."""
TOKENS_AT_ONCE = 512
EPSILON = 1e-12
Ids = list[int]


@dataclass(frozen=True, eq=False)
class Branch:
    """Looks at `width` neighbouring pieces, `left` of them before the piece: two layers that add to what they see."""

    width: int
    left: int
    weights: tuple[Floats, Floats]
    bias: tuple[Floats, Floats]


class Encoder:
    """Texts to vectors of length one."""

    def __init__(
        self,
        arrays: dict[str, Floats],
        pieces: Sequence[str],
        branches: Sequence[tuple[int, int]],
        directions: Mapping[str, Floats],
    ) -> None:
        """`arrays` as `bench/encoder.py` names them; `pieces[i]` has row i of `table`.

        `branches` are the widths of the windows and how much of each lies before its piece.
        """
        self.directions = directions
        """Of the release's entries, by id."""
        self.size = arrays["out"].shape[1]
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._table = arrays["table"]
        size = arrays["project"].shape[1] // len(branches)
        self._seen: list[Floats] = [np.zeros((len(self._table), size), np.float32) for _ in branches]
        self._is_seen = np.zeros(len(self._table), bool)
        self._branches = [
            Branch(
                width,
                left,
                (arrays[f"first{width}"], arrays[f"second{width}"]),
                (arrays[f"first_bias{width}"], arrays[f"second_bias{width}"]),
            )
            for width, left in branches
        ]
        self._rest = arrays

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> "Encoder":
        """The encoder that came with this release.

        From here on the process multiplies matrices on one thread: a question is small, and the threads of the library would
        fight with those of the server (measured: 300 messages a second answered at once, or hardly one of them).
        """
        threadpool_limits(limits=1, user_api="blas")
        with np.load(WEIGHTS, allow_pickle=False) as kept:
            scaled = [name.removesuffix(".scale") for name in kept.files if name.endswith(".scale")]
            arrays = {name: kept[name].astype(np.float32) * kept[f"{name}.scale"] for name in scaled}
            directions = dict(zip(str(kept["entries"]).split("\n"), arrays.pop("directions"), strict=True))
            pieces = str(kept["pieces"]).split("\n")
            return cls(arrays, pieces, [(width, left) for width, left in kept["branches"].tolist()], directions)

    def pieces(self, text: str) -> Ids:
        """The ids of a text's pieces: always the longest that is known."""
        return pieces_of(text, self._ids)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts × dimensions; each row has length one."""
        ids = [self.pieces(text) for text in texts]
        found = np.zeros((len(texts), self.size), np.float32)
        first = tokens = 0
        for number, one in enumerate(ids):
            if tokens and tokens + len(one) > TOKENS_AT_ONCE:
                found[first:number] = self._encode(ids[first:number])
                first, tokens = number, 0
            tokens += len(one)
        if tokens:
            found[first:] = self._encode(ids[first:])
        return found

    def _see(self, ids: Ints) -> None:
        """What the branches see of a piece is always the same: it is worked out when the piece first comes, and kept."""
        new = np.unique(ids[~self._is_seen[ids]])
        if not len(new):
            return
        rest = self._rest
        rows = _normalised(self._table[new] @ rest["project"] + rest["project_bias"], rest["seen"], rest["seen_bias"])
        for seen, part in zip(self._seen, np.split(rows, len(self._seen), axis=1), strict=True):
            seen[new] = part
        self._is_seen[new] = True

    def _encode(self, rows: Sequence[Ids]) -> Floats:
        lengths: Ints = np.array([len(row) for row in rows], np.int32)
        flat: Ints = np.concatenate([np.array(row, np.int32) for row in rows])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self._see(flat)
        sides = [self._table[flat]]
        for branch, seen in zip(self._branches, self._seen, strict=True):
            alone = len(rows) == 1
            window = _window_of_one(branch, len(flat)) if alone else _window(branch, starts, lengths)
            state = seen[flat]
            for weights, bias in zip(branch.weights, branch.bias, strict=True):
                state = state + np.maximum(_neighbours(state, window) @ weights + bias, 0)
            sides.append(state)
        rest = self._rest
        looks = _normalised(np.concatenate(sides, axis=1), rest["looks"], rest["looks_bias"])
        count = lengths[:, None].astype(np.float32)
        mean = (np.add.reduceat(looks, starts, axis=0) @ rest["mean"] + count * rest["mean_bias"]) / np.sqrt(count)
        first = np.maximum(mean @ rest["deep0"], 0)
        second = np.maximum(mean @ rest["skip1"] + first @ rest["deep1"], 0)
        third = np.maximum(second @ rest["deep2"], 0)
        vectors: Floats = np.tanh(second @ rest["skip3"] + third @ rest["out"])
        return of_length_one(vectors)


def pieces_of(text: str, known: dict[str, int]) -> Ids:
    """The ids of a text's pieces between those of its ends: always the longest that is known."""
    found: Ids = []
    position = 0
    while position < len(text):
        for size in range(min(LONGEST_PIECE, len(text) - position), 0, -1):
            id_ = known.get(text[position : position + size])
            if id_ is not None or size == 1:
                found.append(id_ or UNKNOWN)
                position += size
                break
    if len(found) > HEAD + TAIL:
        found = found[:HEAD] + found[-TAIL:]
    return [START, *found, END]


def _window(branch: Branch, starts: Ints, lengths: Ints) -> Ints:
    """Tokens × width: which token stands where; one that would lie in another text is the row after the last."""
    total = int(lengths.sum())
    begin, end = np.repeat(starts, lengths)[:, None], np.repeat(starts + lengths, lengths)[:, None]
    places = np.arange(total)[:, None] + np.arange(-branch.left, branch.width - branch.left)
    return np.where((places >= begin) & (places < end), places, total).astype(np.int32)


@lru_cache(maxsize=512)
def _window_of_one(branch: Branch, length: int) -> Ints:
    """The same for a single text, of which there are only so many lengths."""
    return _window(branch, np.array([0], np.int32), np.array([length], np.int32))


def _neighbours(state: Floats, window: Ints) -> Floats:
    padded = np.concatenate([state, np.zeros((1, state.shape[1]), np.float32)])
    return padded[window].reshape(len(state), -1)


def _normalised(rows: Floats, gain: Floats, bias: Floats) -> Floats:
    """Each row with mean 0 and variance 1, then scaled (Ba et al., layer normalisation, 2016)."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred) / rows.shape[1]
    result: Floats = centred / np.sqrt(variance + EPSILON)[:, None] * gain + bias
    return result
