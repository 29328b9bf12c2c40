"""The test bench: how a question is decided, and why."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot.answering.explain import explain
from fzbot.console.access import TheDesk
from fzbot.console.rendering import render

router = APIRouter()

LONGEST = 500


@router.get("/bench")
def bench(desk: TheDesk, request: Request, q: str = "") -> Response:
    text = q.strip()[:LONGEST]
    context = {"q": text, "explanation": explain(desk.library.current, text) if text else ""}
    return render(request, "bench.html", context)
