"""The first page."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from fzbot.console.rendering import render

router = APIRouter()


@router.get("/")
def overview(request: Request) -> Response:
    return render(request, "overview.html", {})
