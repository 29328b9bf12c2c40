"""`fzbot knowledge export|import|affected`: the knowledge base as files, and what a changed law touches."""

from pathlib import Path

from fzbot import bootstrap, clock, db
from fzbot.audit import COMMAND_LINE
from fzbot.curation import exchange, golden
from fzbot.curation.release_trial import build_release, live_entries
from fzbot.errors import CurationError
from fzbot.knowledge import checks, files, law_changes
from fzbot.knowledge.entry import Entry
from fzbot.knowledge.files import KnowledgeBase, Severity
from fzbot.settings import Settings


def export(settings: Settings, target: Path) -> str:
    """Write the knowledge folder with what staff published in the console to `target`."""
    bootstrap.prepare_database(settings)
    overlay = _overlay(settings)
    count = exchange.export(files.load_sound(settings.knowledge), overlay, target)
    return f"已写到 {target}，其中 {count} 条是后台改过的。把它设为 FZBOT_KNOWLEDGE_DIR，或在别处运行 fzbot knowledge import"


def import_files(settings: Settings, source: Path) -> str:
    """Publish the entries of a folder that differ from those that answer; they are checked and tried first."""
    bootstrap.prepare_database(settings)
    overlay = _overlay(settings)
    live = files.overlaid(files.load_sound(settings.knowledge), overlay)
    entries = exchange.differing(files.load_sound(source).entries, {entry.id: entry for entry in live.entries})
    if not entries:
        return "没有不一样的条目，什么都没有改"
    _refuse_faulty(live, files.overlaid(live, entries))
    engine = bootstrap.open_engine(settings)
    try:
        with db.writing(engine) as session:
            by_id = {entry.id: entry for entry in live.entries}
            exchange.import_entries(session, entries, by_id, COMMAND_LINE, clock.now())
        problems = build_release(
            engine, settings.knowledge, settings.data_dir / bootstrap.CACHE, golden.load(settings.knowledge)
        )
    finally:
        engine.dispose()
    if problems is None:
        return f"{len(entries)} 条已排队，由正在运行的服务试过后换上，结果看后台“知识库 → 发布记录”"
    if problems:
        raise CurationError("没有发布，原来的照旧：\n" + "\n".join(problems))
    return f"已发布 {len(entries)} 条；正在运行的服务几十秒内换上"


def affected(settings: Settings, law: str) -> str:
    """The points that rest on a law."""
    base = files.load(settings.knowledge)
    found = law_changes.affected(base.entries, base.laws, law)
    lines = [f"{one.entry.id} 第 {one.number} 点（{one.reason}）：{one.point.text}" for one in found]
    entries = len({one.entry.id for one in found})
    return "\n".join([*lines, f"共 {len(found)} 个要点，在 {entries} 条里"])


def _overlay(settings: Settings) -> tuple[Entry, ...]:
    """The entries that staff changed, as they answer now."""
    engine = bootstrap.open_engine(settings)
    try:
        return live_entries(engine)[1]
    finally:
        engine.dispose()


def _refuse_faulty(before: KnowledgeBase, after: KnowledgeBase) -> None:
    known = set(map(str, checks.check(before, clock.today())))
    new = [fault for fault in checks.check(after, clock.today()) if fault.severity is Severity.ERROR]
    fresh = [str(fault) for fault in new if str(fault) not in known]
    if fresh:
        shown = "\n".join(fresh[:10])
        raise CurationError(f"有 {len(fresh)} 处错误，一条都没有导入：\n{shown}")
