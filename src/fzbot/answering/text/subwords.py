"""A text as the pieces that the sentence encoder knows: the likeliest way to cut it (Kudo, Subword regularization, 2018)."""

from collections.abc import Sequence

import numpy as np

Ids = list[int]
UNKNOWN, START, END = 0, 1, 2
"""Stand for no piece: for what is unknown, and for both ends of a text."""
SPECIAL = 3
HEAD, TAIL = 16, 32
"""Of a long story only so many pieces are read, at its beginning and at its end, where people ask."""
LONGEST = HEAD + TAIL + 2
"""Pieces that are read at most, with both ends."""
_STRANGE = -10.0
"""How much less likely than the rarest piece a character is that stands in none: a natural logarithm."""


class SubwordTokeniser:
    """Cuts texts. Deterministic; several threads may share one."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        """`pieces[i]` has the id `i + SPECIAL`, and the natural logarithm of how often it comes as `scores[i]`."""
        self._known = {
            piece: (number, score) for number, (piece, score) in enumerate(zip(pieces, scores, strict=True), SPECIAL)
        }
        self._longest = max(map(len, pieces))
        self._strange = min(scores) + _STRANGE

    def __call__(self, text: str) -> Ids:
        """The ids of a text's pieces between those of its ends."""
        known, length = self._known, len(text)
        best = np.full(length + 1, -np.inf).tolist()
        best[0] = 0.0
        last = [(UNKNOWN, 0)] * (length + 1)
        for begin in range(length):
            so_far = best[begin]
            if so_far + self._strange > best[begin + 1]:
                best[begin + 1], last[begin + 1] = so_far + self._strange, (UNKNOWN, begin)
            for end in range(begin + 1, min(begin + self._longest, length) + 1):
                piece = known.get(text[begin:end])
                if piece is not None and so_far + piece[1] > best[end]:
                    best[end], last[end] = so_far + piece[1], (piece[0], begin)
        found: Ids = []
        end = length
        while end:
            id_, end = last[end]
            found.append(id_)
        found.reverse()
        if len(found) > HEAD + TAIL:
            found = found[:HEAD] + found[-TAIL:]
        return [START, *found, END]
