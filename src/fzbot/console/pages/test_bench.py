"""The test bench: how a question is decided, and why."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot.answering.explain import explain
from fzbot.console.authorization import Services
from fzbot.console.rendering import render
from fzbot.conversation.preview import preview_reply

router = APIRouter()

LONGEST = 500


@router.get("/test-bench")
def bench(services: Services, request: Request, q: str = "") -> Response:
    text, snapshot = q.strip()[:LONGEST], services.current_snapshot.snapshot
    context = {
        "q": text,
        "explanation": explain(snapshot, text) if text else None,
        "reply": preview_reply(snapshot, services.statutes, services.public_url, text) if text else "",
    }
    return render(request, "test_bench.html", context)
