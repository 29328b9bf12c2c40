"""Which notices a visitor sees, may change, and whom they may write to."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fzbot.console.visitor import Visitor
from fzbot.errors import NotFoundError, NoticeError
from fzbot.notices.authoring import notice as notices
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import Notice, NoticeState
from fzbot.people.village import Village


def visible(
    session: Session, visitor: Visitor, states: tuple[NoticeState, ...], before: int | None
) -> Iterator[Notice]:
    """The notices that a visitor sees, newest first; only those before the id `before`, if it is given."""
    query = select(Notice).where(Notice.account_id.in_(visitor.accounts), Notice.state.in_(states))
    if before is not None:
        query = query.where(Notice.id < before)
    for notice in session.scalars(query.order_by(Notice.id.desc()).execution_options(yield_per=200)):
        if _sees(visitor, notice):
            yield notice


def get_visible(session: Session, visitor: Visitor, notice_id: int) -> Notice:
    """The notice; `NotFoundError` when there is none, or it is for none of the visitor's villages."""
    notice = notices.find(session, notice_id)
    if notice.account_id not in visitor.accounts or not _sees(visitor, notice):
        raise NotFoundError("没有这条通知，或不归您负责")
    return notice


def get_editable(session: Session, visitor: Visitor, notice_id: int) -> Notice:
    """The notice; `NotFoundError` when there is none, or it is for other villages too."""
    notice = get_visible(session, visitor, notice_id)
    if not may_change(visitor, notice):
        raise NotFoundError("这条通知还发给别的村，请找司法所处理")
    return notice


def lock_for_update(session: Session, visitor: Visitor, notice_id: int, sent: Mapping[str, Any]) -> Notice:
    """The notice, held until the transaction ends; `NoticeError` when it is not the version that the form was about."""
    notice = get_editable(session, visitor, notice_id)
    session.refresh(notice, with_for_update=True)
    if sent.get("version") != str(notice.version):
        raise NoticeError("内容刚被人改过，请看过新的再操作")
    return notice


def may_change(visitor: Visitor, notice: Notice) -> bool:
    """Whether it goes to nobody but the visitor's own villages."""
    to = notice.goes_to.villages
    return visitor.villages is None or (to is not None and visitor.villages.issuperset(to))


def part_of(visitor: Visitor, notice: Notice) -> frozenset[int] | None:
    """The villages whose figures a visitor sees; None for all of a notice that goes to nobody but their own."""
    return None if may_change(visitor, notice) else visitor.villages


def villages_of(session: Session, visitor: Visitor, account_id: int) -> list[Village]:
    """The villages of an account that a visitor may write to."""
    return [village for village in visitor.villages_in_sight(session) if village.account_id == account_id]


def check_audience(visitor: Visitor, audience: Audience, villages: list[Village]) -> None:
    """`NoticeError` when it reaches beyond those villages."""
    ids = {village.id for village in villages}
    audience.check(None if visitor.villages is None else ids)
    if audience.villages is not None and not ids.issuperset(audience.villages):
        raise NoticeError("选了没有的村，请刷新后重选")


def _sees(visitor: Visitor, notice: Notice) -> bool:
    to = notice.goes_to.villages
    return visitor.villages is None or to is None or not visitor.villages.isdisjoint(to)
