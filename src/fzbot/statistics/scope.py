"""What figures are of: days, accounts and villages."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from fzbot.statistics.rollup import ALL_VILLAGES


@dataclass(frozen=True)
class Span:
    """The Chinese days `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days that is."""
        return (self.last - self.first).days + 1

    @property
    def previous(self) -> "Span":
        """The span of the same length just before."""
        return Span(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def holds(self, day: InstrumentedAttribute[date] | ColumnElement[date]) -> ColumnElement[bool]:
        """The condition on a column of days."""
        return day.between(self.first, self.last)


@dataclass(frozen=True)
class Scope:
    """Whose figures: accounts, and villages (None for all, `NO_VILLAGE` among them for those of none)."""

    accounts: tuple[int, ...]
    villages: frozenset[int] | None = None

    def holds(self, account: InstrumentedAttribute[int], village: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition on a rollup's account and village columns."""
        wanted = (ALL_VILLAGES,) if self.villages is None else self.villages
        return account.in_(self.accounts) & village.in_(wanted)

    def holds_uncounted(self, account: Any, village: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition on an interaction's account and village."""
        own: ColumnElement[bool] = account.in_(self.accounts)
        return own if self.villages is None else own & village.in_(self.villages)
