"""Somebody names an article or an old law."""

import pytest
from sqlalchemy import Engine

from fzbot import db
from fzbot.knowledge.statutes import split_articles
from fzbot.statutes.article import replace
from tests.conversation.villager import Villager

LAW = (
    "# 中华人民共和国民法典\n"
    "第一千零七十六条 夫妻双方自愿离婚的，应当签订书面协议。\n"
    "第一千零七十九条 夫妻一方要求离婚的，可以由有关组织进行调解或者直接起诉离婚。\n"
    "第一千一百三十三条 自然人可以立遗嘱处分个人财产。\n"
)


@pytest.fixture
def civil_code(engine: Engine) -> None:
    with db.make_sessions(engine)() as session:
        replace(session, split_articles("民法典", LAW))
        session.commit()


@pytest.mark.usefixtures("civil_code")
@pytest.mark.parametrize("text", ["民法典1079条", "民法典第一千零七十九条", "《民法典》第1079条是啥"])
def test_an_imported_article_is_shown(villager: Villager, text: str) -> None:
    villager.asks(text).gets("《民法典》第1079条", "可以由有关组织进行调解", decision="answer")


@pytest.mark.usefixtures("civil_code")
def test_an_article_that_the_law_does_not_have(villager: Villager) -> None:
    villager.asks("民法典9999条").gets("导入的法律里没有", "核对条号")


def test_an_article_that_is_not_imported_says_how_to_import_it(villager: Villager) -> None:
    villager.asks("民法典1079条").gets("还没有放进来", "fzbot statutes import", "12348")


def test_an_old_law_was_merged_into_the_civil_code(villager: Villager) -> None:
    villager.asks("婚姻法第32条").gets("已并入《民法典》", "老条号不用了")


@pytest.mark.usefixtures("civil_code")
@pytest.mark.parametrize("text", ["婚姻法离婚那条", "婚姻法里关于离婚的是第几条", "《婚姻法》规定离婚是哪一条"])
def test_an_article_of_an_old_law_is_found_by_its_subject_in_the_civil_code(villager: Villager, text: str) -> None:
    villager.asks(text).gets(
        "《婚姻法》2021年1月1日起已并入《民法典》", "《民法典》第1079条：夫妻一方", decision="answer"
    )
    assert villager.reply.index("第1079条：") < villager.reply.index("第1076条：")
    assert "1133" not in villager.reply


@pytest.mark.usefixtures("civil_code")
def test_an_article_of_a_law_in_force_is_found_by_its_subject(villager: Villager) -> None:
    villager.asks("民法典遗嘱那条").gets("《民法典》第1133条：自然人可以立遗嘱", "民法典1133条", decision="answer")
    assert "并入" not in villager.reply


def test_of_articles_about_a_subject_those_come_first_that_the_knowledge_base_cites(
    villager: Villager, engine: Engine
) -> None:
    law = "第一百九十八条 进行保险诈骗的，骗取保险金即是诈骗。\n第二百六十六条 诈骗公私财物，处三年以下有期徒刑。\n"
    with db.make_sessions(engine)() as session:
        replace(session, split_articles("刑法", f"# 中华人民共和国刑法\n{law}"))
        session.commit()
    villager.asks("刑法诈骗罪是哪一条").gets("《刑法》第266条：", "《刑法》第198条：", decision="answer")
    assert villager.reply.index("第266条：") < villager.reply.index("第198条：")


def test_a_subject_in_a_law_that_is_not_imported_gets_what_the_knowledge_base_has(villager: Villager) -> None:
    villager.asks("婚姻法离婚那条").gets(
        "已并入《民法典》", "《民法典》的原文还没有放进来", "fzbot statutes import", "离婚"
    )
    assert villager.last_row().decision in {"answer", "suggest"}


@pytest.mark.usefixtures("civil_code")
def test_a_subject_that_no_article_names_gets_what_the_knowledge_base_has(villager: Villager) -> None:
    villager.asks("婚姻法彩礼那条").gets("已并入《民法典》", "彩礼")
    assert "还没有放进来" not in villager.reply


@pytest.mark.usefixtures("civil_code")
def test_a_case_that_mentions_an_article_is_answered_as_a_case(villager: Villager) -> None:
    villager.asks("老公死活不同意离婚，民法典1079条说分居两年就能离，我分居三年了法院会不会判离")
    assert villager.last_row().entry != "" or villager.last_row().decision == "suggest"
    assert "夫妻一方要求离婚的，可以由有关组织" not in villager.reply


@pytest.fixture
def many_articles(engine: Engine) -> None:
    filler = "".join(
        f"第{tens}十{ones}条 当事人应当依法办理，可以委托他人。\n"
        for tens in "一二三四五六七八九"
        for ones in "一二三四五六七八九"
    )
    law = f"# 中华人民共和国民法典\n第八百六十一条 发明专利申请应当符合下列条件：具备新颖性。\n{filler}"
    with db.make_sessions(engine)() as session:
        replace(session, split_articles("民法典", law))
        session.commit()


@pytest.mark.usefixtures("many_articles")
def test_an_unanswered_question_gets_the_articles_that_may_be_about_it(villager: Villager) -> None:
    villager.asks("发明专利申请要符合哪些条件").gets(
        "这个问题我拿不准", "可能有关的法条", "《民法典》第861条：发明专利申请", "民法典861条", decision="unknown"
    )


def test_an_unanswered_question_gets_no_articles_where_none_are_imported(villager: Villager) -> None:
    villager.asks("发明专利申请要符合哪些条件").gets("这个问题我拿不准", decision="unknown")
    assert "可能有关" not in villager.reply
