"""One turn: `reply_to(message)`, the one function that every channel calls."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.decision import DecisionKind
from fzbot.conversation import session as sessions
from fzbot.conversation import wording
from fzbot.conversation.followers import follower_row, village_scanned
from fzbot.conversation.message import Channel, Message
from fzbot.conversation.pending_items import NoPendingItems, PendingItems, Recipient, Reply, append_pending
from fzbot.conversation.reply_text import sanitize, truncate
from fzbot.conversation.requests import request_of
from fzbot.conversation.responder import Responder, TurnOutcome
from fzbot.conversation.self_service import Person, SelfService
from fzbot.conversation.session import ConversationState
from fzbot.db import reading
from fzbot.handovers import handover
from fzbot.handovers.handover import Handover
from fzbot.interactions.masking import mask
from fzbot.interactions.record import Recorder
from fzbot.interactions.row import Row, Upsert
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.sealing import Sealer
from fzbot.people.village import Village
from fzbot.runtime.metrics import THROTTLED, TURN_SECONDS, TURNS
from fzbot.statutes.repository import StatuteRepository
from fzbot.web.rate_limiter import RateLimiter

log = logging.getLogger(__name__)

QUESTION_CHARS = 2000


@dataclass(frozen=True)
class Conversation:
    """Answers messages and counts them. `public_url` is where villagers' phones reach the answer pages."""

    engine: Engine
    recorder: Recorder
    sealer: Sealer
    current_snapshot: CurrentSnapshot
    statutes: StatuteRepository
    public_url: str
    erasures: ErasureLog
    now: Callable[[], datetime] = field(default=clock.now)
    pace: RateLimiter = field(default_factory=RateLimiter)
    pending_items: PendingItems = field(default_factory=NoPendingItems)

    def reply_to(self, message: Message) -> str:
        """The reply to a message, counted before it is returned; empty where there is nothing to say.

        A repeat of a post gets the reply that the first one got, and is not counted again.
        """
        return self.begin(message).result()

    def begin(self, message: Message) -> "Future[str]":
        """Like `reply_to`, without waiting for the row to be durable: the future holds the reply once it is.

        For callers that would rather not keep a thread waiting for the disk.
        """
        started = time.perf_counter()
        now = self.now()
        person = self.sealer.hash(message.openid)
        village = village_scanned(self.engine, message)
        answers = Responder(
            snapshot=self.current_snapshot.snapshot,
            public_url=self.public_url,
            recall=lambda: self._recall(message.account_id, person, now),
            statutes=self.statutes,
            village=village.name if village else "",
        )
        outcome = self._outcome(message, person, answers, now)
        values = self._values(message, outcome, person, now)
        upserts = self._upserts(message, outcome, values, village or outcome.joins)
        elapsed = time.perf_counter() - started
        values["latency_ms"] = round(elapsed * 1000, 3)
        TURNS.labels(outcome.decision or "none").inc()
        TURN_SECONDS.observe(elapsed)
        return self.recorder.submit(Row(values, upserts))

    def _outcome(self, message: Message, person: str, answers: Responder, now: datetime) -> TurnOutcome:
        if not self.pace.allows(person):
            THROTTLED.labels("follower").inc()
            return answers.urgent(message.text) or TurnOutcome(wording.TOO_FAST)
        is_personal = bool(message.words) and message.channel is Channel.WECHAT
        request = request_of(message.words) if is_personal else None
        if request is None:
            return answers.to(message)
        service = SelfService(self.engine, lambda text: mask(sanitize(text)), self.erasures)
        served = service.serve(request, Person(message.account_id, person), answers, now)
        return served or answers.to(message)

    def _upserts(
        self, message: Message, outcome: TurnOutcome, values: dict[str, Any], village: Village | None
    ) -> tuple[Upsert, ...]:
        if outcome.forgotten_as is not None:
            return ()
        person, now = values["openid_hash"], values["at"]
        if message.channel is Channel.KIOSK:  # whoever stands there follows nothing
            values["village_id"] = village.id if village else None
            upserts: list[Upsert] = []
        else:
            upserts = [follower_row(message, person, self.sealer, now, village)]
        if outcome.state is not None:
            upserts.append(sessions.save(outcome.state, message.account_id, person, now))
        if outcome.hands_over:
            passed = outcome.hands_over
            columns = handover.values(message.account_id, values["key"], person, passed.question, now)
            columns["village_id"] = passed.village_id
            upserts.append(Upsert(Handover.__tablename__, ("account_id", "key"), "asked_at", columns))
        return tuple(upserts)

    def _values(self, message: Message, outcome: TurnOutcome, person: str, now: datetime) -> dict[str, Any]:
        link = f"{self.public_url}/a/{outcome.entry}" if outcome.entry else ""
        key = self.sealer.hash(message.post_id)
        reply = truncate(sanitize(outcome.text), link)
        if reply and message.channel is Channel.WECHAT and outcome.forgotten_as is None:
            is_urgent = outcome.decision is DecisionKind.URGENT
            contact = Recipient(message.account_id, person, key)
            reply = append_pending(Reply(reply, link, is_urgent), self.pending_items, contact, now)
        return {
            "account_id": message.account_id,
            "key": key,
            "openid_hash": outcome.forgotten_as or person,
            "village_id": None,
            "at": now,
            "day": clock.china_day(message.sent_at),
            "channel": message.channel.value,
            "kind": message.kind.value,
            "question": mask(sanitize(message.text))[:QUESTION_CHARS] or None,
            "decision": outcome.decision,
            "entry": outcome.entry,
            "score": outcome.score,
            "about_entry": outcome.about_entry,
            "reply": reply,
            "reply_bytes": len(reply.encode()),
        }

    def _recall(self, account_id: int, person: str, now: datetime) -> ConversationState:
        try:
            with reading(self.engine) as session:
                return sessions.read(session, account_id, person, now)
        except SQLAlchemyError as error:
            # Better an answer without what was said before than none at all.
            log.warning("conversation state not read: %s", type(error).__name__)
            return ConversationState()
