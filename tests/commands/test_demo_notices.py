"""The made-up town's notices fill the figures of a year, and are the same each time."""

import random
from datetime import date

from sqlalchemy import Engine

from fzbot.commands.demo_notices import fill_notices
from fzbot.db import reading, writing
from fzbot.knowledge.notices import load_templates
from fzbot.notices.results.counts import DeliveryFilter, Tally, cells, total
from fzbot.settings import shipped_knowledge
from tests.notices.town import Town

TODAY = date(2026, 11, 23)


def test_a_year_of_the_demo_has_notices(sqlite_engine: Engine) -> None:
    town = Town(sqlite_engine)
    templates = list(load_templates(shipped_knowledge()).values())
    rounds = [(town.author.staff_id or 0, town.villages)]
    with writing(sqlite_engine) as session:
        fill_notices(session, random.Random(1), town.account, rounds, templates, TODAY)
    with reading(sqlite_engine) as session:
        found = total(cells(session, DeliveryFilter((town.account,), date(2025, 11, 1), TODAY)))
    assert found.notices == 73
    assert found.pushed > found.delivered > found.read > found.groups > 0
    assert found == Tally(**{**vars(found), "accepted": found.pushed})
    town.pool.shutdown()
