"""What villages' tags are called: at most thirty bytes, and no two alike."""

from collections import Counter
from collections.abc import Iterable

from fzbot.people.village import Village

NAME_BYTES = 30
GAP = "…"


def tag_names(villages: Iterable[Village]) -> dict[int, str]:
    """A name for each village, by id: its own, cut where it is too long so that no other has the same."""
    named = {village.id: village.name for village in villages}
    names = {id_: cut(name) for id_, name in named.items()}
    for shorten in (_both_ends, _end, _numbered):
        times = Counter(names.values())
        names = {id_: shorten(named[id_], id_) if times[name] > 1 else name for id_, name in names.items()}
    return names


def cut(name: str, most: int = NAME_BYTES) -> str:
    """The beginning of a name, of at most so many bytes."""
    return name.encode()[:most].decode(errors="ignore")


def _both_ends(name: str, _: int) -> str:
    """`幸福街道…社区一组`: what tells villages apart stands mostly at the end, or at the beginning."""
    if len(name.encode()) <= NAME_BYTES:
        return name
    tail = GAP + _tail(name, (NAME_BYTES - len(GAP.encode())) // 2)
    return cut(name, NAME_BYTES - len(tail.encode())) + tail


def _end(name: str, _: int) -> str:
    return name if len(name.encode()) <= NAME_BYTES else GAP + _tail(name, NAME_BYTES - len(GAP.encode()))


def _numbered(name: str, id_: int) -> str:
    number = f"#{id_}"
    return cut(name, NAME_BYTES - len(number)) + number


def _tail(name: str, most: int) -> str:
    return name.encode()[-most:].decode(errors="ignore")
