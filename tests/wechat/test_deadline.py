"""At the deadline a reply leaves: the turn's own when only the row is late, a sentence with the numbers when the turn is."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Route

from fzbot import clock
from fzbot.conversation import wording
from fzbot.conversation.message import Message
from fzbot.interactions.record import Recorded
from fzbot.people.account import Credentials
from fzbot.people.sealing import Sealer
from fzbot.wechat.account_endpoints import AccountEndpoint, AccountEndpoints
from fzbot.wechat.envelope import Envelope
from fzbot.wechat.fair_pool import FairPool
from fzbot.wechat.receipts import Receipts
from fzbot.wechat.webhook import Webhook
from tests.conftest import SECRET
from tests.platform_client import AES_KEY, PlatformClient

REPLY_SECONDS = 0.3


class SlowConversation:
    """A conversation whose turns do what they are told, and take as long."""

    def __init__(self, turn: Callable[[Message], Recorded]) -> None:
        self.handle = turn
        self.now = clock.now


@pytest.fixture
def ask(sqlite_engine: Engine) -> Iterator[Callable[[Callable[[Message], Recorded]], Any]]:
    pool = FairPool(2)

    async def post(turn: Callable[[Message], Recorded]) -> str:
        client = PlatformClient()
        envelope = Envelope(Credentials("default", client.token, client.app_id, aes_key=AES_KEY), 300)
        endpoints = AccountEndpoints(AccountEndpoint(1, envelope), sqlite_engine, Sealer(SECRET), 300)
        receipts = Receipts(sqlite_engine, Sealer(SECRET))
        webhook = Webhook(endpoints, SlowConversation(turn), pool, receipts, REPLY_SECONDS)  # type: ignore[arg-type]
        app = Starlette(routes=[Route("/wechat", webhook.answer, methods=["POST"])])
        query, body = client.post(client.text("彩礼能不能要回来"))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://fzbot") as http:
            response = await http.post("/wechat", params=query, content=body)
        return client.open(response.content)["Content"]

    yield post
    pool.shutdown()


@pytest.mark.anyio
async def test_a_row_that_is_late_lets_its_own_reply_leave(ask: Any) -> None:
    began = time.monotonic()
    assert await ask(lambda _: Recorded("可以退")) == "可以退"
    assert REPLY_SECONDS <= time.monotonic() - began < REPLY_SECONDS + 1


@pytest.mark.anyio
async def test_a_turn_that_is_late_is_answered_with_the_numbers(ask: Any) -> None:
    go_on = threading.Event()

    def stuck(_: Message) -> Recorded:
        go_on.wait(10)
        return Recorded("too late")

    try:
        assert await ask(stuck) == wording.BUSY
        assert "110" in wording.BUSY
        assert "12348" in wording.BUSY
    finally:
        go_on.set()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
