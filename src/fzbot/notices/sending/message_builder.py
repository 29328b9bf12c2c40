"""From deliveries to what is handed to the platform."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.clock import china_day
from fzbot.handovers.handover import Handover
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring import wording
from fzbot.notices.authoring.audience import members
from fzbot.notices.authoring.notice import Notice
from fzbot.notices.authoring.wording import Links, NoticeText
from fzbot.notices.delivery import Delivery
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import OutboundMessage
from fzbot.notices.sending.reply_window import windows
from fzbot.people.follower import Follower
from fzbot.people.sealing import Sealer

GONE = "已取消关注，或已删除个人信息"
WINDOW_OVER = "对方超过 48 小时没有发消息，或能主动发的条数用完了"
REPLY_HEAD = "法律顾问答复您的问题"


@dataclass(frozen=True)
class BuiltMessage:
    """Parcels by delivery id, and the reasons why others cannot be sent."""

    messages: dict[int, OutboundMessage] = field(default_factory=dict)
    hopeless: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MessageBuilder:
    """Puts messages together. `picture` reads an uploaded picture by name."""

    sealer: Sealer
    links: Links
    picture: Callable[[str], bytes | None]

    def load(self, session: Session, deliveries: Iterable[Delivery], now: datetime) -> BuiltMessage:
        """Parcels for deliveries."""
        rows = list(deliveries)
        loaded = BuiltMessage()
        openids = self._openids(session, [row for row in rows if DeliveryMethod(row.way).is_personal])
        closed = self._closed_windows(session, rows, now)
        words: dict[int, NoticeText] = {}
        for row in rows:
            is_personal = DeliveryMethod(row.way).is_personal
            if is_personal and row.id not in openids:
                loaded.hopeless[row.id] = GONE
            elif row.id in closed:
                loaded.hopeless[row.id] = WINDOW_OVER
            else:
                to = (openids[row.id],) if is_personal else ()
                loaded.messages[row.id] = self._parcel(session, row, to, words, now)
        return loaded

    def _parcel(
        self, session: Session, row: Delivery, to: tuple[str, ...], known: dict[int, NoticeText], now: datetime
    ) -> OutboundMessage:
        if row.notice_id is None:
            answered = session.get_one(Handover, row.handover_id)
            return self._of(row, to, NoticeText(REPLY_HEAD, answered.answer or ""), "", now)
        if row.notice_id not in known:
            notice = session.get_one(Notice, row.notice_id)
            known[row.notice_id] = notices.current(session, notice).words
        words = known[row.notice_id]
        link = self.links.answer(words, row.notice_id, row.village_id)
        target = row.target or {}
        if "first" in target:
            to = self._listed(session, row)
        return self._of(row, to, words, link, now)

    def _of(self, row: Delivery, to: tuple[str, ...], words: NoticeText, link: str, now: datetime) -> OutboundMessage:
        target = row.target or {}
        picture = self.picture(words.picture) if words.picture and row.way == DeliveryMethod.DRAFT else None
        return OutboundMessage(
            way=DeliveryMethod(row.way),
            client_id=row.client_id,
            title=words.title,
            text=wording.full(words, link) if row.notice_id else f"{words.title}：\n{words.text}",
            body=words.text,
            link=link,
            day=china_day(now),
            openids=to,
            village_id=target.get("village"),
            to_all="all" in target,
            picture=picture,
        )

    def _openids(self, session: Session, rows: list[Delivery]) -> dict[int, str]:
        hashes = {row.openid_hash for row in rows if row.openid_hash}
        accounts = {row.account_id for row in rows}
        if not hashes:
            return {}
        query = select(Follower.account_id, Follower.openid_hash, Follower.openid_sealed).where(
            Follower.account_id.in_(accounts), Follower.openid_hash.in_(hashes), Follower.unfollowed_at.is_(None)
        )
        sealed = {(account, person): openid for account, person, openid in session.execute(query)}
        found = {row.id: sealed.get((row.account_id, row.openid_hash or "")) for row in rows}
        return {id_: self.sealer.unseal(openid) for id_, openid in found.items() if openid is not None}

    def _closed_windows(self, session: Session, rows: list[Delivery], now: datetime) -> set[int]:
        wanted = [row for row in rows if row.way == DeliveryMethod.CUSTOMER and row.openid_hash]
        left: dict[tuple[int, str], int] = {}
        for account in {row.account_id for row in wanted}:
            people = {row.openid_hash or "" for row in wanted if row.account_id == account}
            for person, window in windows(session, account, people, now).items():
                left[account, person] = window.left(now)
        closed = set()
        for row in wanted:
            key = (row.account_id, row.openid_hash or "")
            left[key] = left.get(key, 0) - 1
            if left[key] < 0:
                closed.add(row.id)
        return closed

    def _listed(self, session: Session, row: Delivery) -> tuple[str, ...]:
        notice = session.get_one(Notice, row.notice_id)
        target = row.target or {}
        query = select(Follower.openid_sealed).where(
            *members(row.account_id, notice.goes_to, notice.started_at or row.queued_at),
            Follower.id.between(target["first"], target["last"]),
        )
        return tuple(self.sealer.unseal(openid) for openid in session.scalars(query.order_by(Follower.id)))
