"""The command line, as a person types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from typer.testing import CliRunner, Result

from fzbot import clock
from fzbot.cli import app
from fzbot.errors import AccountError, FzbotError, ReportError, StatuteError
from fzbot.statistics.figures.figure import Surface
from fzbot.statistics.figures.registry import shown_on
from tests.conftest import DataFolder

Run = Callable[..., Result]


@pytest.fixture
def data_dir(data_folder: DataFolder) -> Path:
    return data_folder()


@pytest.fixture
def run(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("FZBOT_DATA_DIR", str(data_dir))
    monkeypatch.setenv("FZBOT_SECRET_KEY", "a secret that is only for tests")

    def call(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(app, arguments, **more)  # type: ignore[arg-type]

    return call


def test_answer_prints_the_reply_without_a_database(run: Run, data_dir: Path) -> None:
    result = run("answer", "彩礼能不能要回来")
    assert "依据：" in result.stdout
    assert not (data_dir / "fzbot.db").exists()


def test_answer_jsonl_keeps_order_and_shape(run: Run) -> None:
    lines = [
        {"id": "b", "text": "彩礼能不能要回来"},
        {"id": 7, "text": "量子力学薛定谔方程怎么解"},
        {"id": "c", "text": ""},
    ]
    result = run("answer", "--jsonl", input="\n".join(json.dumps(line) for line in lines))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["b", 7, "c"]
    for answer in answers:
        assert set(answer) == {"id", "decision", "entries", "reply"}
        assert len(answer["entries"]) <= 5
        scores = [entry["score"] for entry in answer["entries"]]
        assert scores == sorted(scores, reverse=True)
    assert answers[0]["decision"] == "answer"
    assert answers[0]["entries"][0]["id"] == "marriage.bride-price"
    assert answers[1]["decision"] == "unknown"


def test_answer_jsonl_names_the_line_that_is_wrong(run: Run) -> None:
    result = run("answer", "--jsonl", input='{"id": 1, "text": "谢谢"}\nnot json\n')
    assert isinstance(result.exception, FzbotError)
    assert "第 2 行" in str(result.exception)


def test_explain_shows_the_way_to_the_decision(run: Run) -> None:
    shown = run("answer", "--explain", "掌柜的不给离婚咋弄").stdout
    for part in ("规整：", "老公", "分词：", "候选：", "可能性", "最近的问法", "都不是", "判定："):
        assert part in shown


def test_stats_count_nothing_at_first_and_refuse_a_backward_span(run: Run) -> None:
    assert "合计\t0\t0\t0" in run("stats", "--from", "2026-11-01", "--to", "2026-11-30").stdout
    counted = json.loads(run("stats", "--from", "2026-11-01", "--to", "2026-11-30", "--json").stdout)
    assert list(counted["total"]) == [figure.key for figure in shown_on(Surface.CLI)]
    assert (counted["total"]["interactions"], counted["total"]["direct-rate"]) == (0, None)
    assert isinstance(run("stats", "--from", "2026-12-01", "--to", "2026-11-30").exception, FzbotError)
    assert "不是日期" in run("stats", "--from", "yesterday", "--to", "2026-11-30").output


def test_an_account_is_added_listed_and_not_added_twice(run: Run) -> None:
    add = ("account", "add", "east", "--name", "东乡普法", "--app-id", "wxeast")
    answers = "easttoken\n\nabcdefghijklmnopqrstuvwxyz0123456789ABCDEFG\n"
    assert "/wechat/east" in run(*add, input=answers).stdout
    listed = run("account", "list").stdout
    assert "东乡普法" in listed
    assert "easttoken" not in listed
    assert isinstance(run(*add, input=answers).exception, AccountError)


@pytest.mark.parametrize(
    ("slug", "answers"),
    [
        ("East", "easttoken\n\n\n"),
        ("default", "easttoken\n\n\n"),
        ("east", "!\n\n\n"),
        ("east", "easttoken\n\nshort\n"),
    ],
)
def test_a_malformed_account_is_refused(run: Run, slug: str, answers: str) -> None:
    result = run("account", "add", slug, "--name", "x", "--app-id", "wx", input=answers)
    assert isinstance(result.exception, AccountError)


def test_a_report_is_written_issued_and_made_again(run: Run, tmp_path: Path) -> None:
    path, again = tmp_path / "报告.docx", tmp_path / "again.docx"
    year = str(clock.today().year)
    draft = run("report", "--year", year, "-o", str(path), "--org", "红旗镇")
    assert "草稿" in draft.stdout
    assert "没有登记、留空的：活动场次、" in draft.stdout
    assert f"红旗镇{year}年" in Document(str(path)).paragraphs[0].text
    assert "第 1 号，已定稿" in run("report", "--year", year, "-o", str(path), "--issue").stdout
    run("report", "--year", year, "-o", str(again), "--number", "1")
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--year", "1999"),
        ("--year", "2999"),
        ("--year", "2026", "--account", "nowhere"),
        ("--year", "2026", "--number", "7"),
    ],
)
def test_a_report_that_cannot_be_is_refused(run: Run, tmp_path: Path, wrong: tuple[str, ...]) -> None:
    path = tmp_path / "report.docx"
    assert isinstance(run("report", "-o", str(path), *wrong).exception, ReportError)
    assert not path.exists()


def test_a_report_into_a_folder_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("report", "--year", str(clock.today().year), "-o", str(tmp_path / "nowhere" / "report.docx"))
    assert isinstance(result.exception, ReportError)


STATUTE = (
    "# 中华人民共和国民法典\n\n第一千零七十九条 夫妻一方要求离婚的，可以起诉。\n\n第一千零八十条 完成登记即解除。\n"
)


def test_statutes_are_imported_and_imported_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "law.md"
    path.write_text(STATUTE, encoding="utf-8")
    assert "民法典\t2 条" in run("statutes", "import", str(path)).stdout
    assert "民法典\t2 条" in run("statutes", "import", str(path)).stdout


def test_a_file_that_is_no_statute_is_refused_whole(run: Run, tmp_path: Path) -> None:
    (tmp_path / "law.md").write_text(STATUTE, encoding="utf-8")
    (tmp_path / "zz.txt").write_text("不是法律", encoding="utf-8")
    result = run("statutes", "import", str(tmp_path))
    assert isinstance(result.exception, StatuteError)
    assert isinstance(run("statutes", "import", str(tmp_path / "nowhere.docx")).exception, StatuteError)


def test_the_shipped_knowledge_passes_its_check(run: Run) -> None:
    result = run("knowledge", "check")
    assert result.exit_code == 0, result.stdout[-3000:]
