"""The page of a notice: where a line that stands for it leads, and what may be forwarded to a group."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Engine

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.clock import china_day
from fzbot.db import reading
from fzbot.errors import NotFoundError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.notice import Notice, NoticeState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results.reads import NOTICE_PAGE, ReadCounter
from fzbot.site.pages import not_found, templates

UNSENT = (NoticeState.DRAFT, NoticeState.APPROVED, NoticeState.SCHEDULED, NoticeState.CANCELLED)


def notice_pages(engine: Engine, current_snapshot: CurrentSnapshot, reads: ReadCounter) -> APIRouter:
    """The route; what is not sent, or was withdrawn, is not there."""
    router = APIRouter(include_in_schema=False)

    @router.get("/n/{notice_id}", response_class=HTMLResponse)
    def notice_page(request: Request, notice_id: int, n: str = "") -> Response:
        try:
            with reading(engine) as session:
                notice = notices.find(session, notice_id)
                version = notices.current(session, notice)
        except NotFoundError:
            return not_found(request)
        if not _is_open(notice):
            return not_found(request)
        reads.opened(n or str(notice.id), NOTICE_PAGE)
        known = current_snapshot.snapshot.entries
        context = {
            "version": version,
            "lines": [line for line in version.text.splitlines() if line.strip()],
            "entries": [known[id_] for id_ in version.entries if id_ in known],
            "day": china_day(notice.started_at or version.made_at),
        }
        return templates.TemplateResponse(request, "notice.html", context)

    return router


def _is_open(notice: Notice) -> bool:
    """Whether anybody may read it: once sent. What is only forwarded to groups is forwarded as soon as it is approved."""
    is_forwarded = notice.way == DeliveryMethod.GROUP and notice.state == NoticeState.APPROVED
    return is_forwarded or notice.state not in UNSENT
