"""What a grammar finds: a part of a text and the placeholder that replaces it."""

from typing import NamedTuple


class Span(NamedTuple):
    """`start` up to `end` of the text as it is read, and the mark for it."""

    start: int
    end: int
    mark: str
