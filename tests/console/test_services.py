"""The service log in the console: what an adviser did for people, on a phone, for own villages only."""

from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import select

from fzbot.activities.service_log import Service
from fzbot.db import reading
from fzbot.people.staff import Role
from tests.activities.ledger_keeper import xlsx
from tests.console.office import Clicks, Office

CALL = {
    "at": "2026-01-05T14:30",
    "village_id": "红庄村",
    "matter": "问彩礼",
    "way": "电话",
    "adviser": "王律师",
    "people": "1",
}
HEADS = ("时间", "村", "事项", "方式", "人次", "结果", "顾问")


def services(office: Office) -> list[Service]:
    with reading(office.engine) as session:
        return list(session.scalars(select(Service).order_by(Service.id)))


def log(browser: Clicks, **fields: str) -> None:
    browser.look("/services/new")
    answer = browser.submit("/services", CALL | fields)
    assert "已添加" in answer.text, answer.text


def test_a_service_is_logged_corrected_and_removed(office: Office) -> None:
    own = office.add_village("红庄村")
    adviser = office.sign_in("wang", Role.ADVISER, (own,))
    page = adviser.look("/services/new").text
    assert 'value="wang的姓名"' in page
    assert "<option>红庄村</option>" in page
    log(adviser, matter="我叫马小军，13812345678，问彩礼")
    assert "13812345678" not in services(office)[0].matter
    page = adviser.look("/services").text
    for words in ("2026-01-05 14:30", "红庄村", "问彩礼", "1 人次", "王律师"):
        assert words in page
    id_ = services(office)[0].id
    assert 'value="2026-01-05T14:30"' in adviser.look(f"/services/{id_}").text
    adviser.submit(f"/services/{id_}", CALL | {"result": "当场解答", "people": ""})
    assert (services(office)[0].result, services(office)[0].people) == ("当场解答", None)
    adviser.submit(f"/services/{id_}/remove")
    assert services(office) == []


def test_what_is_missing_or_wrong_is_named_and_stays_on_the_form(small_office: Office) -> None:
    small_office.add_village("红庄村")
    browser = small_office.sign_in("li")
    browser.look("/services/new")
    answer = browser.submit(
        "/services", CALL | {"at": "2099-01-01T10:00", "way": "托梦", "adviser": "", "people": "一"}
    )
    assert answer.status_code == 422
    for words in (
        "时间：2099-01-01 还没有到",
        "方式：没有“托梦”",
        "顾问：没有填",
        "人次：要填",
        "问彩礼",
        'value="一"',
    ):
        assert words in answer.text
    assert services(small_office) == []


def test_an_adviser_logs_and_sees_own_villages_only(office: Office) -> None:
    own = office.add_village("红庄村")
    other = office.add_village("马家湾村")
    log(office.sign_in("li"), village_id="马家湾村", matter="别村的事")
    adviser = office.sign_in("wang", Role.ADVISER, (own,))
    log(adviser)
    page = adviser.look("/services").text
    assert "问彩礼" in page
    assert "别村的事" not in page
    assert adviser.look("/services", village=other).status_code == 404
    theirs = services(office)[0].id
    assert adviser.look(f"/services/{theirs}").status_code == 404
    assert adviser.submit(f"/services/{theirs}", CALL).status_code == 404
    assert adviser.submit(f"/services/{theirs}/remove").status_code == 404
    assert "村：没有叫“马家湾村”的村" in adviser.submit("/services", CALL | {"village_id": "马家湾村"}).text
    rows = list(load_workbook(BytesIO(adviser.look("/services/export.xlsx").content))["服务记录"].values)
    assert [row[1] for row in rows] == ["村", "红庄村"]


def test_services_come_in_from_a_spreadsheet_whole_or_not_at_all(office: Office) -> None:
    office.add_village("红庄村")
    browser = office.sign_in("li")
    good = ("2026-01-05 14:30", "红庄村", "身份证 642226199001011234 的事", "上门", 2, "解答", "王律师")
    bad = ("2026-01-06", "红庄村", "", "上门", 2, "解答", "王律师")
    browser.look("/services")
    answer = browser.submit("/services/import", files={"file": ("a.xlsx", xlsx(good, bad, heads=HEADS))})
    assert "第 3 行“事项”：没有填" in answer.text
    assert services(office) == []
    assert (
        "读到 1 行，导入 1 行"
        in browser.submit("/services/import", files={"file": ("a.xlsx", xlsx(good, heads=HEADS))}).text
    )
    assert services(office)[0].matter == "身份证 [身份证] 的事"
    template = load_workbook(BytesIO(browser.look("/services/template.xlsx").content))
    assert tuple(cell.value for cell in template["台账"][1]) == HEADS
