"""What a figure is: name, meaning, unit, how it is made, which rows are behind it, and who shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fzbot.statistics.recorded import Recorded


class Surface(StrEnum):
    """Where figures are shown."""

    TILE = "总览"
    EXCEL = "Excel"
    REPORT = "年度报告"
    API = "接口"
    CLI = "命令行"


class Source(StrEnum):
    """Which rows figures add up."""

    LEDGER = "台账"
    SERVICE_LOG = "服务记录"
    CHAT = "互动记录"
    HANDOVERS = "转人工记录"
    NOTICES = "通知记录"
    READS = "阅读记录"
    FORWARDS = "转发登记"

    @property
    def is_by_hand(self) -> bool:
        """Whether people typed them in, rather than the service counting them."""
        return self in {Source.LEDGER, Source.SERVICE_LOG, Source.FORWARDS}


Value = Callable[[Recorded], int | None]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure; `key` names it in addresses, stored reports and the interface, and never changes.

    A rate has a `whole` that it is a share of. `rows` tells how many rows of its source it adds up, `narrowed` by what the list
    of those rows is narrowed down to them. `known` tells whether anything was recorded: if not, the report leaves a blank.
    """

    key: str
    name: str
    meaning: str
    unit: str = ""
    source: Source
    value: Value
    whole: Value | None = None
    rows: Callable[[Recorded], int]
    known: Callable[[Recorded], bool] = lambda _: True
    narrowed: Mapping[str, str] = field(default_factory=dict)
    shown_on: frozenset[Surface]

    @property
    def is_rate(self) -> bool:
        """Whether it is a share."""
        return self.whole is not None

    @property
    def is_by_hand(self) -> bool:
        """Whether people typed it in."""
        return self.source.is_by_hand

    def share(self, recorded: Recorded) -> float | None:
        """The share of a rate; None where there is nothing to share."""
        part, whole = self.value(recorded), self.whole(recorded) if self.whole else None
        return part / whole if part is not None and whole else None

    def number(self, recorded: Recorded) -> float | None:
        """What a cell of a spreadsheet holds: the share of a rate, otherwise the value."""
        return self.share(recorded) if self.is_rate else self.value(recorded)
