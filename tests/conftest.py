"""Databases, the knowledge base as shipped, and villagers to talk with."""

import fcntl
import gc
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pgserver
import pytest
import yaml
from sqlalchemy import Engine, NullPool, create_engine, text

from fzbot import db, migrations
from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from fzbot.people.sealing import Sealer
from fzbot.settings import shipped_knowledge

SECRET = "a secret that is only for tests"
SHARED = Path(__file__).parents[2] / "shared"

SMALL = {"marriage.bride-price", "land.contract-dispute", "loan.unpaid", "chat.thanks"}

_numbers = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=6, help="rounds of the kill test; 1000 for the full promise")
    parser.addoption("--deliveries", type=int, default=200, help="of the sending test; 10000 for the full promise")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server with a migrated database to copy from."""
    # Not under pytest's own folder, which is closed to others: run by root, the server belongs to a user of its own.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = pgserver.get_server(folder / "postgres", cleanup_mode="delete")  # type: ignore[attr-defined]
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        command(url, "CREATE DATABASE migrated")
        template = db.make_engine(database(url, "migrated"))
        migrations.upgrade(template)
        template.dispose()
        yield url
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    engine = db.make_engine(f"sqlite:///{path}")
    migrations.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "fzbot.db").write_bytes(migrated_sqlite.read_bytes())
    engine = db.make_engine(f"sqlite:///{tmp_path / 'fzbot.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres: str) -> Iterator[Engine]:
    engine = db.make_engine(new_database(postgres, "TEMPLATE migrated"))
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A migrated, empty database; the test runs once on each kind."""
    name = "sqlite_engine" if request.param == "sqlite" else "postgres_engine"
    found: Engine = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="session")
def built(pytestconfig: pytest.Config) -> Path:
    """A data folder whose cache holds the snapshot of the shipped knowledge base.

    Building it takes a while: of the processes that share the tests, one builds and the others wait, and the next run finds it.
    """
    folder = pytestconfig.cache.mkdir("built")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Snapshot.of_folder(shipped_knowledge(), folder / CACHE)
    return folder


@pytest.fixture(scope="session")
def snapshot(built: Path) -> Snapshot:
    """The shipped knowledge base."""
    found = Snapshot.of_folder(shipped_knowledge(), built / CACHE)
    gc.freeze()  # it stays to the end: the collector would look through it again in every test
    return found


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge folder with a few entries, quick to build."""
    folder = tmp_path_factory.mktemp("small") / "knowledge"
    shutil.copytree(shipped_knowledge(), folder)
    keep_only(folder, SMALL)
    return folder


DataFolder = Callable[[], Path]


@pytest.fixture(scope="session")
def data_folder(built: Path, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Makes data folders that have the built snapshot, and nothing else."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("data")
        shutil.copytree(built / CACHE, folder / CACHE)
        return folder

    return make


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(SECRET)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", reserve_bytes=0)


@pytest.fixture
def recorder(engine: Engine, spool: Spool) -> Iterator[Recorder]:
    recorder = Recorder(engine, spool, replay_seconds=0.05)
    yield recorder
    recorder.close()


def keep_only(folder: Path, entries: set[str]) -> None:
    """Take all other entries out of a knowledge folder."""
    for path in (folder / "entries").rglob("*.yaml"):
        known = yaml.safe_load(path.read_text(encoding="utf-8"))["entries"]
        kept = [entry for entry in known if entry["id"] in entries]
        for entry in kept:
            if "see" in entry:  # a point may not refer to an entry that is gone; the version before knows no such field
                entry["see"] = [id_ for id_ in entry["see"] if id_ in entries]
        path.write_text(yaml.safe_dump({"entries": kept}, allow_unicode=True), encoding="utf-8")


def new_database(url: str, template: str = "") -> str:
    """The address of a further database on the server."""
    name = f"test_{next(_numbers)}"
    command(url, f"CREATE DATABASE {name} {template}")
    return database(url, name)


def command(url: str, sql: str) -> None:
    with create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as admin:
        admin.execute(text(sql))


def database(url: str, name: str) -> str:
    before, _, query = url.partition("?")
    head = before.rsplit("/", 1)[0]
    return f"{head}/{name}" + (f"?{query}" if query else "")
