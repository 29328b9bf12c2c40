"""The knowledge base: finding entries, reading them as villagers do, drafts, publishing, going back."""

from dataclasses import dataclass
from datetime import timedelta
from difflib import unified_diff
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from fzbot import clock
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.entry_form import EntryForm
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.console.visitor import Visitor
from fzbot.curation import publishing, release, revisions
from fzbot.curation.release import Release
from fzbot.curation.revisions import EntryRevision, body_of, entry_of, in_points
from fzbot.db import reading, writing
from fzbot.errors import AccessRefusedError, CurationError, NotFoundError
from fzbot.knowledge import files
from fzbot.knowledge.entry import About, Danger, Entry
from fzbot.knowledge.files import Fault
from fzbot.knowledge.reply import reply_text

router = APIRouter()

SHOWN = 60
REVIEW_EVERY = timedelta(days=182)

Word = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True)
class Preview:
    """An entry as a villager's phone shows it."""

    text: str
    bytes: int
    articles: dict[str, str]


@router.get("/knowledge")
def listing(services: Services, request: Request, q: str = "", theme: str = "", stale: str = "") -> Response:
    snapshot = services.current_snapshot.snapshot
    today = clock.china_day(services.now())
    found = [entry for entry in snapshot.entries.values() if _fits(entry, q.strip(), theme)]
    if stale:
        found = [entry for entry in found if entry.is_stale(today)]
    with reading(services.engine) as session:
        drafts = revisions.drafts(session, account_id=visitor_of(request).sight.drafts_of)
        live = release.live(session)
    context = {
        "found": found[:SHOWN],
        "total": len(found),
        "q": q,
        "theme": theme,
        "themes": snapshot.themes,
        "drafts": drafts,
        "edited": set(live.overlay) if live else set(),
        "overdue": sum(entry.is_stale(today) for entry in snapshot.entries.values()),
        "today": today,
    }
    return render(request, "knowledge.html", context)


@router.get("/knowledge/new")
def new(services: Services, request: Request, question: str = "") -> Response:
    form = EntryForm.blank(clock.china_day(services.now()), question)
    return _form(services, request, form, [])


@router.post("/knowledge")
async def save(services: Services, request: Request) -> Response:
    form = EntryForm.read(await request.form())
    return _save(services, request, form)


@router.get("/knowledge/releases")
def releases(services: Services, request: Request) -> Response:
    with reading(services.engine) as session:
        return render(request, "releases.html", {"releases": release.recent(session), "live": release.live(session)})


@router.post("/knowledge/releases/{release_id}/restore")
def restore(services: Services, request: Request, release_id: int) -> Response:
    visitor = _publisher(request)
    with writing(services.engine) as session:
        earlier = session.get(Release, release_id)
        if earlier is None:
            raise NotFoundError("没有这一版")
        release.go_back(session, earlier, visitor.name, services.now())
    return go("/knowledge/releases", done="queued")


@router.get("/knowledge/{entry_id}")
def one(services: Services, request: Request, entry_id: str) -> Response:
    return _one(services, request, entry_id)


@router.get("/knowledge/{entry_id}/edit")
def edit(services: Services, request: Request, entry_id: str) -> Response:
    with reading(services.engine) as session:
        draft = revisions.draft_of(session, entry_id, visitor_of(request).sight.drafts_of)
    live = services.current_snapshot.snapshot.entries.get(entry_id)
    if draft is None and live is None:
        raise NotFoundError("没有这个条目")
    body = draft.body if draft else body_of(live) if live else {}
    return _form(services, request, EntryForm.of(body), [])


@router.post("/knowledge/{entry_id}/publish")
def publish(services: Services, request: Request, entry_id: str) -> Response:
    visitor = _publisher(request)
    try:
        with writing(services.engine) as session:
            draft = _draft(revisions.draft_of(session, entry_id, visitor.sight.drafts_of))
            found = publishing.faults(_base(services), draft.body, clock.china_day(services.now()))
            if not publishing.is_sound(found):
                raise CurationError("还有错误没改，请先改好再发布")
            publishing.publish(session, draft, visitor.actor, services.policy, services.now())
    except CurationError as error:
        return _one(services, request, entry_id, str(error))
    return go("/knowledge/releases", done="queued")


@router.post("/knowledge/{entry_id}/discard")
def discard(services: Services, request: Request, entry_id: str) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        draft = _draft(revisions.draft_of(session, entry_id, visitor.sight.drafts_of))
        publishing.discard(session, draft, visitor.actor, services.now())
    return go("/knowledge", done="removed")


def _save(services: ConsoleServices, request: Request, form: EntryForm) -> Response:
    body = form.body()
    found = publishing.faults(_base(services), body, clock.china_day(services.now()))
    try:
        entry_of(body)
    except ValueError:
        return _form(services, request, form, found, 422)
    live, visitor = services.current_snapshot.snapshot.entries.get(form.id), visitor_of(request)
    with writing(services.engine) as session:
        publishing.save_draft(session, body, live, visitor.sight.drafts_of, visitor.actor, services.now())
    return go(f"/knowledge/{form.id}", done="draft")


def _one(services: ConsoleServices, request: Request, entry_id: str, error: str = "") -> Response:
    live = services.current_snapshot.snapshot.entries.get(entry_id)
    with reading(services.engine) as session:
        draft = revisions.draft_of(session, entry_id, visitor_of(request).sight.drafts_of)
        past = revisions.history(session, entry_id)
    if live is None and draft is None:
        raise NotFoundError("没有这个条目")
    found = publishing.faults(_base(services), draft.body, clock.china_day(services.now())) if draft else []
    context = {
        "entry_id": entry_id,
        "live": live,
        "draft": draft,
        "history": past,
        "faults": found,
        "is_sound": publishing.is_sound(found),
        "preview": _preview(services, entry_of(draft.body) if draft else live),
        "difference": _difference(live, draft) if draft else [],
        "error": error,
    }
    return render(request, "entry.html", context, 422 if error else 200)


def _form(
    services: ConsoleServices, request: Request, form: EntryForm, found: list[Fault], status: int = 200
) -> Response:
    snapshot = services.current_snapshot.snapshot
    context = {
        "form": form,
        "faults": found,
        "dangers": Danger,
        "subjects": [(subject.value, subject.label) for subject in About],
        "contacts": [(key, snapshot.directory.contact(key)) for key in snapshot.directory.all_keys()],
        "laws": snapshot.laws,
        "entries": snapshot.entries,
        "is_new": form.id not in snapshot.entries,
    }
    return render(request, "entry_form.html", context, status)


def _preview(services: ConsoleServices, entry: Entry | None) -> Preview | None:
    if entry is None:
        return None
    link = f"{services.public_url}/a/{entry.id}"
    text = reply_text(entry, services.current_snapshot.snapshot.directory, link)
    return Preview(text, len(text.encode()), services.statutes.texts(entry.basis))


def _difference(live: Entry | None, draft: EntryRevision) -> list[str]:
    before = _lines(body_of(live)) if live else []
    return list(unified_diff(before, _lines(in_points(draft.body)), "现在的", "草稿", lineterm="", n=1))


def _lines(body: dict[str, Any]) -> list[str]:
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=10_000).splitlines()


def _publisher(request: Request) -> Visitor:
    visitor = visitor_of(request)
    if not visitor.sight.may_publish:
        raise AccessRefusedError("知识库由全县的公众号共用，请县里核对后发布；您的草稿县里看得到")
    return visitor


def _draft(draft: EntryRevision | None) -> EntryRevision:
    if draft is None:
        raise NotFoundError("没有草稿，可能已被发布或放弃")
    return draft


def _base(services: ConsoleServices) -> files.KnowledgeBase:
    return files.overlaid(services.base(), services.current_snapshot.snapshot.entries.values())


def _fits(entry: Entry, words: str, theme: str) -> bool:
    if theme and entry.theme != theme:
        return False
    return not words or any(words in text for text in (entry.id, entry.title, entry.answer, *entry.questions))
