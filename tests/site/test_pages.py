"""Answer pages, the home page, privacy, what is not there, and the simulator, over ASGI."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from fzbot import bootstrap
from fzbot.app import build
from fzbot.services import start
from fzbot.settings import Settings
from tests.conftest import SECRET, DataFolder


@pytest.fixture(scope="module", params=[True, False], ids=["with simulator", "without simulator"])
def application(request: pytest.FixtureRequest, data_folder: DataFolder) -> Iterator[FastAPI]:
    settings = Settings(data_dir=data_folder(), secret_key=SECRET, simulator=request.param)
    bootstrap.prepare(settings)
    services = start(settings)
    yield build(services)
    services.close()


def get(application: FastAPI, path: str) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://fzbot") as http:
            return await http.get(path)

    return asyncio.run(run())


def test_an_answer_page_shows_everything_and_dials(application: FastAPI) -> None:
    page = get(application, "/a/marriage.bride-price")
    assert page.status_code == 200
    for part in (
        "<h1>",
        "现在这样做",
        "找谁",
        "要点",
        "《彩礼规定》第",
        'href="tel:12348"',
        "未填写",
        "审核日期",
        "不是律师意见",
        'id="larger"',
    ):
        assert part in page.text


def test_a_dangerous_topic_names_the_numbers_first(application: FastAPI) -> None:
    page = get(application, "/a/channel.crisis").text
    assert page.index("tel:12356") < page.index("现在这样做")


@pytest.mark.parametrize("path", ["/a/no.such-entry", "/a/chat.greeting", "/a/..%2f..%2fetc", "/nowhere"])
def test_what_is_not_there_says_so_in_chinese(application: FastAPI, path: str) -> None:
    page = get(application, path)
    assert page.status_code == 404
    assert "没有这一页" in page.text


def test_the_console_opens_without_the_slash(application: FastAPI) -> None:
    page = get(application, "/console")
    assert (page.status_code, page.headers["location"]) == (307, "/console/")


def test_home_privacy_and_health(application: FastAPI) -> None:
    assert "结婚离婚、彩礼" in get(application, "/").text
    assert "openid" in get(application, "/privacy").text
    assert get(application, "/healthz").text == "ok"
    assert get(application, "/readyz").json()["database"] == "ok"


def test_pages_load_nothing_from_elsewhere(application: FastAPI) -> None:
    for path in ("/", "/a/marriage.bride-price", "/privacy"):
        page = get(application, path).text
        assert "//" not in page.replace("http://www.w3.org", "")


def test_the_simulator_is_there_only_when_enabled(application: FastAPI, request: pytest.FixtureRequest) -> None:
    enabled = "with simulator" in request.node.name and "without" not in request.node.name
    assert get(application, "/simulator").status_code == (200 if enabled else 404)


def test_metrics_count_turns_and_name_nobody(application: FastAPI) -> None:
    page = get(application, "/metrics").text
    for name in ("fzbot_turns_total", "fzbot_turn_seconds_bucket", "fzbot_spool_bytes 0.0", "fzbot_entries "):
        assert name in page
