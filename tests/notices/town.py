"""A town for tests of notices: an account, villages, followers, staff, and a platform that does as it is told."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from fzbot.audit import Actor
from fzbot.db import reading, writing
from fzbot.interactions.store import store
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import ApprovalPolicy, Notice, NoticePlan
from fzbot.notices.authoring.wording import Links, NoticeText
from fzbot.notices.delivery import Delivery
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod
from fzbot.notices.push import Accepted, OutboundMessage, SendResult
from fzbot.notices.sending.message_builder import MessageBuilder
from fzbot.notices.sending.outbox import RetryPolicy
from fzbot.notices.sending.sender import Sender
from fzbot.notices.sending.worker import NoticeWorker
from fzbot.people import staff, village
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer
from fzbot.people.staff import Role, Staff
from tests.conftest import SECRET
from tests.interactions.new_interactions import make_account, make_row

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WORDS = NoticeText(
    "放款前先交钱，一定是骗", "没拿到钱先交钱的贷款，都是骗局。已交钱的马上打110。", ("fraud.fake-loan",)
)
SEALER = Sealer(SECRET)
EVERYONE = Audience()
PACE = RetryPolicy()
PICTURE = b"\x89PNG a picture"


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class FakePush:
    """Takes messages; `fate` says what becomes of each."""

    fate: Callable[[OutboundMessage], SendResult] = lambda _: Accepted()
    messages: list[OutboundMessage] = field(default_factory=list)
    previews: list[tuple[str, str]] = field(default_factory=list)
    refusal: Exception | None = None

    def send(self, message: OutboundMessage) -> SendResult:
        self.messages.append(message)
        return self.fate(message)

    def preview(self, text: str, wechat_name: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.previews.append((text, wechat_name))

    @property
    def reached(self) -> list[str]:
        return sorted(openid for message in self.messages for openid in message.openids)


@dataclass
class FakePushes:
    push: FakePush | None
    account_kind: str = "service"
    templates: bool = True

    def find(self, account_id: int) -> FakePush | None:
        assert account_id
        return self.push

    def kind(self, account_id: int) -> AccountKind:
        assert account_id
        return AccountKind.parse(self.account_kind)

    def has_template(self, account_id: int) -> bool:
        assert account_id
        return self.templates


class Town:
    """Two villages; followers are added as a test needs them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clock = Clock()
        self.push = FakePush()
        self.pushes = FakePushes(self.push)
        self.account = make_account(engine)
        self.pool = ThreadPoolExecutor(4)
        with writing(engine) as session:
            self.villages = [village.add(session, self.account, name).id for name in ("红庄村", "白庄村")]
            author, second = (self._staff(session, name) for name in ("王顾问", "李主任"))
        self.author = Actor("王顾问", author.id, self.account)
        self.second = Actor("李主任", second.id, self.account)
        self._keys = 0

    def _staff(self, session: Session, name: str) -> Staff:
        values: dict[str, Any] = {"password_hash": "", "must_change_password": False, "created_at": NOON}
        member = Staff(account_id=self.account, login=name, name=name, role=Role.ADVISER.value, **values)
        return staff.add(session, member)

    def follow(self, *names: str, village: int | None = None, **values: Any) -> None:
        """Followers by openid, of the village with that number."""
        with writing(self.engine) as session:
            for name in names:
                row = {
                    "account_id": self.account,
                    "openid_hash": SEALER.hash(name),
                    "openid_sealed": SEALER.seal(name),
                    "village_id": None if village is None else self.villages[village],
                    "followed_at": NOON,
                    "last_message_at": NOON,
                }
                session.add(Follower(**row | values))

    def says(self, name: str, ago: timedelta = timedelta(), **values: Any) -> None:
        """A follower wrote, or did something, some time ago."""
        self._keys += 1
        at = self.clock() - ago
        row = make_row(self.account, f"key-{self._keys}", openid_hash=SEALER.hash(name), at=at, day=at.date(), **values)
        with self.engine.begin() as connection:
            store(connection, [row])

    def draft(self, way: DeliveryMethod, audience: Audience = EVERYONE, words: NoticeText = WORDS) -> int:
        with writing(self.engine) as session:
            return notices.draft(session, self.account, words, NoticePlan(way, audience), self.author, self.clock()).id

    def schedule(self, way: DeliveryMethod, audience: Audience = EVERYONE, words: NoticeText = WORDS) -> int:
        """A notice that is approved and due now."""
        id_ = self.draft(way, audience, words)
        with writing(self.engine) as session:
            notice = notices.find(session, id_)
            notices.approve(session, notice, ApprovalPolicy(), self.second, self.clock())
            notices.schedule(session, notice, self.clock(), self.author, self.clock())
        return id_

    def worker(self, pace: RetryPolicy = PACE, per_minute: int = 10_000) -> NoticeWorker:
        loader = MessageBuilder(SEALER, Links("https://town.example"), lambda _: PICTURE)
        sender = Sender(self.engine, self.pushes, loader, self.pool, per_minute, pace, self.clock, sleep=lambda _: None)
        return NoticeWorker(self.engine, self.pushes, sender, pace, self.clock)

    def work(self, **more: Any) -> None:
        """Let a fresh worker do all there is to do now."""
        worker = self.worker(**more)
        while worker.tick():
            continue

    def notice(self, id_: int) -> Notice:
        with reading(self.engine) as session:
            return notices.find(session, id_)

    def deliveries(self, notice_id: int | None = None) -> Sequence[Delivery]:
        with reading(self.engine) as session:
            query = select(Delivery).order_by(Delivery.id)
            if notice_id is not None:
                query = query.where(Delivery.notice_id == notice_id)
            return session.scalars(query).all()

    def states(self, notice_id: int) -> dict[str, int]:
        with reading(self.engine) as session:
            query = select(Delivery.state, func.count()).where(Delivery.notice_id == notice_id)
            return dict(session.execute(query.group_by(Delivery.state)).all())
