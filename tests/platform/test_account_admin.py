"""Menu, tags, QR codes and the doctor, against the simulated platform over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from fzbot import bootstrap
from fzbot.commands import menu as menu_command
from fzbot.commands.doctor import examine
from fzbot.commands.findings import Finding, Level
from fzbot.db import writing
from fzbot.errors import KnowledgeError, PlatformError
from fzbot.knowledge.menu import Button, Item, Menu, load_menu
from fzbot.people import village
from fzbot.people.account import Credentials
from fzbot.settings import Settings, shipped_knowledge
from fzbot.wechat.account_admin import WeChatAccountAdmin
from fzbot.wechat.menu import body
from fzbot.wechat.platforms import Platforms
from tests.conftest import DataFolder
from tests.notices.town import SEALER, Town
from tests.platform.clients import MemoryShelf
from tests.platform.simulated import CREDENTIALS, SimulatedPlatform

SITE = "https://town.example"
MENU = Menu(buttons=(Button(name="法律问题大全", items=(Item(name="结婚离婚彩礼返还怎么办", topic="marriage"),)),))


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


def side_of(
    town: Town, http: httpx.Client, credentials: Credentials = CREDENTIALS, menu: Menu = MENU
) -> WeChatAccountAdmin:
    platforms = Platforms(town.engine, SEALER, http, credentials, lambda _: MemoryShelf())
    return WeChatAccountAdmin(platforms, town.engine, SEALER, lambda: menu, SITE)


def kind(name: str) -> Credentials:
    return Credentials("default", "testtoken", CREDENTIALS.app_id, CREDENTIALS.app_secret, kind=name)


def test_the_menu_is_put_there_with_its_names_cut(town: Town, http: httpx.Client, simulated: SimulatedPlatform) -> None:
    side = side_of(town, http)
    assert side.menu_differences(town.account) == ["公众号上还没有菜单"]
    side.put_menu(town.account)
    assert simulated.state()["menu"] == {
        "button": [
            {"name": "法律问题", "sub_button": [{"type": "click", "name": "结婚离婚彩礼返还", "key": "topic:marriage"}]}
        ]
    }
    assert side.menu_differences(town.account) == []


def test_differences_of_menus_are_named(town: Town, http: httpx.Client) -> None:
    side_of(town, http).put_menu(town.account)
    items = (Item(name="结婚离婚彩礼返还", topic="inherit"), Item(name="网页", page="/privacy"))
    changed = Menu(buttons=(Button(name="法律问题", items=items), Button(name="找人", items=items[:1])))
    assert side_of(town, http, menu=changed).menu_differences(town.account) == [
        "“法律问题”下面的“结婚离婚彩礼返还”没有，或和配置的不一样",
        "“法律问题”下面的“网页”没有，或和配置的不一样",
        "公众号上没有“找人”",
    ]


def test_the_shipped_menu_fits_the_platform(town: Town, http: httpx.Client, simulated: SimulatedPlatform) -> None:
    menu = load_menu(shipped_knowledge())
    side_of(town, http, menu=menu).put_menu(town.account)
    assert simulated.state()["menu"] == body(menu, SITE)
    assert body(menu, SITE)["button"][2]["sub_button"][-1]["url"] == f"{SITE}/privacy"


@pytest.mark.parametrize(
    "wrong",
    [
        "buttons: []",
        "buttons: [{name: 问, items: [{name: 彩礼}]}]",
        "buttons: [{name: 问, items: [{name: 彩礼, say: 彩礼, topic: marriage}]}]",
        "buttons: [{name: 问, items: [{name: 网页, link: 'http://a.example'}]}]",
        "buttons: [{name: 问, items: [" + "{name: 彩礼, say: 彩礼}," * 6 + "]}]",
    ],
)
def test_a_menu_that_does_not_fit_is_refused(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "menu.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"menu\.yaml"):
        load_menu(tmp_path)


def test_a_service_account_has_a_code_for_each_village(town: Town, http: httpx.Client) -> None:
    side = side_of(town, http)
    assert side.makes_codes(town.account)
    assert side.code(town.account, "v1a2b3c") == "http://weixin.qq.com/q/v1a2b3c"


@pytest.mark.parametrize("name", ["subscription", "service-unverified"])
def test_other_accounts_have_no_codes(town: Town, http: httpx.Client, name: str) -> None:
    side = side_of(town, http, kind(name))
    assert not side.makes_codes(town.account)
    with pytest.raises(PlatformError, match="我是某某村"):
        side.code(town.account, "v1a2b3c")


def test_an_unverified_account_is_not_even_asked(town: Town, http: httpx.Client, simulated: SimulatedPlatform) -> None:
    with pytest.raises(PlatformError, match="未认证"):
        side_of(town, http, kind("subscription-unverified")).put_menu(town.account)
    assert simulated.state()["calls"] == {}


def test_tags_are_brought_in_step_bit_by_bit(town: Town, http: httpx.Client, simulated: SimulatedPlatform) -> None:
    names = [f"o-{number}" for number in range(120)]
    town.follow(*names, village=0)
    simulated.add_fans(*names)
    side = side_of(town, http)
    assert "红庄村：平台上还没有标签" in side.tag_differences(town.account)
    assert side.synchronise_tags(town.account, town.clock()) == 120
    assert side.tag_differences(town.account) == []


@pytest.fixture
def settings(data_folder: DataFolder, small: Path, simulated: SimulatedPlatform) -> Iterator[Settings]:
    made = Settings(
        data_dir=data_folder(),
        knowledge_dir=small,
        wechat_token=CREDENTIALS.token,
        wechat_app_id=CREDENTIALS.app_id,
        wechat_app_secret=CREDENTIALS.app_secret,
        wechat_account_type="service",
        wechat_api_base=simulated.url,
        public_url=SITE,
    )
    made.secret()
    bootstrap.prepare_database(made)
    yield made


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.what.partition("：")[2]: finding for finding in examine(settings) if "：" in finding.what}


def test_the_doctor_compares_menu_and_tags(settings: Settings) -> None:
    engine = bootstrap.open_engine(settings)
    with writing(engine) as session:
        village.add(session, 1, "红庄村")
    engine.dispose()
    found = findings(settings)
    assert found["access_token"].said == "拿得到；认证服务号"
    assert (found["菜单"].level, found["菜单"].said) == (Level.WARNING, "公众号上还没有菜单")
    assert found["村标签"].said == "红庄村：平台上还没有标签"
    assert "24 小时" in menu_command.put(settings, "default")
    assert findings(settings)["菜单"].level is Level.GOOD


@pytest.mark.parametrize(
    ("code", "words"), [(40164, "IP白名单"), (40125, "FZBOT_WECHAT_APP_SECRET"), (50002, "登录公众平台")]
)
def test_the_doctor_says_what_to_do_without_a_token(
    settings: Settings, simulated: SimulatedPlatform, code: int, words: str
) -> None:
    simulated.change(faults=[{"path": "stable_token", "kind": "code", "code": code, "chance": 1}])
    found = findings(settings)
    assert set(found) == {"access_token"}
    assert found["access_token"].is_bad
    assert words in found["access_token"].do


def test_the_menu_is_shown_as_followers_see_it() -> None:
    shown = menu_command.show(Settings(knowledge_dir=shipped_knowledge()))
    assert shown.splitlines()[0] == "法律问题"
    assert "  问法律顾问\tsay:转人工" in shown
