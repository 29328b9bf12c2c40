"""A real server process answers what real people asked, in plain and secure mode, and counts each once."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.conftest import SHARED, DataFolder
from tests.platform_client import PlatformClient
from tests.servers import Server, post

DEV = SHARED / "questions" / "dev.tsv"
OWN = [
    "彩礼能不能要回来",
    "老板欠我三个月工钱不给咋弄",
    "邻居盖房把我家光挡了",
    "娃在学校摔了学校赔不赔",
    "有人叫我刷单垫钱是不是骗子",
    "承包地让人占了",
    "谢谢",
    "今天天气咋样",
]


def _questions() -> list[str]:
    if not DEV.exists():
        return OWN
    lines = DEV.read_text(encoding="utf-8").splitlines()[1:301]
    return [line.split("\t")[2] for line in lines]


@pytest.fixture(scope="module", params=[1, 2], ids=["one worker", "two workers"])
def server(request: pytest.FixtureRequest, data_folder: DataFolder) -> Iterator[Server]:
    server = Server(data_folder(), workers=request.param).start()
    yield server
    server.stop()


def test_each_question_gets_one_reply_in_time_and_one_row_however_often_it_is_posted(server: Server) -> None:
    questions = _questions()
    before = _rows(server)
    with httpx.Client(timeout=5, trust_env=False) as http, ThreadPoolExecutor(3) as pool:
        for number, words in enumerate(questions):
            client = PlatformClient(mode="secure" if number % 2 else "plain")
            xml = client.text(words, openid=f"o-{number}")
            started = time.monotonic()
            repeats = [pool.submit(post, http, server.url, client, xml) for _ in range(3)]
            replies = {repeat.result() for repeat in repeats}
            assert time.monotonic() - started < 1, words
            assert len(replies) == 1, words
            assert 0 < len(replies.pop().encode()) <= 2047
    assert _rows(server) - before == len(questions)


def _rows(server: Server) -> int:
    with sqlite3.connect(server.data_dir / "fzbot.db") as connection:
        count: int = connection.execute("SELECT count(*) FROM interaction").fetchone()[0]
    connection.close()
    return count
