"""What a page is about: which days, which villages; read from its address, and written into its links."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fzbot.console.visitor import Visitor
from fzbot.errors import AccessRefusedError
from fzbot.statistics import spans
from fzbot.statistics.scope import Scope, Span


@dataclass(frozen=True)
class Period:
    """A named or free span of days, and a village (None for all within sight)."""

    name: str
    span: Span
    village: int | None = None

    def query(self, **more: str) -> str:
        """The query string that leads to the same days and village."""
        fields = {"span": "other", "first": self.span.first.isoformat(), "last": self.span.last.isoformat()}
        if self.village is not None:
            fields["village"] = str(self.village)
        return urlencode(fields | more)


def period_of(query: Mapping[str, str], today: date) -> Period:
    """The period that an address asks for; this month where it says nothing."""
    name = query.get("span", "month")
    if name not in spans.NAMES:
        name = "month"
    is_free = name == "other"
    span = spans.between(query.get("first", ""), query.get("last", "")) if is_free else spans.named(name, today)
    village = query.get("village", "")
    return Period(name, span, int(village) if village.lstrip("-").isdigit() else None)


def scope_of(visitor: Visitor, village: int | None) -> Scope:
    """The figures that a visitor may see, of one village or of all in sight."""
    if village is None:
        return Scope(visitor.accounts, visitor.villages)
    if visitor.villages is not None and village not in visitor.villages:
        raise AccessRefusedError("这个村不归您负责", 404)
    return Scope(visitor.accounts, frozenset({village}))
