"""Runs of digits: what stands between them is signs, however many, and never a letter or a word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from fzbot.interactions.masking.reading import Reading

GAP = r"(?:[\W_]{0,8}|杠|横杠|空格|横线|后面是?|然后是?|接着是?)"
_RUN = re.compile(rf"\d(?:{GAP}\d)*")
_GROUP = re.compile(r"\d+")
_LIST_SIGNS = set(" ,，、;；\n\t")
FEWEST = 7
CONTEXT = 14


@dataclass(frozen=True)
class Run:
    """Groups of digits, each with its place, and the reading that they stand in."""

    reading: Reading
    places: tuple[tuple[int, int], ...]

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The digits of each group."""
        return tuple(self.reading.digits[start:end] for start, end in self.places)

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """How many digits stand before each group, and in all."""
        return tuple(accumulate(map(len, self.groups), initial=0))

    @cached_property
    def ends(self) -> dict[int, int]:
        """The group that begins after so many digits."""
        return {total: index for index, total in enumerate(self.totals)}

    @cached_property
    def singles(self) -> tuple[bool, ...]:
        """Which groups are one digit."""
        return tuple(len(group) == 1 for group in self.groups)

    def reach(self, first: int, count: int) -> int | None:
        """The group behind the one with which exactly `count` digits are full, counted from group `first`."""
        return self.ends.get(self.totals[first] + count)

    def joined(self, first: int, end: int) -> str:
        """The digits of the groups from `first` up to `end`."""
        return "".join(self.groups[first:end])

    def before(self, index: int) -> str:
        """What stands before a group."""
        start = self.places[index][0]
        return self.reading.plain[max(0, start - CONTEXT) : start]

    def after(self, end: int) -> str:
        """What stands behind the group before `end`."""
        place = self.places[end - 1][1]
        return self.reading.plain[place : place + CONTEXT]

    def signs(self, first: int, end: int) -> tuple[str, ...]:
        """What stands between the groups from `first` up to `end`."""
        places = self.places[first:end]
        return tuple(self.reading.plain[a[1] : b[0]] for a, b in pairwise(places))

    def is_list(self, first: int, end: int) -> bool:
        """Whether these groups look like several numbers: apart like a list, and rising or round."""
        groups = self.groups[first:end]
        if len(groups) < 2 or not all(set(sign) <= _LIST_SIGNS for sign in self.signs(first, end)):
            return False
        values = [int(group) for group in groups]
        rises = len(values) > 2 and all(low < high for low, high in pairwise(values))
        return (rises and max(map(len, groups)) < 4) or sum(group[-2:] == "00" for group in groups) >= 2

    def is_spaced_out(self, first: int, end: int) -> bool:
        """Whether these are single digits, with no further single digit beside them."""
        singles = self.singles
        return all(singles[first:end]) and not (first > 0 and singles[first - 1]) and not any(singles[end : end + 1])


def runs(reading: Reading) -> Iterator[Run]:
    """The runs with enough digits to be somebody's number."""
    for found in _RUN.finditer(reading.digits):
        if found.end() - found.start() < FEWEST:
            continue
        places = tuple(group.span() for group in _GROUP.finditer(reading.digits, *found.span()))
        if sum(end - start for start, end in places) >= FEWEST:
            yield Run(reading, places)
