"""What the bot could not answer: add a wording, write an entry, or dismiss with a reason."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from fzbot import clock
from fzbot.answering.decision import Candidate
from fzbot.console.access import TheDesk, visitor_of
from fzbot.console.desk import Desk
from fzbot.console.rendering import go, render
from fzbot.curation import publishing, unanswered
from fzbot.curation.unanswered import Cluster, Note, QuestionKind, Resolution, UnansweredFilter
from fzbot.db import reading, writing
from fzbot.errors import CurationError

router = APIRouter()

DAYS = 90
SHOWN = 20
SUGGESTED = 4
KINDS = {QuestionKind.UNKNOWN: "未解答", QuestionKind.UNSURE: "没把握", QuestionKind.COMPLAINT: "投诉"}

Texts = Annotated[list[str] | None, Form()]
Word = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Line:
    """A cluster and the entries that may be meant."""

    cluster: Cluster
    candidates: tuple[Candidate, ...]


@router.get("/unanswered")
def listing(desk: TheDesk, request: Request, kind: QuestionKind = QuestionKind.UNKNOWN) -> Response:
    return _page(desk, request, kind)


@router.post("/unanswered")
def settle(
    desk: TheDesk,
    request: Request,
    action: Word,
    texts: Texts = None,
    entry: Word = "",
    reason: Word = "",
    kind: Word = "",
) -> Response:
    visitor = visitor_of(request)
    shown = QuestionKind(kind) if kind in set(QuestionKind) else QuestionKind.UNKNOWN
    if action == "new":
        return go("/knowledge/new", question=(texts or [""])[0])
    try:
        with writing(desk.engine) as session:
            if action == "add":
                live = desk.current_snapshot.snapshot.entries.get(entry.strip())
                if live is None or not texts:
                    raise CurationError("请勾选问法，并选一个条目（或填条目编号）")
                if visitor.sight.may_publish:
                    publishing.add_wordings(session, live, texts, visitor.actor, desk.now())
                else:
                    home = visitor.home_account
                    publishing.propose_wordings(session, live, texts, home, visitor.actor, desk.now())
                note = Note(visitor.actor, desk.now(), entry_id=live.id)
                unanswered.resolve(session, visitor.accounts, texts, Resolution.WORDING, note)
            elif action == "dismiss":
                note = Note(visitor.actor, desk.now(), reason)
                unanswered.resolve(session, visitor.accounts, texts or [], Resolution.DISMISSED, note)
    except CurationError as error:
        return _page(desk, request, shown, str(error))
    done = "wording" if visitor.sight.may_publish else "proposed"
    return go("/unanswered", done=done if action == "add" else "saved", kind=shown)


def _page(desk: Desk, request: Request, kind: QuestionKind, error: str = "") -> Response:
    visitor = visitor_of(request)
    today = clock.china_day(desk.now())
    wanted = UnansweredFilter(visitor.accounts, today - timedelta(days=DAYS), today, kind, visitor.villages)
    with reading(desk.engine) as session:
        found = unanswered.clusters(session, wanted, desk.now())
    lines = [Line(cluster, _candidates(desk, cluster)) for cluster in found[:SHOWN]]
    context = {
        "lines": lines,
        "left": len(found) - len(lines),
        "kind": kind,
        "kinds": KINDS,
        "days": DAYS,
        "error": error,
    }
    context |= {"entries": desk.current_snapshot.snapshot.entries, "quote": quote}
    return render(request, "unanswered.html", context, 422 if error else 200)


def _candidates(desk: Desk, cluster: Cluster) -> tuple[Candidate, ...]:
    return desk.current_snapshot.snapshot.decide(cluster.leader).candidates[:SUGGESTED]
