"""`kill -9` at random moments under load: whatever was acknowledged is in the database, exactly once."""

import random
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import DataFolder
from tests.platform_client import PlatformClient
from tests.servers import Server, post

SENDERS = 8
BURST_SECONDS = (0.02, 0.25)
PATIENCE_SECONDS = 10


def test_nothing_acknowledged_is_lost_and_nothing_is_counted_twice(
    data_folder: DataFolder, request: pytest.FixtureRequest
) -> None:
    rounds: int = request.config.getoption("--kills")
    chance = random.Random(20261123)
    acknowledged: list[str] = []
    unanswered: list[str] = []
    server = Server(data_folder())
    for number in range(rounds):
        server.start()
        repeats = unanswered[-20:]
        unanswered.clear()
        begun, enough = threading.Event(), threading.Event()
        with ThreadPoolExecutor(SENDERS) as pool:
            jobs = [
                pool.submit(_send, server, f"{number}-{sender}", repeats[sender::SENDERS], begun, enough)
                for sender in range(SENDERS)
            ]
            begun.wait(PATIENCE_SECONDS)  # however slow the machine is: the kill comes in the midst of answers
            enough.wait(chance.uniform(*BURST_SECONDS))
            server.kill()
            enough.set()
            for job in jobs:
                done, open_ = job.result()
                acknowledged += done
                unanswered += open_
    server.start()
    server.stop()
    stored = Counter(_questions(server))
    assert acknowledged
    assert [words for words in acknowledged if stored[words] != 1] == []
    assert [words for words, times in stored.items() if times > 1] == []


def _send(
    server: Server, name: str, repeats: list[str], begun: threading.Event, enough: threading.Event
) -> tuple[list[str], list[str]]:
    """Post until the server is gone, repeats of unanswered posts first; returns what was answered and what was not."""
    client = PlatformClient()
    done: list[str] = []
    number = 0
    with httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False) as http:
        while not enough.is_set():
            if repeats:
                words = repeats.pop()
            else:
                number += 1
                words = f"彩礼能不能要回来 {name}-{number}"
            openid = f"o-{words[-12:]}".replace(" ", "")
            # The platform repeats a post with the same id and time.
            xml = client.xml(openid, MsgType="text", Content=words, MsgId=words[-12:].strip(), CreateTime="1790000000")
            try:
                post(http, server.url, client, xml)
            except httpx.TransportError:
                return done, [words, *repeats]
            done.append(words)
            begun.set()
    return done, repeats


def _questions(server: Server) -> list[str]:
    connection = sqlite3.connect(server.data_dir / "fzbot.db")
    words = [row[0] for row in connection.execute("SELECT question FROM interaction")]
    connection.close()
    return words
