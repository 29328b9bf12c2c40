"""Figures that the service counts of conversations."""

from collections.abc import Callable
from typing import Any

from fzbot.answering.decision import DecisionKind
from fzbot.interactions.message_kind import MessageKind
from fzbot.statistics.figures.figure import Figure, Source, Surface
from fzbot.statistics.interaction_counts import InteractionCounts
from fzbot.statistics.recorded import Recorded
from fzbot.statistics.rows import ANSWERED, ASKED

_EVERYWHERE = frozenset(Surface)
_FINER = frozenset({Surface.API, Surface.CLI})
"""What the pie chart of the overview and its sheet tell, as numbers."""


def _interactions(recorded: Recorded) -> int:
    return recorded.chat.interactions


def _chat(value: Callable[[InteractionCounts], int], **fields: Any) -> Figure:
    return Figure(
        source=Source.CHAT,
        value=lambda recorded: value(recorded.chat),
        rows=_interactions,
        known=lambda recorded: recorded.chat.interactions > 0,
        **({"unit": "次", "shown_on": _EVERYWHERE} | fields),
    )


def _decided(kind: DecisionKind, meaning: str, shown_on: frozenset[Surface] = _EVERYWHERE) -> Figure:
    """How often it was decided so; a new kind of decision needs one of these below, and a test says so."""
    return _chat(
        lambda chat: chat.decided_as(kind),
        key=kind.value,
        name=kind.label,
        meaning=meaning,
        narrowed={"decision": kind.value},
        shown_on=shown_on,
    )


def _event(kind: MessageKind, key: str, meaning: str) -> Figure:
    return _chat(
        lambda chat: chat.of_kind(kind), key=key, name=kind.label, meaning=meaning, narrowed={"kind": kind.value}
    )


CONVERSATIONS = (
    _chat(
        lambda chat: chat.interactions,
        key="interactions",
        name="互动次数",
        meaning="收到的每一条消息或事件（文字、语音、图片、点菜单、关注、取关等）算一次；微信重发的同一条只算一次。",
    ),
    _chat(
        lambda chat: chat.questions,
        key="questions",
        name="咨询次数",
        meaning="村民用文字或语音发来的话，一条算一次；发得太快、只得到提醒的不算。",
        narrowed={"kind": ASKED},
    ),
    _chat(
        lambda chat: chat.visits,
        key="visits",
        name="服务人次",
        unit="人次",
        meaning="按人按天计：同一人一天内不论互动几次算 1 人次，换一天再来另算。只取消关注的不算。",
    ),
    _chat(
        lambda chat: chat.people,
        key="people",
        name="服务人数",
        unit="人",
        meaning="所选日期内互动过的不同的人，同一人不论来几天只算 1 人。各天、各村的人数不能相加。",
    ),
    _chat(
        lambda chat: chat.answered,
        key="answered",
        name=DecisionKind.ANSWER.label,
        meaning="把握足够、直接给出答案的次数，含紧急提醒。",
        narrowed={"decision": ANSWERED},
    ),
    _chat(
        lambda chat: chat.answered,
        whole=lambda recorded: recorded.chat.decided,
        key="direct-rate",
        name="直接解答率",
        unit="",
        meaning="直接给出答案的次数（含紧急提醒）÷ 作出判定的咨询次数（不含闲谈）；没有咨询时空着。",
        narrowed={"decision": ANSWERED},
    ),
    _decided(DecisionKind.LIKELY, "多半是这个问题、又不到直接解答的把握，先说要点，再请村民选的次数；不算直接解答。"),
    _decided(DecisionKind.SUGGEST, "把握不够，列出几个问题请村民选的次数。", _FINER),
    _decided(DecisionKind.UNKNOWN, "知识库里没有合适答案，请村民打 12348 或找村法律顾问的次数。"),
    _decided(DecisionKind.URGENT, "正在挨打、正在被骗、想不开、孩子走失等紧急情况，先给出求助电话的次数。"),
    _decided(DecisionKind.CHAT, "问好、道谢等不是法律问题的话。", _FINER),
    Figure(
        key="handed-over",
        name="转人工",
        meaning="转给村法律顾问或司法所工作人员的问题数。",
        unit="件",
        source=Source.HANDOVERS,
        value=lambda recorded: recorded.handovers,
        rows=lambda recorded: recorded.handovers,
        known=lambda recorded: recorded.chat.interactions > 0,
        shown_on=_EVERYWHERE,
    ),
    _event(MessageKind.SUBSCRIBE, "followed", "关注公众号的次数；取关后再关注另算一次。"),
    _event(MessageKind.UNSUBSCRIBE, "unfollowed", "取消关注公众号的次数。"),
)
