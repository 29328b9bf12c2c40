"""`fzbot partition`."""

from fzbot import bootstrap, migrations
from fzbot.settings import Settings


def split(settings: Settings) -> str:
    """Split the interactions of a database that an earlier version made; says what was done."""
    bootstrap.prepare_database(settings)
    engine = bootstrap.open_engine(settings)
    try:
        if engine.dialect.name != "postgresql":
            return "数据库是 SQLite，不用按月分开"
        rows = migrations.partition(engine)
    finally:
        engine.dispose()
    return f"已按月分开：搬了 {rows:,} 条互动" if rows is not None else "早已按月分开，不用再做"
