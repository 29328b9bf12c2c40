"""The console in a real browser: a first sign-in with codes, working a question until the bot answers it, an adviser's phone."""

import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from fzbot.answering.snapshot import Snapshot
from fzbot.bootstrap import CACHE
from tests.platform_client import PlatformClient
from tests.servers import Server

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PASSWORD = "changed at the first sign-in"
STRANGE = "红漆箱子里头那些能往回搬不"
PAGES = (
    "/",
    "/interactions",
    "/handovers",
    "/unanswered",
    "/knowledge",
    "/knowledge/marriage.bride-price",
    "/knowledge/marriage.bride-price/edit",
    "/knowledge/releases",
    "/laws",
    "/test-bench?q=彩礼怎么退",
    "/notices",
    "/notices/new?template=anti-fraud-month",
    "/activities",
    "/activities/new",
    "/activities/kinds",
    "/services",
    "/services/new",
    "/report",
    "/villages",
    "/staff",
    "/staff/new",
    "/tokens",
    "/audit-log",
    "/password",
    "/totp",
)

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@dataclass
class Town:
    """A running service with a small knowledge base, and its administrator's keys."""

    server: Server
    first_password: str
    cookies: Sequence[Any] = ()

    def villager_says(self, words: str) -> str:
        client = PlatformClient()
        query, body = client.post(client.text(words))
        answer = httpx.post(f"{self.server.url}/wechat", params=query, content=body, trust_env=False)
        assert answer.status_code == 200
        return client.open(answer.content)["Content"]


@pytest.fixture(scope="module")
def town(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    knowledge = folder / "knowledge"
    shutil.copytree(small, knowledge)
    Snapshot.of_folder(knowledge, folder / "data" / CACHE)
    server = Server(folder / "data", more={"FZBOT_KNOWLEDGE_DIR": str(knowledge)}).start()
    yield Town(server, _first_password(server))
    server.stop()


def _first_password(server: Server) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = re.search(r"一次性密码 (\S+)（", (server.data_dir / "server.log").read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError("the server printed no password")


@pytest.fixture
def page(browser: Browser, town: Town) -> Iterator[Page]:
    yield from _page(browser, town, DESKTOP)


@pytest.fixture
def phone(browser: Browser, town: Town) -> Iterator[Page]:
    yield from _page(browser, town, PHONE)


def _page(browser: Browser, town: Town, size: dict[str, int]) -> Iterator[Page]:
    context = browser.new_context(viewport=size, base_url=town.server.url)  # type: ignore[arg-type]
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert problems == []


def sign_in(page: Page, town: Town) -> None:
    """As the administrator: the first time with the one-time password, setting up codes; later with the same cookie."""
    if not town.cookies:
        page.goto("/console/")
        page.fill("[name=login]", "admin")
        page.fill("[name=password]", town.first_password)
        page.click("main button")
        page.fill("[name=old]", town.first_password)
        page.fill("[name=new]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        page.click("main button")
        secret = page.locator(".secret").inner_text()
        page.fill("[name=code]", pyotp.TOTP(secret).now())
        page.click("text=启用")
        expect(page.locator("h1")).to_have_text("备用码")
        page.click("text=抄好了")
        expect(page.locator("h1")).to_have_text("总览")
        town.cookies = page.context.cookies()
    page.context.add_cookies(town.cookies)  # type: ignore[arg-type]
    page.goto("/console/")
    expect(page.locator("h1")).to_have_text("总览")


def test_from_an_unanswered_question_to_an_answer(page: Page, town: Town) -> None:
    assert "依据：" not in town.villager_says(STRANGE)
    town.villager_says("不是这个")
    sign_in(page, town)
    expect(page.locator(".tile").first).to_contain_text("互动次数")
    page.goto("/console/unanswered")
    if not page.get_by_text(STRANGE).count():
        page.goto("/console/unanswered?kind=unsure")
    row = page.locator("article", has_text=STRANGE)
    row.locator("details summary").click()
    row.locator("[name=entry][list]").fill("marriage.bride-price")
    row.locator("details button").click()
    expect(page.locator(".notice.good")).to_contain_text("已加成问法")
    page.goto("/console/knowledge/releases")
    for _ in range(60):
        if page.get_by_text("使用中").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text("使用中")).to_be_visible()
    page.wait_for_timeout(3000)  # each worker looks for a new release every two seconds
    assert "依据：" in town.villager_says(STRANGE)
    page.goto("/simulator")
    page.fill("#text", STRANGE)
    page.click("#send")
    expect(page.locator(".theirs .bubble").last).to_contain_text("依据：")


def test_an_article_is_looked_up_and_cited(page: Page, town: Town, tmp_path: Path) -> None:
    law = tmp_path / "民法典.md"
    law.write_text("第一千零七十九条　夫妻一方要求离婚的，可以由有关组织进行调解。\n", encoding="utf-8")
    assert town.server.spawn("statutes", tmp_path / "log", "import", str(law)).wait(timeout=30) == 0
    sign_in(page, town)
    page.goto("/console/knowledge/loan.unpaid/edit")
    page.locator("[name=point-text-1]").focus()
    page.get_by_label("查法条").fill("离婚 调解")
    page.get_by_label("查法条").press("Enter")
    page.get_by_role("button", name="引用 民法典1079").click()
    expect(page.locator("[name=point-basis-1]")).to_have_value(re.compile("民法典1079$"))
    expect(page.locator("[name=point-basis-0]")).not_to_have_value(re.compile("民法典1079"))
    page.get_by_label("查法条").fill("没有这样的话")
    page.get_by_role("button", name="查法条").click()
    expect(page.locator(".picker [role=status]")).to_contain_text("没有找到")


def test_every_page_fits_and_is_accessible(browser: Browser, town: Town) -> None:
    for size in (DESKTOP, PHONE):
        context = browser.new_context(viewport=size, base_url=town.server.url)  # type: ignore[arg-type]
        page = context.new_page()
        sign_in(page, town)
        for path in PAGES:
            page.goto(f"/console{path}")
            width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert width[0] <= width[1], (path, width)
            serious = [
                (fault["id"], [node["html"][:120] for node in fault["nodes"]])
                for fault in Axe().run(page).response["violations"]
                if fault["impact"] in {"serious", "critical"}
            ]
            assert serious == [], path
        context.close()


def test_an_adviser_on_a_phone_sees_own_villages_only(page: Page, phone: Page, town: Town) -> None:
    sign_in(page, town)
    page.goto("/console/villages")
    page.fill("[name=names]", "红庄村\n马家湾村")
    page.click("main button")
    page.goto("/console/staff/new")
    page.fill("[name=login]", "wang")
    page.fill("[name=name]", "王律师")
    page.get_by_label("红庄村").check()
    page.click("text=保存")
    password = page.locator(".big code").inner_text()
    phone.goto("/console/villages")
    phone.fill("[name=login]", "wang")
    phone.fill("[name=password]", password)
    phone.click("main button")
    phone.fill("[name=old]", password)
    phone.fill("[name=new]", PASSWORD)
    phone.fill("[name=again]", PASSWORD)
    phone.click("main button")
    phone.click("#menu-button")
    phone.click("text=村和村顾问")
    expect(phone.get_by_text("红庄村")).to_be_visible()
    expect(phone.get_by_text("马家湾村")).to_have_count(0)
    phone.click("#menu-button")
    expect(phone.get_by_role("link", name="人员")).to_have_count(0)


def test_the_kiosk_forgets_who_was_there(page: Page) -> None:
    page.clock.install()
    page.goto("/kiosk")
    page.get_by_role("button", name=re.compile("结婚离婚")).click()
    expect(page.locator(".said").last).to_contain_text("大家常问")
    page.locator(".picks button").first.click()
    expect(page.locator(".said").last).to_contain_text("依据：")
    page.clock.fast_forward(61_000)
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator(".said")).to_have_count(0)
