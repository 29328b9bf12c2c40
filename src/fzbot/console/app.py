"""The console as an application of its own, mounted at `/console`; errors are mapped to pages here, once."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from fzbot.activities import photos
from fzbot.console.auth_middleware import AuthMiddleware
from fzbot.console.authorization import Authorizer
from fzbot.console.pages import (
    activities,
    activity_files,
    activity_kinds,
    articles,
    audit_log,
    handovers,
    interactions,
    knowledge,
    laws,
    notice_forwards,
    notice_steps,
    notice_view,
    notices,
    overview,
    platform,
    pushes,
    report,
    services,
    sign_in,
    staff,
    test_bench,
    tokens,
    unanswered,
    villages,
)
from fzbot.console.rendering import HERE, render
from fzbot.console.services import ConsoleServices
from fzbot.errors import AccessRefusedError, FzbotError, NotFoundError, NotSignedInError, StepRequiredError
from fzbot.web.body_limit import MEGABYTE, BodyLimit
from fzbot.web.security_headers import SecurityHeaders

ASSETS = HERE / "assets"
LARGEST_UPLOAD = photos.MOST_PHOTOS * photos.LARGEST_FILE + MEGABYTE
"""Bytes of a form with the most files that a page offers to take. nginx.conf says the same."""
UPLOAD_SECONDS = LARGEST_UPLOAD / (MEGABYTE / 2)
"""Photos come over slow lines; nginx takes them in first, so this is for those who do without."""

# A page with a fixed address stands before one whose address holds an id, or it would be taken for an id.
PAGES = (
    overview,
    interactions,
    pushes,
    handovers,
    unanswered,
    knowledge,
    laws,
    articles,
    test_bench,
    activity_kinds,
    activity_files,
    activities,
    services,
    notices,
    notice_view,
    notice_steps,
    notice_forwards,
    report,
    sign_in,
    staff,
    villages,
    platform,
    tokens,
    audit_log,
)


MOVED = {"/bench": "/test-bench", "/audit": "/audit-log"}
"""Addresses of the version before, which bookmarks may still hold."""


def create_console(services: ConsoleServices) -> FastAPI:
    """The console over `services`."""
    app = FastAPI(title="fzbot console", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(AuthMiddleware, services=services)
    app.add_middleware(SecurityHeaders, private=True)
    app.add_middleware(BodyLimit, most=LARGEST_UPLOAD, seconds=UPLOAD_SECONDS)
    gate = Authorizer(services)
    app.state.services = services
    for page in PAGES:
        app.include_router(page.router, dependencies=[Depends(gate)])
    for old, new in MOVED.items():
        app.router.routes.append(Route(old, _moved(new)))
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return app


def _moved(path: str) -> Callable[[Request], Response]:
    def redirect(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/console{path}{query}", 301)

    return redirect


async def _sign_in_first(request: Request, error: Exception) -> Response:  # noqa: ARG001 - a handler's signature
    address = "/console/sign-in"
    if request.method == "GET":
        address += f"?next={quote(request.url.path)}"
    return RedirectResponse(address, 303)


async def _do_first(request: Request, error: Exception) -> Response:  # noqa: ARG001
    assert isinstance(error, StepRequiredError)  # noqa: S101 - what this handler is registered for
    return RedirectResponse(error.address, 303)


async def _refuse(request: Request, error: Exception) -> Response:
    return _page(request, str(error), getattr(error, "status", 400))


async def _missing(request: Request, error: Exception) -> Response:
    return _page(request, str(error) or "没有这一条，可能已被删除", 404)


async def _bad_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = "、".join(str(fault["loc"][-1]) for fault in error.errors())
    return _page(request, f"有几项没填或填得不对（{fields}），请返回检查", 422)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {
        400: "传来的内容看不懂，或者文件太多；请返回重试，文件分几次传",
        404: "没有这个页面",
        405: "不能这样打开这个页面",
        408: "传得太慢，请换个网络再试",
        413: "内容太大，请分几次传",
    }
    return _page(request, words.get(status, "出错了"), status)


def _page(request: Request, message: str, status: int) -> Response:
    return render(request, "message.html", {"message": message}, status)


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    NotSignedInError: _sign_in_first,
    StepRequiredError: _do_first,
    AccessRefusedError: _refuse,
    NotFoundError: _missing,
    FzbotError: _refuse,
    RequestValidationError: _bad_form,
    HTTPException: _http,
}
