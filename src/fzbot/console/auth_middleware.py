"""Turns away who is not signed in before a byte of their form is read: parsing forms is for people whom we know."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from fzbot.console.authorization import CHANGES, COOKIE
from fzbot.console.permissions import PUBLIC, RULES
from fzbot.console.services import ConsoleServices
from fzbot.db import reading
from fzbot.people import sign_in
from fzbot.web.body_limit import BodyLimit


class AuthMiddleware:
    """Stands in front of the pages. Roles, villages and form tokens are the gate's, which knows the route."""

    def __init__(self, app: ASGIApp, services: ConsoleServices) -> None:
        self._app = app
        self._for_strangers = BodyLimit(app)  # nobody signs in with a photo
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in CHANGES:
            await self._app(scope, receive, send)
        elif _is_public(scope):
            await self._for_strangers(scope, receive, send)
        elif await run_in_threadpool(self._knows, Request(scope).cookies.get(COOKIE, "")):
            await self._app(scope, receive, send)
        else:
            await RedirectResponse("/console/sign-in", 303)(scope, receive, send)

    def _knows(self, token: str) -> bool:
        with reading(self._services.engine) as session:
            return sign_in.resume(session, token, self._services.now()) is not None


def _is_public(scope: Scope) -> bool:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return RULES.get((scope["method"], path), frozenset()) is PUBLIC
