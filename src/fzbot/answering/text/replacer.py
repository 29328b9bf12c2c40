"""Replacing many words in one pass, the longest first."""

from collections.abc import Mapping


class Replacer:
    """Replaces every key by its value; where two keys begin at one place, the longer wins."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._by_first: dict[str, list[tuple[str, str]]] = {}
        for old in sorted(pairs, key=len, reverse=True):
            self._by_first.setdefault(old[0], []).append((old, pairs[old]))

    def __call__(self, text: str) -> str:
        """The text with all replacements made; what is put in is not looked at again."""
        parts: list[str] = []
        done = 0
        for position, first in enumerate(text):
            if first not in self._by_first or position < done:
                continue
            for old, new in self._by_first[first]:
                if text.startswith(old, position):
                    parts += (text[done:position], new)
                    done = position + len(old)
                    break
        return "".join(parts) + text[done:]
