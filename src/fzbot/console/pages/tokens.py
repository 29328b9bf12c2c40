"""Tokens for the programming interface."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import select

from fzbot.console.authorization import Services, visitor_of
from fzbot.console.rendering import go, render
from fzbot.console.services import ConsoleServices
from fzbot.db import reading, writing
from fzbot.errors import NotFoundError, TokenError
from fzbot.people import token as tokens
from fzbot.people.token import ApiToken, TokenScope

router = APIRouter()

SCOPES = {TokenScope.ANSWER: "问答", TokenScope.STATS: "统计", TokenScope.ENTRIES: "条目"}

Name = Annotated[str, Form(max_length=60)]
Scopes = Annotated[list[str] | None, Form()]


@router.get("/tokens")
def listing(services: Services, request: Request) -> Response:
    return _page(services, request)


@router.post("/tokens")
def issue(services: Services, request: Request, name: Name, scopes: Scopes = None) -> Response:
    visitor = visitor_of(request)
    try:
        with writing(services.engine) as session:
            _, text = tokens.issue(session, visitor.home_account, name, scopes or [], visitor.actor, services.now())
    except TokenError as error:
        return _page(services, request, error=str(error))
    return _page(services, request, text)


@router.post("/tokens/{token_id}/revoke")
def revoke(services: Services, request: Request, token_id: int) -> Response:
    visitor = visitor_of(request)
    with writing(services.engine) as session:
        token = session.get(ApiToken, token_id)
        if token is None or token.account_id not in visitor.accounts:
            raise NotFoundError("没有这个令牌")
        tokens.revoke(session, token, visitor.actor, services.now())
    return go("/tokens", done="removed")


def _page(services: ConsoleServices, request: Request, text: str = "", error: str = "") -> Response:
    mine = ApiToken.account_id.in_(visitor_of(request).accounts)
    with reading(services.engine) as session:
        rows = list(session.scalars(select(ApiToken).where(mine).order_by(ApiToken.id.desc())))
    context = {"tokens": rows, "scopes": SCOPES, "text": text, "error": error}
    return render(request, "tokens.html", context, 422 if error else 200)
