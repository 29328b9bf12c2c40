"""Answer pages, the privacy page, and the page for what is not there."""

import re
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.templating import Jinja2Templates

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.knowledge.reply import basis_line
from fzbot.notices.results.reads import ReadCounter
from fzbot.statutes.repository import StatuteRepository

HERE = Path(__file__).parent
PARAGRAPH_CHARS = 45
_SENTENCE = re.compile(r"[^。！？\n]+[。！？”]*")
templates = Jinja2Templates(HERE / "templates")


def pages(current_snapshot: CurrentSnapshot, statutes: StatuteRepository, reads: ReadCounter) -> APIRouter:
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
            "paragraphs": paragraphs(entry.answer),
            "basis_line": basis_line(entry.basis),
            "basis": [str(citation) for citation in entry.basis],
            "articles": statutes.texts(entry.basis),
            "laws": {citation.law: snapshot.laws[citation.law].title for citation in entry.basis},
            "contacts": [snapshot.directory.contact(key) for key in entry.channels],
            "related": [snapshot.entries[id_] for id_ in entry.related if id_ in snapshot.entries],
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


def paragraphs(answer: str) -> list[str]:
    """An answer cut after whole sentences into pieces that a phone shows in a few lines."""
    pieces = [""]
    for sentence in _SENTENCE.findall(answer):
        if len(pieces[-1]) >= PARAGRAPH_CHARS:
            pieces.append("")
        pieces[-1] += sentence.strip()
    return pieces


def not_found(request: Request) -> Response:
    """The page for an address that leads nowhere, in Chinese, with a way on."""
    return templates.TemplateResponse(request, "not_found.html", status_code=404)
