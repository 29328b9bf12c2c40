"""The part of an entry that a follow-up asks about."""

import re

from fzbot.conversation.cues import Cue
from fzbot.knowledge.entry import About, Entry

SUBJECTS = {
    Cue.COST: (About.MONEY,),
    Cue.DURATION: (About.TIME, About.DEADLINE),
    Cue.PLACE: (About.WHERE, About.WHO),
    Cue.PAPERS: (About.PAPERS, About.EVIDENCE),
}
_WORDS = {
    Cue.COST: re.compile(r"费|元|免费|收钱|不要钱|花钱|多少钱|%"),
    Cue.DURATION: re.compile(r"\d+(?:天|日|个月|年|小时|个工作日)|当天|马上|立即|期限"),
    Cue.PLACE: re.compile(r"法院|民政局|派出所|司法所|仲裁委|调解|村委会|乡镇|局|窗口|网上|医院|银行|公证处|12\d{3}"),
    Cue.PAPERS: re.compile(r"带|材料|证件|身份证|户口|证明|证据|复印件|原件|照片|记录|合同|收据|病历"),
    Cue.ABSENT: re.compile(r"不来|不同意|不肯|不配合|找不到|缺席|不给|拒|不出|公告|不履行|强制执行|起诉"),
}
"""For entries whose points are not marked yet, and for steps."""


def about(entry: Entry, cue: Cue) -> str:
    """What an entry says of the cue: the points marked so, else the points and steps whose words bear on it; may be empty."""
    marked = entry.points_about(*SUBJECTS.get(cue, ()))
    if marked:
        return "\n".join(f"· {point.text}" for point in marked)
    words = _WORDS.get(cue)
    if words is None:
        return ""
    return "\n".join(
        f"· {part}" for part in [*(point.text for point in entry.points), *entry.steps] if words.search(part)
    )
