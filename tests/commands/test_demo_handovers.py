"""The made-up town's questions for people: the newest are open, the others answered and delivered."""

import random
from datetime import date

from sqlalchemy import Engine, select

from fzbot import clock
from fzbot.commands.demo_handovers import fill_handovers
from fzbot.db import reading, writing
from fzbot.handovers.handover import Handover, HandoverState
from fzbot.people import village
from tests.interactions.new_interactions import make_account

TODAY = date(2026, 11, 23)


def test_the_newest_wait_and_the_others_were_delivered(sqlite_engine: Engine) -> None:
    account = make_account(sqlite_engine)
    with writing(sqlite_engine) as session:
        villages = [village.add(session, account, "红庄村").id]
        fill_handovers(session, random.Random(1), account, villages, TODAY)
    with reading(sqlite_engine) as session:
        rows = session.scalars(select(Handover).order_by(Handover.asked_at.desc())).all()
    assert (len(rows), [row.state for row in rows[:4]]) == (
        92,
        [HandoverState.OPEN, HandoverState.OPEN, HandoverState.OPEN, HandoverState.ANSWERED],
    )
    assert all(row.delivered_at for row in rows[3:])
    assert clock.china_day(rows[0].asked_at) == date(2026, 11, 22)
