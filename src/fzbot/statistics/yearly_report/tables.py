"""The tables of a yearly report: all figures, by kind, by village, and where each comes from."""

from dataclasses import dataclass

from fzbot.statistics.yearly_report.model import ReportLine, VillageLine, YearReport

BY_HAND, COUNTED = "手工填报", "自动统计"


@dataclass(frozen=True)
class Sheet:
    """A table of the appendix."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    widths: tuple[int, ...]
    """In millimetres, 156 in all."""


def sheets(report: YearReport) -> list[Sheet]:
    """The appendix: all figures, by kind, by village, and where each comes from."""
    return [
        Sheet(
            "普法工作数据表",
            ("项目", "单位", "本年", before(report), "增减", "来源"),
            tuple(_figure_row(line) for line in report.lines),
            "空格表示没有登记，不是 0。人次可以相加，人数不能；各项之间不相加。",
            (40, 16, 26, 26, 26, 22),
        ),
        Sheet(
            "活动分类统计表（手工填报）",
            ("类型", "台账条数", "场次（期、条）", "人次", "资料份数"),
            tuple((k.name, str(k.rows), _cell(k.sessions), _cell(k.people), _cell(k.materials)) for k in report.kinds),
            "场次：活动填场，推文填期，推送填条，不同类型不相加。",
            (44, 28, 32, 26, 26),
        ),
        Sheet(
            "各村情况统计表",
            ("村", "活动场次", "覆盖人次", "顾问服务次数", "公众号咨询次数"),
            tuple(
                (v.name, _cell(v.sessions), _cell(v.people), _cell(v.services), _cell(v.questions))
                for v in report.villages
            ),
            "前三项手工填报，咨询次数自动统计。一场活动涉及几个村的，各村都算，各村之和可能大于合计。",
            (36, 28, 28, 32, 32),
        ),
        *_notices(report),
        Sheet(
            "数据来源和口径",
            ("项目", "来源", "怎么得来"),
            tuple((line.name, _source(line), _how(line)) for line in report.lines),
            "每个数字都能在后台点开，看到组成它的每一行。",
            (34, 22, 100),
        ),
    ]


def _notices(report: YearReport) -> list[Sheet]:
    rows = tuple((v.name, *map(_cell, _pushed(v))) for v in report.villages if any(_pushed(v)))
    if not rows:
        return []
    return [
        Sheet(
            "各村通知统计表",
            ("村", "推送人次", "接受人次", "送达人次", "阅读次数", "转发群次", "转发人次"),
            rows,
            "各列不相加。一次群发给几个村的不归到村，各村之和可能小于合计。转发手工填报。",
            (30, 21, 21, 21, 21, 21, 21),
        )
    ]


def _pushed(village: VillageLine) -> tuple[int | None, ...]:
    """What was pushed to a village, accepted, delivered, read and forwarded."""
    return village.pushed, village.accepted, village.delivered, village.read, village.groups, village.forwarded


def shown(line: ReportLine) -> str:
    """A figure as a table shows it; empty where nothing was recorded."""
    return _rate(line.value, line.whole) if line.is_rate else _cell(line.value)


def before(report: YearReport) -> str:
    """What the year before is called."""
    return "上年" if report.is_whole_year else "上年同期"


def _figure_row(line: ReportLine) -> tuple[str, ...]:
    before = _rate(line.before, line.whole_before) if line.is_rate else _cell(line.before)
    return line.name, line.unit or "%", shown(line).rstrip("%"), before.rstrip("%"), _change(line), _source(line)


def _change(line: ReportLine) -> str:
    if line.value is None or line.before is None:
        return ""
    if not line.is_rate:
        return f"{line.value - line.before:+d}" if line.value != line.before else "持平"
    if not line.whole or not line.whole_before:
        return ""
    return f"{100 * (line.value / line.whole - line.before / line.whole_before):+.1f}个百分点"


def _source(line: ReportLine) -> str:
    return BY_HAND if line.by_hand else COUNTED


def _how(line: ReportLine) -> str:
    if line.value is None:
        return f"没有登记。{line.meaning}"
    share = f"{line.value}÷{line.whole}；" if line.is_rate else ""
    return f"{share}取自{line.source}里有这一项的{line.rows}条。{line.meaning}"


def _rate(part: int | None, whole: int | None) -> str:
    return f"{part / whole:.1%}" if part is not None and whole else ""


def _cell(value: int | None) -> str:
    return "" if value is None else str(value)
