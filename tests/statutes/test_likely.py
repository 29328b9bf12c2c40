"""Articles that a question may be about: those that share its telling words, and rather none than far-fetched ones."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fzbot import db
from fzbot.knowledge.statutes import split_articles
from fzbot.statutes.article import replace
from fzbot.statutes.likely import MOST, likely

FILLER = "".join(
    f"第{hundreds}{tens}十{ones}条 当事人应当依法办理事项，可以委托他人。\n"
    for hundreds in ("", "一百")
    for tens in "一二三四五六七八九"
    for ones in "一二三四五六七八九"
)
LAWS = {"民法典"}
LAW = (
    "# 中华人民共和国民法典\n"
    "第一条 仓储物的保管人应当妥善保管仓单所列货物。\n"
    "第二条 保管人不得使用仓储物，仓单另有约定的除外；本条所称保管人包括受托保管仓储物的人，应当给付凭证并且每年清点一次。\n"
    "第三条 承租人破产的，出租人可以收回租赁物。\n"
    "第四条 仓储物、仓单、保管人由法律规定。\n"
)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with db.make_sessions(engine)() as session:
        replace(session, split_articles("民法典", LAW + FILLER))
        yield session


def numbers(session: Session, *words: str) -> list[str]:
    return [row.number for row in likely(session, words, LAWS)]


def test_an_article_with_the_telling_words_is_likely(session: Session) -> None:
    assert numbers(session, "承租人", "破产", "租赁物", "财产") == ["3"]


def test_the_likeliest_come_first_and_are_few(session: Session) -> None:
    assert numbers(session, "保管人", "使用", "仓储物", "仓单") == ["2", "4"]
    assert len(numbers(session, "保管人", "仓储物", "仓单")) == MOST


def test_one_shared_word_is_too_little(session: Session) -> None:
    assert numbers(session, "破产", "清算", "管理人", "报酬") == []


def test_words_that_stand_everywhere_tell_nothing(session: Session) -> None:
    assert numbers(session, "当事人", "可以", "办理", "委托") == []


@pytest.mark.parametrize("words", [(), ("人",), ("100%", "_")])
def test_odd_words_find_nothing(session: Session, words: tuple[str, ...]) -> None:
    assert numbers(session, *words) == []


def test_of_a_long_story_the_first_words_count(session: Session) -> None:
    story = [f"经过{number}" for number in range(2000)]
    assert numbers(session, *story, "承租人", "破产", "租赁物") == []
    assert numbers(session, "承租人", "破产", "租赁物", *["承租人"] * 2000) == ["3"]


def test_only_laws_that_are_known_are_searched(session: Session) -> None:
    assert likely(session, ["承租人", "破产", "租赁物"], {"公司法"}) == []


def test_an_empty_shelf_has_no_likely_article(engine: Engine) -> None:
    with db.make_sessions(engine)() as session:
        assert likely(session, ["破产"], LAWS) == []
