"""Accounts take turns: a flood at one delays the others by one turn, and is cut off when its line is too long."""

import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from fzbot.errors import PostRefusedError
from fzbot.wechat.fair_pool import FairPool

number: ContextVar[str] = ContextVar("number", default="")


@pytest.fixture
def pool() -> Iterator[FairPool]:
    pool = FairPool(threads=1, most_waiting=100)
    yield pool
    pool.shutdown()


def hold(pool: FairPool, whose: str) -> threading.Event:
    """Keep the only thread busy until the event that is returned is set."""
    started, gate = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        gate.wait()

    pool.submit(whose, wait)
    started.wait()
    return gate


def test_a_flood_at_one_account_delays_another_by_one_turn(pool: FairPool) -> None:
    gate = hold(pool, "busy")
    served: list[str] = []
    flood = [pool.submit("busy", served.append, f"busy {turn}") for turn in range(100)]
    calm = [pool.submit("calm", served.append, f"calm {turn}") for turn in range(3)]
    gate.set()
    for future in flood + calm:
        future.result()
    assert served[:6] == ["busy 0", "calm 0", "busy 1", "calm 1", "busy 2", "calm 2"]
    assert served[6:] == [f"busy {turn}" for turn in range(3, 100)]


def test_a_line_that_is_too_long_takes_no_more_and_others_do(pool: FairPool) -> None:
    gate = hold(pool, "busy")
    for _ in range(100):
        pool.submit("busy", int)
    with pytest.raises(PostRefusedError) as refused:
        pool.submit("busy", int)
    assert refused.value.status == 429
    calm = pool.submit("calm", lambda: "served")
    gate.set()
    assert calm.result() == "served"


def test_an_error_reaches_who_waits_and_the_thread_goes_on(pool: FairPool) -> None:
    with pytest.raises(ZeroDivisionError):
        pool.submit("one", lambda: 1 / 0).result()
    assert pool.submit("one", lambda: "served").result() == "served"


def test_a_cancelled_turn_is_passed_over(pool: FairPool) -> None:
    gate = hold(pool, "one")
    served: list[str] = []
    cancelled = pool.submit("one", served.append, "cancelled")
    after = pool.submit("one", served.append, "after")
    cancelled.cancel()
    gate.set()
    after.result()
    assert served == ["after"]


def test_a_turn_keeps_the_context_of_whoever_asked_for_it(pool: FairPool) -> None:
    token = number.set("7")
    found = pool.submit("one", number.get).result()
    number.reset(token)
    assert found == "7"


def test_what_waits_is_finished_before_the_pool_stops() -> None:
    pool = FairPool(threads=2)
    served: list[int] = []
    for turn in range(50):
        pool.submit(str(turn % 3), served.append, turn)
    pool.shutdown()
    assert sorted(served) == list(range(50))
