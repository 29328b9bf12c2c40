"""A villager's phone and an office screen: the simulator and an answer page in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import DataFolder
from tests.servers import Server

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
]


@pytest.fixture(scope="module")
def server(data_folder: DataFolder) -> Iterator[Server]:
    server = Server(data_folder()).start()
    yield server
    server.stop()


@pytest.fixture(params=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE if request.param == "phone" else DESKTOP, base_url=server.url)  # type: ignore[arg-type]
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def test_a_conversation_in_the_simulator(page: Page, tmp_path: Path) -> None:
    page.goto("/simulator")
    expect(page.locator(".theirs .bubble").last).to_contain_text("普法小助手")
    page.fill("#text", "彩礼能不能要回来")
    page.click("#send")
    expect(page.locator(".theirs .bubble").last).to_contain_text("依据：")
    page.fill("#text", "1")
    page.keyboard.press("Enter")
    expect(page.locator(".mine .bubble")).to_have_count(2)
    expect(page.locator(".theirs .bubble")).to_have_count(3)
    page.screenshot(path=tmp_path / "simulator.png")
    link = page.locator(".bubble a").first
    expect(link).to_have_attribute("href", re.compile("/a/"))


def test_markup_in_a_message_is_shown_and_not_run(page: Page) -> None:
    page.goto("/simulator")
    page.fill("#text", "<img src=x onerror=document.title='hit'>")
    page.click("#send")
    expect(page.locator(".mine .bubble").last).to_have_text("<img src=x onerror=document.title='hit'>")
    assert page.title() != "hit"


def test_an_answer_page_fits_the_screen_and_grows_its_type(page: Page) -> None:
    page.goto("/a/marriage.bride-price")
    expect(page.locator("h1")).to_be_visible()
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1]
    before = page.locator(".lead").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.click("#larger")
    after = page.locator(".lead").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert before >= 16
    assert after > before * 1.2
    page.reload()
    assert page.locator(".lead").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") == after
    expect(page.locator('a[href="tel:12348"]').first).to_be_visible()
