"""Bodies that are too large or too slow are refused, also when nothing was said about their length."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from fzbot.web.body_limit import BodyLimit


def application(seconds: float) -> FastAPI:
    app = FastAPI()

    @app.post("/")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.post("/form")
    async def fields(request: Request) -> int:
        return len(await request.form())

    app.add_middleware(BodyLimit, most=100, seconds=seconds)
    return app


async def pieces(number: int, pause: float = 0) -> AsyncIterator[bytes]:
    for _ in range(number):
        await asyncio.sleep(pause)
        yield b"x" * 10


def post(path: str, content: bytes | AsyncIterator[bytes], seconds: float = 5, form: bool = False) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(application(seconds))
        kind = "application/x-www-form-urlencoded" if form else "text/plain"
        async with httpx.AsyncClient(transport=transport, base_url="http://fzbot") as http:
            return await http.post(path, content=content, headers={"Content-Type": kind})

    return asyncio.run(run())


@pytest.mark.parametrize(("number", "status"), [(0, 200), (10, 200), (11, 413)])
def test_a_body_may_have_so_many_bytes(number: int, status: int) -> None:
    assert post("/", pieces(number)).status_code == status
    assert post("/", b"x" * 10 * number).status_code == status


def test_a_form_that_is_too_large_is_refused_as_such() -> None:
    assert post("/form", b"a=" + b"x" * 98, form=True).json() == 1
    assert post("/form", b"a=" + b"x" * 99, form=True).status_code == 413


def test_a_body_that_dribbles_in_is_cut_off() -> None:
    assert post("/", pieces(5, pause=0.05), seconds=0.08).status_code == 408


def test_what_is_said_to_be_too_large_is_refused_unread() -> None:
    read = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal read
        async for piece in pieces(3):
            read += len(piece)
            yield piece

    async def run() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application(5)), base_url="http://fzbot") as http:
            answer = await http.post("/", content=counted(), headers={"Content-Length": "101"})
            return answer.status_code

    assert asyncio.run(run()) == 413
    assert read == 0
