"""Serves what a follower asks of the account itself."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from fzbot.answering.decision import DecisionKind
from fzbot.conversation import wording
from fzbot.conversation.outcome import HandoverRequest, TurnOutcome
from fzbot.conversation.requests import Request, RequestKind
from fzbot.conversation.responder import Responder
from fzbot.conversation.session import Awaited, ConversationState
from fzbot.db import reading, writing
from fzbot.handovers.handover import Handover
from fzbot.interactions.interaction import Interaction
from fzbot.people import erasure
from fzbot.people.erasure_log import ErasureLog
from fzbot.people.follower import Follower
from fzbot.people.village import Village
from fzbot.runtime.log_limit import OncePerMinute

T = TypeVar("T")

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

HUMAN = "chat.human"
QUESTION_CHARS = 600
QUOTED_CHARS = 40


@dataclass(frozen=True)
class Person:
    """A follower as the database knows them."""

    account_id: int
    openid_hash: str


@dataclass(frozen=True)
class SelfService:
    """Looks up and changes what is kept of a person."""

    engine: Engine
    mask: Callable[[str], str]
    erasures: ErasureLog

    def serve(self, request: Request, person: Person, answers: Responder, now: datetime) -> TurnOutcome | None:
        """The outcome; None when the words are no request after all, so that they are answered as a question."""
        try:
            if request.wish is RequestKind.JOIN:
                return self._join(request.words, person)
            if request.wish is RequestKind.SHOW:
                return TurnOutcome(self._shown(person))
            if request.wish is RequestKind.ERASE:
                return TurnOutcome(wording.ERASE_ASK)
            if request.wish is RequestKind.ERASE_SURELY:
                return self._erase(person, now)
            if request.wish is RequestKind.STAY:
                state = replace(answers.before, awaits=None)
                return TurnOutcome(wording.HANDOVER_LEFT, DecisionKind.CHAT, HUMAN, 1.0, state=state)
            return self._hand_over(request.words, person, answers)
        except (SQLAlchemyError, OSError) as error:  # the log of erasures is a file
            log.warning("a follower's request was not served: %s", type(error).__name__)
            return TurnOutcome(wording.TRY_LATER)

    def _join(self, name: str, person: Person) -> TurnOutcome | None:
        with reading(self.engine) as session:
            village = session.scalar(
                select(Village).where(Village.account_id == person.account_id, Village.name == name)
            )
        if village is None:
            return None
        return TurnOutcome(wording.SCANNED.format(village=village.name), joins=village)

    def _shown(self, person: Person) -> str:
        with reading(self.engine) as session:
            follower = session.scalar(_of(select(Follower), Follower, person))
            number = session.scalar(_of(select(func.count()), Interaction, person)) or 0
            first = session.scalar(_of(select(func.min(Interaction.day)), Interaction, person))
            handed_over = session.scalar(_of(select(func.count()), Handover, person)) or 0
            village = session.get(Village, follower.village_id) if follower and follower.village_id else None
        return wording.SHOWN_INFO.format(
            village=village.name if village else "没有登记",
            number=number,
            first=first or "今天",
            handed_over=handed_over,
        )

    def _erase(self, person: Person, now: datetime) -> TurnOutcome:
        # Noted first: should the database fail now, the worst is that a restore erases somebody who asked for it.
        self.erasures.add(person.account_id, person.openid_hash, now)
        with writing(self.engine) as session:
            nobody = erasure.erase(session, person.account_id, person.openid_hash)
        return TurnOutcome(wording.ERASED, forgotten_as=nobody)

    def _hand_over(self, words: str, person: Person, answers: Responder) -> TurnOutcome:
        if not words:
            return _asked_for_the_question(answers.before)
        with reading(self.engine) as session:
            village = session.scalar(
                select(Village)
                .join(Follower, Follower.village_id == Village.id)
                .where(Follower.account_id == person.account_id, Follower.openid_hash == person.openid_hash)
            )
        urgent = answers.urgent(words)
        masked = self.mask(words)  # quoted masked as well: the reply is stored
        said = wording.HANDED_OVER.format(
            question=_quoted(masked),
            adviser=f"{village.name}的法律顾问" if village else "法律顾问",
        )
        passed = HandoverRequest(masked[:QUESTION_CHARS], village.id if village else None)
        if urgent is not None:
            return replace(urgent, hands_over=passed)
        state = replace(answers.before, awaits=None)
        return TurnOutcome(said, DecisionKind.CHAT, HUMAN, 1.0, state=state, hands_over=passed)


def _asked_for_the_question(before: ConversationState) -> TurnOutcome:
    """What is said to a bare “转人工”: the question comes next, or it is the one that was asked before."""
    last = before.said
    text = wording.HANDOVER_WHICH.format(question=_quoted(last)) if last else wording.HANDOVER_ASK
    return TurnOutcome(text, DecisionKind.CHAT, HUMAN, 1.0, state=replace(before, awaits=Awaited.QUESTION))


def _quoted(question: str) -> str:
    return question[:QUOTED_CHARS] + ("…" if len(question) > QUOTED_CHARS else "")


def _of(query: Select[T], table: type[Follower | Interaction | Handover], person: Person) -> Select[T]:
    return query.where(table.account_id == person.account_id, table.openid_hash == person.openid_hash)
