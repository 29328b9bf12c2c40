"""How fast the dashboard and its rows are over millions of interactions, on SQLite and PostgreSQL, beside counting the rows.

`python -m bench.stats --rows 5000000`. Data are generated: 13 villages, two years, a few people who ask often.
On PostgreSQL they are made outside of the months that are there, and then moved into theirs.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pgserver
from sqlalchemy import Engine, func, select, text

from fzbot import clock, db, migrations
from fzbot.db import reading, writing
from fzbot.interactions.interaction import Interaction
from fzbot.knowledge.files import load_themes
from fzbot.people import account as accounts
from fzbot.people import village
from fzbot.people.account import Credentials
from fzbot.people.sealing import Sealer
from fzbot.settings import shipped_knowledge
from fzbot.statistics import rebuild, rollup, rows
from fzbot.statistics.dashboard.board import dashboard
from fzbot.statistics.rows import InteractionFilter
from fzbot.statistics.scope import Scope, Span
from fzbot.statistics.yearly_report.document import document
from fzbot.statistics.yearly_report.gathering import gather

DAYS = 730
PEOPLE = 60_000
ENTRIES = 330
VILLAGES = 13
YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
MONTH = Span(date(2026, 11, 1), date(2026, 11, 30))

# n is a running number; multiplying by primes spreads it over days, people and entries without a random source.
COLUMNS = "account_id, key, openid_hash, village_id, at, day, channel, kind, decision, entry, score, reply, reply_bytes, latency_ms"
SQLITE = f"""
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :rows)
INSERT INTO interaction ({COLUMNS})
SELECT 1, printf('%032d', n), printf('%032d', (n * 7919 % 1000003) * (n * 7919 % 1000003) % {PEOPLE}),
  CASE n % 17 WHEN 0 THEN NULL ELSE 1 + (n * 7919 % 1000003) * (n * 7919 % 1000003) % {PEOPLE} % {VILLAGES} END,
  datetime('2025-01-01', '+' || (n * 104729 % {DAYS}) || ' days', '+' || (n * 31 % 24) || ' hours'),
  date('2025-01-01', '+' || (n * 104729 % {DAYS}) || ' days'),
  'wechat', CASE n % 20 WHEN 0 THEN 'subscribe' WHEN 1 THEN 'voice' ELSE 'text' END,
  CASE n % 10 WHEN 0 THEN 'unknown' WHEN 1 THEN 'suggest' ELSE 'answer' END,
  CASE WHEN n % 10 > 1 THEN 'topic' || (n * 13 % {ENTRIES} % 17) || '.need' || (n * 13 % {ENTRIES}) END, 0.9, '', 0, 1.0
FROM series
"""
POSTGRES = (
    SQLITE.replace("WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :rows)\n", "")
    .replace("FROM series", "FROM generate_series(1, CAST(:rows AS bigint)) AS series(n)")
    .replace("printf('%032d', n)", "lpad(n::text, 32, '0')")
    .replace(
        f"printf('%032d', (n * 7919 % 1000003) * (n * 7919 % 1000003) % {PEOPLE})",
        f"lpad(((n * 7919 % 1000003) * (n * 7919 % 1000003) % {PEOPLE})::text, 32, '0')",
    )
    .replace(
        f"datetime('2025-01-01', '+' || (n * 104729 % {DAYS}) || ' days', '+' || (n * 31 % 24) || ' hours')",
        f"timestamptz '2025-01-01' + (n * 104729 % {DAYS}) * interval '1 day' + (n * 31 % 24) * interval '1 hour'",
    )
    .replace(
        f"date('2025-01-01', '+' || (n * 104729 % {DAYS}) || ' days')",
        f"date '2025-01-01' + (n * 104729 % {DAYS})::int",
    )
)


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default=None)
    options = parser.parse_args()
    print(f"{options.rows:,} interactions\n")
    print(f"{'database':12}{'what':44}{'ms':>10}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        if options.only != "postgresql":
            measure("sqlite", db.make_engine(f"sqlite:///{folder / 'bench.db'}"), SQLITE, options.rows)
        if options.only != "sqlite":
            server = pgserver.get_server(folder / "postgres", cleanup_mode="delete")  # type: ignore[attr-defined]
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            measure("postgresql", db.make_engine(url), POSTGRES, options.rows)
            server.cleanup()


def measure(name: str, engine: Engine, generate: str, number: int) -> None:
    """Fill one database and time what the console asks of it."""
    migrations.upgrade(engine)
    with writing(engine) as session:
        accounts.add(session, Sealer("x" * 16), Credentials("default", ""), "bench", clock.now())
        for index in range(VILLAGES):
            village.add(session, 1, f"{index}村")
    with writing(engine) as session:
        if name == "postgresql":
            session.execute(text("SET LOCAL statement_timeout = 0"))
            session.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        once(name, "generate", lambda: session.execute(text(generate), {"rows": number}))
    if name == "postgresql":
        once(name, "move into months", lambda: migrations.arrange_months(engine))
    with writing(engine) as session:
        if name == "postgresql":
            session.execute(text("SET LOCAL statement_timeout = 0"))
        once(name, "rebuild all rollups", lambda: rebuild.rebuild(session))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    scope, own = Scope((1,)), Scope((1,), frozenset({3}))
    two = Scope((1,), frozenset({3, 4}))
    with reading(engine) as session:
        best(name, "dashboard, year, all villages", lambda: dashboard(session, scope, YEAR))
        best(name, "dashboard, month, all villages", lambda: dashboard(session, scope, MONTH))
        best(name, "dashboard, year, one village", lambda: dashboard(session, own, YEAR))
        best(name, "dashboard, year, two villages", lambda: dashboard(session, two, YEAR))
        wanted = InteractionFilter((1,), YEAR, entry="topic5.need39")
        best(name, "rows behind a figure, first page", lambda: rows.page(session, wanted, None, 50))
        today, themes = YEAR.last, load_themes(shipped_knowledge())
        best(name, "yearly report, gathered", lambda: gather(session, 1, "红旗镇", today.year, today, themes))
        once(
            name,
            "yearly report, as a Word file",
            lambda: document(gather(session, 1, "红旗镇", today.year, today, themes)),
        )
        counted = select(func.count(), func.count(func.distinct(Interaction.openid_hash))).where(
            Interaction.day.between(YEAR.first, YEAR.last)
        )
        once(name, "baseline: count and distinct over the rows", lambda: session.execute(counted).all())
    best(name, "catch up, nothing new", lambda: rollup.catch_up(engine))
    engine.dispose()


def once(name: str, what: str, work: Callable[[], object]) -> None:
    """Time one run."""
    started = time.perf_counter()
    work()
    print(f"{name:12}{what:44}{(time.perf_counter() - started) * 1000:10,.1f}", flush=True)


def best(name: str, what: str, work: Callable[[], object]) -> None:
    """Time the best of five runs."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    print(f"{name:12}{what:44}{min(times) * 1000:10,.1f}", flush=True)


if __name__ == "__main__":
    main()
