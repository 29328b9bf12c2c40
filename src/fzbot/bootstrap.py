"""What every command needs before it can begin: the database and its schema, accounts, the first administrator, a snapshot."""

import logging
import multiprocessing
import os

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from fzbot import audit, clock, db, db_errors, migrations, private_files
from fzbot.answering.snapshot import Snapshot
from fzbot.answering.snapshot_cache import is_built
from fzbot.audit import SYSTEM
from fzbot.curation.release_trial import live_entries
from fzbot.knowledge.entry import Entry
from fzbot.people import account as accounts
from fzbot.people import key_fingerprint, members
from fzbot.people.account import Account, Credentials
from fzbot.people.members import Profile
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role
from fzbot.settings import Settings

log = logging.getLogger(__name__)

ACCOUNT_NAME = "本公众号"
SIMULATOR = "simulator"
"""The slug of the simulator's account."""
SIMULATOR_NAME = "模拟聊天"
KIOSK = "kiosk"
"""The slug of what is asked at touch screens that stand in no village: an account of its own, so that it is counted apart."""
KIOSK_NAME = "未登记的触摸屏"
FIRST_ADMIN = "admin"
CACHE = "cache"
LAST_START = "last-start.json"


def prepare(settings: Settings) -> None:
    """Bring the database up to date and see to the accounts that the settings name; once before any server starts."""
    prepare_database(settings)
    engine = open_engine(settings)
    try:
        _build_snapshot(settings, look_up(settings, engine).overlay)
    finally:
        engine.dispose()


def prepare_database(settings: Settings) -> None:
    """What `prepare` does to the database; all that a worker needs."""
    tighten(settings)
    sealer = Sealer(settings.secret())  # first: one that is made now is the key of the audit chain as well
    engine = open_engine(settings)
    try:
        migrations.upgrade(engine)
        with db.writing(engine) as session:
            key_fingerprint.claim(session, sealer)
            audit.key_chain(session, clock.now())
        _ensure_account(engine, sealer, Credentials(slug=accounts.DEFAULT, token=""), ACCOUNT_NAME)
        _ensure_account(engine, sealer, Credentials(slug=KIOSK, token=""), KIOSK_NAME)
        if settings.simulator:
            _ensure_account(engine, sealer, simulator_credentials(settings), SIMULATOR_NAME)
    finally:
        engine.dispose()


def tighten(settings: Settings) -> None:
    """Make the folders that data is kept in, for the own account alone."""
    for folder in {settings.data_dir, settings.shared}:
        private_files.tighten(folder)


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
    """The engine of the configured database, with the key of the audit chain if there is one yet."""
    engine = db.make_engine(database_url(settings))
    keep_audit_key(settings, engine)
    return engine


def keep_audit_key(settings: Settings, engine: Engine) -> None:
    """Give the engine the key of the audit chain, if there is one; none is made for who only looks."""
    secret = settings.find_secret()
    if secret is not None:
        engine.update_execution_options(**{audit.KEY_OPTION: Sealer(secret).audit_key})


def database_url(settings: Settings) -> str:
    """The address of the configured database, password and all."""
    return db.database_url(settings.database_url, settings.data_dir, settings.database_password)


def open_sealer(settings: Settings, engine: Engine) -> Sealer:
    """The sealer of the configured key; `ConfigError` when the database belongs to another one."""
    sealer = Sealer(settings.secret())
    with db.reading(engine) as session:
        key_fingerprint.check(session, sealer)
    return sealer


class Known(BaseModel):
    """What serving needs of the database: the default account, the release that answers, and what staff changed in it."""

    model_config = ConfigDict(frozen=True)

    account_id: int
    release: int | None
    kiosk_account_id: int
    overlay: tuple[Entry, ...]


def look_up(settings: Settings, engine: Engine) -> Known:
    """What the database says; while it is away, what it said at the last start."""
    try:
        release, overlay = live_entries(engine)
        with db.reading(engine) as session:
            ids: dict[str, int] = dict(session.execute(select(Account.slug, Account.id)).all())
    except SQLAlchemyError as error:
        known = remembered(settings)
        if known is None or not db_errors.is_passing(error):
            raise
        return known
    known = Known(account_id=ids[accounts.DEFAULT], kiosk_account_id=ids[KIOSK], release=release, overlay=overlay)
    _remember(settings, known)
    return known


def remembered(settings: Settings) -> Known | None:
    """What the database said at the last start; None when there was none, or an older version's."""
    try:
        return Known.model_validate_json((settings.data_dir / LAST_START).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _remember(settings: Settings, known: Known) -> None:
    path = settings.data_dir / LAST_START
    part = path.with_name(f"{LAST_START}.{os.getpid()}")
    try:
        part.write_text(known.model_dump_json(), encoding="utf-8")
        part.replace(path)
    except OSError as error:  # a full disk: serving goes on without
        log.warning("what the database said is not remembered: %s", error.strerror)
        part.unlink(missing_ok=True)


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
