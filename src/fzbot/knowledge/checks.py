"""What must hold of the knowledge base before it is published, one small check a rule."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fzbot.errors import KnowledgeError
from fzbot.knowledge.directory import PLACE
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.files import Fault, KnowledgeBase, Severity, read_model
from fzbot.knowledge.folding import fold
from fzbot.knowledge.lexicon import EMERGENCIES, emergencies
from fzbot.knowledge.menu import SUB_HANZI, TOP_HANZI, Menu, cut, load_menu
from fzbot.knowledge.notices import NoticeTemplate, load_calendar, load_templates
from fzbot.knowledge.numerals import quantities, stated
from fzbot.knowledge.reply import LINK_ROOM, PASSIVE_LIMIT, reply_text
from fzbot.knowledge.statutes import Statute, texts_of
from fzbot.knowledge.terms import unexplained
from fzbot.knowledge.topics import Topics

MIN_QUESTIONS = 20
GIST_CHARS = range(12, 46)
CHAT_CHARS = range(6, 251)
POINTS = range(3, 9)
POINT_CHARS = 60
STEPS = range(2, 6)
STEP_CHARS = 40
RELATED = range(1, 7)
_SAYS_NOTHING = re.compile(r"(?:这)?(?:要|得|需要)?看(?:具体)?情况[。！]?")


@dataclass(frozen=True)
class CheckContext:
    """What the checks look at."""

    base: KnowledgeBase
    today: date
    statutes: Mapping[str, Statute]

    def fault(self, entry: Entry, field: str, problem: str, mend: str, *, warn: bool = False) -> Fault:
        """A fault in an entry of the base."""
        severity = Severity.WARNING if warn else Severity.ERROR
        return Fault(self.base.files[entry.id], entry.id, field, problem, mend, severity)


Check = Callable[[CheckContext], Iterator[Fault]]


def check(base: KnowledgeBase, today: date, statutes: Mapping[str, Statute] | None = None) -> list[Fault]:
    """Every fault of the base, those found while reading it first; with `statutes`, citations are looked up."""
    context = CheckContext(base, today, statutes or {})
    return [*base.faults, *(fault for rule in CHECKS for fault in rule(context))]


def needs_covered(context: CheckContext) -> Iterator[Fault]:
    """Every need has an entry, and every entry a need."""
    answered = {entry.need for entry in context.base.entries}
    listing = context.base.root / "needs.txt"
    for need in sorted(context.base.needs - answered):
        yield Fault(listing, need, "", "这个需求还没有条目", f"写一条 id: {need} 的条目")
    for entry in context.base.entries:
        if context.base.needs and entry.need not in context.base.needs:
            yield context.fault(entry, "id", "needs.txt 里没有这个需求", "改编号，或把需求加进 needs.txt")


def questions_enough(context: CheckContext) -> Iterator[Fault]:
    """At least `MIN_QUESTIONS` ways of asking each."""
    for entry in context.base.entries:
        if len(entry.questions) < MIN_QUESTIONS:
            problem = f"只有 {len(entry.questions)} 种问法"
            yield context.fault(entry, "questions", problem, f"补到 {MIN_QUESTIONS} 种以上，要真的不一样")


def questions_unique(context: CheckContext) -> Iterator[Fault]:
    """No question stands twice, in one entry or in two, after folding."""
    seen: dict[str, str] = {}
    for entry in context.base.entries:
        for question in entry.questions:
            key = fold(question)
            if not key:
                yield context.fault(entry, "questions", f"“{question}”没有文字", "删掉，或写成问题")
            elif key in seen:
                yield context.fault(entry, "questions", f"“{question}”在 {seen[key]} 里已有", "只留在最该答的那一条")
            else:
                seen[key] = entry.id


def gists_answer(context: CheckContext) -> Iterator[Fault]:
    """The gist is one sentence that says something."""
    for entry in context.base.entries:
        span = CHAT_CHARS if entry.is_chat else GIST_CHARS
        if len(entry.gist) not in span:
            problem = f"一句话有 {len(entry.gist)} 个字"
            yield context.fault(entry, "gist", problem, f"改到 {span[0]}–{span[-1]} 个字")
        if _SAYS_NOTHING.fullmatch(entry.gist):
            yield context.fault(entry, "gist", f"“{entry.gist}”没有回答", "先说能不能、该怎么办，再说看什么")


def points_sound(context: CheckContext) -> Iterator[Fault]:
    """Three to eight points, one thing each, and each rests on an article or says which practice it rests on."""
    for entry in context.base.entries:
        if entry.is_chat:
            continue
        if len(entry.points) not in POINTS:
            problem = f"有 {len(entry.points)} 个要点"
            yield context.fault(entry, "points", problem, f"写 {POINTS[0]}–{POINTS[-1]} 个，一个只说一件事")
        for number, point in enumerate(entry.points, start=1):
            if len(point.text) > POINT_CHARS:
                problem = f"第 {number} 个要点有 {len(point.text)} 字"
                yield context.fault(entry, "points", problem, f"拆开或缩到 {POINT_CHARS} 字以内")
            if not point.basis and not point.practice:
                problem = f"第 {number} 个要点没有依据"
                yield context.fault(entry, "points", problem, "写法律简称和条号，或写明是哪里的做法")


def steps_short(context: CheckContext) -> Iterator[Fault]:
    """Two to five things that can be done today, and the whole reply within the platform's limit."""
    for entry in context.base.entries:
        if not entry.is_chat and len(entry.steps) not in STEPS:
            problem = f"有 {len(entry.steps)} 步"
            yield context.fault(entry, "steps", problem, f"写 {STEPS[0]}–{STEPS[-1]} 步马上能做的事")
        for step in entry.steps:
            if len(step) > STEP_CHARS:
                yield context.fault(entry, "steps", f"“{step[:12]}…”有 {len(step)} 字", f"缩到 {STEP_CHARS} 字以内")
        if all(key in context.base.directory for key in entry.channels):
            size = len(reply_text(entry, context.base.directory).encode()) + LINK_ROOM
            if size > PASSIVE_LIMIT:
                problem = f"整条回复 {size} 字节，超过微信的 {PASSIVE_LIMIT}"
                yield context.fault(entry, "steps", problem, f"删短约 {(size - PASSIVE_LIMIT) // 3 + 1} 个字")


def basis_known(context: CheckContext) -> Iterator[Fault]:
    """Points rest on laws we know; of a law whose text in force was not read only the whole is cited."""
    for entry in context.base.entries:
        for citation in entry.basis:
            law = context.base.laws.get(citation.law)
            if law is None:
                yield context.fault(
                    entry, "basis", f"laws.yaml 里没有“{citation.law}”", "改成已有的简称，或加进 laws.yaml"
                )
            elif law.changed and citation.article:
                yield context.fault(entry, "basis", f"{citation} 近期改过，条号不可靠", "只写法律简称，不写条号")


def basis_exists(context: CheckContext) -> Iterator[Fault]:
    """Each cited article stands in the statute texts, where the law is among them."""
    for entry in context.base.entries:
        for citation in entry.basis:
            statute = context.statutes.get(citation.law)
            if statute and citation.article and citation.article not in statute.articles:
                yield context.fault(entry, "basis", f"法律文本里没有 {citation}", "核对条号")


def numbers_founded(context: CheckContext) -> Iterator[Fault]:
    """Each number with a unit in a point stands in that point's own articles, or in its practice."""
    for entry in context.base.entries:
        for number, point in enumerate(entry.points, start=1):
            texts = texts_of(context.statutes, [(citation.law, citation.article) for citation in point.basis])
            if not texts:
                continue
            known = quantities("\n".join([*texts, point.practice])).keys()
            for quantity, written in stated(point.text).items():
                if quantity not in known:
                    problem = f"第 {number} 个要点的“{written}”在它引用的法条里没有"
                    yield context.fault(entry, "points", problem, "核对数字，补上条号，或写明是哪里的做法")


def terms_explained(context: CheckContext) -> Iterator[Fault]:
    """A legal term is explained where it first stands: 词（白话） or 白话（词）."""
    for entry in context.base.entries:
        for term, meaning in unexplained(entry, context.base.terms):
            yield context.fault(entry, "points", f"“{term}”没有解释", f"第一次出现时写成 {term}（{meaning}）")


def directory_known(context: CheckContext) -> Iterator[Fault]:
    """Channels are keys of the directory; an answer about law sends people somewhere."""
    for entry in context.base.entries:
        if not entry.channels and not entry.is_chat:
            yield context.fault(entry, "channels", "没有写找谁", "写通讯录里的键，最省钱的放前面")
        named = [key for point in entry.points for key, _ in PLACE.findall(point.text)]
        for key in (*entry.channels, *named):
            if key not in context.base.directory:
                yield context.fault(entry, "channels", f"directory.yaml 里没有“{key}”", "改成已有的键")


def related_known(context: CheckContext) -> Iterator[Fault]:
    """Related ids, and those that a point refers to, exist and are not the entry itself."""
    ids = {entry.id for entry in context.base.entries}
    for entry in context.base.entries:
        if not entry.is_chat and len(entry.related) not in RELATED:
            yield context.fault(entry, "related", f"有 {len(entry.related)} 条相关", "写 2–4 条人们接着会问的")
        for field, others in (("related", entry.related), ("see", entry.see)):
            for other in others:
                if other not in ids:
                    yield context.fault(entry, field, f"没有 {other} 这一条", "改成存在的编号")
                elif other == entry.id:
                    yield context.fault(entry, field, "指向自己", "删掉")


def reviews_due(context: CheckContext) -> Iterator[Fault]:
    """Past its review date, an entry is still served, with a warning to staff."""
    for entry in context.base.entries:
        if entry.review_by < entry.reviewed:
            yield context.fault(entry, "review_by", "复核期限早于审核日期", "改正日期")
        elif entry.is_stale(context.today):
            yield context.fault(
                entry, "review_by", f"{entry.review_by} 已到复核期", "请律师复核后改 reviewed 和 review_by", warn=True
            )


def notices_sound(context: CheckContext) -> Iterator[Fault]:
    """Templates lead to entries that exist, and the calendar to templates that exist."""
    root = context.base.root
    if not (root / "calendar.yaml").exists():
        return
    try:
        templates, calendar = load_templates(root), load_calendar(root)
    except KnowledgeError as error:
        yield Fault(root / "notices", "", "", str(error), "照别的模板的样子改")
        return
    yield from _templates_lead_somewhere(context, templates, {day.key for day in calendar.days})
    for day in calendar.days:
        for key in day.notices:
            if key not in templates:
                yield Fault(root / "calendar.yaml", day.key, "notices", f"没有 {key} 这个模板", "改成已有的模板")


def _templates_lead_somewhere(
    context: CheckContext, templates: Mapping[str, NoticeTemplate], days: set[str]
) -> Iterator[Fault]:
    ids = {entry.id for entry in context.base.entries}
    for key, template in templates.items():
        path = context.base.root / "notices" / f"{key}.yaml"
        for entry in template.entries:
            if entry not in ids:
                yield Fault(path, key, "entries", f"没有 {entry} 这一条", "改成存在的编号")
        if template.occasion is not None and template.occasion not in days:
            yield Fault(path, key, "occasion", f"calendar.yaml 里没有 {template.occasion}", "改成日历里的键，或写 null")


def menu_sound(context: CheckContext) -> Iterator[Fault]:
    """The menu leads to entries and topics that exist, under names that the platform shows whole."""
    root = context.base.root
    path = root / "menu.yaml"
    if not path.exists():
        return
    try:
        menu, topics = load_menu(root), read_model(root / "topics.yaml", Topics)
    except KnowledgeError as error:
        yield Fault(path, "", "", str(error), "照文件开头的说明改")
        return
    ids, keys = {entry.id for entry in context.base.entries}, {topic.key for topic in topics.topics}
    for item in menu.items:
        if item.entry and item.entry not in ids:
            yield Fault(path, item.name, "entry", f"没有 {item.entry} 这一条", "改成存在的编号")
        if item.topic and item.topic not in keys:
            yield Fault(path, item.name, "topic", f"topics.yaml 里没有 {item.topic}", "改成已有的主题")
    for name, room in _menu_names(menu):
        if cut(name, room) != name:
            problem = f"名字会被截成“{cut(name, room)}”"
            yield Fault(path, name, "name", problem, f"缩到 {room} 个字以内", Severity.WARNING)


def _menu_names(menu: Menu) -> Iterator[tuple[str, int]]:
    for button in menu.buttons:
        yield button.name, TOP_HANZI
    for item in menu.items:
        yield item.name, SUB_HANZI


def emergencies_met(context: CheckContext) -> Iterator[Fault]:
    """Every example of an emergency leads to an entry."""
    known = {entry.id for entry in context.base.entries}
    listing = context.base.root / "lexicon" / EMERGENCIES
    for text, _, entry in emergencies(listing):
        if entry not in known:
            yield Fault(listing, entry, "", f"“{text}”要用的条目没有", "改成已有的条目编号")


CHECKS: tuple[Check, ...] = (
    needs_covered,
    questions_enough,
    questions_unique,
    gists_answer,
    points_sound,
    steps_short,
    basis_known,
    basis_exists,
    numbers_founded,
    terms_explained,
    directory_known,
    related_known,
    reviews_due,
    notices_sound,
    menu_sound,
    emergencies_met,
)
