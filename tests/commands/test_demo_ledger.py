"""The made-up town's ledger adds up to what a township reports, and is the same each time."""

import random
from datetime import date, timedelta

from sqlalchemy import Engine

from fzbot.activities import ledger, listing
from fzbot.activities.kinds import Measure, counting_as
from fzbot.activities.listing import ActivityFilter, ActivitySums
from fzbot.commands.demo_ledger import fill_ledger
from fzbot.db import reading, writing
from tests.activities.ledger_keeper import Town

TODAY = date(2026, 11, 23)


def filled(engine: Engine, slug: str) -> tuple[int, list[str]]:
    town = Town(engine, ("红庄村", "马家湾村", "上店子村", "大湾村"), slug)
    with writing(engine) as session:
        fill_ledger(session, random.Random(1), town.account_id, list(town.villages.values()), ["马律师"], TODAY)
    with reading(engine) as session:
        rows = listing.activities(session, ActivityFilter((town.account_id,)))
        return town.account_id, [
            f"{row.day} {row.kind} {row.theme} {row.people}" for row in rows if ledger.facts_of(row)
        ]


def test_a_year_of_the_demo_looks_like_a_townships(sqlite_engine: Engine) -> None:
    account, rows = filled(sqlite_engine, "default")
    assert rows == filled(sqlite_engine, "east")[1]
    year = (TODAY - timedelta(days=364), TODAY)
    with reading(sqlite_engine) as session:

        def sums(measure: Measure) -> ActivitySums:
            return listing.sums(
                session, ActivityFilter((account,), *year, kinds=counting_as(session, account, measure))
            )

        assert (sums(Measure.OUTREACH).sessions, sums(Measure.OUTREACH).people) == (19, 35_430)
        assert sums(Measure.ARTICLE).sessions == 60
        assert sums(Measure.TRAINING).sessions == 15
        assert sums(Measure.PUSH).sessions == 12_180
        assert (sums(Measure.DISPUTE).disputes_found, sums(Measure.DISPUTE).disputes_settled) == (283, 283)
        assert listing.service_sums(session, ActivityFilter((account,), *year)).rows == 420
