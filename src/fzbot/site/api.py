"""`/api/v1`: the same answers, counts and entries for other programs of the authority, with tokens made in the console."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.conversation.preview import preview_reply
from fzbot.db import reading, writing
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.reply import basis_line
from fzbot.people import token as tokens
from fzbot.people.token import TokenScope
from fzbot.site.pages import templates
from fzbot.statistics.figures.figure import Figure, Surface
from fzbot.statistics.figures.registry import shown_on
from fzbot.statistics.interaction_counts import breakdown, by_theme
from fzbot.statistics.recorded import Recorded, counted
from fzbot.statistics.scope import Scope, Span
from fzbot.statutes.repository import StatuteRepository
from fzbot.web.body_limit import BodyLimit
from fzbot.web.rate_limiter import RateLimiter
from fzbot.web.security_headers import SecurityHeaders

MOST_DAYS = 3660
EARLIEST_YEAR, LATEST_YEAR = 2000, 2999

bearer = HTTPBearer(auto_error=False, description="后台“接口令牌”里生成的令牌")


class QuestionBody(BaseModel):
    """What to answer."""

    text: str = Field(min_length=1, max_length=2000)


class CandidateShown(BaseModel):
    """A candidate entry and the probability that it answers."""

    id: str
    title: str
    score: float


class Answered(BaseModel):
    """A decision (`answer`, `likely`, `suggest`, `unknown`, `chat` or `urgent`) and the reply that somebody who asks this first reads."""

    decision: str
    entries: list[CandidateShown]
    reply: str


class FigureShown(BaseModel):
    """A figure: `share` is `value` ÷ `whole` where it is a rate; empty where there is nothing to share."""

    key: str
    name: str
    unit: str
    value: int | None
    whole: int | None
    share: float | None
    is_by_hand: bool
    meaning: str


class Stats(BaseModel):
    """Figures of a span of days, all of the console's; the first four also by themselves."""

    first: date
    last: date
    interactions: int
    questions: int
    visits: int
    people: int
    figures: list[FigureShown]
    decisions: dict[str, int]
    themes: dict[str, int]
    topics: dict[str, int] = Field(deprecated=True, description="旧名，同 themes")


class PointShown(BaseModel):
    """A statement of an entry, and the articles or the practice that it rests on."""

    text: str
    basis: list[str]
    practice: str


class EntryShown(BaseModel):
    """An entry; `answer` is its gist and points, a line each."""

    id: str
    title: str
    gist: str
    points: list[PointShown]
    answer: str
    steps: list[str]
    basis: str
    review_by: date


def api(engine: Engine, current_snapshot: CurrentSnapshot, public_url: str) -> FastAPI:
    """The interface as an application of its own."""
    app = FastAPI(title="fzbot 接口", version="1", docs_url=None, redoc_url=None)
    app.add_middleware(SecurityHeaders, private=True)
    app.add_middleware(BodyLimit)
    app.state.engine, app.state.current_snapshot, app.state.limit = (
        engine,
        current_snapshot,
        RateLimiter(tokens.PER_MINUTE),
    )
    app.state.public_url = public_url
    app.add_api_route("/answer", answer, methods=["POST"], summary="答一句话，不计入统计")
    app.add_api_route("/stats", stats, methods=["GET"], summary="一段日子的数字")
    app.add_api_route("/entries", entries, methods=["GET"], summary="找条目")
    app.add_api_route("/entries/{entry_id}", entry, methods=["GET"], summary="一个条目")
    app.add_api_route("/docs", documentation, methods=["GET"], include_in_schema=False)
    return app


def _allowed(scope: TokenScope) -> Callable[..., int]:
    def check(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> int:
        """The account that the token is of."""
        with writing(request.app.state.engine) as session:
            token = tokens.find(session, sent.credentials) if sent else None
            if token is None:
                raise HTTPException(401, "令牌不对或已停用", {"WWW-Authenticate": "Bearer"})
            if scope not in token.scopes:
                raise HTTPException(403, f"这个令牌没有 {scope.value} 权限")
            if not request.app.state.limit.allows(str(token.id), token.per_minute):
                raise HTTPException(429, "调用太快，请一分钟后再试", {"Retry-After": "60"})
            token.used_at = clock.now()
            return token.account_id

    return check


def answer(
    question: QuestionBody, request: Request, _: Annotated[int, Depends(_allowed(TokenScope.ANSWER))]
) -> Answered:
    """Decide a question as the chat would; nothing is counted."""
    current_snapshot: CurrentSnapshot = request.app.state.current_snapshot
    snapshot = current_snapshot.snapshot
    decision = snapshot.decide(question.text)
    found = [
        CandidateShown(id=one.entry.id, title=one.entry.title, score=round(one.score, 4)) for one in decision.candidates
    ]
    state = request.app.state
    reply = preview_reply(snapshot, StatuteRepository(state.engine), state.public_url, question.text)
    return Answered(decision=decision.kind.value, entries=found, reply=reply)


def stats(
    request: Request,
    account: Annotated[int, Depends(_allowed(TokenScope.STATS))],
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
) -> Stats:
    """The figures of the days `from` to `to`, both included."""
    span = Span(first, last)
    if first > last or span.days > MOST_DAYS:
        raise HTTPException(400, "from 要在 to 之前，最多 10 年")
    if first.year < EARLIEST_YEAR or last.year > LATEST_YEAR:
        raise HTTPException(400, f"from 和 to 要在 {EARLIEST_YEAR} 年到 {LATEST_YEAR} 年之间")
    engine = request.app.state.engine
    scope = Scope((account,))
    with reading(engine) as session:
        found = counted(session, scope, span)
        themes = by_theme(breakdown(session, scope, span, "entry"))
    return Stats(
        first=first,
        last=last,
        interactions=found.chat.interactions,
        questions=found.chat.questions,
        visits=found.chat.visits,
        people=found.chat.people,
        figures=[_figure(figure, found) for figure in shown_on(Surface.API)],
        decisions=found.chat.decisions,
        themes=themes,
        topics=themes,
    )


def _figure(figure: Figure, recorded: Recorded) -> FigureShown:
    return FigureShown(
        key=figure.key,
        name=figure.name,
        unit=figure.unit,
        value=figure.value(recorded),
        whole=figure.whole(recorded) if figure.whole else None,
        share=figure.share(recorded),
        is_by_hand=figure.is_by_hand,
        meaning=figure.meaning,
    )


def entries(
    request: Request,
    _: Annotated[int, Depends(_allowed(TokenScope.ENTRIES))],
    q: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[EntryShown]:
    """Entries whose title or answer holds `q`."""
    current_snapshot: CurrentSnapshot = request.app.state.current_snapshot
    found = [one for one in current_snapshot.snapshot.entries.values() if not q or q in one.title or q in one.answer]
    return [_shown(one) for one in found[:limit]]


def entry(entry_id: str, request: Request, _: Annotated[int, Depends(_allowed(TokenScope.ENTRIES))]) -> EntryShown:
    """One entry by its id."""
    current_snapshot: CurrentSnapshot = request.app.state.current_snapshot
    found = current_snapshot.snapshot.entries.get(entry_id)
    if found is None:
        raise HTTPException(404, "没有这个条目")
    return _shown(found)


def documentation(request: Request) -> HTMLResponse:
    """The interface's documents, drawn by the browser from the box's own files."""
    return templates.TemplateResponse(request, "api.html")


def _shown(one: Entry) -> EntryShown:
    return EntryShown(
        id=one.id,
        title=one.title,
        gist=one.gist,
        points=[
            PointShown(text=point.text, basis=[str(citation) for citation in point.basis], practice=point.practice)
            for point in one.points
        ],
        answer=one.answer,
        steps=list(one.steps),
        basis=basis_line(one.basis),
        review_by=one.review_by,
    )
