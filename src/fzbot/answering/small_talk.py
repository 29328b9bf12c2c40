"""Small talk by what is left of it once particles and repetitions are gone: “谢谢谢谢哈”, “在不在呀”, a row of faces."""

import re
from collections.abc import Iterable, Mapping

from fzbot.knowledge.entry import Entry
from fzbot.knowledge.folding import fold

LONGEST = 12
"""Longer messages say something; likeness decides about them."""
WORDLESS = "chat.nod"
"""The entry for messages of nothing but faces and signs."""

_FACE = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,5}\]|/:[^\s\u4e00-\u9fff]{1,5}")
"""`[强]`, `[OK]`, `/:8-)`: what WeChat sends for its own pictures of faces."""
_PARTICLES = re.compile(r"(?<=.)[哈啊呀哦噢喔啦呢嘛哟哩嘞吧呗哇诶欸]+$")
_REPEATED = re.compile(r"(.{1,3}?)\1+")


def bare(text: str) -> str:
    """What tells small talk apart: no faces, signs, particles at the end, and no unit twice in a row."""
    folded = fold(_FACE.sub("", text))
    return _REPEATED.sub(r"\1", _PARTICLES.sub("", folded))


class SmallTalk:
    """The wordings of the small-talk entries, by their bare form."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        chat = [entry for entry in entries if entry.is_chat]
        self._wordless = next((entry for entry in chat if entry.id == WORDLESS), None)
        self._known: Mapping[str, Entry] = {bare(text): entry for entry in chat for text in entry.questions}

    def __call__(self, text: str) -> Entry | None:
        """The entry that a message is small talk of; None for anything that may be a question."""
        if len(text) > LONGEST * 3:
            return None
        left = bare(text)
        if not left:
            return self._wordless if text.strip() else None
        return self._known.get(left) if len(left) <= LONGEST else None
