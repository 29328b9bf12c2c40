"""The part of an entry that a follow-up asks about."""

import re

from fzbot.conversation.cues import Cue
from fzbot.knowledge.entry import Entry

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_FACETS = {
    Cue.COST: re.compile(r"费|元|免费|收钱|不要钱|花钱|多少钱|%"),
    Cue.DURATION: re.compile(r"\d+(?:天|日|个月|年|小时|个工作日)|当天|马上|立即|期限"),
    Cue.PLACE: re.compile(r"法院|民政局|派出所|司法所|仲裁委|调解|村委会|乡镇|局|窗口|网上|医院|银行|公证处|12\d{3}"),
    Cue.PAPERS: re.compile(r"带|材料|证件|身份证|户口|证明|证据|复印件|原件|照片|记录|合同|收据|病历"),
    Cue.ABSENT: re.compile(r"不来|不同意|不肯|不配合|找不到|缺席|不给|拒|不出|公告|不履行|强制执行|起诉"),
}


def about(entry: Entry, cue: Cue) -> str:
    """The sentences and steps of an entry that bear on the cue; empty when it says nothing of it."""
    facet = _FACETS.get(cue)
    if facet is None:
        return ""
    sentences = [match[0].strip() for match in _SENTENCE.finditer(entry.answer)]
    return "\n".join(part for part in [*sentences, *entry.steps] if facet.search(part))
