"""The thread of a conversation: pieces that belong together, corrections, the same question again, and what to remember of it."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from fzbot.answering.decision import DecisionKind
from fzbot.conversation.outcome import TurnOutcome
from fzbot.conversation.session import ConversationState
from fzbot.knowledge.folding import fold

TOGETHER = timedelta(minutes=2)
"""So long after one piece the next one still belongs to it."""
PIECE_CHARS = 16
TOGETHER_CHARS = 80
SAME = 95
"""How like (0 to 100, rapidfuzz's ratio) a question is that was asked before."""
SAME_CHARS = 4

_ASKS = re.compile(
    r"[?？吗呢么咋谁哪几啥]|怎|如何|什么|多少|多久|能不|可不|要不|是不是|行不|合法|求助|帮|(?:不|没|没有)[了啊呀]?$"
)
_CORRECTION = re.compile(
    r"(?:(?:不对|不是|错了?|搞错了|弄错了|你?(?:理解|听|看)错了)[，,。！!\s]*(?:我?(?:说|问|讲|指)的?是|我是说|我的意思是)?"
    r"|(?:我(?:刚才)?(?:说|问|讲|指)的是|我是说|我的意思是))[，,：:\s]*(?P<words>\S.{2,})",
    re.DOTALL,
)


def with_what_came_before(text: str, before: ConversationState, now: datetime) -> str | None:
    """The last words and these as one; None where they are not pieces of one message.

    People send a story in short messages. What already asks something is whole: what follows it is a question of its own.
    """
    if not before.said or before.said_at is None or now - before.said_at > TOGETHER:
        return None
    is_piece = len(before.said) <= TOGETHER_CHARS and not _ASKS.search(before.said)
    return f"{before.said}，{text.strip()}" if is_piece and len(fold(text)) <= PIECE_CHARS else None


def corrected(text: str) -> str | None:
    """The question in “不对，我说的是……”; None for other words."""
    found = _CORRECTION.fullmatch(text.strip())
    return found["words"].strip() if found else None


def is_same_question(text: str, before: ConversationState) -> bool:
    """Whether it is what was asked just before."""
    folded = fold(text)
    return len(folded) >= SAME_CHARS and fuzz.ratio(folded, fold(before.said)) >= SAME


def carried_on(before: ConversationState, outcome: TurnOutcome, now: datetime) -> ConversationState:
    """The state that the next message finds: an unknown leaves topic and menu, and counts."""
    awaits = before.awaits if outcome.decision is DecisionKind.CHAT else None  # a nod in between ends nothing
    kept = outcome.state or replace(before, awaits=awaits, repeats=0)
    missed = outcome.decision is DecisionKind.UNKNOWN
    said, said_at = (outcome.said, now) if outcome.said else (before.said, before.said_at)
    if outcome.decision is DecisionKind.URGENT:
        said, said_at = "", None  # a call for help is whole, whatever comes next
    return replace(kept, said=said, said_at=said_at, misses=before.misses + 1 if missed else 0)
