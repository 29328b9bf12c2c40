"""`fzbot statutes import`: official texts into the database."""

from pathlib import Path

from fzbot import bootstrap, db
from fzbot.knowledge import files as knowledge
from fzbot.settings import Settings
from fzbot.statutes.article import replace
from fzbot.statutes.files import statutes_in


def import_files(settings: Settings, paths: list[Path]) -> str:
    """Read all files first, then store them together: a faulty file leaves everything as it was."""
    statutes = statutes_in(paths, knowledge.load(settings.knowledge).laws)
    bootstrap.prepare(settings)
    engine = bootstrap.open_engine(settings)
    try:
        with db.make_sessions(engine)() as session:
            lines = [f"{statute.law}\t{replace(session, statute)} 条" for statute in statutes]
            session.commit()
    finally:
        engine.dispose()
    return "\n".join([*lines, f"已导入 {len(statutes)} 部"])
