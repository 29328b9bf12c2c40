"""Sending what a worker has claimed, in waves: mark, send side by side, write down, mark the next."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from fzbot.db import writing
from fzbot.notices.delivery import Delivery, DeliveryState
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Indeterminate, OutboundMessage, Paused, Postponed, Pushes, RetryAfter, SendResult
from fzbot.notices.sending import outbox, pausing, quota, record_result
from fzbot.notices.sending.message_builder import MessageBuilder
from fzbot.notices.sending.outbox import RetryPolicy
from fzbot.runtime.repeated_log import RepeatedLog

log = logging.getLogger(__name__)

WAVE = 16
RECORD_TRIES = 10
NO_KEY = "没有配置 AppSecret，不能主动发，请信息员配好"
NO_STORE = "数据库暂时用不了"
BROKE = "发送时程序出错，不确定微信收到没有"
MINUTE_FULL = "本分钟的次数用完了，下一分钟继续"

Sent = list[tuple[int, SendResult]]


@dataclass(frozen=True)
class Sender:
    """Sends through `pushes`. `per_minute` bounds the messages to single followers of each account."""

    engine: Engine
    pushes: Pushes
    loader: MessageBuilder
    pool: ThreadPoolExecutor
    per_minute: int
    retry_policy: RetryPolicy
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    trouble: RepeatedLog = field(default_factory=lambda: RepeatedLog(log))

    def send(self, worker: str, ids: Sequence[int]) -> None:
        """Send claimed deliveries; whatever cannot be sent now goes back into the queue."""
        rest, done = list(ids), Sent()
        while rest or done:
            wave, rest = rest[:WAVE], rest[WAVE:]
            messages = self._turn(worker, done, wave)
            done = list(self.pool.map(self._call, messages))

    def _turn(self, worker: str, done: Sent, wave: list[int]) -> list[tuple[int, int, OutboundMessage]]:
        # The answers of one wave and the marks of the next share a commit. A busy database is asked again: answers that
        # were not written down would leave their rows unknown.
        for tries in range(RECORD_TRIES):
            try:
                with writing(self.engine) as session:
                    self._record(session, worker, done)
                    return self._mark(session, worker, wave)
            except OperationalError as error:
                log.warning("the outbox waits for the database: %s", type(error).__name__)
                self.sleep(0.1 * 2 ** min(tries, 5))
        log.error("answers of %d deliveries were not written down; they will be unknown", len(done))
        return []

    def _record(self, session: Session, worker: str, done: Sent) -> None:
        results = dict(done)
        query = select(Delivery).where(Delivery.id.in_(results)).with_for_update().order_by(Delivery.id)
        for delivery in session.scalars(query):
            is_ours = delivery.claim == worker or delivery.state == DeliveryState.UNKNOWN
            if is_ours:
                record_result.record_result(session, delivery, results[delivery.id], self.retry_policy, self.now())

    def _mark(self, session: Session, worker: str, wave: list[int]) -> list[tuple[int, int, OutboundMessage]]:
        now = self.now()
        query = select(Delivery).where(
            Delivery.id.in_(wave), Delivery.claim == worker, Delivery.state == DeliveryState.CLAIMED
        )
        rows = list(session.scalars(query.where(pausing.may_go_on()).order_by(Delivery.id).with_for_update()))
        outbox.give_back(session, worker, sorted(set(wave) - {row.id for row in rows}))
        loaded = self.loader.load(session, rows, now)
        for row in rows:
            if row.id in loaded.hopeless:
                record_result.fail(row, loaded.hopeless[row.id], None, now)
        granted = self._granted(session, [row for row in rows if row.id in loaded.messages], now)
        session.flush()
        outbox.give_back(session, worker, [id_ for id_ in loaded.messages if id_ not in granted])
        marked = outbox.mark_attempt(session, worker, list(granted), now)
        return [(id_, granted[id_], loaded.messages[id_]) for id_ in granted if id_ in marked]

    def _granted(self, session: Session, rows: list[Delivery], now: datetime) -> dict[int, int]:
        """Which deliveries this minute's allowance is enough for, with their accounts."""
        granted: dict[int, int] = {}
        for account, way in sorted({(row.account_id, row.way) for row in rows}):
            wanted = [row.id for row in rows if (row.account_id, row.way) == (account, way)]
            limit = quota.MASS_A_MINUTE if way == DeliveryMethod.MASS else self.per_minute
            name = "mass" if way == DeliveryMethod.MASS else "person"
            number = quota.take_rate(session, account, name, limit, len(wanted), now)
            if number < len(wanted):
                quota.stop(session, account, DeliveryMethod(way), quota.next_minute(now), MINUTE_FULL)
            granted |= dict.fromkeys(wanted[:number], account)
        return granted

    def _call(self, job: tuple[int, int, OutboundMessage]) -> tuple[int, SendResult]:
        id_, account, message = job
        try:
            push = self.pushes.find(account)
        except SQLAlchemyError:
            return id_, Postponed(NO_STORE, RetryAfter.SOON)
        if push is None:
            return id_, Paused(NO_KEY)
        try:
            return id_, push.send(message)
        except Exception as error:  # noqa: BLE001 - the others' answers must not be lost with it; it is logged
            self.trouble.say("a message met an error of ours", error)
            return id_, Indeterminate(BROKE)
