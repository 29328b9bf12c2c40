"""What every command needs before it can begin: the database and its schema, accounts, the first administrator, a snapshot."""

import multiprocessing

from sqlalchemy import Engine

from fzbot import clock, db, migrations
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.snapshot_cache import is_built
from fzbot.audit import SYSTEM
from fzbot.curation.release_loader import live_entries
from fzbot.knowledge.entry import Entry
from fzbot.people import account as accounts
from fzbot.people import members
from fzbot.people.account import Credentials
from fzbot.people.members import Profile
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role
from fzbot.settings import Settings

ACCOUNT_NAME = "本公众号"
SIMULATOR = "simulator"
"""The slug of the simulator's account."""
SIMULATOR_NAME = "模拟聊天"
KIOSK = "kiosk"
"""The slug of what is asked at touch screens that stand in no village: an account of its own, so that it is counted apart."""
KIOSK_NAME = "未登记的触摸屏"
FIRST_ADMIN = "admin"
CACHE = "cache"


def prepare(settings: Settings) -> None:
    """Bring the database up to date and see to the accounts that the settings name; once before any server starts."""
    prepare_database(settings)
    _, overlay = published_entries(settings)
    _build_snapshot(settings, overlay)


def prepare_database(settings: Settings) -> None:
    """What `prepare` does to the database; all that a worker needs."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings)
    sealer = Sealer(settings.secret())
    try:
        migrations.upgrade(engine)
        _ensure_account(engine, sealer, Credentials(slug=accounts.DEFAULT, token=""), ACCOUNT_NAME)
        _ensure_account(engine, sealer, Credentials(slug=KIOSK, token=""), KIOSK_NAME)
        if settings.simulator:
            _ensure_account(engine, sealer, simulator_credentials(settings), SIMULATOR_NAME)
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


def open_engine(settings: Settings) -> Engine:
    """The engine of the configured database."""
    return db.make_engine(db.database_url(settings.database_url, settings.data_dir))


def published_entries(settings: Settings) -> tuple[int | None, tuple[Entry, ...]]:
    """The release that answers now, and the entries that staff changed in it."""
    engine = open_engine(settings)
    try:
        return live_entries(engine)
    finally:
        engine.dispose()


def read_snapshot(settings: Settings, overlay: tuple[Entry, ...]) -> Snapshot:
    """The snapshot of the knowledge base with what staff changed; from the cache where it was built before."""
    return Snapshot.of_folder(settings.knowledge, settings.data_dir / CACHE, overlay)


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


def simulator_credentials(settings: Settings) -> Credentials:
    """The simulator's account: its keys follow from the secret, so that every worker has the same."""
    sealer = Sealer(settings.secret())
    return Credentials(
        slug=SIMULATOR,
        token=sealer.hash("simulator token"),
        app_id="wxsimulator",
        aes_key=(sealer.hash("simulator key") + sealer.hash("simulator key, more"))[:43],
    )


def _ensure_account(engine: Engine, sealer: Sealer, credentials: Credentials, name: str) -> None:
    with db.make_sessions(engine)() as session:
        if accounts.find(session, credentials.slug) is None:
            accounts.add(session, sealer, credentials, name, clock.now())
            session.commit()
