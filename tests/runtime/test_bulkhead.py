"""One at a time, a short queue, and a word for everybody else."""

import threading

import pytest

from fzbot.errors import BusyError
from fzbot.runtime.bulkhead import Bulkhead


class Held:
    """A thread inside a bulkhead until it is let go."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.bulkhead, self.is_in, self.may_go = bulkhead, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._stay)
        self.thread.start()

    def _stay(self) -> None:
        with self.bulkhead.entered():
            self.is_in.set()
            self.may_go.wait(10)

    def let_go(self) -> None:
        self.may_go.set()
        self.thread.join()


def enter(bulkhead: Bulkhead) -> None:
    with bulkhead.entered():
        pass


def test_whoever_waits_comes_in_when_the_one_before_has_left() -> None:
    bulkhead = Bulkhead(waiting=1, seconds=10)
    first = Held(bulkhead)
    assert first.is_in.wait(10)
    second = Held(bulkhead)
    assert not second.is_in.is_set()
    first.let_go()
    assert second.is_in.wait(10)
    second.let_go()
    enter(bulkhead)


def test_who_finds_the_queue_full_or_waits_too_long_is_told_and_takes_no_place() -> None:
    bulkhead = Bulkhead(waiting=0, seconds=10)
    patient = Bulkhead(waiting=1, seconds=0.01)
    for one in (bulkhead, patient):
        holder = Held(one)
        assert holder.is_in.wait(10)
        for _ in range(3):
            with pytest.raises(BusyError, match="请过一分钟再传一次"):
                enter(one)
        holder.let_go()
        enter(one)


def test_a_failure_inside_frees_the_place() -> None:
    bulkhead = Bulkhead(waiting=0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), bulkhead.entered():
            raise ZeroDivisionError
    enter(bulkhead)
