"""Signing in: passwords, one-time codes, lock-out, and what a stolen or foreign form cannot do."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from fzbot import clock
from fzbot.answering.snapshot import Snapshot
from fzbot.audit import COMMAND_LINE
from fzbot.db import reading, writing
from fzbot.errors import StaffError
from fzbot.people import members
from fzbot.people.members import Profile
from fzbot.people.passwords import hash_password
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role, Staff
from tests.console.office import PASSWORD, Office, code_at, enter


def test_a_page_leads_to_sign_in_and_back(office: Office) -> None:
    office.add_staff("zhang", Role.VIEWER)
    browser = office.browser()
    answer = browser.look("/villages")
    assert answer.url.path == "/console/sign-in"
    answer = browser.submit("/sign-in", {"login": "zhang", "password": PASSWORD, "next": "/console/villages"})
    assert answer.url.path == "/console/villages"


@pytest.mark.parametrize(
    "address", ["https://evil.example/console/", "//evil.example", "/console/\\evil", "/a/b", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(small_office: Office, address: str) -> None:
    small_office.add_staff("zhang", Role.VIEWER)
    browser = small_office.browser()
    browser.look("/sign-in", next=address)
    fields = {"login": "zhang", "password": PASSWORD, "next": address}
    answer = browser.submit("/sign-in", fields, follow_redirects=False)
    assert answer.headers["location"] == "/console/"


def test_a_wrong_password_and_an_unknown_name_sound_alike(small_office: Office) -> None:
    small_office.add_staff("zhang", Role.VIEWER)
    wrong = enter(small_office.browser(), "zhang", "not the password")
    unknown = enter(small_office.browser(), "nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 403
    assert "登录名、密码或验证码不对" in wrong.text
    assert "登录名、密码或验证码不对" in unknown.text


def test_five_failures_lock_out_for_a_while_and_longer_each_time(office: Office) -> None:
    office.add_staff("zhang", Role.VIEWER)
    for _ in range(5):
        enter(office.browser(), "zhang", "not the password")
    assert "1 分钟后再试" in enter(office.browser(), "zhang").text
    office.now += timedelta(seconds=61)
    assert "不对" in enter(office.browser(), "zhang", "not the password").text
    assert "2 分钟后再试" in enter(office.browser(), "zhang").text
    office.now += timedelta(minutes=3)
    assert enter(office.browser(), "zhang").status_code == 200


def test_a_first_password_must_be_changed_before_anything_else(small_office: Office) -> None:
    office = small_office
    office.add_staff("zhang", Role.VIEWER)
    with writing(office.engine) as session:
        members.find(session, "zhang").must_change_password = True
    browser = office.browser()
    assert enter(browser, "zhang").url.path == "/console/password"
    assert browser.look("/villages").url.path == "/console/password"
    fields = {"old": PASSWORD, "new": "another pass phrase", "again": "another pass phrase"}
    browser.submit("/password", fields)
    assert browser.look("/villages").status_code == 200
    assert enter(office.browser(), "zhang").status_code == 403
    assert enter(office.browser(), "zhang", "another pass phrase").status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("short", "short", "至少 10 个字符"),
        ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "不要用重复的字符"),
        ("another pass phrase", "yet another phrase", "不一样"),
        (PASSWORD, PASSWORD, "不同"),
    ],
)
def test_a_bad_new_password_is_refused(small_office: Office, new: str, again: str, words: str) -> None:
    browser = small_office.sign_in("zhang", Role.VIEWER)
    answer = browser.submit("/password", {"old": PASSWORD, "new": new, "again": again})
    assert answer.status_code == 422
    assert words in answer.text


def test_an_administrator_sets_up_codes_first_and_a_code_is_good_once(
    sqlite_engine: Engine, sealer: Sealer, snapshot: Snapshot, tmp_path: Path
) -> None:
    office = Office(sqlite_engine, sealer, snapshot, tmp_path, totp_roles=frozenset({Role.ADMIN}))
    office.add_staff("li", Role.ADMIN)
    browser = office.browser()
    page = enter(browser, "li")
    assert page.url.path == "/console/totp"
    browser.look("/totp")
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', browser.look("/totp").text)[1]  # type: ignore[index]
    assert browser.submit("/totp", {"secret": secret, "code": "000000"}).status_code in {200, 422}
    browser.submit("/totp", {"secret": secret, "code": code_at(secret, office.now)})
    assert browser.look("/villages").status_code == 200

    office.now += timedelta(minutes=1)
    code = code_at(secret, office.now)
    assert enter(office.browser(), "li").status_code == 403
    assert enter(office.browser(), "li", code=code).status_code == 200
    assert enter(office.browser(), "li", code=code).status_code == 403


def test_a_sign_in_ends_when_idle_and_when_long(small_office: Office) -> None:
    browser = small_office.sign_in("zhang", Role.VIEWER)
    small_office.now += timedelta(minutes=59)
    assert browser.look("/villages").status_code == 200
    small_office.now += timedelta(minutes=59)
    assert browser.look("/villages").url.path == "/console/villages"
    small_office.now += timedelta(minutes=61)
    assert browser.look("/villages").url.path == "/console/sign-in"


def test_signing_in_gives_a_new_session_and_signing_out_ends_it(small_office: Office) -> None:
    browser = small_office.sign_in("zhang", Role.VIEWER)
    first = browser.cookies["fzbot_console"]
    enter(browser, "zhang")
    assert browser.cookies["fzbot_console"] != first
    browser.look("/password")
    browser.submit("/sign-out")
    assert browser.look("/villages").url.path == "/console/sign-in"


def test_a_planted_cookie_is_not_taken_for_a_sign_in(small_office: Office) -> None:
    browser = small_office.browser()
    browser.cookies.set("fzbot_console", "planted", path="/console")
    assert browser.look("/villages").url.path == "/console/sign-in"


def test_switching_somebody_off_ends_their_sign_in(small_office: Office) -> None:
    admin = small_office.sign_in("li")
    viewer = small_office.sign_in("zhang", Role.VIEWER)
    zhang = small_office.member("zhang")
    admin.look(f"/staff/{zhang.id}")
    admin.submit(f"/staff/{zhang.id}", {"name": "张三", "role": "viewer"})
    assert viewer.look("/villages").url.path == "/console/sign-in"
    assert enter(small_office.browser(), "zhang").status_code == 403


def test_a_reset_hands_out_a_password_that_works_once(small_office: Office) -> None:
    admin = small_office.sign_in("li")
    small_office.add_staff("zhang", Role.VIEWER)
    zhang = small_office.member("zhang")
    admin.look(f"/staff/{zhang.id}")
    page = admin.submit(f"/staff/{zhang.id}/reset").text
    password = re.search(r"<code>([^<]+)</code>", page)[1]  # type: ignore[index]
    browser = small_office.browser()
    assert enter(browser, "zhang", password).url.path == "/console/password"


def test_the_last_administrator_stays(small_office: Office) -> None:
    admin = small_office.sign_in("li")
    li = small_office.member("li")
    answer = admin.submit(f"/staff/{li.id}", {"name": "李四", "role": "viewer", "active": "1"})
    assert answer.status_code == 422
    assert "最后一个管理员" in answer.text


def test_passwords_are_stored_as_argon2id(sqlite_engine: Engine) -> None:
    assert hash_password("a long enough pass phrase").startswith("$argon2id$")
    with writing(sqlite_engine) as session:
        member, _ = members.add(session, Profile("li", "李四", Role.ADMIN), COMMAND_LINE, clock.now())
    with reading(sqlite_engine) as session:
        assert session.get_one(Staff, member.id).password_hash.startswith("$argon2id$")


def fail(office: Office, login: str, times: int, address: str = "testclient") -> None:
    for number in range(times):
        assert enter(office.browser_at(address), login, f"not the password {number}").status_code == 403


def test_a_stranger_elsewhere_locks_nobody_out(small_office: Office) -> None:
    small_office.add_staff("zhang", Role.VIEWER)
    fail(small_office, "zhang", 5, "203.0.113.9")
    assert "分钟后再试" in enter(small_office.browser_at("203.0.113.9"), "zhang").text
    assert enter(small_office.browser_at("10.0.0.7"), "zhang").status_code == 200


def test_five_people_behind_one_address_who_mistype_once_lock_nobody_out(small_office: Office) -> None:
    for number in range(6):
        small_office.add_staff(f"staff{number}", Role.VIEWER)
    for number in range(5):
        fail(small_office, f"staff{number}", 1)
    assert enter(small_office.browser(), "staff5").status_code == 200


def test_many_addresses_against_one_login_are_slowed_down_and_a_known_device_still_gets_in(
    small_office: Office,
) -> None:
    small_office.add_staff("zhang", Role.VIEWER)
    known = small_office.browser()
    enter(known, "zhang")
    for number in range(31):
        enter(small_office.browser_at(f"203.0.113.{number}"), "zhang", "not the password")
    assert "分钟后再试" in enter(small_office.browser_at("198.51.100.1"), "zhang").text
    assert enter(known, "zhang").url.path == "/console/"
    small_office.now += timedelta(minutes=2, seconds=1)
    assert enter(small_office.browser_at("198.51.100.1"), "zhang").url.path == "/console/"


def test_a_new_password_makes_every_device_strange_again(small_office: Office) -> None:
    browser = small_office.sign_in("zhang", Role.VIEWER)
    mark = browser.cookies["fzbot_device"]
    browser.submit("/password", {"old": PASSWORD, "new": "another pass phrase", "again": "another pass phrase"})
    enter(browser, "zhang", "another pass phrase")
    assert browser.cookies["fzbot_device"] != mark


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "qwertyuiop",
        "password123",
        "zhangsan2026",
        "Admin@123456",
        "1qaz2wsx3edc",
        "abcdefg12345",
        "fzbot2026fzbot",
    ],
)
def test_a_password_that_anybody_would_try_is_refused(password: str) -> None:
    with pytest.raises(StaffError, match="太常见"):
        hash_password(password, "zhangsan")


@pytest.mark.parametrize("password", ["大枣三轮青砖零七号院子", "kites over the wheat 9", "my-Goat-ate-7-hats"])
def test_an_uncommon_password_is_taken(password: str) -> None:
    assert hash_password(password, "zhangsan").startswith("$argon2id$")


def test_recovery_codes_are_shown_once_and_each_opens_once(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', browser.look("/totp").text)[1]  # type: ignore[index]
    page = browser.submit("/totp", {"secret": secret, "code": code_at(secret, small_office.now)}).text
    codes = re.findall(r"<code>(\d{5}-\d{5})</code>", page)
    assert len(set(codes)) == 10
    assert codes[0] not in browser.look("/totp").text
    assert enter(small_office.browser(), "li", code=codes[0]).status_code == 200
    assert enter(small_office.browser(), "li", code=codes[0]).status_code == 403
    assert enter(small_office.browser(), "li", code=codes[1].replace("-", " ")).status_code == 200
    assert "还剩 8 个" in browser.look("/totp").text
    fresh = re.findall(r"<code>(\d{5}-\d{5})</code>", browser.submit("/totp/codes").text)
    assert enter(small_office.browser(), "li", code=codes[2]).status_code == 403
    assert enter(small_office.browser(), "li", code=fresh[0]).status_code == 200


def test_the_password_is_looked_at_outside_any_transaction(
    postgres_engine: Engine, sealer: Sealer, snapshot: Snapshot, tmp_path: Path
) -> None:
    """While one sign-in works out its hash, nothing is held in the database that another writer waits for."""
    office = Office(postgres_engine, sealer, snapshot, tmp_path)
    office.add_staff("zhang", Role.VIEWER)
    with ThreadPoolExecutor(4) as pool:
        flood = [pool.submit(enter, office.browser(), "zhang", f"not the password {n}") for n in range(4)]
        with postgres_engine.connect() as connection:
            while not all(one.done() for one in flood):
                idle = "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND now() - state_change > interval '0.04 s' AND datname = current_database()"
                assert connection.scalar(text(idle)) == 0
                connection.rollback()
