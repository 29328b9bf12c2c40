"""The checker names file, entry, field and mend for each fault."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from fzbot.errors import KnowledgeError
from fzbot.knowledge import checks, files
from fzbot.knowledge.files import Fault, Severity
from fzbot.knowledge.statutes import Statute, split_articles

TODAY = date(2026, 11, 23)
GIST = "没领证的能要回来，领了证过日子的一般不退。"
POINTS = [
    {"text": "没有办结婚登记的，可以要回来。", "basis": ["民法典1042"]},
    {"text": "登记了也一起过了日子的，一般不退。", "basis": ["民法典1042"], "about": ["money"]},
    {"text": "村里的调解员先劝一劝，常常管用。", "practice": "各地通行做法"},
]


def point(**changes: Any) -> dict[str, Any]:
    return {"text": "登记了没有一起过的，也可以要回来。", "basis": ["民法典1042"]} | changes


def entry(**changes: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "id": "marriage.bride-price",
        "title": "彩礼能不能要回来",
        "questions": [f"彩礼问法第{n}种" for n in range(20)],
        "gist": GIST,
        "points": POINTS,
        "steps": ["收好转账记录", "找村里调解"],
        "channels": ["12348"],
        "related": ["marriage.custody"],
        "reviewed": date(2026, 11, 1),
        "review_by": date(2027, 5, 1),
    }
    return {key: value for key, value in (sound | changes).items() if value is not ...}


def other() -> dict[str, Any]:
    return entry(
        id="marriage.custody", questions=[f"孩子问法第{n}种" for n in range(20)], related=["marriage.bride-price"]
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "entries" / "civil-code").mkdir(parents=True)
    (tmp_path / "directory.yaml").write_text(
        'hotlines: {"12348": {name: 公共法律服务热线, use: 免费问律师, sure: B, review_by: 2027-05-23}}\nlocal: {}\n',
        encoding="utf-8",
    )
    (tmp_path / "laws.yaml").write_text(
        "laws:\n  民法典: {title: 中华人民共和国民法典}\n  治安管理处罚法: {title: 中华人民共和国治安管理处罚法, changed: true}\n",
        encoding="utf-8",
    )
    (tmp_path / "themes.yaml").write_text("themes: {marriage: 婚姻家庭}\n", encoding="utf-8")
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "terms.txt").write_text("先予执行 = 判决前先让对方给一部分钱\n", encoding="utf-8")
    (tmp_path / "needs.txt").write_text("marriage.bride-price\nmarriage.custody\n", encoding="utf-8")
    return tmp_path


def faults(root: Path, *entries: dict[str, Any], statutes: dict[str, Statute] | None = None) -> list[Fault]:
    path = root / "entries" / "civil-code" / "marriage.yaml"
    path.write_text(yaml.safe_dump({"entries": list(entries)}, allow_unicode=True), encoding="utf-8")
    return checks.check(files.load(root), TODAY, statutes)


def test_a_sound_base_has_no_fault(root: Path) -> None:
    assert faults(root, entry(), other()) == []


@pytest.mark.parametrize(
    ("changes", "field", "part"),
    [
        ({"colour": "red"}, "colour", "不认识"),
        ({"gist": ...}, "gist", "缺少"),
        ({"answer": "一整段"}, "answer", "不认识"),
        ({"reviewed": "yesterday"}, "reviewed", "日期"),
        ({"questions": []}, "questions", "至少写一项"),
        ({"id": "Bride Price"}, "id", "编号要写成"),
        ({"points": [point(basis=["1042"])]}, "points", "法律简称"),
        ({"urgent": "maybe"}, "urgent", "不在允许的几个词里"),
        ({"questions": ["彩礼问法第1种", "彩礼问法，第１种？"] * 10}, "questions", "已有"),
        ({"questions": ["只有一种"]}, "questions", "只有 1 种"),
        ({"gist": "能要回来。"}, "gist", "有 5 个字"),
        ({"gist": "长" * 46}, "gist", "有 46 个字"),
        ({"gist": "这得看具体情况。"}, "gist", "没有回答"),
        ({"points": POINTS[:2]}, "points", "有 2 个要点"),
        ({"points": POINTS * 3}, "points", "有 9 个要点"),
        ({"points": [*POINTS[:2], point(text="长" * 61)]}, "points", "有 61 字"),
        ({"points": [*POINTS[:2], point(basis=[])]}, "points", "没有依据"),
        ({"points": [*POINTS[:2], point(about=["weather"])]}, "points", "不在允许的几个词里"),
        ({"points": [*POINTS[:2], point(text="可以申请先予执行。")]}, "points", "“先予执行”没有解释"),
        ({"see": ["marriage.nothing"]}, "see", "没有 marriage.nothing"),
        ({"see": ["marriage.bride-price"]}, "see", "自己"),
        ({"steps": ["一步"]}, "steps", "1 步"),
        ({"steps": ["长" * 41, "二"]}, "steps", "缩到"),
        ({"steps": ["很长的一步" * 30] * 5}, "steps", "字节"),
        ({"points": [*POINTS, point(basis=["婚姻法1"])]}, "basis", "laws.yaml"),
        ({"points": [*POINTS, point(basis=["治安管理处罚法43"])]}, "basis", "近期改过"),
        ({"channels": ["12399"]}, "channels", "directory.yaml"),
        ({"channels": []}, "channels", "没有写找谁"),
        ({"related": ["marriage.nothing"]}, "related", "没有 marriage.nothing"),
        ({"related": ["marriage.bride-price"]}, "related", "自己"),
        ({"review_by": date(2026, 10, 1)}, "review_by", "早于"),
    ],
)
def test_a_fault_names_file_entry_field_and_mend(root: Path, changes: dict[str, Any], field: str, part: str) -> None:
    found = [fault for fault in faults(root, entry(**changes), other()) if fault.field.startswith(field)]
    assert found, changes
    assert any(part in str(fault) for fault in found)
    assert "marriage.yaml" in str(found[0])
    assert found[0].mend
    assert found[0].severity is Severity.ERROR


def test_a_past_review_date_is_only_a_warning(root: Path) -> None:
    (found,) = faults(root, entry(reviewed=date(2026, 1, 1), review_by=date(2026, 6, 1)), other())
    assert (found.field, found.severity) == ("review_by", Severity.WARNING)


def test_two_entries_may_not_share_an_id_or_a_question(root: Path) -> None:
    twice = faults(root, entry(), entry(), other())
    assert any("编号重复" in str(fault) for fault in twice)
    shared = faults(root, entry(), other() | {"questions": [f"彩礼问法 第{n}种" for n in range(20)]})
    assert sum("已有" in str(fault) for fault in shared) == 20


def test_a_need_without_an_entry_and_an_entry_without_a_need_are_named(root: Path) -> None:
    found = faults(root, entry(related=["marriage.secret"]), other() | {"id": "marriage.secret"})
    assert {fault.entry for fault in found} == {"marriage.custody", "marriage.secret"}


STATUTE = {
    "民法典": split_articles(
        "民法典", "第一千零四十二条 禁止借婚姻索取财物。三十日内可以反悔。\n第一千零四十三条 家庭成员应当敬老爱幼。\n"
    )
}


def test_a_citation_that_does_not_exist_is_named(root: Path) -> None:
    (found,) = faults(root, entry(points=[*POINTS, point(basis=["民法典9999"])]), other(), statutes=STATUTE)
    assert "第9999条" in str(found)


@pytest.mark.parametrize(
    ("said", "sound"), [("30天内", True), ("三十天内", True), ("15天内", False), ("一天也行", True), ("50%", False)]
)
def test_a_number_must_stand_in_the_article_of_its_own_point(root: Path, said: str, sound: bool) -> None:
    found = faults(root, entry(points=[*POINTS, point(text=f"可以反悔，{said}。")]), other(), statutes=STATUTE)
    assert (found == []) is sound


def test_a_number_of_another_points_article_does_not_count(root: Path) -> None:
    lone = point(text="30天内可以反悔。", basis=["民法典1043"])
    (found,) = faults(root, entry(points=[*POINTS, lone]), other(), statutes=STATUTE)
    assert "第 4 个要点的“30天”" in str(found)


def test_a_number_from_elsewhere_is_explained_in_its_practice(root: Path) -> None:
    explained = entry(points=[*POINTS, point(text="15天内上诉。", practice="民事诉讼法171：15天")])
    assert faults(root, explained, other(), statutes=STATUTE) == []


@pytest.mark.parametrize(
    "said", ["先予执行（判决前先让对方给一部分钱）", "判决前先给一部分（先予执行）", "“先予执行”（判决前先给钱）"]
)
def test_a_term_that_is_explained_where_it_first_stands_is_no_fault(root: Path, said: str) -> None:
    assert faults(root, entry(points=[*POINTS, point(text=f"可以申请{said}。")]), other()) == []


def test_yaml_that_is_broken_or_in_the_wrong_place_is_named(root: Path) -> None:
    path = root / "entries" / "civil-code" / "broken.yaml"
    path.write_text("entries:\n  - id: [", encoding="utf-8")
    assert any("YAML" in str(fault) for fault in faults(root, entry(), other()))
    path.write_text("- just a list", encoding="utf-8")
    assert any("entries:" in str(fault) for fault in faults(root, entry(), other()))
    path.unlink()
    (root / "entries" / "elsewhere").mkdir()
    (root / "entries" / "elsewhere" / "x.yaml").write_text("entries: []", encoding="utf-8")
    assert any("不是知识领域" in str(fault) for fault in faults(root, entry(), other()))


def test_serving_refuses_a_faulty_base_and_a_missing_folder(root: Path) -> None:
    faults(root, entry(colour="red"), other())
    with pytest.raises(KnowledgeError, match="fzbot knowledge check"):
        files.load_sound(root)
    with pytest.raises(KnowledgeError, match="FZBOT_KNOWLEDGE_DIR"):
        files.load(root / "nowhere")


def test_every_theme_is_listed_with_its_name(root: Path) -> None:
    sheep = entry(id="sheep.lost", questions=[f"羊丢了第{n}种" for n in range(20)], related=["marriage.custody"])
    unlisted = [fault for fault in faults(root, entry(), other(), sheep) if "themes.yaml" in fault.problem]
    assert [(fault.entry, fault.field, fault.severity) for fault in unlisted] == [("sheep.lost", "id", Severity.ERROR)]
    (root / "themes.yaml").write_text("themes: {marriage: 婚姻家庭, sheep: 牛羊}\n", encoding="utf-8")
    base = files.load(root)
    assert (base.faults, base.themes["sheep"]) == ((), "牛羊")


def test_an_entry_that_staff_added_needs_a_listed_theme_too(root: Path) -> None:
    faults(root, entry(), other())
    base = files.load(root)
    sheep = base.entries[0].model_copy(update={"id": "sheep.lost"})
    assert [fault.entry for fault in files.overlaid(base, [sheep]).faults] == ["sheep.lost"]


@pytest.mark.parametrize("text", [None, "themes: {}", "themes: {marriage: ''}", "themes: {Marriage: 婚姻}", "[]", "{"])
def test_themes_that_cannot_be_read_are_named(root: Path, text: str | None) -> None:
    (root / "themes.yaml").unlink()
    if text is not None:
        (root / "themes.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"themes\.yaml"):
        files.load(root)


def test_a_menu_leads_somewhere_under_names_that_are_shown_whole(root: Path) -> None:
    (root / "topics.yaml").write_text(
        "welcome: 您好\ntopics: [{key: marriage, name: 结婚, entries: [marriage.custody]}]\n", encoding="utf-8"
    )
    items = "{name: 彩礼, entry: marriage.bride-price}, {name: 结婚, topic: marriage}, {name: 人, say: 转人工}"
    menu = root / "menu.yaml"
    menu.write_text(f"buttons: [{{name: 法律问题, items: [{items}]}}]", encoding="utf-8")
    assert faults(root, entry(), other()) == []
    items = "{name: 彩礼, entry: marriage.nothing}, {name: 结婚, topic: nothing}"
    menu.write_text(f"buttons: [{{name: 法律问题大全, items: [{items}]}}]", encoding="utf-8")
    found = [(fault.field, fault.severity) for fault in faults(root, entry(), other())]
    assert found == [("entry", Severity.ERROR), ("topic", Severity.ERROR), ("name", Severity.WARNING)]
    menu.write_text("buttons: [{name: 问, items: []}]", encoding="utf-8")
    (fault,) = faults(root, entry(), other())
    assert (fault.file, fault.severity) == (menu, Severity.ERROR)
