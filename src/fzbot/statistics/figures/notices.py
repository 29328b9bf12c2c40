"""Figures of notices: each its own, never added to each other."""

from fzbot.notices.results.counts import Tally
from fzbot.statistics.figures.figure import Figure, Source, Surface
from fzbot.statistics.recorded import Recorded

_COUNTED = frozenset({Surface.TILE, Surface.EXCEL, Surface.REPORT, Surface.API})


def of_notices(tally: Tally) -> Recorded:
    """The counts of some notices, for the figures of notices."""
    return Recorded(notices=tally)


def _notices(
    key: str, name: str, unit: str, meaning: str, source: Source = Source.NOTICES, rows_of: str = "notices"
) -> Figure:
    """A count of `Tally`, which has the key as its name; known where there are rows of its source."""

    def rows(recorded: Recorded) -> int:
        return int(getattr(recorded.notices, rows_of))

    return Figure(
        key=key,
        name=name,
        meaning=meaning,
        unit=unit,
        source=source,
        value=lambda recorded: int(getattr(recorded.notices, key)),
        rows=rows,
        known=lambda recorded: rows(recorded) > 0,
        narrowed={} if key == "notices" else {"figure": key},
        shown_on=_COUNTED,
    )


NOTICES = (
    _notices("notices", "通知条数", "条", "所选日期内推送过或转发过的不同通知。各月、各村、各顾问的条数不能相加。"),
    _notices(
        "pushed",
        "通知推送",
        "人次",
        "提交给微信发送的人次，加上随回复显示的人次，不等于送到。一次群发给几个村的，不归到村，服务这几个村的顾问在合计里看得到。按提交那天算。",
    ),
    _notices(
        "accepted",
        "微信接受",
        "人次",
        "微信答应发出的人次，加上随回复显示的人次，不等于送到。与推送、送达、阅读不相加。",
    ),
    _notices(
        "delivered",
        "通知送达",
        "人次",
        "微信回执确认送到的人次；客服消息和随回复显示的没有回执，不在内。与推送、阅读不相加。",
    ),
    _notices(
        "read",
        "通知阅读",
        "次",
        "打开通知里的答案页或通知页的次数，一人打开几次算几次。与推送、送达不相加。",
        Source.READS,
        "read",
    ),
    _notices(
        "groups",
        "转发群次",
        "群次",
        "顾问把通知转发到村微信群后登记的群数，一个群一天一条通知只登记一次；手工填报，单列。",
        Source.FORWARDS,
        "groups",
    ),
    _notices(
        "forwarded",
        "转发人次",
        "人次",
        "顾问登记转发时填的群人数之和，同一人在几个群里算几次；手工填报，单列。",
        Source.FORWARDS,
        "groups",
    ),
)
