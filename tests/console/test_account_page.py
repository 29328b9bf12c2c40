"""The account's menu and tags, and the villages' QR codes, from the console."""

from sqlalchemy import select

from fzbot.audit import AuditEvent
from fzbot.db import reading
from fzbot.errors import KnowledgeError
from fzbot.knowledge.menu import Menu
from fzbot.people.staff import Role
from tests.console.office import Office


def actions(office: Office) -> list[str]:
    with reading(office.engine) as session:
        return list(
            session.scalars(select(AuditEvent.action).where(AuditEvent.action.in_(["menu.put", "tags.synchronise"])))
        )


def test_an_administrator_puts_the_menu_there_and_brings_tags_in_step(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    page = browser.look("/platform").text
    for words in ("法律问题", "问法律顾问", "等于发“转人工”", "每人每月4次群发"):
        assert words in page
    assert "人员" in page
    assert "topic=" not in page
    assert "菜单已放到公众号上" in browser.submit("/platform/menu", {"account": small_office.account_id}).text
    assert "标签已同步" in browser.submit("/platform/tags", {"account": small_office.account_id}).text
    assert [what for what, _ in small_office.side.done] == ["menu", "tags"]
    assert actions(small_office) == ["menu.put", "tags.synchronise"]


def test_differences_are_looked_up_when_asked_for(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    browser.look("/platform")
    assert small_office.side.done == []
    page = browser.look("/platform", compare="true").text
    assert "公众号上还没有菜单" in page
    assert "和公众号上的一致" in page


def test_what_the_platform_refuses_is_said_and_not_recorded(small_office: Office) -> None:
    small_office.side.refusal = "本服务器的公网 IP 不在公众平台的 IP 白名单里"
    browser = small_office.sign_in("li")
    browser.look("/platform")
    answer = browser.submit("/platform/menu", {"account": small_office.account_id})
    assert answer.status_code == 422
    assert "白名单" in answer.text
    assert "白名单" in browser.look("/platform", compare="true").text
    assert actions(small_office) == []


def test_an_unverified_account_says_what_it_cannot_do(small_office: Office) -> None:
    small_office.side.account_kind = "subscription-unverified"
    page = small_office.sign_in("li").look("/platform").text
    assert "未认证的公众号不能管菜单" in page
    assert "放到公众号上</button>" not in page


def test_a_faulty_menu_is_named(small_office: Office) -> None:
    def broken() -> Menu:
        raise KnowledgeError("menu.yaml：buttons：太多")

    small_office.side.menu = broken
    assert "menu.yaml：buttons：太多" in small_office.sign_in("li").look("/platform").text


def test_another_accounts_menu_is_out_of_reach(small_office: Office) -> None:
    other = small_office.add_account("east", "东乡")
    small_office.add_staff("boss", Role.ADMIN, account_id=small_office.account_id)
    viewer = small_office.sign_in("viewer", Role.VIEWER)
    assert viewer.look("/platform", account=str(other)).status_code == 404


def test_a_village_of_a_service_account_has_a_code_to_print(office: Office) -> None:
    own, other = office.add_village("红庄村"), office.add_village("马家湾村")
    adviser = office.sign_in("wang", Role.ADVISER, (own,))
    assert "code.png" in adviser.look(f"/villages/{own}").text
    code = adviser.look(f"/villages/{own}/code.png")
    assert code.content.startswith(b"\x89PNG")
    assert "filename*=UTF-8''%E7%BA%A2" in code.headers["content-disposition"]
    assert adviser.look(f"/villages/{other}/code.png").status_code == 404


def test_other_accounts_have_a_join_word(small_office: Office) -> None:
    small_office.side.account_kind = "subscription"
    village = small_office.add_village("红庄村")
    page = small_office.sign_in("li").look(f"/villages/{village}").text
    assert "我是红庄村" in page
    assert "code.png" not in page
