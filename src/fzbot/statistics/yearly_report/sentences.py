"""The sentences of a yearly report, from its figures. What was not recorded is left blank to write on."""

from dataclasses import dataclass

from fzbot.statistics.yearly_report.model import ReportLine, YearReport
from fzbot.statistics.yearly_report.tables import before, shown

BLANK = "____"
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Section:
    """A heading, and paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


def title(report: YearReport) -> str:
    """What the report is called."""
    return f"{report.org}{report.year}年普法工作情况报告"


def days(report: YearReport) -> str:
    """The days that it covers."""
    return (
        f"{report.year}年"
        if report.is_whole_year
        else f"{report.year}年1月1日至{report.last.month}月{report.last.day}日"
    )


def date_line(report: YearReport) -> str:
    """The day it was made on."""
    return f"{report.made_on.year}年{report.made_on.month}月{report.made_on.day}日"


def sections(report: YearReport) -> list[Section]:
    """The body, its headings numbered."""
    found = (
        ("总体情况", (_overview(report), _compared(report))),
        ("普法宣传活动", (_outreach(report), _by_kind(report))),
        ("公众号普法服务", (_chat(report), _themes(report), _notices(report))),
        ("村（居）法律顾问服务", (_advisers(report),)),
        ("矛盾纠纷排查化解", (_disputes(report),)),
        ("存在的问题和下一步打算", (f"{BLANK}（请结合实际填写）。",)),
    )
    return [
        Section(f"{number}、{heading}", tuple(words for words in paragraphs if words))
        for number, (heading, paragraphs) in zip(NUMERALS, found, strict=False)
    ]


def _overview(report: YearReport) -> str:
    said = _Sayer(report)
    return (
        f"{days(report)}，{report.org}开展普法活动{said('activities')}，覆盖{said('reached')}，"
        f"发放宣传资料{said('materials')}；举办法律明白人等培训{said('trainings')}，培训{said('trained')}；"
        f"组织学法{said('studies')}，参加{said('studied')}；公众号发布普法推文{said('articles')}；"
        f"村（居）法律顾问推送普法信息{said('adviser-pushes')}；排查矛盾纠纷{said('disputes-found')}，"
        f"化解{said('disputes-settled')}。以上为台账手工填报数。"
        f"公众号普法服务{said('visits')}、{said('people')}，解答咨询{said('questions')}，为系统自动统计数。"
    )


def _compared(report: YearReport) -> str:
    keys = ("activities", "reached", "trainings", "articles", "adviser-pushes", "disputes-found", "visits", "questions")
    changes = [
        _change_words(line) for line in (report.line(key) for key in keys) if line.before and line.value is not None
    ]
    if not changes:
        return f"{before(report)}没有登记，不作比较。"
    return f"与{before(report)}相比，{'；'.join(changes)}。"


def _outreach(report: YearReport) -> str:
    said = _Sayer(report)
    words = f"全年开展普法活动{said('activities')}，覆盖{said('reached')}，发放资料{said('materials')}（手工填报）。"
    return words if report.is_whole_year else words.replace("全年", "今年以来", 1)


def _by_kind(report: YearReport) -> str:
    kinds = [
        f"{kind.name}{kind.sessions}场" + ("" if kind.people is None else f"、{kind.people}人次")
        for kind in report.kinds
        if kind.is_outreach and kind.sessions is not None
    ]
    return f"按类型分：{'；'.join(kinds)}。" if kinds else ""


def _chat(report: YearReport) -> str:
    said = _Sayer(report)
    rate = report.line("direct-rate")
    share = f"（{rate.value}÷{rate.whole}）" if rate.value is not None and rate.whole else ""
    return (
        f"公众号收到互动{said('interactions')}，其中咨询{said('questions')}，服务{said('visits')}、{said('people')}"
        f"（同一人一天算一人次，全年不重复算一人）。直接解答{said('answered')}，直接解答率{shown(rate) or BLANK}{share}；"
        f"未解答{said('unknown')}，已请村民拨打12348或联系村法律顾问；转人工{said('handed-over')}；"
        f"紧急情况提醒{said('urgent')}。"
        f"关注{said('followed')}，取消关注{said('unfollowed')}。以上由系统自动统计。"
    )


def _themes(report: YearReport) -> str:
    themes = "、".join(f"{name}（{number}次）" for name, number in report.themes)
    return f"咨询较多的是：{themes}。" if themes else ""


def _notices(report: YearReport) -> str:
    if not report.has("pushed"):
        return ""
    said = _Sayer(report)
    return (
        f"推送普法通知{said('notices')}，提交发送{said('pushed')}，微信接受{said('accepted')}，回执确认送到{said('delivered')}，"
        f"打开阅读{said('read')}，以上由系统自动统计，各列各的，不相加。"
        f"法律顾问转发到村微信群{said('groups')}、{said('forwarded')}（手工填报）。"
    )


def _advisers(report: YearReport) -> str:
    said = _Sayer(report)
    return (
        f"法律顾问坐班{said('desk-sessions')}，现场接待{said('desk-people')}；登记为民服务{said('services')}，"
        f"服务{said('served')}（手工填报）。"
    )


def _disputes(report: YearReport) -> str:
    said, rate = _Sayer(report), report.line("settled-rate")
    share = f"（{rate.value}÷{rate.whole}）" if rate.value is not None and rate.whole else ""
    return f"排查矛盾纠纷{said('disputes-found')}，化解{said('disputes-settled')}，化解率{shown(rate) or BLANK}{share}（手工填报）。"


class _Sayer:
    """Says a figure with its unit, or leaves a blank to write on."""

    def __init__(self, report: YearReport) -> None:
        self._report = report

    def __call__(self, key: str) -> str:
        line = self._report.line(key)
        return f"{BLANK if line.value is None else line.value}{line.unit}"


def _change_words(line: ReportLine) -> str:
    assert line.value is not None  # noqa: S101 - the caller leaves these out
    assert line.before  # noqa: S101
    if line.value == line.before:
        return f"{line.name}持平（{line.value}{line.unit}）"
    share = (line.value - line.before) / line.before
    verb = "增长" if share > 0 else "下降"
    return f"{line.name}由{line.before}{line.unit}变为{line.value}{line.unit}，{verb}{abs(share):.1%}"
