"""What the bot could not answer: add a wording, write an entry, or dismiss with a reason."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from fzbot import clock
from fzbot.answering.decision import Candidate
from fzbot.console.authorization import Services, visitor_of
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
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
class ClusterLine:
    """A cluster and the entries that may be meant."""

    cluster: Cluster
    candidates: tuple[Candidate, ...]


@router.get("/unanswered")
def listing(services: Services, request: Request, kind: QuestionKind = QuestionKind.UNKNOWN) -> Response:
    return _page(services, request, kind)


@router.post("/unanswered")
def settle(
    services: Services,
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
        with writing(services.engine) as session:
            if action == "add":
                live = services.current_snapshot.snapshot.entries.get(entry.strip())
                if live is None or not texts:
                    raise CurationError("请勾选问法，并选一个条目（或填条目编号）")
                if visitor.sight.may_publish:
                    publishing.add_wordings(session, live, texts, visitor.actor, services.now())
                else:
                    home = visitor.home_account
                    publishing.propose_wordings(session, live, texts, home, visitor.actor, services.now())
                note = Note(visitor.actor, services.now(), entry_id=live.id)
                unanswered.resolve(session, visitor.accounts, texts, Resolution.WORDING, note)
            elif action == "dismiss":
                note = Note(visitor.actor, services.now(), reason)
                unanswered.resolve(session, visitor.accounts, texts or [], Resolution.DISMISSED, note)
    except CurationError as error:
        return _page(services, request, shown, str(error))
    done = "wording" if visitor.sight.may_publish else "proposed"
    return go("/unanswered", done=done if action == "add" else "saved", kind=shown)


def _page(services: ConsoleServices, request: Request, kind: QuestionKind, error: str = "") -> Response:
    visitor = visitor_of(request)
    today = clock.china_day(services.now())
    wanted = UnansweredFilter(visitor.accounts, today - timedelta(days=DAYS), today, kind, visitor.villages)
    with reading(services.engine) as session:
        found = unanswered.clusters(session, wanted, services.now())
    lines = [ClusterLine(cluster, _candidates(services, cluster)) for cluster in found[:SHOWN]]
    context = {
        "lines": lines,
        "left": len(found) - len(lines),
        "kind": kind,
        "kinds": KINDS,
        "days": DAYS,
        "error": error,
    }
    context |= {"entries": services.current_snapshot.snapshot.entries, "quote": quote}
    return render(request, "unanswered.html", context, 422 if error else 200)


def _candidates(services: ConsoleServices, cluster: Cluster) -> tuple[Candidate, ...]:
    return services.current_snapshot.snapshot.decide(cluster.leader).candidates[:SUGGESTED]
