"""The rows behind a figure. Looking at what people wrote is itself written down in the audit log."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from fzbot import audit, clock
from fzbot.answering.snapshot import Snapshot
from fzbot.audit import Change
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.period import period_of, scope_of
from fzbot.console.rendering import render
from fzbot.db import writing
from fzbot.statistics import rows
from fzbot.statistics.figures.registry import BY_KEY
from fzbot.statistics.labels import decision_label, kind_label
from fzbot.statistics.rows import ANSWERED, ASKED, FILTERS, InteractionFilter

router = APIRouter()

PAGE = 50
GROUPS = {("kind", ASKED): "文字和语音", ("decision", ANSWERED): BY_KEY["answered"].name}
"""What a filter for several kinds or decisions at once is called."""


@router.get("/interactions")
def listing(services: Services, request: Request, before: int | None = None) -> Response:
    if (
        "topic" in request.query_params
    ):  # what the version before called a theme: a bookmark must not show more than it did
        query = {"theme" if name == "topic" else name: value for name, value in request.query_params.items()}
        return RedirectResponse(f"/console/interactions?{urlencode(query)}", 301)
    visitor = visitor_of(request)
    period = period_of(request.query_params, clock.china_day(services.now()))
    chosen = {name: request.query_params.get(name, "")[:80] for name in FILTERS}
    scope = scope_of(visitor, period.village)
    wanted = InteractionFilter(scope.accounts, period.span, scope.villages, **chosen)
    with writing(services.engine) as session:
        found = rows.page(session, wanted, before, PAGE + 1)
        context = {
            "rows": found[:PAGE],
            "total": rows.count(session, wanted),
            "older": found[PAGE - 1].id if len(found) > PAGE else None,
            "villages": visitor.village_names(session),
        }
        seen = {"span": f"{period.span.first}–{period.span.last}", "village": period.village, "rows": len(found[:PAGE])}
        change = Change("interaction.view", "interactions", after=seen | {k: v for k, v in chosen.items() if v})
        audit.record(session, visitor.actor, change, services.now())
    entries = services.current_snapshot.snapshot.entries
    context |= {
        "period": period,
        "chosen": {name: value for name, value in chosen.items() if value},
        "words": _words(chosen, services.current_snapshot.snapshot),
        "kind_label": kind_label,
        "decision_label": decision_label,
        "entries": entries,
    }
    return render(request, "interactions.html", context)


def _words(chosen: dict[str, str], snapshot: Snapshot) -> list[str]:
    return [_word(name, value, snapshot) for name, value in chosen.items() if value]


def _word(name: str, value: str, snapshot: Snapshot) -> str:
    """What a filter is called."""
    if (name, value) in GROUPS:
        return GROUPS[name, value]
    match name:
        case "kind":
            return kind_label(value)
        case "decision":
            return decision_label(value)
        case "entry":
            return snapshot.entries[value].title if value in snapshot.entries else value
        case "theme":
            return snapshot.themes.get(value, value)
        case _:
            return f"{value}点"
