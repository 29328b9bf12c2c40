"""The test bench: how a question is decided, and why."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot.answering.explain import explain
from fzbot.console.access import TheDesk
from fzbot.console.rendering import render
from fzbot.conversation.preview import preview_reply

router = APIRouter()

LONGEST = 500


@router.get("/bench")
def bench(desk: TheDesk, request: Request, q: str = "") -> Response:
    text, snapshot = q.strip()[:LONGEST], desk.current_snapshot.snapshot
    context = {
        "q": text,
        "explanation": explain(snapshot, text) if text else None,
        "reply": preview_reply(snapshot, desk.statutes, desk.public_url, text) if text else "",
    }
    return render(request, "bench.html", context)
