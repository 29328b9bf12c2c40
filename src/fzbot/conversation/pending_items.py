"""What rides with a reply: notices and advisers' answers that wait for a follower's next message, each once."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from fzbot.conversation.passive_text import truncate
from fzbot.knowledge.reply import PASSIVE_LIMIT
from fzbot.runtime.log_limit import OncePerMinute

log = logging.getLogger(__name__)
log.addFilter(OncePerMinute())

DIVIDER = "\n\n——————\n"
LEAST_REPLY_BYTES = 300
"""A reply is cut, with a link to the rest, to make room for an adviser's answer; below this it is left out instead."""


class PendingItem(Protocol):
    """Something that waits for a follower: whole, and as one line that leads to it (empty where there is none)."""

    @property
    def id(self) -> int:
        """What claims it."""

    @property
    def full(self) -> str:
        """The whole."""

    @property
    def short(self) -> str:
        """One line."""

    @property
    def is_answer(self) -> bool:
        """Whether it answers a question of the follower's; such come before the reply."""


class PendingItems(Protocol):
    """Where things wait."""

    def waiting(self, account_id: int, person: str, key: str) -> Sequence[PendingItem]:
        """What waits for a follower, or rides with the interaction of that key already."""

    def claim(self, ids: Collection[int], key: str, now: datetime) -> frozenset[int]:
        """Claim some for an interaction; returns those that may ride."""


class NoPendingItems:
    """Where nothing ever waits."""

    def waiting(self, account_id: int, person: str, key: str) -> Sequence[PendingItem]:  # noqa: ARG002 - see `Riders`
        """Nothing."""
        return ()

    def claim(self, ids: Collection[int], key: str, now: datetime) -> frozenset[int]:  # noqa: ARG002 - see `Riders`
        """Nobody."""
        return frozenset()


@dataclass(frozen=True)
class Reply:
    """A reply that fits, where the rest of it can be read, and whether it may not be touched (somebody is in danger)."""

    text: str
    link: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Recipient:
    """The follower who wrote, and the interaction's key."""

    account_id: int
    person: str
    key: str


def append_pending(reply: Reply, riders: PendingItems, contact: Recipient, now: datetime) -> str:
    """The reply with what rides along, in at most `PASSIVE_LIMIT` bytes; what does not fit waits for the next."""
    try:
        waiting = riders.waiting(contact.account_id, contact.person, contact.key)
        chosen = _chosen(reply, waiting)
        if not chosen:
            return reply.text
        boarded = riders.claim([rider.id for rider in chosen], contact.key, now)
    except SQLAlchemyError as error:
        log.warning("what waits for a follower was not read: %s", type(error).__name__)
        return reply.text
    return _joined(reply, [rider for rider in chosen if rider.id in boarded])


def _chosen(reply: Reply, waiting: Sequence[PendingItem]) -> list[PendingItem]:
    chosen: list[PendingItem] = []
    for rider in waiting:
        if _fits(reply, [*chosen, rider]):
            chosen.append(rider)
    return chosen


def _fits(reply: Reply, riders: Sequence[PendingItem]) -> bool:
    answers = sum(len((rider.full + DIVIDER).encode()) for rider in riders if rider.is_answer)
    notices = sum(len((DIVIDER + _least(rider)).encode()) for rider in riders if not rider.is_answer)
    # Only an answer may push the reply aside, and never one to somebody in danger.
    needed = 0 if answers and not reply.is_urgent else len(reply.text.encode())
    return answers + notices + needed <= PASSIVE_LIMIT


def _joined(reply: Reply, riders: Sequence[PendingItem]) -> str:
    before = "".join(rider.full + DIVIDER for rider in riders if rider.is_answer)
    notices = [rider for rider in riders if not rider.is_answer]
    least = sum(len((DIVIDER + _least(rider)).encode()) for rider in notices)
    room = PASSIVE_LIMIT - len(before.encode()) - least
    said = reply.text
    if len(said.encode()) > room:
        said = truncate(said, reply.link, room) if room >= LEAST_REPLY_BYTES else ""
    text = before + said
    spare = PASSIVE_LIMIT - len(text.encode()) - least
    for rider in notices:
        more = len(rider.full.encode()) - len(_least(rider).encode())
        is_whole = more <= spare
        text += DIVIDER + (rider.full if is_whole else _least(rider))
        spare -= more if is_whole else 0
    return text.removesuffix(DIVIDER)


def _least(rider: PendingItem) -> str:
    return rider.short or rider.full
