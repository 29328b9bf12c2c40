"""Supervised loops: no exception ends one, repeats are one line a minute, and one that does not turn is seen to stand."""

import logging
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fzbot.runtime import metrics
from fzbot.runtime.heartbeats import RUNNING, Heartbeat, Heartbeats, LoopAge, read_folder
from fzbot.runtime.repeated_log import RepeatedLog
from fzbot.runtime.supervisor import Supervisor

ODD = [
    KeyError("msgid"),
    TypeError(),
    ValueError("不是数字"),
    RecursionError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, ""),
    OSError(28, "full"),
    AssertionError(),
    MemoryError(),
]


@dataclass
class Hands:
    """A clock that is set by hand."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Pauses:
    """Takes pauses without waiting."""

    taken: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def test_whatever_a_turn_raises_another_follows() -> None:
    pauses, turns = Pauses(), iter([*ODD, None])

    def turn() -> bool:
        error = next(turns)
        if error is not None:
            raise error
        return False

    Supervisor("odd", 60, pauses).run(turn)
    assert next(turns, "all taken") == "all taken"
    assert pauses.taken == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_turn_that_succeeds_makes_the_next_pause_short_again() -> None:
    pauses, turns = Pauses(), iter([KeyError(), KeyError(), None, KeyError(), None])
    supervisor = Supervisor("odd", 60, pauses)
    for error in turns:

        def turn(error: Exception | None = error) -> bool:
            if error is not None:
                raise error
            return True

        assert supervisor.turn(turn)
    assert pauses.taken == [0.5, 1, 0.5]


def test_repeats_are_one_line_a_minute_with_their_number(caplog: pytest.LogCaptureFixture) -> None:
    hands = Hands()
    trouble = RepeatedLog(logging.getLogger("fzbot.test"), clock=hands)
    for _ in range(5000):
        trouble.say("loop notices", KeyError("words of a person"))
    trouble.say("loop notices", ValueError())
    hands.seconds += 60
    trouble.say("loop notices", KeyError())
    assert [record.getMessage() for record in caplog.records] == [
        "loop notices: KeyError",
        "loop notices: ValueError",
        "loop notices: KeyError, 4999 more since the last line",
    ]
    assert caplog.records[0].exc_info is not None


def test_a_loop_that_only_fails_stands_and_one_that_turns_does_not() -> None:
    hands = Hands()
    supervisor = Supervisor("odd", 30, Pauses())
    supervisor.heartbeat = Heartbeat("odd", 30, hands)

    def fails() -> bool:
        raise KeyError

    hands.seconds += 31
    supervisor.turn(fails)
    assert supervisor.heartbeat.age == LoopAge("odd", 31, 30)
    assert supervisor.heartbeat.age.stands
    supervisor.turn(lambda: True)
    assert not supervisor.heartbeat.age.stands


def test_a_loop_is_known_while_it_runs() -> None:
    names: list[list[str]] = []

    def turn() -> bool:
        names.append([age.name for age in RUNNING.ages()])
        return False

    Supervisor("short-lived", 30).run(turn)
    assert "short-lived" in names[0]
    assert "short-lived" not in [age.name for age in RUNNING.ages()]


def test_of_loops_by_one_name_the_worst_is_told() -> None:
    hands, beats = Hands(), Heartbeats()
    old, new = Heartbeat("jobs", 30, hands), Heartbeat("jobs", 30, hands)
    beats.start(old)
    hands.seconds += 40
    beats.start(new)
    assert beats.ages() == [LoopAge("jobs", 40, 30)]
    beats.end(old)
    assert beats.ages() == [LoopAge("jobs", 0, 30)]


def test_other_processes_read_the_beats_of_living_ones_from_a_folder(tmp_path: Path) -> None:
    hands, beats, folder = Hands(), Heartbeats(), tmp_path / "loops"
    folder.mkdir()
    dead = folder / "999999999.notices.30s"
    dead.touch()
    beats.start(Heartbeat("recorder", 30, hands))
    beats.keep_in(folder)
    beats.start(Heartbeat("job-count", 920, hands))
    assert not dead.exists()
    hands.seconds += 31
    assert read_folder(folder, hands) == [LoopAge("job-count", 31, 920), LoopAge("recorder", 31, 30)]
    dead.touch()
    assert [age.name for age in read_folder(folder, hands)] == ["job-count", "recorder"]
    (folder / f"{os.getpid()}.recorder.30s").unlink()
    assert [age.name for age in read_folder(folder, hands)] == ["job-count"]
    assert read_folder(tmp_path / "nowhere") == []


def test_a_folder_that_cannot_be_written_holds_up_no_loop(tmp_path: Path) -> None:
    beats = Heartbeats()
    beats.keep_in(tmp_path / "loops")
    (tmp_path / "loops").rmdir()
    heartbeat = Heartbeat("recorder", 30)
    beats.start(heartbeat)
    heartbeat.beat()
    assert [age.name for age in beats.ages()] == ["recorder"]


def test_metrics_have_a_gauge_for_each_loop() -> None:
    page = metrics.page({}, [LoopAge("notices", 1000, 900), LoopAge("recorder", 2, 30)]).decode()
    assert 'fzbot_loop_age_seconds{loop="notices"} 1000.0' in page
    assert 'fzbot_loop_stands{loop="notices"} 1.0' in page
    assert 'fzbot_loop_stands{loop="recorder"} 0.0' in page


def test_a_pause_ends_when_the_loop_is_to_stop() -> None:
    stop = threading.Event()

    def turn() -> bool:
        if stop.is_set():
            return False
        stop.set()
        raise KeyError

    thread = threading.Thread(target=Supervisor("stopped", 60, stop.wait).run, args=(turn,))
    thread.start()
    thread.join(0.4)
    assert not thread.is_alive()
