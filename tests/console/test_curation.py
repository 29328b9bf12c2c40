"""Working the questions in the console: adding a wording, writing an entry, publishing by a second person."""

import pytest
from sqlalchemy import select

from fzbot import clock
from fzbot.console.entry_form import EntryForm
from fzbot.curation.release import Release
from fzbot.curation.revisions import body_of
from fzbot.db import reading, writing
from fzbot.interactions.store import store
from fzbot.knowledge.statutes import Article, Statute
from fzbot.people.staff import Role
from fzbot.statutes import article
from tests.console.office import Clicks, Office
from tests.interactions.new_interactions import make_row


def ask(office: Office, text: str) -> None:
    day = clock.china_day(office.now)
    row = make_row(office.account_id, text, decision="unknown", entry=None, question=text, day=day, at=office.now)
    with office.engine.begin() as connection:
        store(connection, [row])


def releases(office: Office) -> list[Release]:
    with reading(office.engine) as session:
        return list(session.scalars(select(Release).order_by(Release.id)))


def fields_of(office: Office, entry_id: str, **changes: str) -> dict[str, object]:
    form = EntryForm.of(body_of(office.snapshot.entries[entry_id]))
    fields = {name: getattr(form, name) for name in form.__dataclass_fields__ if name != "points"}
    for number, point in enumerate(form.points):
        fields |= {f"point-{name}-{number}": getattr(point, name) for name in ("text", "basis", "practice", "about")}
    return fields | changes


def test_an_unanswered_question_becomes_a_wording(office: Office) -> None:
    ask(office, "俺给女方家那笔钱咋往回拿哩")
    editor = office.sign_in("li", Role.EDITOR)
    assert "俺给女方家那笔钱咋往回拿哩" in editor.look("/unanswered").text
    answer = editor.submit(
        "/unanswered", {"action": "add", "texts": ["俺给女方家那笔钱咋往回拿哩"], "entry": "marriage.bride-price"}
    )
    assert "已加成问法" in answer.text
    assert "俺给女方家那笔钱咋往回拿哩" not in answer.text
    (queued,) = releases(office)
    assert queued.overlay["marriage.bride-price"]["questions"][-1] == "俺给女方家那笔钱咋往回拿哩"


def test_bad_choices_are_named_and_nothing_is_lost(small_office: Office) -> None:
    ask(small_office, "明天赶集不")
    editor = small_office.sign_in("li", Role.EDITOR)
    editor.look("/unanswered")
    assert "选一个条目" in editor.submit("/unanswered", {"action": "add", "texts": ["明天赶集不"]}).text
    assert "原因" in editor.submit("/unanswered", {"action": "dismiss", "texts": ["明天赶集不"]}).text
    editor.submit("/unanswered", {"action": "dismiss", "texts": ["明天赶集不"], "reason": "不是法律问题"})
    assert "明天赶集不" not in editor.look("/unanswered").text
    assert releases(small_office) == []


def test_a_changed_answer_is_published_by_a_second_person(office: Office) -> None:
    author = office.sign_in("li", Role.EDITOR)
    page = author.look("/knowledge/loan.unpaid/edit")
    assert "修改条目" in page.text
    longer = office.snapshot.entries["loan.unpaid"].title + "了"
    saved = author.submit("/knowledge", fields_of(office, "loan.unpaid", title=longer))
    assert "草稿已保存" in saved.text
    assert "检查通过" in saved.text
    refused = author.submit("/knowledge/loan.unpaid/publish")
    assert "另一个人" in refused.text
    second = office.sign_in("wang", Role.EDITOR)
    second.look("/knowledge/loan.unpaid")
    assert "等待构建" in second.submit("/knowledge/loan.unpaid/publish").text
    assert releases(office)[0].overlay["loan.unpaid"]["title"] == longer


def test_a_faulty_entry_is_not_lost_and_not_published(small_office: Office) -> None:
    editor = small_office.sign_in("li", Role.EDITOR)
    editor.look("/knowledge/new")
    broken = editor.submit("/knowledge", fields_of(small_office, "loan.unpaid", id="Loan Unpaid"))
    assert broken.status_code == 422
    assert "编号要写成" in broken.text
    assert small_office.snapshot.entries["loan.unpaid"].questions[5] in broken.text
    few = editor.submit("/knowledge", fields_of(small_office, "loan.unpaid", id="loan.unpaid", questions="欠钱"))
    assert "只有 1 种问法" in few.text
    editor.submit("/knowledge/loan.unpaid/publish")
    assert releases(small_office) == []
    editor.submit("/knowledge/loan.unpaid/discard")
    assert "草稿" not in editor.look("/knowledge/loan.unpaid").text.split("<h1>")[1].split("</h1>")[0]


def test_search_finds_entries_by_words_in_them(small_office: Office) -> None:
    viewer = small_office.sign_in("zhao", Role.VIEWER)
    assert "marriage.bride-price" in viewer.look("/knowledge", q="彩礼").text
    assert "没有找到" in viewer.look("/knowledge", q="量子力学").text


def test_the_bench_explains_a_decision(small_office: Office) -> None:
    viewer: Clicks = small_office.sign_in("zhao", Role.VIEWER)
    page = viewer.look("/test-bench", q="彩礼怎么退<b>").text
    assert "彩礼怎么退&lt;b&gt;" in page.split("<pre")[1]
    bubble, reasons = page.split('class="bubble"')[1].split("<h3>为什么")
    assert "彩礼" in bubble
    assert "/console/knowledge/marriage.bride-price" in reasons


def import_law(office: Office, law: str, articles: dict[str, str]) -> None:
    statute = Statute(law, law, {number: Article(law, number, text) for number, text in articles.items()})
    with writing(office.engine) as session:
        article.replace(session, statute)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("民法典1042", ["民法典1042"]),
        ("民法典 104", ["民法典1042"]),
        ("彩礼", []),
        ("离婚 申请", ["民法典1077"]),
        ("287之二", ["刑法287之二"]),
        ("%", []),
        ("", []),
    ],
)
def test_articles_are_found_by_name_number_and_words(small_office: Office, words: str, found: list[str]) -> None:
    import_law(small_office, "民法典", {"1042": "禁止买卖婚姻。", "1077": "撤回离婚登记申请的期间。"})
    import_law(small_office, "刑法", {"287之二": "帮助犯罪活动。"})
    editor = small_office.sign_in("li", Role.EDITOR)
    answer = editor.look("/articles", q=words).json()
    assert [one["cite"] for one in answer["found"]] == found
    assert ("fzbot statutes import" in answer["hint"]) == (bool(words) and not found)


def test_a_law_that_was_changed_is_cited_whole(small_office: Office) -> None:
    changed = next(name for name, law in small_office.snapshot.laws.items() if law.changed)
    import_law(small_office, changed, {"1": "为了试验。"})
    editor = small_office.sign_in("li", Role.EDITOR)
    assert [one["cite"] for one in editor.look("/articles", q="为了试验").json()["found"]] == [changed]
