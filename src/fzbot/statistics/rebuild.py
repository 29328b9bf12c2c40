"""Recounting the rollups from the rows, all at once in the database: after a restore, or when a doubt is to be settled."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    delete,
    func,
    insert,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.orm import Session

from fzbot.db import take_turns
from fzbot.interactions.interaction import Interaction
from fzbot.people.erasure import COUNTING
from fzbot.people.village import village_key
from fzbot.statistics.facets import facet_columns
from fzbot.statistics.rollup import (
    ALL_VILLAGES,
    LOST,
    NEVER,
    DailyCount,
    PeopleGap,
    PersonDay,
    PersonVillage,
)


def rebuild(session: Session) -> None:
    """Throw the rollups away and count every interaction anew, within the caller's transaction."""
    take_turns(session, COUNTING)
    for table in (DailyCount, PersonDay, PersonVillage, PeopleGap):
        session.execute(delete(table))
    for village in (literal(ALL_VILLAGES, Integer), village_key(Interaction.village_id)):
        for facet, key in facet_columns(session, Interaction).items():
            columns = ["account_id", "facet", "village_id", "day", "key", "number"]
            session.execute(insert(DailyCount).from_select(columns, _counts(village, facet, key)))
        columns = ["account_id", "village_id", "openid_hash", "day"]
        session.execute(insert(PersonDay).from_select(columns, _person_days(village)))
    session.execute(insert(PersonVillage).from_select(["account_id", "village_id", "openid_hash"], _person_villages()))
    session.execute(
        insert(PeopleGap).from_select(["account_id", "village_id", "day", "previous_day", "number"], _gaps())
    )
    marked = update(Interaction).where(not_(Interaction.counted)).values(counted=True)
    session.execute(marked, execution_options={"synchronize_session": False})


def _counts(village: ColumnElement[Any], facet: str, key: ColumnElement[Any]) -> Select[Any]:
    grouped = (Interaction.account_id, village, Interaction.day, key)
    return (
        select(Interaction.account_id, literal(facet), village, Interaction.day, key, func.count())
        .where(key.is_not(None))
        .group_by(*grouped)
    )


def _person_days(village: ColumnElement[Any]) -> Select[Any]:
    return (
        select(Interaction.account_id, village, Interaction.openid_hash, Interaction.day)
        .where(Interaction.kind != LOST)
        .distinct()
    )


def _person_villages() -> Select[int, int, str]:
    return (
        select(PersonDay.account_id, PersonDay.village_id, PersonDay.openid_hash)
        .where(PersonDay.village_id != ALL_VILLAGES)
        .distinct()
    )


def _gaps() -> Select[Any]:
    person = (PersonDay.account_id, PersonDay.village_id, PersonDay.openid_hash)
    before = func.lag(PersonDay.day).over(partition_by=person, order_by=PersonDay.day)
    days = select(PersonDay.account_id, PersonDay.village_id, PersonDay.day, before.label("before")).subquery()
    previous = func.coalesce(days.c.before, literal(NEVER, PersonDay.day.type))
    grouped = (days.c.account_id, days.c.village_id, days.c.day, previous)
    return select(*grouped, func.count()).group_by(*grouped)
