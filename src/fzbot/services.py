"""What is built once and started: everything behind the faces."""

import logging
from dataclasses import dataclass

from sqlalchemy import Engine, select

from fzbot import bootstrap, clock, db, migrations, retention
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from fzbot.console.services import ConsoleServices
from fzbot.conversation.turn import Conversation
from fzbot.curation import golden
from fzbot.curation.publishing import PublishingPolicy
from fzbot.curation.release_loader import ReleaseLoader
from fzbot.errors import PlatformError
from fzbot.health import Health
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from fzbot.interactions.spool_files import FOLDER
from fzbot.knowledge import law_changes
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.wording import Links
from fzbot.notices.sending.next_reply import NextReplyItems
from fzbot.notices.sending.worker import NoticeWorker
from fzbot.outgoing import Outgoing, open_outgoing
from fzbot.people.erasure_log import FILE as ERASURES
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role
from fzbot.people.village import Village
from fzbot.retention import RetentionPolicy
from fzbot.runtime import heartbeats
from fzbot.runtime.jobs import Job, Jobs
from fzbot.runtime.leader_election import LeaderElection
from fzbot.settings import Settings
from fzbot.statistics import rollup
from fzbot.statutes.repository import StatuteRepository
from fzbot.web.rate_limiter import RateLimiter
from fzbot.wechat.account_admin import WeChatAccountAdmin
from fzbot.wechat.account_endpoints import AccountEndpoint, AccountEndpoints
from fzbot.wechat.envelope import Envelope
from fzbot.wechat.fair_pool import FairPool

log = logging.getLogger(__name__)

COUNT_SECONDS = 10.0
HOUR = 3600.0
DAY = 24 * HOUR
TAG_SECONDS = 600.0


@dataclass(frozen=True)
class Services:
    """What the faces are built from."""

    settings: Settings
    account_id: int
    """Of the default account, which the settings name."""
    kiosk_account_id: int
    """Of what is asked at touch screens in no village."""
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


def read_ahead(settings: Settings) -> Ready:
    """Read what server processes may share."""
    engine = bootstrap.open_engine(settings)
    try:
        known = bootstrap.look_up(settings, engine)
    finally:
        engine.dispose()
    return Ready(known.release, bootstrap.read_snapshot(settings, known.overlay))


def start(settings: Settings, ready: Ready | None = None) -> Services:
    """Open the database and the knowledge base, and start recording."""
    engine = bootstrap.open_engine(settings)
    heartbeats.RUNNING.keep_in(settings.data_dir / heartbeats.FOLDER)
    sealer = Sealer(settings.secret())
    known = bootstrap.look_up(settings, engine)
    current_snapshot = CurrentSnapshot(
        ready.snapshot if ready and ready.release == known.release else bootstrap.read_snapshot(settings, known.overlay)
    )
    release_loader = ReleaseLoader(
        engine=engine,
        current_snapshot=current_snapshot,
        folder=settings.knowledge,
        cache=settings.data_dir / CACHE,
        golden=golden.load(settings.knowledge),
        loaded=known.release,
    )
    recorder = Recorder(engine, Spool(settings.data_dir / FOLDER))
    erasures = ErasureLog(settings.shared / ERASURES)
    riders = NextReplyItems(engine, Links(settings.public_url))
    conversation = Conversation(
        engine=engine,
        recorder=recorder,
        sealer=sealer,
        current_snapshot=current_snapshot,
        statutes=StatuteRepository(engine),
        public_url=settings.public_url,
        erasures=erasures,
        rate_limiter=RateLimiter(settings.follower_per_minute),
        tappable=settings.wechat_tappable,
        pending_items=riders,
    )
    pool = FairPool(settings.turn_threads)
    outgoing = open_outgoing(settings, engine, sealer)
    laws = Job("laws", DAY, lambda: _tell_of_changed_laws(current_snapshot))
    jobs = Jobs(LeaderElection(engine, settings.data_dir), (*_jobs(engine, settings, outgoing.account_admin()), laws))
    return Services(
        settings=settings,
        account_id=known.account_id,
        kiosk_account_id=known.kiosk_account_id,
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


def _tell_of_changed_laws(current: CurrentSnapshot) -> None:
    """Say once a day which laws changed after points that rest on them were reviewed; the console lists the points."""
    snapshot = current.snapshot
    changed = law_changes.outdated(snapshot.entries.values(), snapshot.laws, clock.today())
    if changed:
        points = sum(map(len, changed.values()))
        log.warning("laws changed after %d points were reviewed: %s", points, "、".join(changed))


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
        services.engine,
        services.current_snapshot,
        services.recorder,
        lambda: services.release_loader.loaded or 0,
        services.settings.data_dir,
        services.settings.shared,
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
        uploads=settings.uploads,
        knowledge=settings.knowledge,
        side=services.outgoing.account_admin(),
        policy=PublishingPolicy(settings.second_person),
        notice_policy=notices.ApprovalPolicy(settings.second_person),
        totp_roles=roles[settings.require_totp],
        hidden_accounts=frozenset({bootstrap.SIMULATOR, bootstrap.KIOSK}),
    )


def endpoints(services: Services) -> AccountEndpoints:
    """The endpoints to the default account, if it is configured, and to those of the table."""
    settings, engine = services.settings, services.engine
    default = None
    if settings.wechat_token:
        envelope = Envelope(settings.credentials, settings.post_max_age, settings.wechat_plain)
        default = AccountEndpoint(services.account_id, envelope)
    return AccountEndpoints(default, engine, services.sealer, settings.post_max_age, settings.wechat_plain)
