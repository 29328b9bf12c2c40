"""Putting the grammars together: what they find is replaced by its mark, everything else stays as it was typed."""

from fzbot.interactions.masking import addresses, codes, handles, names, numbers, plates
from fzbot.interactions.masking.reading import read
from fzbot.interactions.masking.spans import Span

# The first that finds a part keeps it: a phone number that is somebody's WeChat account is a phone number.
_GRAMMARS = (
    handles.find_emails,
    codes.find,
    numbers.find,
    plates.find,
    handles.find,
    numbers.find_tails,
    addresses.find,
    names.find,
)
_PASSES = 8


def mask(text: str) -> str:
    """The text with personal data replaced by what kind it was; everything else stays as it is."""
    for _ in range(_PASSES):  # a mark can be what parts two numbers, so look again until nothing is found
        masked = _masked_once(text)
        if masked == text:
            break
        text = masked
    return text


def _masked_once(text: str) -> str:
    reading = read(text)
    found: list[Span] = []
    is_taken = bytearray(len(reading.plain))
    for grammar in _GRAMMARS:
        for span in grammar(reading):
            if not any(is_taken[span.start : span.end]):
                is_taken[span.start : span.end] = b"\1" * (span.end - span.start)
                found.append(span)
    parts, done = [], 0
    for span in sorted(found):
        start = reading.origin(span.start)
        parts += [text[done:start], span.mark]
        # Up to the last character of the part: invisible signs behind it stay.
        done = reading.origin(span.end - 1) + 1
    return "".join([*parts, text[done:]])
