"""The part of an entry that a follow-up asks about."""

import re

from fzbot.conversation.follow_up_questions import FollowUp, loose_follow_up
from fzbot.knowledge.entry import About, Entry, Point

SUBJECTS = {
    FollowUp.COST: (About.MONEY,),
    FollowUp.DURATION: (About.TIME, About.DEADLINE),
    FollowUp.PLACE: (About.WHERE, About.WHO),
    FollowUp.CONTACTS: (About.WHO, About.WHERE),
    FollowUp.PAPERS: (About.PAPERS, About.EVIDENCE),
}
ASKED_AT_ONCE = frozenset({FollowUp.COST, FollowUp.DURATION, FollowUp.PLACE, FollowUp.PAPERS})
_WORDS = {
    FollowUp.COST: re.compile(r"费|元|免费|收钱|不要钱|花钱|多少钱|%"),
    FollowUp.DURATION: re.compile(r"\d+(?:天|日|个月|年|小时|个工作日)|当天|马上|立即|期限"),
    FollowUp.PLACE: re.compile(
        r"法院|民政局|派出所|司法所|仲裁委|调解|村委会|乡镇|局|窗口|网上|医院|银行|公证处|12\d{3}"
    ),
    FollowUp.PAPERS: re.compile(r"带|材料|证件|身份证|户口|证明|证据|复印件|原件|照片|记录|合同|收据|病历"),
    FollowUp.ABSENT: re.compile(r"不来|不同意|不肯|不配合|找不到|缺席|不给|拒|不出|公告|不履行|强制执行|起诉"),
}
"""For entries whose points are not marked yet, and for steps."""


def marked(entry: Entry, asked: FollowUp) -> tuple[Point, ...]:
    """The points that say something of it."""
    return tuple(entry.points_about(*SUBJECTS.get(asked, ())))


def asked_points(text: str, entry: Entry) -> tuple[Point, ...]:
    """The points about just what a question asks: what it costs, how long it takes, where, which papers."""
    asked = loose_follow_up(text)
    return marked(entry, asked) if asked in ASKED_AT_ONCE else ()


def about(entry: Entry, asked: FollowUp) -> str:
    """What an entry says of it: the points marked so, else the points and steps whose words bear on it; may be empty."""
    points = marked(entry, asked)
    if points:
        return "\n".join(f"· {point.text}" for point in points)
    words = _WORDS.get(asked)
    if words is None:
        return ""
    return "\n".join(
        f"· {part}" for part in [*(point.text for point in entry.points), *entry.steps] if words.search(part)
    )
