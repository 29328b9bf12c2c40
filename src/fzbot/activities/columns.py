"""The fields of activities and services: the same on the form, in the template, on import and on export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fzbot import clock
from fzbot.activities import fields as f
from fzbot.activities.fields import Field
from fzbot.activities.ledger import NOTE_LENGTH, TEXT_LENGTH, Activity, ActivityFacts
from fzbot.activities.service_log import MATTER_LENGTH, NAME_LENGTH, RESULT_LENGTH, WAYS, Service

WHOLE_TOWN = "全镇"
TYPED = (("填报人", 12), ("填报时间", 17))
"""Further columns of an export; an import passes over them."""
KNOWN = frozenset(name for name, _ in TYPED)


@dataclass(frozen=True)
class LedgerContext:
    """What filling in depends on. `villages` are by name; who serves some villages only must name one of them."""

    villages: Mapping[str, int]
    now: datetime
    kinds: tuple[str, ...] = ()
    needs_village: bool = False
    mask: Callable[[str], str] = str


def activity_fields(context: LedgerContext) -> tuple[Field, ...]:
    """The fields of an activity."""
    words = f.text(TEXT_LENGTH)
    town = "一个或几个村，用顿号隔开" + ("" if context.needs_village else "；空着就是全镇")
    return (
        Field("day", "日期", f.day_until(clock.china_day(context.now)), True, 12, "如 2026-11-01", is_date=True),
        Field("kind", "类型", f.one_of(context.kinds), True, 16, "、".join(context.kinds), context.kinds),
        Field("villages", "村", f.many_villages(_with_town(context)), context.needs_village, 24, town),
        Field("organiser", "主办单位", words, False, 18, "谁执法谁普法的部门，如 司法所"),
        Field("theme", "主题", words, False, 30, "活动主题或宣传日，如 12·4 国家宪法日"),
        Field("sessions", "场次", f.count, False, 8, "办了几场；推文填期数，推送填条数"),
        Field("people", "人次", f.count, False, 10, "参加的人次，同一人参加几次算几次；没数就空着，不要填 0"),
        Field("materials", "资料份数", f.count, False, 10, "发放的宣传资料份数"),
        Field("disputes_found", "排查件数", f.count, False, 10, "排查出的矛盾纠纷件数"),
        Field("disputes_settled", "化解件数", f.count, False, 10, "化解的矛盾纠纷件数"),
        Field("note", "备注", f.text(NOTE_LENGTH, context.mask), False, 40, "不要写村民的姓名和证件号"),
    )


def service_fields(context: LedgerContext) -> tuple[Field, ...]:
    """The fields of a service."""
    return (
        Field("at", "时间", f.moment_until(context.now), True, 18, "如 2026-11-01 14:30；只填日期也行", is_date=True),
        Field("village_id", "村", f.village(context.villages), True, 14, "一个村"),
        Field("matter", "事项", f.text(MATTER_LENGTH, context.mask), True, 40, "问的什么事，不写姓名和证件号"),
        Field("way", "方式", f.one_of(WAYS), True, 10, "、".join(WAYS), WAYS),
        Field("people", "人次", f.count, False, 8, "来了几个人；没数就空着"),
        Field("result", "结果", f.text(RESULT_LENGTH, context.mask), False, 30, "如 当场解答、代写文书、转法律援助"),
        Field("adviser", "顾问", f.text(NAME_LENGTH), True, 12, "提供服务的法律顾问"),
    )


def activity_facts(values: Mapping[str, Any]) -> ActivityFacts:
    """Facts of what was read; the whole town, written out, is the same as no village."""
    villages = tuple(id_ for id_ in values.get("villages", ()) if id_)
    return ActivityFacts(**{**values, "villages": villages})


def activity_row(activity: Activity) -> list[object]:
    """The cells of an activity, in the order of the fields and of `TYPED`."""
    villages = "、".join(village.name for village in activity.villages)
    return [
        activity.day,
        activity.kind,
        villages or WHOLE_TOWN,
        activity.organiser,
        activity.theme,
        activity.sessions,
        activity.people,
        activity.materials,
        activity.disputes_found,
        activity.disputes_settled,
        activity.note,
        activity.typed_by,
        activity.created_at,
    ]


def service_row(service: Service, villages: Mapping[int, str]) -> list[object]:
    """The cells of a service, in the order of the fields and of `TYPED`."""
    return [
        service.at,
        villages.get(service.village_id, ""),
        service.matter,
        service.way,
        service.people,
        service.result,
        service.adviser,
        service.typed_by,
        service.created_at,
    ]


def heads(fields: tuple[Field, ...]) -> list[tuple[str, int]]:
    """The columns of an export: names and widths."""
    return [(field.label, field.width) for field in fields] + list(TYPED)


def _with_town(context: LedgerContext) -> Mapping[str, int]:
    return context.villages if context.needs_village else {**context.villages, WHOLE_TOWN: 0}
