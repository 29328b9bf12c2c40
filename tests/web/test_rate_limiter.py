"""One limiter for followers and for tokens: a burst, then a steady rate, each key for itself."""

from concurrent.futures import ThreadPoolExecutor

from fzbot.web.rate_limiter import REMEMBERED, RateLimiter


def test_a_rate_recovers_bit_by_bit() -> None:
    now = 0.0
    limiter = RateLimiter(30, clock=lambda: now)
    assert [limiter.allows("a") for _ in range(31)] == [True] * 30 + [False]
    now = 2.0
    assert [limiter.allows("a"), limiter.allows("a")] == [True, False]


def test_a_key_may_have_a_rate_of_its_own() -> None:
    now = 0.0
    limiter = RateLimiter(30, clock=lambda: now)
    assert [limiter.allows("1", 2) for _ in range(3)] == [True, True, False]
    assert limiter.allows("2", 2)
    now = 30.0
    assert [limiter.allows("1", 2), limiter.allows("1", 2)] == [True, False]


def test_a_lowered_rate_holds_at_once() -> None:
    limiter = RateLimiter(30, clock=lambda: 0.0)
    assert limiter.allows("1", 100)
    assert [limiter.allows("1", 1), limiter.allows("1", 1)] == [True, False]


def test_callers_at_once_share_the_rate() -> None:
    limiter = RateLimiter(30, clock=lambda: 0.0)
    with ThreadPoolExecutor(8) as pool:
        allowed = sum(pool.map(lambda _: limiter.allows("a"), range(400)))
    assert allowed == 30


def test_those_who_wrote_longest_ago_are_forgotten_first() -> None:
    limiter = RateLimiter(per_minute=1, clock=lambda: 0.0)
    assert limiter.allows("first")
    assert not limiter.allows("first")
    for number in range(REMEMBERED):
        limiter.allows(str(number))
    assert limiter.allows("first")
