"""What a follower asks of the account itself: join a village, see or erase what is kept, reach a person."""

import re
from dataclasses import dataclass
from enum import StrEnum

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
    human = _HUMAN.fullmatch(text)
    if human:
        question = human["question"].strip()
        return Request(RequestKind.HUMAN, question if len(question) >= MIN_HANDED_OVER else "")
    return None
