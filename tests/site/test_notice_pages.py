"""The page of a notice is there once the notice is sent, and not before."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, update

from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.snapshot import Snapshot
from fzbot.notices.authoring.notice import Notice, NoticeState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results.reads import ReadCounter
from fzbot.site.notices import notice_pages
from tests.notices.town import Town


@pytest.fixture
def town(sqlite_engine: Engine) -> Iterator[Town]:
    town = Town(sqlite_engine)
    yield town
    town.pool.shutdown()


def status(town: Town, snapshot: Snapshot, way: DeliveryMethod, state: NoticeState) -> int:
    id_ = town.draft(way)
    with town.engine.begin() as connection:
        connection.execute(update(Notice).where(Notice.id == id_).values(state=state.value))
    site = FastAPI()
    site.include_router(notice_pages(town.engine, CurrentSnapshot(snapshot), ReadCounter(town.engine, town.clock)))

    async def run() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://fzbot") as http:
            return await http.get(f"/n/{id_}")

    return asyncio.run(run()).status_code


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (NoticeState.DRAFT, 404),
        (NoticeState.APPROVED, 404),
        (NoticeState.SCHEDULED, 404),
        (NoticeState.CANCELLED, 404),
        (NoticeState.SENDING, 200),
        (NoticeState.SENT, 200),
        (NoticeState.PARTLY, 200),
    ],
)
def test_a_notice_opens_once_it_is_sent(town: Town, snapshot: Snapshot, state: NoticeState, found: int) -> None:
    assert status(town, snapshot, DeliveryMethod.NEXT_REPLY, state) == found


def test_what_is_only_forwarded_opens_as_soon_as_it_may_be_forwarded(town: Town, snapshot: Snapshot) -> None:
    assert status(town, snapshot, DeliveryMethod.GROUP, NoticeState.DRAFT) == 404
    assert status(town, snapshot, DeliveryMethod.GROUP, NoticeState.APPROVED) == 200
