"""Two versions side by side on one PostgreSQL while the schema is upgraded under load: every post is answered and counted once."""

import itertools
import shutil
import subprocess
import tarfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from alembic import command
from sqlalchemy import Engine, NullPool, create_engine, select, text

from fzbot import migrations
from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from fzbot.db import reading
from fzbot.interactions.interaction import Interaction
from tests.conftest import SMALL, keep_only, new_database
from tests.platform_client import PlatformClient
from tests.servers import Server, post

ROOT = Path(__file__).parents[2]
STEPS = "src/fzbot/migrations/versions"
SENDERS = 4
PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 4.5
SECRET = {"FZBOT_SECRET_KEY": "the same for both versions, and long enough"}
NEXT_STEP = """
CREATE TABLE of_the_next_version (id bigint PRIMARY KEY);
ALTER TABLE interaction ADD COLUMN of_the_next_version integer;
ALTER TABLE sign_in ADD COLUMN of_the_next_version integer NOT NULL DEFAULT 0;
CREATE INDEX ix_of_the_next_version ON interaction (account_id, of_the_next_version);
UPDATE alembic_version SET version_num = '9999';
"""
"""What the version after this one may do at most (docs/operations.md)."""


@dataclass
class Load:
    """Posts to the servers in turn, a few at a time, until it is stopped."""

    to: list[Server]
    slowest: float = 0.0
    refused: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Load":
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, posts: int = 40) -> None:
        """Wait until so many more posts are through."""
        target = len(self.answered) + len(self.refused) + posts
        while len(self.answered) + len(self.refused) < target and any(one.is_alive() for one in self._threads):
            time.sleep(PAUSE_SECONDS)

    def _send(self, sender: int) -> None:
        client = PlatformClient()
        with httpx.Client(timeout=10, trust_env=False) as http:
            for number in itertools.count():
                if self._stop.wait(PAUSE_SECONDS):
                    return
                words = f"彩礼能不能要回来 {sender}-{number}"
                began = time.monotonic()
                try:
                    reply = post(http, self.to[number % len(self.to)].url, client, client.text(words, f"o-{sender}"))
                except (httpx.TransportError, AssertionError) as error:
                    self.refused.append(f"{words}: {error!r}")
                else:
                    (self.answered if reply else self.refused).append(words)
                self.slowest = max(self.slowest, time.monotonic() - began)


@dataclass(frozen=True)
class Place:
    """A database that servers share, and the small knowledge base, built once."""

    database: str
    knowledge: Path
    folder: Path

    def server(self, name: str, **more: str) -> Server:
        """A server of this version, or with other sources."""
        data = self.folder / name
        Snapshot.of_folder(self.knowledge, self.folder / CACHE)
        shutil.copytree(self.folder / CACHE, data / CACHE)
        settings = SECRET | {"FZBOT_KNOWLEDGE_DIR": str(self.knowledge)} | more
        return Server(data, database_url=self.database, more=settings)


@pytest.fixture
def place(postgres: str, small: Path, tmp_path: Path) -> Place:
    return Place(new_database(postgres), small, tmp_path)


def version_before(folder: Path) -> Path | None:
    """The sources as they were before the newest step of the schema; None where there is no history."""
    log = ["log", "-1", "--format=%H", "--diff-filter=A", "--", STEPS]
    added = subprocess.run(["git", *log], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    archive = ["git", "archive", f"{added}^", "src", "knowledge"]
    packed = subprocess.run(archive, cwd=ROOT, capture_output=True, check=False)
    if not added or packed.returncode:
        return None
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not on this machine")
def test_the_version_before_serves_on_while_this_one_upgrades(place: Place, tmp_path: Path) -> None:
    before = version_before(tmp_path / "before")
    if before is None:
        pytest.skip("no history: a copy without git, or a shallow one")
    keep_only(before / "knowledge", SMALL)
    sources = {"PYTHONPATH": str(before / "src"), "FZBOT_KNOWLEDGE_DIR": str(before / "knowledge")}
    old, new = place.server("old", **sources), place.server("new")
    engine = create_engine(place.database, poolclass=NullPool)
    try:
        old.start()
        assert not migrations.is_current(engine)
        with Load([old]) as load:
            load.goes_on()
            new.start()
            assert migrations.is_current(engine)
            load.goes_on()
            load.to = [old, new]
            load.goes_on()
            assert httpx.get(f"{old.url}/readyz", trust_env=False).status_code == 200
            assert httpx.get(f"{old.url}/console/sign-in", trust_env=False).status_code == 200
            load.to = [new]
            load.goes_on(SENDERS)  # what was under way to the old one is through
            old.stop()
            load.goes_on()
        check(load, engine)
    finally:
        end(old, new)


def test_this_version_serves_on_and_starts_again_after_the_next_one_upgraded(
    place: Place,
) -> None:
    server, other = place.server("server"), place.server("other")
    engine = create_engine(place.database, poolclass=NullPool)
    try:
        server.start()
        with Load([server]) as load:
            load.goes_on()
            with engine.begin() as connection:
                connection.execute(text(NEXT_STEP))
            load.goes_on()
            other.start()
            load.to = [server, other]
            load.goes_on()
        check(load, engine)
    finally:
        end(server, other)


def test_posts_are_answered_while_the_interactions_are_split_into_months(place: Place) -> None:
    engine = create_engine(place.database, poolclass=NullPool)
    config = migrations.config_for(engine)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    server = place.server("server")
    try:
        server.start()
        with Load([server]) as load:
            load.goes_on()
            assert (migrations.partition(engine) or 0) > 0
            load.goes_on()
        check(load, engine)
    finally:
        end(server)


def check(load: Load, engine: Engine) -> None:
    """Every post was answered in time, and is one row."""
    assert load.refused == []
    assert load.slowest < PATIENCE_SECONDS
    with reading(engine) as session:
        rows = Counter(session.scalars(select(Interaction.question)))
    assert rows == Counter(load.answered)


def end(*servers: Server) -> None:
    for server in servers:
        if server.process is not None and server.process.poll() is None:
            server.stop()
