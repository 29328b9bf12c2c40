"""Wiring: the one place that builds everything from the settings."""

import asyncio
import gc
import logging
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy import Engine, select
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

import fzbot
from fzbot import clock, db, migrations, retention
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.snapshot_cache import is_built
from fzbot.audit import SYSTEM
from fzbot.console.app import ASSETS as CONSOLE_ASSETS
from fzbot.console.app import create_console
from fzbot.console.services import ConsoleServices
from fzbot.conversation.turn import Conversation
from fzbot.curation import golden
from fzbot.curation.publishing import PublishingPolicy
from fzbot.curation.release_loader import ReleaseLoader, live_entries
from fzbot.errors import PlatformError
from fzbot.health import Health, add_health
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from fzbot.knowledge.entry import Entry
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.wording import Links
from fzbot.notices.results.reads import ReadCounter
from fzbot.notices.sending.next_reply import NextReplyItems
from fzbot.notices.sending.worker import NoticeWorker
from fzbot.outgoing import Outgoing, open_outgoing
from fzbot.people import account as accounts
from fzbot.people import members
from fzbot.people.account import Account, Credentials
from fzbot.people.erasure_log import FILE as ERASURES
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.members import Profile
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role
from fzbot.people.village import Village
from fzbot.retention import RetentionPolicy
from fzbot.runtime import logs
from fzbot.runtime.jobs import Job, Jobs
from fzbot.runtime.leader_election import LeaderElection
from fzbot.settings import Settings
from fzbot.simulation.simulated_client import SimulatedWeChatClient
from fzbot.site import simulator
from fzbot.site.api import api
from fzbot.site.kiosk import kiosk
from fzbot.site.notices import notice_pages
from fzbot.site.pages import not_found, pages
from fzbot.statistics import rollup
from fzbot.statutes.repository import StatuteRepository
from fzbot.web.body_limit import KILOBYTE, MEGABYTE, BodyLimit
from fzbot.web.rate_limiter import RateLimiter
from fzbot.web.request_log import RequestLog, broken
from fzbot.web.security_headers import SecurityHeaders
from fzbot.wechat.account_admin import WeChatAccountAdmin
from fzbot.wechat.account_endpoints import AccountEndpoint, AccountEndpoints
from fzbot.wechat.envelope import Envelope
from fzbot.wechat.fair_pool import FairPool
from fzbot.wechat.receipts import Receipts
from fzbot.wechat.webhook import Webhook

log = logging.getLogger(__name__)

ACCOUNT_NAME = "本公众号"
SIMULATOR_NAME = "模拟聊天"
FIRST_ADMIN = "admin"
CACHE = "cache"
COUNT_SECONDS = 10.0
HOUR = 3600.0
TAG_SECONDS = 600.0
FORM = (64 * KILOBYTE, 10.0)
UPLOAD = (20 * MEGABYTE, 60.0)
"""The most bytes and seconds that a request may take; photos and spreadsheets come over slow lines."""


@dataclass(frozen=True)
class Services:
    """What the faces are built from."""

    settings: Settings
    engine: Engine
    sealer: Sealer
    current_snapshot: CurrentSnapshot
    recorder: Recorder
    conversation: Conversation
    pool: FairPool
    release_loader: ReleaseLoader
    jobs: Jobs
    outgoing: Outgoing
    worker: NoticeWorker | None

    def close(self) -> None:
        """Finish the turns under way, flush what is to be recorded, let go of the database."""
        self.jobs.close()
        if self.worker is not None:
            self.worker.close()
        self.outgoing.close()
        self.release_loader.close()
        self.pool.shutdown()
        self.recorder.close()
        self.engine.dispose()


@dataclass(frozen=True)
class Ready:
    """A snapshot that was read already, and the release that it is of."""

    release: int | None
    snapshot: Snapshot


def from_environment() -> FastAPI:
    """The application as the environment configures it; what each server process calls."""
    logs.configure()
    gc.disable()  # what is built now stays: the collector would look through it again and again, now and between answers
    application = create_app(Settings.from_environment())
    gc.freeze()
    gc.enable()
    return application


def prepare(settings: Settings) -> None:
    """Bring the database up to date and see to the accounts that the settings name; once before any server starts."""
    prepare_database(settings)
    _, overlay = _published(settings)
    _build_snapshot(settings, overlay)


def prepare_database(settings: Settings) -> None:
    """What `prepare` does to the database; all that a worker needs."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings)
    sealer = Sealer(settings.secret())
    try:
        migrations.upgrade(engine)
        _ensure_account(engine, sealer, Credentials(slug=accounts.DEFAULT, token=""), ACCOUNT_NAME)
        if settings.simulator:
            _ensure_account(engine, sealer, simulated(settings), SIMULATOR_NAME)
    finally:
        engine.dispose()


def first_admin(settings: Settings) -> str | None:
    """Add the first administrator where there is no staff yet, and return the one-time password; None otherwise."""
    engine = open_engine(settings)
    try:
        with db.writing(engine) as session:
            if members.everyone(session):
                return None
            return members.add(session, Profile(FIRST_ADMIN, "管理员", Role.ADMIN), SYSTEM, clock.now())[1]
    finally:
        engine.dispose()


def _build_snapshot(settings: Settings, overlay: tuple[Entry, ...]) -> None:
    # In a process of its own: training takes memory that a serving process would keep.
    arguments = (settings.knowledge, settings.data_dir / CACHE, overlay)
    if is_built(*arguments):
        return
    builder = multiprocessing.get_context("spawn").Process(target=Snapshot.of_folder, args=arguments)
    builder.start()
    builder.join()
    if builder.exitcode:
        Snapshot.of_folder(*arguments)  # fails here too, and says why


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

    app = FastAPI(title="fzbot", version=fzbot.__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    receipts = Receipts(services.engine, services.sealer)
    webhook = Webhook(endpoints(services), services.conversation, services.pool, receipts)
    # Bare Starlette routes: FastAPI's parameter handling would halve the throughput of the one hot path.
    for path in ("/wechat", "/wechat/{account}"):
        app.router.routes.append(Route(path, webhook.answer, methods=["GET", "POST"]))
    _mount(app, "/api/v1", api(services.engine, services.current_snapshot), FORM)
    app.mount("/console/assets", StaticFiles(directory=CONSOLE_ASSETS), name="console assets")
    _mount(app, "/console", create_console(console_services(services)), UPLOAD)
    app.mount("/assets", StaticFiles(directory=Path(fzbot.__file__).parent / "site" / "assets"), name="assets")
    add_health(app, health_of(services))
    _mount(app, "/", public_pages(services), FORM)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, broken)
    app.add_middleware(RequestLog)
    return app


def _mount(app: FastAPI, path: str, part: FastAPI, limits: tuple[int, float]) -> None:
    most, seconds = limits
    part.add_middleware(BodyLimit, most=most, seconds=seconds)
    part.add_exception_handler(Exception, broken)
    app.mount(path, part)


def public_pages(services: Services) -> FastAPI:
    """The pages that anyone may open: an application of its own, so that the webhook does without their headers."""
    settings = services.settings
    site = FastAPI(title="fzbot pages", docs_url=None, redoc_url=None, openapi_url=None)
    site.add_middleware(SecurityHeaders)
    reads = ReadCounter(services.engine)
    site.include_router(pages(services.current_snapshot, StatuteRepository(services.engine), reads))
    site.include_router(notice_pages(services.engine, services.current_snapshot, reads))
    site.include_router(kiosk(services.conversation, services.current_snapshot, _default_account(services)))
    if settings.simulator:
        site.include_router(simulator.simulator(platform_side(settings)))
    site.add_exception_handler(HTTPException, _http_error)
    return site


def open_engine(settings: Settings) -> Engine:
    """The engine of the configured database."""
    return db.make_engine(db.database_url(settings.database_url, settings.data_dir))


def read_ahead(settings: Settings) -> Ready:
    """Read what server processes may share."""
    release, overlay = _published(settings)
    return Ready(release, _snapshot(settings, overlay))


def _published(settings: Settings) -> tuple[int | None, tuple[Entry, ...]]:
    engine = open_engine(settings)
    try:
        return live_entries(engine)
    finally:
        engine.dispose()


def _snapshot(settings: Settings, overlay: tuple[Entry, ...]) -> Snapshot:
    return Snapshot.of_folder(settings.knowledge, settings.data_dir / CACHE, overlay)


def start(settings: Settings, ready: Ready | None = None) -> Services:
    """Open the database and the knowledge base, and start recording."""
    engine = open_engine(settings)
    sealer = Sealer(settings.secret())
    release, overlay = live_entries(engine)
    current_snapshot = CurrentSnapshot(
        ready.snapshot if ready and ready.release == release else _snapshot(settings, overlay)
    )
    release_loader = ReleaseLoader(
        engine=engine,
        current_snapshot=current_snapshot,
        folder=settings.knowledge,
        cache=settings.data_dir / CACHE,
        golden=golden.load(settings.knowledge),
        loaded=release,
    )
    recorder = Recorder(engine, Spool(settings.data_dir / "spool"))
    erasures = ErasureLog(settings.data_dir / ERASURES)
    riders = NextReplyItems(engine, Links(settings.public_url))
    conversation = Conversation(
        engine=engine,
        recorder=recorder,
        sealer=sealer,
        current_snapshot=current_snapshot,
        statutes=StatuteRepository(engine),
        public_url=settings.public_url,
        erasures=erasures,
        pace=RateLimiter(settings.follower_per_minute),
        pending_items=riders,
    )
    pool = FairPool(settings.turn_threads)
    outgoing = open_outgoing(settings, engine, sealer)
    jobs = Jobs(LeaderElection(engine, settings.data_dir), _jobs(engine, settings, outgoing.account_admin()))
    return Services(
        settings=settings,
        engine=engine,
        sealer=sealer,
        current_snapshot=current_snapshot,
        recorder=recorder,
        conversation=conversation,
        pool=pool,
        release_loader=release_loader,
        jobs=jobs,
        outgoing=outgoing,
        worker=outgoing.worker() if settings.worker else None,
    )


def _jobs(engine: Engine, settings: Settings, side: WeChatAccountAdmin) -> tuple[Job, ...]:
    keep = RetentionPolicy(settings.keep_text_days, settings.keep_audit_days)
    return (
        Job("count", COUNT_SECONDS, lambda: rollup.catch_up(engine)),
        Job("forget", HOUR, lambda: retention.purge(engine, keep, clock.now())),
        Job("tags", TAG_SECONDS, lambda: _synchronise_tags(engine, side)),
        Job("months", HOUR, lambda: migrations.arrange_months(engine)),
    )


def _synchronise_tags(engine: Engine, side: WeChatAccountAdmin) -> None:
    """Keep the platform's tags in step with the villages, of every account that has any."""
    with db.reading(engine) as session:
        ids = session.scalars(select(Village.account_id).distinct()).all()
    for account_id in ids:
        if side.obstacle(account_id):
            continue
        try:
            side.synchronise_tags(account_id, clock.now())
        except PlatformError as error:
            log.warning("tags of account %s wait: %s", account_id, error.code)


def health_of(services: Services) -> Health:
    """What health checks and metrics look at."""
    return Health(
        services.engine, services.current_snapshot, services.recorder, lambda: services.release_loader.loaded or 0
    )


def console_services(services: Services) -> ConsoleServices:
    """What the console works with."""
    settings = services.settings
    roles = {"admin": frozenset({Role.ADMIN}), "all": frozenset(Role), "none": frozenset[Role]()}
    return ConsoleServices(
        engine=services.engine,
        sealer=services.sealer,
        current_snapshot=services.current_snapshot,
        statutes=StatuteRepository(services.engine),
        pushes=services.outgoing.pushes,
        public_url=settings.public_url,
        uploads=settings.data_dir / "uploads",
        knowledge=settings.knowledge,
        side=services.outgoing.account_admin(),
        policy=PublishingPolicy(settings.second_person),
        notice_policy=notices.ApprovalPolicy(settings.second_person),
        totp_roles=roles[settings.require_totp],
        hidden_accounts=frozenset({simulator.SLUG}),
    )


def endpoints(services: Services) -> AccountEndpoints:
    """The endpoints to the default account, if it is configured, and to those of the table."""
    settings, engine = services.settings, services.engine
    default = None
    if settings.wechat_token:
        default = AccountEndpoint(_default_account(services), Envelope(settings.credentials, settings.post_max_age))
    return AccountEndpoints(default, engine, services.sealer, settings.post_max_age)


def simulated(settings: Settings) -> Credentials:
    """The simulator's account: its keys follow from the secret, so that every worker has the same."""
    sealer = Sealer(settings.secret())
    return Credentials(
        slug=simulator.SLUG,
        token=sealer.hash("simulator token"),
        app_id="wxsimulator",
        aes_key=(sealer.hash("simulator key") + sealer.hash("simulator key, more"))[:43],
    )


def platform_side(settings: Settings) -> SimulatedWeChatClient:
    """The simulator's end of the line."""
    credentials = simulated(settings)
    return SimulatedWeChatClient(credentials.token, credentials.app_id, credentials.aes_key)


def _default_account(services: Services) -> int:
    with db.reading(services.engine) as session:
        return session.scalars(select(Account.id).where(Account.slug == accounts.DEFAULT)).one()


def _ensure_account(engine: Engine, sealer: Sealer, credentials: Credentials, name: str) -> None:
    with db.make_sessions(engine)() as session:
        if accounts.find(session, credentials.slug) is None:
            accounts.add(session, sealer, credentials, name, clock.now())
            session.commit()


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return not_found(request)
    return PlainTextResponse(str(getattr(error, "detail", "")), status)
