"""The web application: its routes and middleware."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

import fzbot
from fzbot import bootstrap
from fzbot.console.app import ASSETS as CONSOLE_ASSETS
from fzbot.console.app import create_console
from fzbot.health import add_health
from fzbot.notices.results.reads import ReadCounter
from fzbot.runtime import logs
from fzbot.services import Ready, Services, console_services, endpoints, health_of, start
from fzbot.settings import Settings
from fzbot.simulation.simulated_client import SimulatedWeChatClient
from fzbot.site import simulator
from fzbot.site.api import api
from fzbot.site.kiosk import kiosk
from fzbot.site.notices import notice_pages
from fzbot.site.pages import not_found, pages
from fzbot.statutes.repository import StatuteRepository
from fzbot.web.body_limit import BodyLimit
from fzbot.web.request_log import RequestLog, broken
from fzbot.web.security_headers import SecurityHeaders
from fzbot.wechat.receipts import Receipts
from fzbot.wechat.webhook import Webhook


def from_environment() -> FastAPI:
    """The application as the environment configures it; what each server process calls."""
    logs.configure()
    gc.disable()  # what is built now stays: the collector would look through it again and again, now and between answers
    application = create_app(Settings.from_environment())
    gc.freeze()
    gc.enable()
    return application


def create_app(settings: Settings, ready: Ready | None = None) -> FastAPI:
    """Build the application. `prepare` must have run; with what is `ready` less has to be read."""
    return build(start(settings, ready))


def build(services: Services) -> FastAPI:
    """The application over services that are started; it closes them when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        services.release_loader.start()
        services.jobs.start()
        if services.worker is not None:
            services.worker.start()
        yield
        await asyncio.to_thread(services.close)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    receipts = Receipts(services.engine, services.sealer)
    webhook = Webhook(endpoints(services), services.conversation, services.pool, receipts)
    # Bare Starlette routes: FastAPI's parameter handling would halve the throughput of the one hot path.
    for path in ("/wechat", "/wechat/", "/wechat/{account}", "/wechat/{account}/"):
        app.router.routes.append(Route(path, webhook.answer, methods=["GET", "POST"]))
    _mount(app, "/api/v1", api(services.engine, services.current_snapshot, services.settings.public_url))
    app.router.routes.append(Route("/console", _to_console))
    app.mount("/console/assets", StaticFiles(directory=CONSOLE_ASSETS), name="console assets")
    _mount(app, "/console", create_console(console_services(services)))
    app.mount("/assets", StaticFiles(directory=Path(fzbot.__file__).parent / "site" / "assets"), name="assets")
    add_health(app, health_of(services))
    _mount(app, "/", public_pages(services))
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, broken)
    app.add_middleware(RequestLog)
    return app


def _mount(app: FastAPI, path: str, part: FastAPI) -> None:
    part.add_exception_handler(Exception, broken)
    app.mount(path, part)


def public_pages(services: Services) -> FastAPI:
    """The pages that anyone may open: an application of its own, so that the webhook does without their headers."""
    settings = services.settings
    site = FastAPI(title="fzbot pages", docs_url=None, redoc_url=None, openapi_url=None)
    site.add_middleware(SecurityHeaders)
    site.add_middleware(BodyLimit)
    reads = ReadCounter(services.engine)
    site.include_router(
        pages(services.current_snapshot, StatuteRepository(services.engine), reads, settings.public_url)
    )
    site.include_router(notice_pages(services.engine, services.current_snapshot, reads))
    site.include_router(kiosk(services.conversation, services.current_snapshot, services.kiosk_account_id))
    if settings.simulator:
        site.include_router(simulator.simulator(platform_side(settings)))
    site.add_exception_handler(HTTPException, _http_error)
    return site


def platform_side(settings: Settings) -> SimulatedWeChatClient:
    """The simulator's end of the line."""
    credentials = bootstrap.simulator_credentials(settings)
    return SimulatedWeChatClient(credentials.token, credentials.app_id, credentials.aes_key)


async def _to_console(_: Request) -> Response:
    return RedirectResponse("/console/")


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return not_found(request)
    return PlainTextResponse(str(getattr(error, "detail", "")), status)
