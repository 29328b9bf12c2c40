"""Questions that nobody answered: alike ones stand together, settled ones stay away."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from fzbot.audit import Actor
from fzbot.curation import unanswered
from fzbot.curation.unanswered import Note, QuestionKind, Resolution, UnansweredFilter
from fzbot.db import reading, writing
from fzbot.errors import CurationError
from fzbot.interactions.store import store
from fzbot.people import village
from tests.interactions.new_interactions import make_account, make_row

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
LI = Actor("李四")


def ask(engine: Engine, account: int, *texts: str, **more: object) -> None:
    with engine.begin() as connection:
        rows = [
            make_row(account, f"{text}{number}"[:32], question=text, **{"decision": "unknown", "entry": None} | more)  # type: ignore[arg-type]
            for number, text in enumerate(texts)
        ]
        store(connection, rows)


def found(
    engine: Engine, account: int, kind: QuestionKind = QuestionKind.UNKNOWN, villages: frozenset[int] | None = None
) -> list[dict[str, int]]:
    wanted = UnansweredFilter((account,), DAY - timedelta(days=30), DAY, kind, villages)
    with reading(engine) as session:
        return [cluster.texts for cluster in unanswered.clusters(session, wanted, NOW)]


def test_alike_questions_stand_together_the_most_asked_first(engine: Engine) -> None:
    account = make_account(engine)
    ask(
        engine,
        account,
        "我家电视收不到台找谁",
        "我家电视机收不到台了找谁",
        "我家电视机收不到台了找谁",
        "羊粪多少钱一方",
    )
    ask(engine, account, "彩礼怎么退", decision="answer")
    assert found(engine, account) == [
        {"我家电视机收不到台了找谁": 2, "我家电视收不到台找谁": 1},
        {"羊粪多少钱一方": 1},
    ]


def test_a_settled_question_stays_away_also_when_asked_again_with_other_marks(engine: Engine) -> None:
    account = make_account(engine)
    ask(engine, account, "羊粪多少钱一方", "明天赶集不")
    with writing(engine) as session:
        unanswered.resolve(session, [account], ["羊粪多少钱一方"], Resolution.DISMISSED, Note(LI, NOW, "不是法律问题"))
    ask(engine, account, "羊粪多少钱一方？？")
    assert found(engine, account) == [{"明天赶集不": 1}]


def test_dismissing_needs_a_reason(engine: Engine) -> None:
    account = make_account(engine)
    with writing(engine) as session, pytest.raises(CurationError, match="原因"):
        unanswered.resolve(session, [account], ["明天赶集不"], Resolution.DISMISSED, Note(LI, NOW, " "))


def test_unsure_answers_and_complaints_have_lists_of_their_own(engine: Engine) -> None:
    account = make_account(engine)
    ask(engine, account, "给了选项的", decision="suggest")
    ask(engine, account, "答得没把握的", decision="answer", score=0.5, entry="loan.unpaid")
    ask(engine, account, "答得有把握的", decision="answer", score=0.95, entry="loan.unpaid")
    ask(engine, account, "你答的啥嘛", decision="chat", entry="chat.complaint")
    assert {text for texts in found(engine, account, QuestionKind.UNSURE) for text in texts} == {
        "给了选项的",
        "答得没把握的",
    }
    assert found(engine, account, QuestionKind.COMPLAINT) == [{"你答的啥嘛": 1}]


def test_an_adviser_sees_the_questions_of_own_villages(engine: Engine) -> None:
    account = make_account(engine)
    with writing(engine) as session:
        own = village.add(session, account, "红庄村").id
    ask(engine, account, "羊粪多少钱一方", village_id=own)
    ask(engine, account, "明天赶集不")
    assert found(engine, account, villages=frozenset({own})) == [{"羊粪多少钱一方": 1}]
