"""Rows are durable before `record` returns, each once, whatever happens to the database."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from fzbot import db
from fzbot.clock import now
from fzbot.interactions.new_interaction import NewInteraction, Upsert
from fzbot.interactions.record import Recorder
from fzbot.interactions.spool import Spool
from fzbot.interactions.store import store
from fzbot.people import village
from fzbot.people.follower import Follower
from tests.interactions.new_interactions import NOON, make_account, make_row, stored


@pytest.fixture
def broken(sqlite_engine: Engine, tmp_path: Path) -> Iterator["BreakableDatabase"]:
    yield BreakableDatabase(sqlite_engine, tmp_path)


class BreakableDatabase:
    """A SQLite database whose table can be taken away and brought back."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.account_id = make_account(engine)
        self.spool = Spool(folder / "spool", reserve_bytes=0)

    def go_away(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("ALTER TABLE interaction RENAME TO interaction_away"))

    def come_back(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("ALTER TABLE interaction_away RENAME TO interaction"))


def test_a_row_is_in_the_database_when_record_returns(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)
    assert recorder.record(make_row(account_id, "post 1", "可以退")) == "可以退"
    (row,) = stored(engine)
    assert (row.key, row.reply, row.at, row.score) == ("post 1", "可以退", NOON, 0.9)


def test_a_repeat_gets_the_first_reply_and_leaves_no_second_row(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)
    recorder.record(make_row(account_id, "post 1", "第一次的答复"))
    assert recorder.record(make_row(account_id, "post 1", "另一个答复")) == "第一次的答复"
    assert len(stored(engine)) == 1


def test_repeats_in_the_same_commit_get_one_reply(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)
    futures = [recorder.submit(make_row(account_id, "post 1", f"答复 {n}")) for n in range(50)]
    replies = {future.result(timeout=10) for future in futures}
    assert replies == {stored(engine)[0].reply}


def test_the_same_key_of_another_account_is_another_row(engine: Engine, recorder: Recorder) -> None:
    first, second = make_account(engine), make_account(engine, "other")
    recorder.record(make_row(first, "post 1"))
    recorder.record(make_row(second, "post 1"))
    assert [row.account_id for row in stored(engine)] == [first, second]


def test_many_writers_and_two_recorders_store_each_row_once(engine: Engine, tmp_path: Path) -> None:
    account_id = make_account(engine)
    recorders = [Recorder(engine, Spool(tmp_path / f"spool {n}", reserve_bytes=0)) for n in range(2)]

    def post(n: int) -> tuple[str, str]:
        key = f"post {n // 3:03}"
        return key, recorders[n % 2].record(make_row(account_id, key, f"答复 {n}"))

    with ThreadPoolExecutor(16) as pool:
        got = set(pool.map(post, range(300)))
    for recorder in recorders:
        recorder.close()
    assert got == {(row.key, row.reply) for row in stored(engine)}
    assert len(got) == 100


def test_an_upsert_is_written_once_with_its_row_and_never_goes_back_in_time(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)

    def seen(minutes: int) -> tuple[Upsert, ...]:
        values = {
            "account_id": account_id,
            "openid_hash": "somebody",
            "openid_sealed": f"sealed {minutes}",
            "last_message_at": NOON + timedelta(minutes=minutes),
        }
        only_new = frozenset({"openid_sealed"})
        return (Upsert("follower", ("account_id", "openid_hash"), "last_message_at", values, only_new),)

    for number, minutes in enumerate([5, 9, 2]):
        recorder.record(make_row(account_id, f"post {number}", upserts=seen(minutes)))
    recorder.record(make_row(account_id, "post 0", upserts=seen(30)))  # a repeat changes nothing
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT openid_sealed, last_message_at FROM follower")).all()
    assert len(rows) == 1
    assert rows[0][0] == "sealed 5"
    assert "04:09" in str(rows[0][1])


def test_a_join_and_the_message_after_it_in_one_commit_leave_the_join(engine: Engine) -> None:
    account_id = make_account(engine)
    village_id = make_village(engine, account_id)
    joined = seen_at(account_id, NOON, village_id=village_id)
    later = seen_at(account_id, NOON + timedelta(minutes=1))
    with engine.begin() as connection:
        store(connection, [make_row(account_id, "b", upserts=(joined,)), make_row(account_id, "a", upserts=(later,))])
    assert follower(engine) == (village_id, NOON + timedelta(minutes=1))


def test_a_join_counts_though_the_clock_was_ahead_before(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)
    village_id = make_village(engine, account_id)
    ahead = now() + timedelta(days=1)
    recorder.record(make_row(account_id, "ahead", upserts=(seen_at(account_id, ahead),)))
    back = now()
    recorder.record(make_row(account_id, "back", upserts=(seen_at(account_id, back, village_id=village_id),)))
    assert follower(engine) == (village_id, back)


def test_what_was_written_before_does_not_undo_what_another_process_wrote_since(
    engine: Engine, recorder: Recorder
) -> None:
    account_id = make_account(engine)
    village_id = make_village(engine, account_id)
    recorder.record(make_row(account_id, "new", upserts=(seen_at(account_id, NOON, village_id=village_id),)))
    late = seen_at(account_id, NOON - timedelta(minutes=5), village_id=None)
    recorder.record(make_row(account_id, "from a spool", upserts=(late,)))
    assert follower(engine) == (village_id, NOON)


def make_village(engine: Engine, account_id: int) -> int:
    with db.writing(engine) as session:
        return village.add(session, account_id, "石窑村").id


def seen_at(account_id: int, moment: datetime, **more: Any) -> Upsert:
    values = {"account_id": account_id, "openid_hash": "somebody", "openid_sealed": "x", "last_message_at": moment}
    key = ("account_id", "openid_hash")
    return Upsert("follower", key, "last_message_at", values | more, frozenset({"openid_sealed"}))


def follower(engine: Engine) -> tuple[int | None, datetime]:
    with db.reading(engine) as session:
        found = session.scalars(select(Follower)).one()
        return found.village_id, found.last_message_at


def test_the_village_of_the_follower_is_put_on_the_row(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO village (account_id, name, scene) VALUES (:a, '石窑村', 'v1')"), {"a": account_id}
        )
        village_id = connection.execute(text("SELECT id FROM village")).scalar_one()
    values = {
        "account_id": account_id,
        "openid_hash": "somebody",
        "openid_sealed": "x",
        "village_id": village_id,
        "last_message_at": NOON,
    }
    upsert = Upsert("follower", ("account_id", "openid_hash"), "last_message_at", values)
    recorder.record(make_row(account_id, "post 1", upserts=(upsert,)))
    recorder.record(make_row(account_id, "post 2", openid_hash="a stranger"))
    assert [row.village_id for row in stored(engine)] == [village_id, None]


def test_while_the_database_is_away_rows_reach_it_later_once(broken: BreakableDatabase) -> None:
    recorder = Recorder(broken.engine, broken.spool, replay_seconds=0.02)
    recorder.record(make_row(broken.account_id, "before"))
    broken.go_away()
    assert recorder.record(make_row(broken.account_id, "during", "离线时的答复")) == "离线时的答复"
    assert recorder.record(make_row(broken.account_id, "during", "重复的")) == "离线时的答复"
    assert broken.spool.depth > 0
    broken.come_back()
    recorder.record(make_row(broken.account_id, "after"))
    recorder.close()
    Recorder(broken.engine, broken.spool).close()
    assert [(row.key, row.reply) for row in stored(broken.engine)] == [
        ("after", "答"),
        ("before", "答"),
        ("during", "离线时的答复"),
    ]


def test_rows_of_a_process_that_died_are_replayed_by_the_next(broken: BreakableDatabase, tmp_path: Path) -> None:
    row = make_row(broken.account_id, "spooled by the dead")
    left = tmp_path / "spool" / "interactions-1-dead.jsonl"
    left.write_text(row.to_json() + "\n" + row.to_json()[:40], encoding="utf-8")
    Recorder(broken.engine, broken.spool).close()
    assert [row.key for row in stored(broken.engine)] == ["spooled by the dead"]
    assert not left.exists()


def test_a_replay_that_was_cut_short_counts_nothing_twice(broken: BreakableDatabase, tmp_path: Path) -> None:
    row = make_row(broken.account_id, "post 1")
    recorder = Recorder(broken.engine, broken.spool)
    recorder.record(row)
    recorder.close()
    # The row was committed, and the process died before it could empty its spool file.
    (tmp_path / "spool" / "interactions-1-dead.jsonl").write_text(row.to_json() + "\n", encoding="utf-8")
    Recorder(broken.engine, broken.spool).close()
    assert len(stored(broken.engine)) == 1


def test_a_row_that_the_database_refuses_does_not_hold_up_the_others(engine: Engine, tmp_path: Path) -> None:
    account_id = make_account(engine)
    spool = Spool(tmp_path / "spool", reserve_bytes=0)
    recorder = Recorder(engine, spool)
    impossible = make_row(999_999, "no such account", "还是要答的")
    futures = [recorder.submit(row) for row in (make_row(account_id, "a"), impossible, make_row(account_id, "b"))]
    assert [future.result(timeout=10) for future in futures] == ["答", "还是要答的", "答"]
    recorder.close()
    assert [row.key for row in stored(engine)] == ["a", "b"]
    assert b"no such account" in (tmp_path / "spool" / "refused.frames").read_bytes()


def test_a_row_of_the_spool_that_the_database_refuses_does_not_hold_up_the_others(
    engine: Engine, tmp_path: Path
) -> None:
    account_id = make_account(engine)
    left = Spool(tmp_path / "spool", reserve_bytes=0)
    left.append([make_row(account_id, "a"), make_row(999_999, "no such account"), make_row(account_id, "b")])
    left.close()
    spool = Spool(tmp_path / "spool", reserve_bytes=0)
    Recorder(engine, spool).close()
    assert [row.key for row in stored(engine)] == ["a", "b"]
    assert spool.counts().waiting_bytes == 0
    assert spool.counts().refused_bytes > 0


def test_refused_rows_come_in_once_the_reason_is_gone(engine: Engine, tmp_path: Path) -> None:
    account_id = make_account(engine)
    spool = Spool(tmp_path / "spool", reserve_bytes=0)
    spool.refuse([make_row(account_id + 1, "too early")])
    make_account(engine, "the other")
    spool.retry_refused()
    Recorder(engine, spool).close()
    assert [row.key for row in stored(engine)] == ["too early"]
    assert spool.counts().refused_bytes == 0


def test_text_that_cannot_be_encoded_is_set_aside(engine: Engine, tmp_path: Path) -> None:
    account_id = make_account(engine)
    spool = Spool(tmp_path / "spool", reserve_bytes=0)
    recorder = Recorder(engine, spool)
    torn = make_row(account_id, "half a sign", question="\ud83d")
    assert [recorder.record(row) for row in (torn, make_row(account_id, "whole"))] == ["答", "答"]
    recorder.close()
    assert [row.key for row in stored(engine)] == ["whole"]
    assert spool.counts().refused_bytes > 0


def test_who_gives_up_waiting_does_not_stop_the_recorder(engine: Engine, recorder: Recorder) -> None:
    account_id = make_account(engine)
    assert not recorder.submit(make_row(account_id, "impatient")).cancel()
    recorder.record(make_row(account_id, "patient"))
    assert [row.key for row in stored(engine)] == ["impatient", "patient"]


def test_a_row_survives_the_way_through_json() -> None:
    upsert = Upsert("session", ("account_id", "openid_hash"), "updated_at", {"updated_at": NOON, "near": ["a.b"]})
    row = make_row(1, "post 1", upserts=(upsert,))
    assert NewInteraction.from_json(row.to_json()) == row


def test_closing_writes_what_is_waiting(engine: Engine, tmp_path: Path) -> None:
    account_id = make_account(engine)
    recorder = Recorder(engine, Spool(tmp_path / "spool", reserve_bytes=0))
    threads = [threading.Thread(target=recorder.record, args=(make_row(account_id, f"p{n}"),)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    assert len(stored(engine)) == 5


def test_reading_takes_no_write_lock(sqlite_engine: Engine) -> None:
    make_account(sqlite_engine)
    with db.reading(sqlite_engine) as reader, sqlite_engine.begin() as writer:
        reader.execute(text("SELECT count(*) FROM account"))
        writer.execute(text("UPDATE account SET name = 'x'"))


def test_no_error_while_writing_ends_the_recorder(sqlite_engine: Engine, spool: Spool) -> None:
    account = make_account(sqlite_engine)
    recorder = Recorder(sqlite_engine, spool, replay_seconds=0.05)
    odd = make_row(account, "odd", upserts=(Upsert("no_such_table", ("a",), "b", {"a": 1, "b": 2}),))
    assert recorder.submit(odd).result(timeout=10) == "答"  # set aside, told, and answered all the same
    assert recorder.submit(make_row(account, "next")).result(timeout=10) == "答"
    recorder.close()
    assert [row.key for row in stored(sqlite_engine)] == ["next"]
    assert spool.counts().refused_bytes > 0


def test_a_waiting_file_that_cannot_be_replayed_keeps_nobody_waiting(sqlite_engine: Engine, tmp_path: Path) -> None:
    class Odd(Spool):
        def drain(self, *_: object) -> bool:
            raise TypeError("a line that is no row")

    account = make_account(sqlite_engine)
    recorder = Recorder(sqlite_engine, Odd(tmp_path / "odd", reserve_bytes=0), replay_seconds=0.05)
    for number in range(3):
        assert recorder.submit(make_row(account, str(number))).result(timeout=10) == "答"
    recorder.close()
