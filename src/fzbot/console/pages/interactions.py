"""The rows behind a figure. Looking at what people wrote is itself written down in the audit log."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot import audit, clock
from fzbot.audit import Change
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.period import period_of, scope_of
from fzbot.console.rendering import render
from fzbot.db import writing
from fzbot.statistics import rows
from fzbot.statistics.definitions import TOPICS
from fzbot.statistics.figures import DECISIONS
from fzbot.statistics.rows import FILTERS, InteractionFilter

router = APIRouter()

PAGE = 50
KINDS = {
    "asked": "文字和语音",
    "text": "文字",
    "voice": "语音",
    "image": "图片",
    "subscribe": "关注",
    "unsubscribe": "取关",
    "click": "点菜单",
    "scan": "扫码",
    "throttled": "发得太快",
}


@router.get("/interactions")
def listing(services: Services, request: Request, before: int | None = None) -> Response:
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
        "words": _words(chosen, {id_: entry.title for id_, entry in entries.items()}),
        "kinds": KINDS,
        "decisions": DECISIONS,
        "entries": entries,
    }
    return render(request, "interactions.html", context)


def _words(chosen: dict[str, str], titles: dict[str, str]) -> list[str]:
    names = {"kind": KINDS, "decision": DECISIONS | {"answered": "直接解答"}, "entry": titles, "topic": TOPICS}
    return [
        names.get(name, {}).get(value, value) + ("点" if name == "hour" else "")
        for name, value in chosen.items()
        if value
    ]
