"""Answer pages, the privacy page, and the page for what is not there."""

from pathlib import Path

import segno
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.templating import Jinja2Templates

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.knowledge.terms import explained
from fzbot.notices.results.reads import ReadCounter
from fzbot.statutes.repository import StatuteRepository

HERE = Path(__file__).parent
templates = Jinja2Templates(HERE / "templates")


def pages(
    current_snapshot: CurrentSnapshot, statutes: StatuteRepository, reads: ReadCounter, public_url: str
) -> APIRouter:
    """The routes of the pages that anyone may read."""
    router = APIRouter(include_in_schema=False)

    @router.get("/a/{entry_id}", response_class=HTMLResponse)
    def answer_page(request: Request, entry_id: str, n: str = "") -> Response:
        snapshot = current_snapshot.snapshot
        entry = snapshot.entries.get(entry_id)
        if entry is None or entry.is_chat:
            return not_found(request)
        reads.opened(n, entry.id)
        context = {
            "entry": entry,
            "filled": snapshot.directory.filled,
            "articles": statutes.texts(entry.basis),
            "terms": explained(entry.answer, snapshot.terms),
            "laws": {citation.law: snapshot.laws[citation.law].title for citation in entry.basis},
            "contacts": [snapshot.directory.contact(key) for key in entry.channels],
            "related": [snapshot.entries[id_] for id_ in (*entry.see, *entry.related) if id_ in snapshot.entries],
            "code": _code(f"{public_url}/a/{entry.id}") if public_url else "",
            "danger": entry.urgent,
        }
        return templates.TemplateResponse(request, "answer.html", context)

    @router.get("/privacy", response_class=HTMLResponse)
    def privacy(request: Request) -> Response:
        return templates.TemplateResponse(request, "privacy.html")

    @router.get("/", response_class=HTMLResponse)
    def home(request: Request) -> Response:
        snapshot = current_snapshot.snapshot
        topics = [
            (topic.name, [snapshot.entries[id_] for id_ in topic.entries if id_ in snapshot.entries])
            for topic in snapshot.topics.values()
        ]
        return templates.TemplateResponse(request, "home.html", {"topics": topics})

    return router


def _code(address: str) -> str:
    """A QR code of an address as an inline picture, for a printed page."""
    return str(segno.make(address, error="m").svg_inline(scale=3, border=2))


def not_found(request: Request) -> Response:
    """The page for an address that leads nowhere, in Chinese, with a way on."""
    return templates.TemplateResponse(request, "not_found.html", status_code=404)
