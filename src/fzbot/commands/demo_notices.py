"""The made-up town's notices: a year of them, pushed to a village at a time, opened, and forwarded to groups."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from fzbot import clock
from fzbot.knowledge.notices import NoticeTemplate
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import Notice, NoticeState, NoticeVersion
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results.forwards import Forward
from fzbot.notices.results.reads import NoticeRead

EVERY_DAYS = 5
DAYS = 365


@dataclass(frozen=True)
class Sent:
    """A notice of the demo: who wrote it, for which village, when."""

    account_id: int
    adviser_id: int
    village_id: int
    at: datetime


def fill_notices(
    session: Session,
    rng: random.Random,
    account_id: int,
    rounds: Sequence[tuple[int, Sequence[int]]],
    templates: Sequence[NoticeTemplate],
    today: date,
) -> None:
    """A notice every few days of the year up to `today`; `rounds` are advisers with their villages."""
    for number, offset in enumerate(range(0, DAYS, EVERY_DAYS)):
        day = today - timedelta(days=DAYS - offset)
        adviser, villages = rounds[number % len(rounds)]
        at = datetime.combine(day, time(rng.randrange(9, 19), rng.randrange(60)), clock.CHINA)
        _push(session, rng, Sent(account_id, adviser, rng.choice(list(villages)), at), rng.choice(list(templates)))


def _push(session: Session, rng: random.Random, sent: Sent, template: NoticeTemplate) -> None:
    notice = Notice(
        account_id=sent.account_id,
        author_id=sent.adviser_id,
        state=NoticeState.SENT.value,
        version=1,
        way=DeliveryMethod.MASS.value,
        audience=Audience((sent.village_id,)).to_json(),
        created_at=sent.at,
        approved_by=sent.adviser_id,
        approved_at=sent.at,
        scheduled_at=sent.at,
        started_at=sent.at,
        finished_at=sent.at,
        is_enqueued=True,
    )
    session.add(notice)
    session.flush()
    people = rng.randrange(90, 180)
    session.add_all([_version(notice.id, sent, template), _delivery(notice.id, sent, people, rng.randrange(2, 9))])
    opened = rng.randrange(people // 5, people // 2)
    for after, number in ((0, opened), (1, opened // 3)):
        day = clock.china_day(sent.at) + timedelta(days=after)
        where = {"notice_id": notice.id, "village_id": sent.village_id, "entry": template.entries[0]}
        session.add(NoticeRead(**where, day=day, number=number))
    if rng.random() < 0.7:
        session.add(_forward(notice.id, sent, rng.randrange(80, 320)))
    session.flush()


def _version(notice_id: int, sent: Sent, template: NoticeTemplate) -> NoticeVersion:
    return NoticeVersion(
        notice_id=notice_id,
        number=1,
        title=template.title,
        text=template.text,
        entries=list(template.entries),
        author_id=sent.adviser_id,
        author="（演示）",
        made_at=sent.at,
    )


def _delivery(notice_id: int, sent: Sent, people: int, lost: int) -> Delivery:
    return Delivery(
        account_id=sent.account_id,
        notice_id=notice_id,
        way=DeliveryMethod.MASS.value,
        village_id=sent.village_id,
        target={"village": sent.village_id},
        people=people,
        state=DeliveryState.DELIVERED.value,
        queued_at=sent.at,
        not_before=sent.at,
        attempts=1,
        attempted_at=sent.at,
        day=clock.china_day(sent.at),
        settled_at=sent.at,
        msg_id=f"demo-{notice_id}",
        people_delivered=people - lost,
    )


def _forward(notice_id: int, sent: Sent, people: int) -> Forward:
    return Forward(
        account_id=sent.account_id,
        notice_id=notice_id,
        village_id=sent.village_id,
        staff_id=sent.adviser_id,
        group_name="村民群",
        people=people,
        day=clock.china_day(sent.at),
        at=sent.at,
    )
