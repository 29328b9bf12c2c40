"""The ledger in a real browser: a spreadsheet with a bad row, a photo, the report, and an adviser on a phone."""

import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
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
from tests.activities.ledger_keeper import xlsx
from tests.conftest import DataFolder
from tests.servers import Server

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PASSWORD = "a long enough pass phrase"

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def server(data_folder: DataFolder) -> Iterator[Server]:
    folder = data_folder()
    server = Server(folder, more={"FZBOT_REQUIRE_TOTP": "none"}).start()
    _staff(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _staff(folder: Path) -> None:
    engine = bootstrap.open_engine(Settings(data_dir=folder))
    with writing(engine) as session:
        account = accounts.find(session, accounts.DEFAULT)
        assert account is not None
        red, _ = (village.add(session, account.id, name).id for name in ("红庄村", "马家湾村"))
        for login, role, villages in (("editor", Role.EDITOR, ()), ("adviser", Role.ADVISER, (red,))):
            profile = Profile(login, login, role, account.id, villages)
            member, _ = members.add(session, profile, COMMAND_LINE, now())
            member.password_hash, member.must_change_password = hash_password(PASSWORD), False
    engine.dispose()


def sign_in(browser: Browser, server: Server, login: str, viewport: dict[str, int]) -> Page:
    page = browser.new_context(viewport=viewport, base_url=server.url).new_page()  # type: ignore[arg-type]
    page.goto("/console/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("article button")
    expect(page.locator("h1")).to_have_text("总览")
    return page


def check(page: Page) -> None:
    """It fits the screen, and nobody is kept out by contrast or missing labels."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    faults = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in {"serious", "critical"}]
    assert faults == [], faults


def test_a_spreadsheet_a_photo_and_the_report(browser: Browser, server: Server, tmp_path: Path) -> None:
    page = sign_in(browser, server, "editor", DESKTOP)
    page.goto("/console/activities")
    good = ("2026-01-05", "法治讲座", "红庄村", "司法所", "反诈进村", 1, 200)
    for name, rows in (("bad", (good, ("2026-01-06", "跳舞"))), ("good", (good,))):
        (tmp_path / f"{name}.xlsx").write_bytes(xlsx(*rows))
    page.click("summary")
    page.set_input_files("[name=file]", tmp_path / "bad.xlsx")
    page.click("button:has-text('导入')")
    expect(page.locator(".notice.bad")).to_contain_text("第 3 行“类型”：没有“跳舞”")
    expect(page.locator(".empty")).to_be_visible()
    page.click("summary")
    page.set_input_files("[name=file]", tmp_path / "good.xlsx")
    page.click("button:has-text('导入')")
    expect(page.locator(".notice.good")).to_be_visible()
    check(page)

    page.click("a:has-text('反诈进村')")
    Image.new("RGB", (80, 60), "green").save(tmp_path / "a.jpg")
    page.set_input_files("[name=photos]", tmp_path / "a.jpg")
    page.click("button:has-text('上传')")
    photo = page.locator(".photos img")
    expect(photo).to_be_visible()
    photo.scroll_into_view_if_needed()
    expect(photo).to_have_js_property("naturalWidth", 80)
    check(page)

    page.goto("/console/report?year=2026")
    expect(page.locator("tr:has-text('覆盖人次') a")).to_have_text("200")
    check(page)
    page.fill("[name=org]", "红旗镇")
    with page.expect_download() as download:
        page.click("button:has-text('下载草稿')")
    with zipfile.ZipFile(BytesIO(Path(download.value.path()).read_bytes())) as parts:
        assert "红旗镇2026年普法工作情况报告" in parts.read("word/document.xml").decode()
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('定稿')")
    expect(page.locator("td:has-text('第 1 号')")).to_be_visible()
    page.context.close()


def test_an_adviser_on_a_phone_logs_a_service_for_own_villages(browser: Browser, server: Server) -> None:
    page = sign_in(browser, server, "adviser", PHONE)
    page.click("#menu-button")
    page.click("#menu a:has-text('服务记录')")
    page.click("a:has-text('记一次服务')")
    assert page.locator("[name=village_id] option").all_inner_texts() == ["红庄村"]
    check(page)
    page.fill("[name=matter]", "<img src=x onerror=document.title='hit'>")
    page.click("button:has-text('保存')")
    expect(page.locator("td.main")).to_have_text("<img src=x onerror=document.title='hit'>")
    assert page.title() != "hit"
    check(page)
    page.goto("/console/activities/new")
    expect(page.locator("[name=villages]")).to_have_count(1)
    expect(page.locator("[name=villages]")).to_be_checked()
    check(page)
    page.context.close()
