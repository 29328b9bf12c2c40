"""A text as the pieces that the sentence encoder knows: always the longest."""

from collections.abc import Sequence

Ids = list[int]
UNKNOWN, START, END = 0, 1, 2
"""Stand for no piece: for what is unknown, and for both ends of a text."""
HEAD, TAIL = 24, 40
"""Of a long story only so many pieces are read, at its beginning and at its end, where people ask."""
_BEGINS = -1


class SubwordTokeniser:
    """Cuts texts. Deterministic; several threads may share one."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """`pieces[i]` has the id i; an empty one stands for none."""
        self._ids = {piece[:size]: _BEGINS for piece in pieces for size in range(1, len(piece))}
        self._ids |= {piece: id_ for id_, piece in enumerate(pieces) if piece}

    def __call__(self, text: str) -> Ids:
        """The ids of a text's pieces between those of its ends."""
        ids = self._ids
        found: Ids = []
        position, length = 0, len(text)
        while position < length:
            id_, end = UNKNOWN, position + 1
            for after in range(end, length + 1):
                longer = ids.get(text[position:after])
                if longer is None:
                    break
                if longer != _BEGINS:
                    id_, end = longer, after
            found.append(id_)
            position = end
        if len(found) > HEAD + TAIL:
            found = found[:HEAD] + found[-TAIL:]
        return [START, *found, END]
