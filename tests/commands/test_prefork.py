"""Several server processes: one that dies is replaced, none outlives the one that watches over them."""

import time
from collections.abc import Iterator

import httpx
import psutil
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from fzbot.commands import prefork
from fzbot.commands.prefork import Servers
from tests.conftest import DataFolder
from tests.platform_client import PlatformClient
from tests.servers import Server, post

PATIENCE = 30.0


@pytest.fixture
def server(data_folder: DataFolder) -> Iterator[Server]:
    server = Server(data_folder(), workers=2).start()
    children = psutil.Process(server.pid).children()
    yield server
    server.stop()
    assert not any(child.is_running() for child in children)


def test_a_process_that_dies_is_replaced_and_its_counts_stay(server: Server) -> None:
    client = PlatformClient()
    for _ in range(6):
        with httpx.Client(trust_env=False) as http:
            post(http, server.url, client, client.text("彩礼能不能要回来"))
    assert turns(server) == 6
    before = workers(server)
    before[0].kill()
    deadline = time.monotonic() + PATIENCE
    while len(now := workers(server)) < 2 or before[0] in now:
        assert time.monotonic() < deadline, "nobody took the place of the one that died"
        time.sleep(0.02)
    assert httpx.get(f"{server.url}/readyz", trust_env=False).status_code == 200
    assert turns(server) == 6


def test_one_that_begins_while_the_database_is_away_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefork, "DATABASE_SECONDS", 0.0)
    tries: Iterator[Exception | FastAPI] = iter([OperationalError("connect", {}, Exception("away")), FastAPI()])

    def make() -> FastAPI:
        found = next(tries)
        if isinstance(found, Exception):
            raise found
        return found

    assert isinstance(Servers(make, "127.0.0.1", 0, 2).load(), FastAPI)


@pytest.mark.parametrize("host", ["127.0.0.1", "::", "::1", "localhost"])
def test_any_kind_of_host_is_listened_on(host: str) -> None:
    assert Servers(FastAPI, host, 8000, 2).cfg.address == [(host, 8000)]


def turns(server: Server) -> float:
    page = httpx.get(f"{server.url}/metrics", trust_env=False).text
    return sum(float(line.split()[-1]) for line in page.splitlines() if line.startswith("fzbot_turns_total{"))


def workers(server: Server) -> list[psutil.Process]:
    return psutil.Process(server.pid).children()
