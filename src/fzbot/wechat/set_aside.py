"""Followers whom the platform would not tag, in words for staff."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fzbot.wechat.error_policy import explain
from fzbot.wechat.tag_tables import FollowerTag


def set_aside(session: Session, account_id: int, village_id: int | None = None) -> str:
    """Whom of an account, or of one village, mass sends to villages do not reach; empty where there is nobody."""
    query = select(FollowerTag.code, func.count()).where(
        FollowerTag.account_id == account_id, FollowerTag.code.is_not(None)
    )
    if village_id is not None:
        query = query.where(FollowerTag.village_id == village_id)
    codes = Counter({code: number for code, number in session.execute(query.group_by(FollowerTag.code)) if code})
    if not codes:
        return ""
    said = "；".join(f"{explain(code)}，{number} 人" for code, number in codes.most_common())
    return f"有 {codes.total()} 人打不上村标签，按村群发到不了：{said}"
