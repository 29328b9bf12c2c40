"""Posts to the service's webhook: receipts of what was sent, and what followers say."""

import asyncio
import logging
from dataclasses import dataclass, field

import httpx

from fzbot.simulation.simulated_client import SimulatedWeChatClient

log = logging.getLogger(__name__)

TRIES = 3
"""How often the platform posts the same message."""
PAUSE_SECONDS = 0.2
TIMEOUT_SECONDS = 5.0


@dataclass
class WebhookSender:
    """Carries posts one after the other, receipts `delay` seconds late. Without a `webhook` they pile up."""

    side: SimulatedWeChatClient
    webhook: str = ""
    delay: float = 0.0
    owed: int = 0
    posted: int = 0
    refused: int = 0
    waiting: "asyncio.Queue[dict[str, str]]" = field(default_factory=asyncio.Queue)

    def put(self, receipt: dict[str, str]) -> None:
        """Have a receipt posted later; `openid` says from whom, the rest are its fields."""
        self.owed += 1
        self.waiting.put_nowait(receipt)

    async def carry(self) -> None:
        """Post what comes in, until cancelled."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as http:
            while True:
                receipt = dict(await self.waiting.get())
                if not self.webhook:
                    continue
                await asyncio.sleep(self.delay)
                openid = receipt.pop("openid")
                await self._post(http, openid, {"MsgType": "event"} | receipt)

    async def say(self, openid: str, fields: dict[str, str]) -> str:
        """Post what a follower does, once; returns the reply's text. `httpx.HTTPError` when the webhook does not answer."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as http:
            query, body = self.side.post(openid, fields)
            answer = await http.post(self.webhook, params=query, content=body)
            answer.raise_for_status()
            return self.side.open(answer.content)

    async def _post(self, http: httpx.AsyncClient, openid: str, fields: dict[str, str]) -> None:
        query, body = self.side.post(openid, fields)
        for _ in range(TRIES):
            try:
                answer = await http.post(self.webhook, params=query, content=body)
            except httpx.HTTPError as error:
                log.info("receipt not taken: %s", type(error).__name__)
            else:
                if answer.status_code == httpx.codes.OK:
                    self.posted += 1
                    return
            await asyncio.sleep(PAUSE_SECONDS)
        self.refused += 1
