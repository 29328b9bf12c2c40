"""The application as the platform sees it."""

import asyncio

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.platform_client import PlatformClient


class Wechat:
    """Posts to the application and counts what it stored."""

    def __init__(self, app: FastAPI, engine: Engine) -> None:
        self.app = app
        self.engine = engine
        self.client = PlatformClient()

    def request(self, method: str, path: str, params: dict[str, str], body: bytes = b"") -> httpx.Response:
        return self.requests([(method, path, params, body)])[0]

    def requests(self, calls: list[tuple[str, str, dict[str, str], bytes]]) -> list[httpx.Response]:
        async def run() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://fzbot") as http:
                return list(
                    await asyncio.gather(
                        *(http.request(m, path, params=params, content=body) for m, path, params, body in calls)
                    )
                )

        return asyncio.run(run())

    def send(self, xml: str, client: PlatformClient | None = None) -> str:
        """The text of the reply; empty for `success`."""
        client = client or self.client
        response = self.request("POST", "/wechat", *client.post(xml))
        assert response.status_code == 200, response.text
        return client.open(response.content)["Content"] if response.text != "success" else ""

    def says(self, words: str, openid: str = "o-villager") -> str:
        return self.send(self.client.text(words, openid))
