"""The kinds of activities, and as what each counts. Staff may change the list; an account starts with the usual one."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fzbot.db import Base
from fzbot.errors import LedgerError

NAME_LENGTH = 20


class Measure(StrEnum):
    """As what the sessions of a kind count. Sums of different measures are never added together."""

    OUTREACH = "outreach"
    TRAINING = "training"
    STUDY = "study"
    ARTICLE = "article"
    PUSH = "push"
    ADVICE = "advice"
    DISPUTE = "dispute"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return _WORDS[self][0]

    @property
    def unit(self) -> str:
        """What its sessions are counted in."""
        return _WORDS[self][1]


_WORDS = {
    Measure.OUTREACH: ("普法活动", "场"),
    Measure.TRAINING: ("培训", "次"),
    Measure.STUDY: ("学法", "次"),
    Measure.ARTICLE: ("公众号推文", "期"),
    Measure.PUSH: ("顾问推送", "条"),
    Measure.ADVICE: ("顾问坐班", "次"),
    Measure.DISPUTE: ("矛盾纠纷", "次"),
    Measure.OTHER: ("其他（不进报告）", "次"),
}


class ActivityKind(Base):
    """A kind in an account's own list, in the order of `place`."""

    __tablename__ = "activity_kind"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)
    measure: Mapped[str] = mapped_column(String(16))
    place: Mapped[int]


@dataclass(frozen=True)
class ActivityKindSetting:
    """A kind's name, and as what it counts."""

    name: str
    measure: Measure


DEFAULTS = (
    ActivityKindSetting("普法宣传", Measure.OUTREACH),
    ActivityKindSetting("法治讲座", Measure.OUTREACH),
    ActivityKindSetting("以案释法", Measure.OUTREACH),
    ActivityKindSetting("法律明白人培训", Measure.TRAINING),
    ActivityKindSetting("学法", Measure.STUDY),
    ActivityKindSetting("公众号推文", Measure.ARTICLE),
    ActivityKindSetting("顾问推送", Measure.PUSH),
    ActivityKindSetting("顾问坐班", Measure.ADVICE),
    ActivityKindSetting("纠纷排查", Measure.DISPUTE),
    ActivityKindSetting("纠纷化解", Measure.DISPUTE),
)


def kinds_of(session: Session, account_id: int) -> tuple[ActivityKindSetting, ...]:
    """An account's list."""
    query = select(ActivityKind).where(ActivityKind.account_id == account_id).order_by(ActivityKind.place)
    return tuple(ActivityKindSetting(row.name, Measure(row.measure)) for row in session.scalars(query)) or DEFAULTS


def counting_as(session: Session, account_id: int, measure: Measure) -> frozenset[str]:
    """The names of the kinds that count as `measure`."""
    return frozenset(kind.name for kind in kinds_of(session, account_id) if kind.measure is measure)


def save(session: Session, account_id: int, kinds: tuple[ActivityKindSetting, ...], in_use: Iterable[str]) -> None:
    """Make `kinds` the account's list; `LedgerError` when a name is bad, twice there, or gone but `in_use`."""
    names = [kind.name for kind in kinds]
    _check(names)
    gone = sorted(set(in_use) - set(names))
    if gone:
        raise LedgerError(f"台账里还有“{'、'.join(gone)}”的活动，先改掉那些活动，再去掉这个类型")
    session.execute(delete(ActivityKind).where(ActivityKind.account_id == account_id))
    session.add_all(
        ActivityKind(account_id=account_id, name=kind.name, measure=kind.measure.value, place=place)
        for place, kind in enumerate(kinds)
    )
    session.flush()


def _check(names: list[str]) -> None:
    if not names:
        raise LedgerError("至少要有一个类型")
    for name in names:
        if len(name) > NAME_LENGTH:
            raise LedgerError(f"类型名称最多 {NAME_LENGTH} 个字：{name}")
        if names.count(name) > 1:
            raise LedgerError(f"类型“{name}”写了两遍")
