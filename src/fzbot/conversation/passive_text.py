"""Making a text safe and short enough for a passive reply."""

import re

from fzbot.knowledge.reply import PASSIVE_LIMIT

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_TORN_LINK = re.compile(r"<a [^<]*(?:<[^>]*)?$")
"""A link whose end was cut off: clients would show its address."""
_SENTENCE_END = re.compile(r"[。！？；\n]")


def sanitize(text: str) -> str:
    """The text without what XML 1.0 cannot carry; line ends and tabs stay."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def truncate(text: str, link: str = "", limit: int = PASSIVE_LIMIT) -> str:
    """The text in at most `limit` bytes of UTF-8, cut after a whole sentence, with `link` to read the rest at."""
    if len(text.encode()) <= limit:
        return text
    tail = f"\n\n还有没说完的，点开看：{link}" if link else "……"
    room = limit - len(tail.encode())
    kept = text.encode()[:room].decode(errors="ignore")
    kept = _TORN_LINK.sub("", kept)
    ends = [match.end() for match in _SENTENCE_END.finditer(kept)]
    return (kept[: ends[-1]] if ends else kept).rstrip() + tail
