"""How each figure of a yearly report is made of what was recorded."""

from collections.abc import Callable
from dataclasses import dataclass

from fzbot.activities.kinds import Measure
from fzbot.activities.listing import ActivitySums
from fzbot.notices.results.counts import Tally
from fzbot.statistics import definitions as d
from fzbot.statistics.definitions import Definition
from fzbot.statistics.figures import Figures
from fzbot.statistics.notice_figures import FIGURES, PushFigure
from fzbot.statistics.yearly_report.model import (
    CHAT,
    FORWARDS,
    HANDOVERS,
    LEDGER,
    PUSHES,
    READS,
    SERVICE_LOG,
    ReportLine,
)


@dataclass(frozen=True)
class Recorded:
    """Everything that was recorded in a span of days."""

    measures: dict[Measure, ActivitySums]
    everything: ActivitySums
    services: ActivitySums
    chat: Figures
    handovers: int
    pushes: Tally

    def of(self, measure: Measure) -> ActivitySums:
        """What activities that count as `measure` add up to."""
        return self.measures.get(measure, ActivitySums())


Value = Callable[[Recorded], int | None]


@dataclass(frozen=True)
class Recipe:
    """How a figure is made of what was recorded: `value`, a share of `whole` if that is there, from so many `rows`."""

    key: str
    definition: Definition
    unit: str
    value: Value
    rows: Callable[[Recorded], int]
    whole: Value | None = None
    source: str = LEDGER

    def line(self, now: Recorded, before: Recorded) -> ReportLine:
        """The figure."""
        return ReportLine(
            key=self.key,
            name=self.definition.name,
            unit=self.unit,
            value=self.value(now),
            before=self.value(before),
            whole=self.whole(now) if self.whole else None,
            whole_before=self.whole(before) if self.whole else None,
            is_rate=self.whole is not None,
            source=self.source,
            rows=self.rows(now),
            meaning=self.definition.meaning,
        )


def _sum(of: Callable[[Recorded], ActivitySums], column: str, key: str, definition: Definition, unit: str) -> Recipe:
    return Recipe(
        key,
        definition,
        unit,
        lambda recorded: getattr(of(recorded), column),
        lambda recorded: of(recorded).filled.get(column, 0),
    )


def _measure(measure: Measure, column: str, key: str, definition: Definition, unit: str) -> Recipe:
    return _sum(lambda recorded: recorded.of(measure), column, key, definition, unit)


def _ledger(column: str, key: str, definition: Definition, unit: str) -> Recipe:
    return _sum(lambda recorded: recorded.everything, column, key, definition, unit)


def _chat(key: str, definition: Definition, unit: str, value: Callable[[Figures], int]) -> Recipe:
    return Recipe(key, definition, unit, _if_any(value), _interactions, source=CHAT)


def _if_any(value: Callable[[Figures], int]) -> Value:
    return lambda recorded: value(recorded.chat) if recorded.chat.interactions else None


def _notices(figure: PushFigure) -> Recipe:
    column, source = _NOTICE_ROWS.get(figure.key, ("notices", PUSHES))

    def rows(recorded: Recorded) -> int:
        return int(getattr(recorded.pushes, column))

    def value(recorded: Recorded) -> int | None:
        return figure.of(recorded.pushes) if rows(recorded) else None

    return Recipe(figure.key, figure.definition, UNITS[figure.key], value, rows, source=source)


def _interactions(recorded: Recorded) -> int:
    return recorded.chat.interactions


_NOTICE_ROWS = {"read": ("read", READS), "groups": ("groups", FORWARDS), "forwarded": ("groups", FORWARDS)}
"""Where figures of notices come from, and which count tells of how many rows."""
UNITS = {
    "notices": "条",
    "pushed": "人次",
    "accepted": "人次",
    "delivered": "人次",
    "read": "次",
    "groups": "群次",
    "forwarded": "人次",
}

RECIPES = (
    _measure(Measure.OUTREACH, "sessions", "activities", d.ACTIVITIES, "场"),
    _measure(Measure.OUTREACH, "people", "reached", d.REACHED, "人次"),
    _ledger("materials", "materials", d.MATERIALS, "份"),
    _measure(Measure.TRAINING, "sessions", "trainings", d.TRAININGS, "次"),
    _measure(Measure.TRAINING, "people", "trained", d.TRAINED, "人次"),
    _measure(Measure.STUDY, "sessions", "studies", d.STUDIES, "次"),
    _measure(Measure.STUDY, "people", "studied", d.STUDIED, "人次"),
    _measure(Measure.ARTICLE, "sessions", "articles", d.ARTICLES, "期"),
    _measure(Measure.PUSH, "sessions", "adviser-pushes", d.ADVISER_PUSHES, "条"),
    _measure(Measure.ADVICE, "sessions", "desk-sessions", d.DESK_SESSIONS, "次"),
    _measure(Measure.ADVICE, "people", "desk-people", d.DESK_PEOPLE, "人次"),
    Recipe(
        "services",
        d.SERVICES,
        "次",
        lambda recorded: recorded.services.rows or None,
        lambda recorded: recorded.services.rows,
        source=SERVICE_LOG,
    ),
    Recipe(
        "served",
        d.SERVED,
        "人次",
        lambda recorded: recorded.services.people,
        lambda recorded: recorded.services.filled["people"],
        source=SERVICE_LOG,
    ),
    _ledger("disputes_found", "disputes-found", d.DISPUTES_FOUND, "件"),
    _ledger("disputes_settled", "disputes-settled", d.DISPUTES_SETTLED, "件"),
    Recipe(
        "settled-rate",
        d.SETTLED_RATE,
        "",
        lambda recorded: recorded.everything.disputes_settled,
        lambda recorded: recorded.everything.filled["disputes_settled"],
        lambda recorded: recorded.everything.disputes_found,
    ),
    _chat("interactions", d.INTERACTIONS, "次", lambda chat: chat.interactions),
    _chat("questions", d.QUESTIONS, "次", lambda chat: chat.questions),
    _chat("visits", d.VISITS, "人次", lambda chat: chat.visits),
    _chat("people", d.PEOPLE, "人", lambda chat: chat.people),
    _chat("answered", d.ANSWERED, "次", lambda chat: chat.answered),
    Recipe(
        "direct-rate",
        d.DIRECT_RATE,
        "",
        _if_any(lambda chat: chat.answered),
        _interactions,
        _if_any(lambda chat: chat.decided),
        source=CHAT,
    ),
    _chat("unknown", d.UNKNOWN, "次", lambda chat: chat.decisions.get("unknown", 0)),
    _chat("urgent", d.URGENT, "次", lambda chat: chat.decisions.get("urgent", 0)),
    Recipe(
        "handed-over",
        d.HANDED_OVER,
        "件",
        lambda recorded: recorded.handovers if recorded.chat.interactions else None,
        lambda recorded: recorded.handovers,
        source=HANDOVERS,
    ),
    _chat("followed", d.FOLLOWED, "次", lambda chat: chat.kinds.get("subscribe", 0)),
    _chat("unfollowed", d.UNFOLLOWED, "次", lambda chat: chat.kinds.get("unsubscribe", 0)),
    *(_notices(figure) for figure in FIGURES),
)
