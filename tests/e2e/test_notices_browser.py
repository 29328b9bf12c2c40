"""Notices in a real browser over the simulated platform: an adviser on a phone pushes, sees the receipts, forwards."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from fzbot import bootstrap
from fzbot.audit import COMMAND_LINE
from fzbot.clock import now
from fzbot.db import writing
from fzbot.people import account as accounts
from fzbot.people import members, village
from fzbot.people.members import Profile
from fzbot.people.passwords import hash_password
from fzbot.people.staff import Role
from fzbot.settings import Settings
from tests.conftest import DataFolder
from tests.platform.simulated import CREDENTIALS, SimulatedPlatform
from tests.servers import Server

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PASSWORD = "a long enough pass phrase"
PATIENCE_MS = 20_000
FANS = ("o-1", "o-2", "o-3")

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@dataclass
class Town:
    """A service, the platform it sends through, and villagers of one of its villages."""

    server: Server
    platform: SimulatedPlatform


@pytest.fixture(scope="module")
def town(data_folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = data_folder()
    platform = SimulatedPlatform(tmp_path_factory.mktemp("platform"))
    settings = {
        "FZBOT_REQUIRE_TOTP": "none",
        "FZBOT_WECHAT_API_BASE": platform.url,
        "FZBOT_WECHAT_APP_SECRET": CREDENTIALS.app_secret,
        "FZBOT_WECHAT_ACCOUNT_TYPE": "service",
    }
    server = Server(folder, more=settings)
    platform.webhook = f"{server.url}/wechat"
    platform.start()
    server.start()
    scene = _people(folder)
    for name in FANS:
        platform.says(name, event="subscribe", key=f"qrscene_{scene}")
    yield Town(server, platform)
    server.stop()
    platform.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _people(folder: Path) -> str:
    engine = bootstrap.open_engine(Settings(data_dir=folder))
    with writing(engine) as session:
        account = accounts.find(session, accounts.DEFAULT)
        assert account is not None
        red, _ = (village.add(session, account.id, name) for name in ("红庄村", "马家湾村"))
        staff = (("adviser", Role.ADVISER, (red.id,)), ("editor", Role.EDITOR, ()), ("viewer", Role.VIEWER, ()))
        for login, role, villages in staff:
            member, _ = members.add(session, Profile(login, login, role, account.id, villages), COMMAND_LINE, now())
            member.password_hash, member.must_change_password = hash_password(PASSWORD), False
        scene = red.scene
    engine.dispose()
    return scene


def sign_in(browser: Browser, town: Town, login: str, viewport: dict[str, int]) -> Page:
    context = browser.new_context(viewport=viewport, base_url=town.server.url)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/console/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("article button")
    expect(page.locator("h1")).to_have_text("总览")
    return page


def check(page: Page) -> None:
    """It fits the screen, and nobody is kept out by contrast or missing labels."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    faults = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"]])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
    assert faults == []


def compose(page: Page) -> None:
    """From a template to a draft, with the counter, the audience and the allowance before one's eyes."""
    page.click("#menu-button")
    page.click("#menu a:has-text('通知')")
    expect(page.locator("main")).to_contain_text("本号为认证服务号：每人每月4次群发")
    check(page)
    page.click("summary:has-text('全部模板')")
    page.click("details a[href*='fraud-loan']")
    expect(page.locator("[name=title]")).not_to_have_value("")
    expect(page.locator("[data-counter]")).to_contain_text("约还能写")
    page.fill("[name=text]", "电" * 700)
    expect(page.locator("[data-counter]")).to_contain_text("请删掉约")
    page.fill("[name=title]", "停电通知")
    page.fill("[name=text]", "明天上午停电。\n<img src=x onerror=document.title='hit'>")
    expect(page.get_by_label("红庄村")).to_be_checked()
    expect(page.get_by_text("马家湾村")).to_have_count(0)
    page.get_by_label(re.compile("^群发")).check()
    expect(page.locator("#reach")).to_contain_text("选中 3 人")
    expect(page.locator("#reach")).to_contain_text("本月还剩 4 次")
    check(page)
    page.click("text=保存草稿，看效果")
    expect(page.locator("main")).to_contain_text("要由另一个人审批")
    expect(page.locator("main")).to_contain_text("本月还剩 4 次")
    check(page)


def approve(browser: Browser, town: Town, address: str) -> None:
    """As somebody else, at a desk."""
    page = sign_in(browser, town, "editor", DESKTOP)
    page.goto(address)
    check(page)
    page.click("text=审批通过")
    expect(page.locator(".notice.good")).to_contain_text("已审批")
    page.context.close()


def test_an_adviser_on_a_phone_pushes_and_sees_the_receipts(browser: Browser, town: Town) -> None:
    page = sign_in(browser, town, "adviser", PHONE)
    compose(page)
    address = page.url.split("?")[0]
    page.fill("[name=wechat_name]", "o-1")
    page.click("text=发给我预览")
    expect(page.locator(".notice.good")).to_contain_text("已发到您的微信")
    assert [row["way"] for row in town.platform.fans()["o-1"]["received"]] == ["reply", "preview"]

    approve(browser, town, address)
    page.goto(address)
    page.click("text=现在发送")
    expect(page.locator(".notice.good")).to_contain_text("已安排发送")
    wait_for(page, "已送达")
    assert page.locator(".tile .value").all_inner_texts() == ["3", "3", "3", "0", "0"]
    check(page)
    text = next(row["content"] for row in town.platform.fans()["o-2"]["received"] if row["way"] == "mass")
    assert text.startswith("【停电通知】\n明天上午停电。")
    wait_for(page, "已发送")

    page.click("text=复制文字")
    expect(page.locator("[data-copy]")).to_have_text("已复制，去群里粘贴")
    page.fill("[name=group]", "红庄村便民群")
    page.fill("[name=people]", "231")
    page.click("button:has-text('登记转发')")
    expect(page.locator(".tile .value").last).to_have_text("231")
    assert page.title() != "hit"
    check(page)
    page.goto("/console/notices")
    expect(page.locator("td.main")).to_have_text("停电通知")
    check(page)
    page.context.close()


def test_a_viewer_sees_it_and_cannot_send(browser: Browser, town: Town) -> None:
    page = sign_in(browser, town, "viewer", PHONE)
    page.goto("/console/notices")
    expect(page.get_by_text("写通知")).to_have_count(0)
    check(page)
    page.goto("/console/notices/new")
    expect(page.locator("main")).to_contain_text("您的角色没有这项权限")
    page.context.close()


def wait_for(page: Page, words: str) -> None:
    waited = 0
    while not page.get_by_text(words, exact=True).count():
        assert waited < PATIENCE_MS, page.locator("main").inner_text()
        page.wait_for_timeout(300)
        waited += 300
        page.reload()
