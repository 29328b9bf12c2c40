"""One turn: `handle(message)`, which every channel calls: the webhook waits for its future, the kiosk blocks in `reply_to`."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fzbot import clock, deadline
from fzbot.answering.current_snapshot import CurrentSnapshot
from fzbot.answering.decision import DecisionKind
from fzbot.conversation import session as sessions
from fzbot.conversation.follow_up_questions import follow_up_in
from fzbot.conversation.followers import follower_row, village_scanned
from fzbot.conversation.message import Message
from fzbot.conversation.outcome import TurnOutcome
from fzbot.conversation.passive_text import sanitize, truncate
from fzbot.conversation.pending_items import NoPendingItems, PendingItems, Recipient, Reply, append_pending
from fzbot.conversation.requests import Request, RequestKind, awaited_request, request_of
from fzbot.conversation.responder import Responder
from fzbot.conversation.self_service import Person, SelfService
from fzbot.conversation.session import ConversationState
from fzbot.conversation.thread import carried_on
from fzbot.db import reading
from fzbot.deadline import Deadline, until
from fzbot.handovers import handover
from fzbot.handovers.handover import Handover
from fzbot.interactions.masking import mask
from fzbot.interactions.message_kind import Channel, MessageKind
from fzbot.interactions.new_interaction import NewInteraction, Upsert
from fzbot.interactions.record import Recorded, Recorder
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.sealing import Sealer
from fzbot.people.village import Village
from fzbot.runtime.log_limit import OncePerMinute
from fzbot.runtime.metrics import THROTTLED, TURN_SECONDS, TURNS
from fzbot.statutes.repository import StatuteRepository
from fzbot.web.rate_limiter import RateLimiter

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

REPLY_SECONDS = 4.3
"""From the arrival of a post until its reply leaves; the platform waits 5 s."""
WRITE_SECONDS = 2.8
"""What is kept back of that for writing the row: all reads before it together end by then."""
LEAST_SECONDS = 0.1
"""What the reads of a turn get that has waited long for its thread."""
QUESTION_CHARS = 2000
FOLLOWER_PER_MINUTE = 30
"""Unless the settings say otherwise."""


@dataclass(frozen=True)
class _Turn:
    """A message, the hash of who sent it, the interaction's key, and when it is answered."""

    message: Message
    person: str
    key: str
    now: datetime


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
    rate_limiter: RateLimiter = field(default_factory=lambda: RateLimiter(FOLLOWER_PER_MINUTE))
    pending_items: PendingItems = field(default_factory=NoPendingItems)
    tappable: bool = False

    def handle(self, message: Message) -> Recorded:
        """Answer a message and hand its row over; the future holds the reply once the row is durable.

        The reply is empty where there is nothing to say. A repeat of a post gets the reply that the first one got, and is not
        counted again. All that the turn waits for, and the writing of its row, is done by the deadline in force.
        """
        limit = deadline.current() or Deadline.after(REPLY_SECONDS)
        with until(limit.earlier(WRITE_SECONDS, LEAST_SECONDS)):
            row = self._answered(message)
        with until(limit):
            return self.recorder.submit(row)

    def reply_to(self, message: Message) -> str:
        """`handle`, waiting for the reply: for callers that have a thread to spare."""
        limit = deadline.current() or Deadline.after(REPLY_SECONDS)
        with until(limit):
            return self.handle(message).by(limit)

    def _answered(self, message: Message) -> NewInteraction:
        started = time.perf_counter()
        now = self.now()
        person = self.sealer.hash(message.openid)
        village = village_scanned(self.engine, message)
        responder = Responder(
            snapshot=self.current_snapshot.snapshot,
            public_url=self.public_url,
            statutes=self.statutes,
            now=now,
            before=self._recall(message, person, now),
            village=village.name if village else "",
            tappable=self.tappable and message.channel is Channel.WECHAT,
        )
        outcome = self._decide(message, person, responder, now)
        if message.words and not outcome.is_throttled:
            outcome = replace(outcome, state=carried_on(responder.before, outcome, now))
        turn = _Turn(message, person, self.sealer.hash(message.post_id), now)
        reply = self._word(turn, outcome)
        elapsed = time.perf_counter() - started
        TURNS.labels(outcome.decision or "none").inc()
        TURN_SECONDS.observe(elapsed)
        return self._interaction(turn, outcome, reply, village or outcome.joins, elapsed)

    def reply_unrecorded(self, text: str) -> str:
        """The reply to words that nobody has to answer for: numbers to call in danger, otherwise to wait. Leaves no row."""
        snapshot = self.current_snapshot.snapshot
        responder = Responder(snapshot, self.public_url, self.statutes, self.now())
        return truncate(sanitize(responder.throttled(text).text))

    def _decide(self, message: Message, person: str, responder: Responder, now: datetime) -> TurnOutcome:
        if not self.rate_limiter.allows(person):
            THROTTLED.labels("follower").inc()
            return responder.throttled(message.words)
        request = _request(message, responder.before)
        if request is None:
            return responder.to(message)
        service = SelfService(self.engine, _masked, self.erasures)
        served = service.serve(request, Person(message.account_id, person), responder, now)
        return served or responder.to(message)

    def _word(self, turn: "_Turn", outcome: TurnOutcome) -> str:
        """The reply as it is sent, with what waited for the follower; such items are claimed for this turn."""
        link = f"{self.public_url}/a/{outcome.entry}" if outcome.entry else ""
        reply = truncate(sanitize(outcome.text), link)
        is_alone = outcome.is_throttled or outcome.forgotten_as is not None
        if not reply or turn.message.channel is not Channel.WECHAT or is_alone:
            return reply
        is_urgent = outcome.decision is DecisionKind.URGENT
        recipient = Recipient(turn.message.account_id, turn.person, turn.key)
        return append_pending(Reply(reply, link, is_urgent), self.pending_items, recipient, turn.now)

    def _interaction(
        self, turn: "_Turn", outcome: TurnOutcome, reply: str, village: Village | None, elapsed: float
    ) -> NewInteraction:
        message = turn.message
        stands_in = village if message.channel is Channel.KIOSK else None  # whoever stands there follows nothing
        return NewInteraction(
            account_id=message.account_id,
            key=turn.key,
            openid_hash=outcome.forgotten_as or turn.person,
            village_id=stands_in.id if stands_in else None,
            at=turn.now,
            day=clock.china_day(message.sent_at),
            channel=message.channel.value,
            kind=(MessageKind.THROTTLED if outcome.is_throttled and message.is_question else message.kind).value,
            question=_masked(message.text)[:QUESTION_CHARS] or None,
            decision=outcome.decision,
            entry=outcome.entry,
            score=outcome.score,
            about_entry=outcome.about_entry,
            reply=reply,
            latency_ms=round(elapsed * 1000, 3),
            upserts=tuple(self._upserts(turn, outcome, village)),
        )

    def _upserts(self, turn: "_Turn", outcome: TurnOutcome, village: Village | None) -> Iterator[Upsert]:
        if outcome.forgotten_as is not None:
            return
        account_id = turn.message.account_id
        if turn.message.channel is not Channel.KIOSK:
            yield follower_row(turn.message, turn.person, self.sealer, turn.now, village)
        if outcome.state is not None:
            said = _masked(outcome.state.said)
            yield sessions.save(replace(outcome.state, said=said), account_id, turn.person, turn.now)
        if passed := outcome.hands_over:
            columns = handover.values(account_id, turn.key, turn.person, passed.question, turn.now)
            columns["village_id"] = passed.village_id
            yield Upsert(Handover.__tablename__, ("account_id", "key"), "asked_at", columns)

    def _recall(self, message: Message, person: str, now: datetime) -> ConversationState:
        if not message.words:
            return ConversationState()
        try:
            with reading(self.engine) as session:
                return sessions.read(session, message.account_id, person, now)
        except SQLAlchemyError as error:
            # Better an answer without what was said before than none at all.
            log.warning("conversation state not read: %s", type(error).__name__)
            return ConversationState()


def _request(message: Message, before: ConversationState) -> Request | None:
    """What a follower asks of the account itself, or the question that an adviser was to get."""
    if not message.words or message.channel is not Channel.WECHAT:
        return None
    request = request_of(message.words)
    if request is None and before.awaits is not None and follow_up_in(message.words) is None:
        return awaited_request(message.words, before)
    if request == Request(RequestKind.HUMAN) and before.misses and before.said:
        return Request(RequestKind.HUMAN, before.said)  # just what the reply before told them to do
    return request


def _masked(text: str) -> str:
    return mask(sanitize(text))
