"""Plants a mark in everything that an account holds, so that a page that shows another account's rows gives itself away."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from fzbot import audit, clock
from fzbot.activities import kinds, ledger, service_log
from fzbot.activities.kinds import DEFAULTS, ActivityKindSetting, Measure
from fzbot.activities.ledger import ActivityFacts, ActivityPhoto
from fzbot.activities.photos import Album
from fzbot.activities.service_log import ServiceFacts
from fzbot.audit import Actor, Change
from fzbot.curation import publishing
from fzbot.curation.revisions import body_of
from fzbot.db import writing
from fzbot.handovers import handover
from fzbot.handovers.handover import Handover
from fzbot.interactions.store import store
from fzbot.notices.authoring import notice
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, Notice, NoticePlan
from fzbot.notices.authoring.wording import NoticeText
from fzbot.notices.authoring.wording import mark as mark_of
from fzbot.notices.delivery import Delivery
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.results import forwards, reads
from fzbot.notices.results.forwards import Forward, ForwardedGroup
from fzbot.people import token as tokens
from fzbot.people import village
from fzbot.people.follower import Follower
from fzbot.people.staff import Role
from fzbot.statistics.yearly_report import gathering, issued
from tests.console.office import Office
from tests.interactions.new_interactions import make_row

DRAFTED = "loan.unpaid"
PERSON = "somebody"


@dataclass(frozen=True)
class Planted:
    """An account of a town. Its `ids` are the parts of addresses that lead to its rows."""

    account_id: int
    account_name: str
    mark: str
    token: str
    ids: dict[str, str]


def plant(office: Office, account_id: int, account_name: str, mark: str) -> Planted:
    """Fill an account with one row of each kind that carries the mark."""
    staff_id = office.add_staff(f"{mark}.editor", Role.EDITOR, account_id=account_id)
    actor = Actor(f"{mark}的编辑", staff_id, account_id)
    with writing(office.engine) as session:
        village_id = village.add(session, account_id, f"{mark}村").id
        token, text = tokens.issue(session, account_id, f"{mark}大屏", ["stats"], actor, office.now)
        audit.record(session, actor, Change("village.add", f"{mark}:1", after={"name": mark}), office.now)
        ids = {"village_id": village_id, "staff_id": staff_id, "token_id": token.id}
        ids |= _talk(session, office, account_id, village_id, mark)
        ids |= _notice(session, office, village_id, mark, actor)
        ids |= _ledger(session, office, village_id, mark, actor)
        live = office.snapshot.entries[DRAFTED]
        body = body_of(live) | {"title": f"{mark}改的标题"}
        publishing.save_draft(session, body, live, account_id, actor, office.now)
        body |= {"id": f"general.{mark}"}
        publishing.save_draft(session, body, None, account_id, actor, office.now)
    return Planted(account_id, account_name, mark, text, {name: str(id_) for name, id_ in ids.items()})


def _talk(session: Session, office: Office, account_id: int, village_id: int, mark: str) -> dict[str, int]:
    day = clock.china_day(office.now)
    person = Follower(
        account_id=account_id,
        openid_hash=PERSON,
        openid_sealed="",
        village_id=village_id,
        followed_at=office.now,
        last_message_at=office.now,
    )
    session.add(person)
    asked: dict[str, Any] = {"village_id": village_id, "at": office.now, "day": day, "reply": f"{mark}的回复"}
    rows = [
        make_row(account_id, "1", question=f"{mark}的羊跑了", decision="unknown", entry=None, **asked),
        make_row(account_id, "2", question=f"{mark}说你们答得不对", decision="chat", entry="chat.complaint", **asked),
        make_row(account_id, "3", question=f"{mark}的彩礼", decision="suggest", **asked),
    ]
    store(session.connection(), rows)
    values = handover.values(account_id, "1", PERSON, f"{mark}的地被占了", office.now)
    passed = Handover(**values, village_id=village_id, note="")
    session.add(passed)
    session.flush()
    return {"handover_id": passed.id}


def _notice(session: Session, office: Office, village_id: int, mark: str, actor: Actor) -> dict[str, int]:
    assert actor.account_id is not None
    words = NoticeText(f"{mark}防骗", f"{mark}的通知：已交钱的马上打110。")
    made = notice.draft(
        session, actor.account_id, words, NoticePlan(DeliveryMethod.TEMPLATE, Audience()), actor, office.now
    )
    notice.approve(session, made, ApprovalPolicy(second_person=False), actor, office.now)
    session.add(_delivery(office, made, village_id))
    day = clock.china_day(office.now)
    reads.count(session, mark_of(made.id, village_id), "", day)
    forward: Forward = forwards.log(session, made, ForwardedGroup(f"{mark}村民群", 50, village_id), actor, office.now)
    return {"notice_id": made.id, "forward_id": forward.id}


def _delivery(office: Office, made: Notice, village_id: int) -> Delivery:
    return Delivery(
        account_id=made.account_id,
        notice_id=made.id,
        way=DeliveryMethod.TEMPLATE.value,
        openid_hash=PERSON,
        village_id=village_id,
        people=1,
        state="delivered",
        people_delivered=1,
        queued_at=office.now,
        not_before=office.now,
        day=clock.china_day(office.now),
    )


def _ledger(session: Session, office: Office, village_id: int, mark: str, actor: Actor) -> dict[str, int]:
    account_id = actor.account_id
    assert account_id is not None
    day = clock.china_day(office.now)
    kinds.save(session, account_id, (*DEFAULTS, ActivityKindSetting(f"{mark}夜校", Measure.OUTREACH)), ())
    facts = ActivityFacts(f"{mark}夜校", day, (village_id,), f"{mark}司法所", f"{mark}的活动", sessions=1, people=7)
    activity = ledger.add(session, account_id, facts, actor, office.now)
    photo = ActivityPhoto(typed_by=actor.name, created_at=office.now)
    Album(office.uploads / "photos").add(session, activity, _picture(account_id), photo)
    service = ServiceFacts(office.now, village_id, f"{mark}的事", "来访", f"{mark}律师", 1)
    served = service_log.add(session, account_id, service, actor, office.now)
    made = gathering.gather(session, account_id, f"{mark}镇司法所", day.year, day, office.snapshot.themes)
    report = issued.issue(session, account_id, made, actor, office.now)
    return {"activity_id": activity.id, "photo_id": photo.id, "service_id": served.id, "report_id": report.id}


def _picture(shade: int) -> bytes:
    target = BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(target, "PNG")
    return target.getvalue()
