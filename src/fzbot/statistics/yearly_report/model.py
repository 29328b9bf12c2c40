"""What a yearly report says, gathered once: never changed, nothing to look up again, stored as JSON when it is issued."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from fzbot.statistics.figures.figure import Figure, Source
from fzbot.statistics.recorded import Recorded


class Frozen(BaseModel):
    """Part of a report: never changed, and stored as JSON."""

    model_config = ConfigDict(frozen=True)


class ReportLine(Frozen):
    """A figure of the year and of the same days a year before; None where nothing was recorded.

    A rate has what it is a share of: `whole`, and `whole_before`. `rows` is how many rows of `source` it adds up.
    """

    key: str
    name: str
    unit: str
    value: int | None
    before: int | None
    whole: int | None = None
    whole_before: int | None = None
    is_rate: bool = False
    source: str
    rows: int
    meaning: str

    @property
    def by_hand(self) -> bool:
        """Whether people typed it in, rather than the service counting it."""
        return Source(self.source).is_by_hand

    @classmethod
    def of(cls, figure: Figure, now: Recorded, before: Recorded) -> "ReportLine":
        """A figure of the registry."""
        return cls(
            key=figure.key,
            name=figure.name,
            unit=figure.unit,
            value=figure.value(now) if figure.known(now) else None,
            before=figure.value(before) if figure.known(before) else None,
            whole=figure.whole(now) if figure.whole and figure.known(now) else None,
            whole_before=figure.whole(before) if figure.whole and figure.known(before) else None,
            is_rate=figure.is_rate,
            source=figure.source.value,
            rows=figure.rows(now),
            meaning=figure.meaning,
        )


class KindLine(Frozen):
    """What the activities of a kind add up to."""

    name: str
    is_outreach: bool
    rows: int
    sessions: int | None
    people: int | None
    materials: int | None


class VillageLine(Frozen):
    """What was done in a village. An activity for several villages counts in each: the lines do not add up."""

    name: str
    sessions: int | None
    people: int | None
    services: int | None
    questions: int | None
    pushed: int | None = None
    accepted: int | None = None
    delivered: int | None = None
    read: int | None = None
    groups: int | None = None
    forwarded: int | None = None


class YearReport(Frozen):
    """Everything that a yearly report says, and nothing that would have to be looked up again."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    org: str
    year: int
    last: date
    made_on: date
    number: int | None = None
    issued_by: str = ""
    lines: tuple[ReportLine, ...]
    kinds: tuple[KindLine, ...]
    villages: tuple[VillageLine, ...]
    themes: tuple[tuple[str, int], ...] = Field(alias="topics")
    """Stored as `topics`, as it always was: the version before reads it during an upgrade."""

    @property
    def first(self) -> date:
        """The first day that it covers."""
        return date(self.year, 1, 1)

    @property
    def is_whole_year(self) -> bool:
        """Whether the year was over."""
        return self.last == date(self.year, 12, 31)

    def has(self, key: str) -> bool:
        """Whether there is a figure of that key; reports issued long ago lack those that came later."""
        return any(line.key == key for line in self.lines)

    def line(self, key: str) -> ReportLine:
        """The figure of that key."""
        return next(line for line in self.lines if line.key == key)
