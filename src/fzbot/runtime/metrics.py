"""What the service counts of itself, for Prometheus. No label ever holds anything of a person."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from fzbot.runtime.heartbeats import LoopAge
from fzbot.runtime.metrics_folder import FOLDER_VARIABLE

BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 4.5)

TURNS = Counter("fzbot_turns_total", "Turns by how they were decided", ["decision"])
TURN_SECONDS = Histogram("fzbot_turn_seconds", "Time to decide and word a reply", buckets=BUCKETS)
POST_SECONDS = Histogram("fzbot_post_seconds", "Time from a post to its reply, durable", buckets=BUCKETS)
DUPLICATES = Counter("fzbot_duplicates_total", "Repeats of posts that were counted before")
POSTS_REFUSED = Counter("fzbot_posts_refused_total", "Posts that were not the platform's", ["status"])
SPOOLED = Counter("fzbot_spooled_total", "Rows that went to the spool because the database was away")
LOST = Counter("fzbot_lost_total", "Rows that neither database nor spool took")
REFUSED = Counter("fzbot_refused_rows_total", "Rows that the database refused and that were set aside")
EARLY = Counter("fzbot_early_replies_total", "Replies that left in time before their row was durable")
LATE = Counter("fzbot_late_turns_total", "Posts answered that the service is busy: the turn took too long")
THROTTLED = Counter("fzbot_throttled_total", "Messages over a follower's or an account's limit", ["whose"])
PLATFORM_CALLS = Counter("fzbot_platform_calls_total", "Calls to the platform by outcome", ["call", "outcome"])
PLATFORM_SECONDS = Histogram("fzbot_platform_seconds", "Time of a call to the platform", ["call"], buckets=BUCKETS)
DELIVERIES = Counter("fzbot_deliveries_total", "Attempts to deliver a notice by way and fate", ["way", "state"])

ALL = (
    TURNS,
    TURN_SECONDS,
    POST_SECONDS,
    DUPLICATES,
    POSTS_REFUSED,
    SPOOLED,
    LOST,
    REFUSED,
    EARLY,
    LATE,
    THROTTLED,
    PLATFORM_CALLS,
    PLATFORM_SECONDS,
    DELIVERIES,
)

MADE_AT_A_LOOK = (
    "fzbot_spool_bytes",
    "fzbot_spool_share",
    "fzbot_spool_refused_bytes",
    "fzbot_spool_damaged_files",
    "fzbot_held_rows",
    "fzbot_disk_free_bytes",
    "fzbot_backup_age_seconds",
    "fzbot_uncounted_rows",
    "fzbot_handovers_open",
    "fzbot_outbox_due",
    "fzbot_outbox_oldest_seconds",
    "fzbot_notices_paused",
    "fzbot_entries",
    "fzbot_release",
    "fzbot_snapshot_age_seconds",
)
"""Gauges that are read from the place itself when somebody looks."""


def page(gauges: dict[str, float], loops: Iterable[LoopAge] = ()) -> bytes:
    """The metrics of all server processes, the gauges and the loops as they are now."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER_VARIABLE):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for metric in ALL:
            registry.register(metric)
    shown = CollectorRegistry()
    for name, value in gauges.items():
        Gauge(name, name.removeprefix("fzbot_").replace("_", " "), registry=shown).set(value)
    shown.register(_Loops(tuple(loops)))
    return generate_latest(registry) + generate_latest(shown)


@dataclass(frozen=True)
class _Loops(Collector):
    """The loops as they are when somebody looks."""

    ages: tuple[LoopAge, ...]

    def collect(self) -> Iterable[Metric]:
        """Called by the library."""
        age = GaugeMetricFamily("fzbot_loop_age_seconds", "Since a loop last took a turn", labels=["loop"])
        stands = GaugeMetricFamily("fzbot_loop_stands", "1 when that is longer than it may take", labels=["loop"])
        for loop in self.ages:
            age.add_metric([loop.name], loop.seconds)
            stands.add_metric([loop.name], float(loop.stands))
        return (age, stands)
