"""During an outage a line is written once a minute, with how many there were."""

import logging

from fzbot.runtime.log_limit import OncePerMinute


def test_a_line_that_repeats_comes_once_a_minute_with_a_count() -> None:
    moment = [0.0]
    brake = OncePerMinute(clock=lambda: moment[0])

    def lines(times: int, wording: str = "database away (%s)") -> list[str]:
        records = [logging.LogRecord("x", logging.WARNING, "", 0, wording, ("E",), None) for _ in range(times)]
        return [record.getMessage() for record in records if brake.filter(record)]

    assert lines(7400) == ["database away (E)"]
    assert lines(2, "another (%s)") == ["another (E)"]
    moment[0] = 60.0
    assert lines(100) == ["database away (E) (and 7399 more like it)"]
    moment[0] = 120.0
    assert lines(1, "another (%s)") == ["another (E) (and 1 more like it)"]
