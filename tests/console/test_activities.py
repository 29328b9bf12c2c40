"""The ledger in the console: written down on a form or from a spreadsheet, looked up, corrected, with photos."""

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from fzbot.activities.ledger import Activity
from fzbot.audit import AuditEvent
from fzbot.console.app import LARGEST_UPLOAD
from fzbot.db import reading
from fzbot.people.staff import Role
from tests.activities.ledger_keeper import xlsx
from tests.console.office import Clicks, Office

LECTURE = {"day": "2026-01-05", "kind": "法治讲座", "theme": "反诈进村", "people": "200", "sessions": "1"}


def jpeg(colour: str = "red", side: int = 40) -> bytes:
    target = BytesIO()
    Image.new("RGB", (side, side), colour).save(target, "JPEG", comment=b"secret place")
    return target.getvalue()


def add(browser: Clicks, files: list[tuple[str, Any]] | None = None, **fields: Any) -> int:
    """Fill in the form; returns the id of the activity."""
    browser.look("/activities/new")
    answer = browser.submit("/activities", LECTURE | fields, files=files)
    assert answer.status_code == 200, answer.text
    found = re.fullmatch(r"/console/activities/(\d+)", answer.url.path)
    assert found, answer.text
    return int(found[1])


def activities(office: Office) -> list[Activity]:
    with reading(office.engine) as session:
        return list(session.scalars(select(Activity).order_by(Activity.id)))


def test_an_activity_is_added_shown_corrected_and_removed(office: Office) -> None:
    office.add_village("红庄村")
    browser = office.sign_in("li", Role.EDITOR)
    id_ = add(browser, villages=["红庄村"], note="联系人：马小军，电话 13812345678")
    page = browser.look(f"/activities/{id_}").text
    for words in ("反诈进村", "红庄村", "200", "li的姓名", "[电话]"):
        assert words in page
    assert "13812345678" not in page
    assert 'value="反诈进村"' in browser.look(f"/activities/{id_}/edit").text
    browser.submit(f"/activities/{id_}", LECTURE | {"people": "", "theme": "反诈"})
    changed = activities(office)[0]
    assert (changed.theme, changed.people, changed.villages) == ("反诈", None, [])
    assert "反诈" in browser.look("/activities").text
    assert "已删除" in browser.submit(f"/activities/{id_}/remove").text
    assert activities(office) == []
    with reading(office.engine) as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("activity"))).all()
    assert actions == ["activity.add", "activity.change", "activity.remove"]


def test_what_is_filled_in_wrong_is_named_and_stays_on_the_form(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    browser.look("/activities/new")
    answer = browser.submit(
        "/activities", {"day": "2099-01-01", "kind": "跳舞", "people": "两百", "theme": '"><script>'}
    )
    assert answer.status_code == 422
    for words in ("日期：2099-01-01 还没有到", "类型：没有“跳舞”", "人次：要填", 'value="两百"', "&lt;script&gt;"):
        assert words in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    assert activities(small_office) == []


def test_the_list_is_narrowed_down_and_adds_up_what_it_shows(office: Office) -> None:
    red = office.add_village("红庄村")
    office.add_village("马家湾村")
    browser = office.sign_in("li")
    add(browser, villages=["红庄村"], theme="甲")
    add(browser, villages=["红庄村", "马家湾村"], theme="乙", kind="学法", people="30", materials="0")
    add(browser, theme="丙", day="2025-12-31")
    everything = browser.look("/activities").text
    assert "共 <strong>3</strong> 条" in everything
    assert "普法活动 2 场、400 人次；学法 1 次、30 人次；资料 0 份" in everything
    assert "排查 — 件" in everything

    def themes(**query: Any) -> set[str]:
        return set(re.findall(r'activities/\d+">(.)</a>', browser.look("/activities", **query).text))

    assert themes(year=2026) == {"甲", "乙"}
    assert themes(year=2026, kind="学法") == {"乙"}
    assert themes(village=red) == {"甲", "乙"}
    assert themes(measure="outreach") == {"甲", "丙"}
    assert themes(year="两千", village="x", page="-1", kind="", measure="none") == {"甲", "乙", "丙"}
    assert themes(page=2) == set()


def test_an_adviser_keeps_the_ledger_of_own_villages_only(office: Office) -> None:
    own = office.add_village("红庄村")
    other = office.add_village("马家湾村")
    editor = office.sign_in("li", Role.EDITOR)
    theirs, shared, town = (
        add(editor, villages=["马家湾村"], theme="别村"),
        add(editor, villages=["红庄村", "马家湾村"], theme="两村"),
        add(editor, theme="全镇活动"),
    )
    adviser = office.sign_in("wang", Role.ADVISER, (own,))
    mine = add(adviser, villages=["红庄村"], theme="本村")
    page = adviser.look("/activities").text
    assert "本村" in page
    assert "两村" in page
    assert "别村" not in page
    assert "全镇活动" not in page
    assert adviser.look("/activities", village=other).status_code == 404
    for id_ in (theirs, town):
        for path in (f"/activities/{id_}", f"/activities/{id_}/edit"):
            assert adviser.look(path).status_code == 404
    assert adviser.look(f"/activities/{shared}").status_code == 200
    for path in ("", "/remove", "/photos"):
        assert adviser.submit(f"/activities/{shared}{path}", LECTURE).status_code == 404
    assert adviser.submit(f"/activities/{mine}", LECTURE | {"villages": ["马家湾村"]}).status_code == 422
    assert "没有填" in adviser.submit("/activities", LECTURE).text
    names = [row[2].value for row in load_workbook(BytesIO(adviser.look("/activities/export.xlsx").content))["台账"]]
    assert sorted(map(str, names[1:])) == ["红庄村", "红庄村、马家湾村"]


def test_a_viewer_looks_and_changes_nothing(small_office: Office) -> None:
    id_ = add(small_office.sign_in("li"))
    viewer = small_office.sign_in("zhang", Role.VIEWER)
    page = viewer.look(f"/activities/{id_}").text
    assert "反诈进村" in page
    assert "删除" not in page
    assert "添加活动" not in viewer.look("/activities").text


def test_another_account_sees_nothing_of_it(small_office: Office) -> None:
    id_ = add(small_office.sign_in("li"), [("photos", ("a.jpg", jpeg()))])
    with reading(small_office.engine) as session:
        photo = session.get_one(Activity, id_).photos[0].id
    east = small_office.add_account("east", "东乡")
    small_office.add_staff("east", Role.EDITOR, account_id=east)
    browser = small_office.browser()
    browser.look("/sign-in")
    browser.submit("/sign-in", {"login": "east", "password": "a long enough pass phrase"})
    browser.look("/password")
    assert "共 <strong>0</strong> 条" in browser.look("/activities").text
    for path in (f"/activities/{id_}", f"/activities/{id_}/edit", f"/activities/{id_}/photos/{photo}"):
        assert browser.look(path).status_code == 404
    assert browser.submit(f"/activities/{id_}/remove").status_code == 404


def test_photos_are_shown_and_go_with_their_activity(office: Office) -> None:
    browser = office.sign_in("li")
    id_ = add(browser, [("photos", ("a.jpg", jpeg())), ("photos", ("b.png", jpeg("blue")))])
    browser.look(f"/activities/{id_}")
    browser.submit(f"/activities/{id_}/photos", files=[("photos", ("c.jpg", jpeg("green")))])
    addresses = re.findall(r'<img src="/console(/activities/\d+/photos/\d+)"', browser.look(f"/activities/{id_}").text)
    assert len(addresses) == 3
    answer = browser.get(f"/console{addresses[0]}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"secret place" not in answer.content
    browser.submit(f"{addresses[0]}/remove")
    assert browser.look(addresses[0]).status_code == 404
    assert len(list(office.uploads.rglob("*.jpg"))) == 2
    browser.submit(f"/activities/{id_}/remove")
    assert list(office.uploads.rglob("*.jpg")) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<script>alert(1)</script>", "a.jpg：不是照片"), (b"", "a.jpg：不是照片")],
)
def test_a_script_that_is_called_a_photo_is_refused_and_nothing_is_kept(
    small_office: Office, content: bytes, words: str
) -> None:
    browser = small_office.sign_in("li")
    browser.look("/activities/new")
    answer = browser.submit("/activities", LECTURE, files=[("photos", ("a.jpg", content))])
    assert answer.status_code == 422
    assert words in answer.text
    assert activities(small_office) == []
    id_ = add(browser)
    browser.look(f"/activities/{id_}")
    answer = browser.submit(f"/activities/{id_}/photos", files=[("photos", ("a.jpg", content))])
    assert (answer.status_code, words in answer.text) == (422, True)
    assert "请先选照片" in browser.submit(f"/activities/{id_}/photos").text


def test_a_spreadsheet_with_a_bad_row_is_refused_and_mended(office: Office) -> None:
    office.add_village("红庄村")
    browser = office.sign_in("li")
    browser.look("/activities")
    bad = xlsx(("2026-01-05", "法治讲座", "红庄村"), ("2026-01-06", "法治讲座", "何家村", None, None, "两"))
    answer = browser.submit("/activities/import", files={"file": ("台账.xlsx", bad)})
    assert answer.status_code == 422
    assert "第 3 行“村”：没有叫“何家村”的村" in answer.text
    assert "第 3 行“场次”：要填" in answer.text
    assert activities(office) == []
    good = xlsx(("2026-01-05", "法治讲座", "红庄村"), ("2026-01-06", "法治讲座", "红庄村", None, None, 2))
    answer = browser.submit("/activities/import", files={"file": ("台账.xlsx", good)})
    assert "读到 2 行，导入 2 行" in answer.text
    colleague = office.sign_in("zhao", Role.EDITOR)
    assert "读到 2 行" not in colleague.look("/activities", **answer.url.params).text
    assert len(activities(office)) == 2
    assert "已有一样的" in browser.submit("/activities/import", files={"file": ("台账.xlsx", good)}).text
    repeated = browser.submit("/activities/import", {"may_repeat": "1"}, files={"file": ("台账.xlsx", good)})
    assert "读到 2 行，导入 2 行" in repeated.text
    assert "请先选文件" in browser.submit("/activities/import").text


def test_an_adviser_imports_for_own_villages_only(small_office: Office) -> None:
    own = small_office.add_village("红庄村")
    small_office.add_village("马家湾村")
    adviser = small_office.sign_in("wang", Role.ADVISER, (own,))
    adviser.look("/activities")
    for village in ("马家湾村", "全镇", None):
        file = xlsx(("2026-01-05", "法治讲座", village))
        answer = adviser.submit("/activities/import", files={"file": ("台账.xlsx", file)})
        assert (answer.status_code, "第 2 行“村”" in answer.text) == (422, True)
    assert activities(small_office) == []


def test_the_template_and_the_export_are_workbooks_without_formulas(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    add(browser, theme="=HYPERLINK(1)")
    template = load_workbook(BytesIO(browser.look("/activities/template.xlsx").content))
    assert [cell.value for cell in template["台账"][1]][:3] == ["日期", "类型", "村"]
    answer = browser.look("/activities/export.xlsx", year=2026)
    assert "attachment" in answer.headers["content-disposition"]
    cell = load_workbook(BytesIO(answer.content))["台账"]["E2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_the_kinds_can_be_changed_but_not_pulled_from_under_the_ledger(office: Office) -> None:
    browser = office.sign_in("li", Role.EDITOR)
    add(browser)
    browser.look("/activities/kinds")
    refused = browser.submit("/activities/kinds", {"names": ["送法入户"], "measures": ["outreach"]})
    assert "还有“法治讲座”的活动" in refused.text
    fields = {"names": ["送法入户", "法治讲座", " "], "measures": ["outreach", "training", "other"]}
    assert "已保存" in browser.submit("/activities/kinds", fields).text
    assert "<option>送法入户</option>" in browser.look("/activities/new").text
    assert "共 <strong>0</strong> 条" in browser.look("/activities", measure="outreach").text
    assert "共 <strong>1</strong> 条" in browser.look("/activities", measure="training").text


def test_a_body_beyond_the_limit_is_not_read(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    browser.look("/activities")
    answer = browser.submit(
        "/activities/import", files={"file": ("a.xlsx", b"0" * 8)}, headers={"content-length": str(LARGEST_UPLOAD + 1)}
    )
    assert answer.status_code == 413
    assert "内容太大" in answer.text


def test_a_dozen_large_photos_pass_and_a_thirteenth_is_refused_in_words(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    id_ = add(browser)
    browser.look(f"/activities/{id_}")
    padding = b"0" * 2_000_000
    files = [("photos", (f"{side}.jpg", jpeg(side=side) + padding)) for side in range(40, 53)]
    refused = browser.submit(f"/activities/{id_}/photos", files=files)
    assert (refused.status_code, "一次最多传 12 张照片，您选了 13 张" in refused.text) == (422, True)
    assert browser.submit(f"/activities/{id_}/photos", files=files[:12]).status_code == 200
    with reading(small_office.engine) as session:
        assert len(session.get_one(Activity, id_).photos) == 12


def test_a_heap_of_small_files_is_refused_before_it_is_kept(small_office: Office) -> None:
    browser = small_office.sign_in("li")
    browser.look("/activities/new")
    files = [("photos", (f"{number}.jpg", b"0")) for number in range(60)]
    answer = browser.submit("/activities", LECTURE, files=files)
    assert (answer.status_code, "文件分几次传" in answer.text) == (400, True)
    assert activities(small_office) == []
