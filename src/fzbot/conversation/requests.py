"""What a follower asks of the account itself: join a village, see or erase what is kept, reach a person."""

import re
from dataclasses import dataclass
from enum import StrEnum

from fzbot.conversation.session import Awaited, ConversationState
from fzbot.knowledge.folding import fold

MIN_HANDED_OVER = 4
"""Shorter words after “转人工” are no question."""


class RequestKind(StrEnum):
    """What is wished."""

    JOIN = "join"
    SHOW = "show"
    ERASE = "erase"
    ERASE_SURELY = "erase-surely"
    HUMAN = "human"
    STAY = "stay"
    """Not to be handed over after all."""


@dataclass(frozen=True)
class Request:
    """A wish, and the village's name or the question that came with it."""

    wish: RequestKind
    words: str = ""


_JOIN = re.compile(r"我?(?:家)?(?:是|在|住|住在)(?P<village>[\u4e00-\u9fff]{1,12}?村)(?:的|人|的人|村民|的村民)?")
_SHOW = re.compile(r"(?:我要|我想)?(?:查询|查看|查|看)(?:一下)?我的(?:个人)?信息")
_ERASE = re.compile(r"(?:我要|我想|请)?(?:删除|删掉|清除|注销)(?:一下)?我的(?:个人)?(?:信息|资料|记录)")
_ERASE_SURELY = re.compile(r"(?:我)?(?:确认|确定)删除")
_HUMAN = re.compile(r"\s*(?:我要|请)?(?:转人工|转顾问|转律师|问顾问)[\s：:，,。.]*(?P<question>.*)", re.DOTALL)
_HUMAN_ALONE = re.compile(
    r"(?:我)?(?:想|要|能|可以|帮我|给我|麻烦)*"
    r"(?:(?:转|找|问|接|换|叫)?(?:个|一个|一下)?(?:人工(?:客服|服务)?|真人|活人)|(?:问|问问|问一下|咨询|咨询一下|问下|转)(?:个|一个)?(?:律师|法律顾问|村顾问))"
    r"(?:说|说话|聊|来答|回答|回我)?(?:吧|呗|吗|不|行不|行吗|好不)?"
)
"""A wish for a person that says nothing of the matter: the matter comes next."""
_YES = frozenset(
    [
        "好",
        "好的",
        "行",
        "可以",
        "嗯",
        "嗯嗯",
        "对",
        "是",
        "是的",
        "转",
        "转吧",
        "要",
        "要得",
        "中",
        "成",
        "ok",
        "好嘞",
        "好哩",
        "就这句",
        "对的",
        "麻烦了",
    ]
)
_NO = frozenset(
    ["不", "不用", "不用了", "算了", "不要", "不转", "不转了", "不了", "没事了", "不是", "取消", "别转", "先不转"]
)


def request_of(text: str) -> Request | None:
    """The request in a message; None when it is none. A village is only one if the account has it: look it up."""
    folded = fold(text)
    for wish, pattern in (
        (RequestKind.SHOW, _SHOW),
        (RequestKind.ERASE, _ERASE),
        (RequestKind.ERASE_SURELY, _ERASE_SURELY),
    ):
        if pattern.fullmatch(folded):
            return Request(wish)
    joined = _JOIN.fullmatch(folded)
    if joined:
        return Request(RequestKind.JOIN, joined["village"])
    if _HUMAN_ALONE.fullmatch(folded):
        return Request(RequestKind.HUMAN)
    human = _HUMAN.fullmatch(text)
    if human:
        question = human["question"].strip()
        return Request(RequestKind.HUMAN, question if len(question) >= MIN_HANDED_OVER else "")
    return None


def awaited_request(text: str, before: ConversationState) -> Request | None:
    """What the words mean after the offer to hand a question over.

    None where they are no reply to it: too short, a number, an emoji; and any question, where only consent was asked for.
    """
    folded = fold(text)
    if folded in _NO:
        return Request(RequestKind.STAY)
    if folded in _YES:
        return Request(RequestKind.HUMAN, before.said)
    is_question = before.awaits is Awaited.QUESTION and len(folded) >= MIN_HANDED_OVER
    return Request(RequestKind.HUMAN, text.strip()) if is_question else None
