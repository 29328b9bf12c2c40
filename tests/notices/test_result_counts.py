"""Counting notices: each figure is its rows, by notice, village, adviser and month, and none is added to another."""

from datetime import date

from fzbot.clock import china_day
from fzbot.db import reading, writing
from fzbot.notices.authoring import notice
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.wording import mark
from fzbot.notices.delivery_methods import DeliveryMethod
from fzbot.notices.push import Accepted, OutboundMessage, Refused
from fzbot.notices.results import counts, forwards, receipts
from fzbot.notices.results import reads as readings
from fzbot.notices.results.counts import DeliveryFilter, GroupBy, Tally
from fzbot.notices.results.forwards import ForwardedGroup
from fzbot.notices.results.receipts import ReceiptReport
from fzbot.people.village import NO_VILLAGE
from tests.notices.town import NOON, SEALER, Town

TODAY = china_day(NOON)


def count(town: Town, **more: object) -> Tally:
    with reading(town.engine) as session:
        wanted = DeliveryFilter((town.account,), TODAY, TODAY) if not more else DeliveryFilter(**_wanted(town) | more)  # type: ignore[arg-type]
        return counts.total(counts.cells(session, wanted))


def _wanted(town: Town) -> dict[str, object]:
    return {"accounts": (town.account,), "first": TODAY, "last": TODAY}


def by(town: Town, what: GroupBy) -> dict[int | str, Tally]:
    with reading(town.engine) as session:
        return counts.grouped_by(counts.cells(session, DeliveryFilter((town.account,), date(2026, 1, 1), TODAY)), what)


def sent(town: Town) -> int:
    """A template notice to three of one village and one of the other, of which one is refused."""
    town.follow("a", "b", "c", village=0)
    town.follow("d", village=1)
    numbers = iter(range(100, 200))
    gone = Refused("对方取消了关注", 43004)
    town.push.fate = lambda message: gone if message.openids == ("c",) else Accepted(str(next(numbers)))
    id_ = town.schedule(DeliveryMethod.TEMPLATE, Audience())
    town.work()
    return id_


def receive(town: Town, openid: str, status: str = "success") -> None:
    row = next(row for row in town.deliveries() if row.openid_hash == SEALER.hash(openid))
    assert row.msg_id is not None
    with writing(town.engine) as session:
        told = ReceiptReport(row.msg_id, DeliveryMethod.TEMPLATE, status, row.openid_hash)
        receipts.take(session, town.account, told, town.clock())


def test_pushed_accepted_and_delivered_are_three_things(town: Town) -> None:
    sent(town)
    receive(town, "a")
    receive(town, "b", "failed: system failed")
    assert count(town) == Tally(notices=1, pushed=4, accepted=3, delivered=1)
    red, white = town.villages
    assert count(town, villages=frozenset({red})) == Tally(notices=1, pushed=3, accepted=2, delivered=1)
    assert by(town, GroupBy.VILLAGE)[white] == Tally(notices=1, pushed=1, accepted=1)


def test_opened_and_forwarded_count_apart_and_on_their_own_day(town: Town) -> None:
    id_ = sent(town)
    red = town.villages[0]
    town.clock.pass_by(days=8)
    with writing(town.engine) as session:
        for _ in range(2):
            readings.count(session, mark(id_, red), "fraud.fake-loan", china_day(town.clock()))
        readings.count(session, mark(id_, None), "", TODAY)
        group = ForwardedGroup("红庄村民群", 180, red)
        forwards.log(session, notice.find(session, id_), group, town.second, town.clock())
    assert count(town) == Tally(notices=1, pushed=4, accepted=3, read=1)
    later = china_day(town.clock())
    assert count(town, first=later, last=later) == Tally(notices=1, read=2, groups=1, forwarded=180)
    assert count(town, villages=frozenset({NO_VILLAGE})) == Tally(read=1)
    with reading(town.engine) as session:
        cells = counts.cells(session, DeliveryFilter((town.account,), TODAY, later))
    months = counts.grouped_by(cells, GroupBy.MONTH)
    assert {month: (tally.pushed, tally.read, tally.forwarded) for month, tally in months.items()} == {
        "2026-11": (4, 1, 0),
        "2026-12": (0, 2, 180),
    }
    advisers = counts.grouped_by(cells, GroupBy.ADVISER)
    assert advisers[town.author.staff_id or 0] == Tally(notices=1, pushed=4, accepted=3, read=3)
    assert advisers[town.second.staff_id or 0] == Tally(notices=1, groups=1, forwarded=180)


def test_a_mass_send_counts_by_its_receipt_and_belongs_to_no_village(town: Town) -> None:
    town.follow("a", "b", village=0)
    town.follow("c", village=1)
    town.push.fate = lambda _: Accepted("77")
    id_ = town.schedule(DeliveryMethod.MASS)
    town.work()
    with writing(town.engine) as session:
        receipts.take(
            session,
            town.account,
            ReceiptReport("77", DeliveryMethod.MASS, "send success", total=3, sent=2),
            town.clock(),
        )
    assert by(town, GroupBy.NOTICE) == {id_: Tally(notices=1, pushed=3, accepted=3, delivered=2)}
    assert by(town, GroupBy.VILLAGE) == {NO_VILLAGE: Tally(notices=1, pushed=3, accepted=3, delivered=2)}


def test_a_list_of_one_village_belongs_to_it(town: Town) -> None:
    town.follow("a", "b", village=0)
    for name in ("a", "b"):
        town.says(name, entry="fraud.fake-loan")
    messages: list[OutboundMessage] = []
    town.push.fate = lambda message: messages.append(message) or Accepted("78")  # type: ignore[func-returns-value]
    town.schedule(DeliveryMethod.MASS, Audience((town.villages[0],), "fraud"))
    town.work()
    assert by(town, GroupBy.VILLAGE) == {town.villages[0]: Tally(notices=1, pushed=2, accepted=2)}
    assert [message.openids for message in messages] == [("a", "b")]


def test_what_waits_or_was_withdrawn_is_not_pushed(town: Town) -> None:
    town.follow("a", village=0)
    town.schedule(DeliveryMethod.NEXT_REPLY)
    town.work()
    assert count(town) == Tally()


def test_an_adviser_of_two_villages_sees_what_went_to_both(town: Town) -> None:
    town.follow("a", "b", village=0)
    town.follow("c", village=1)
    town.push.fate = lambda _: Accepted("79")
    own = frozenset(town.villages)
    to_both = town.schedule(DeliveryMethod.MASS, Audience(tuple(town.villages)))
    town.work()
    with writing(town.engine) as session:
        readings.count(session, mark(to_both, None), "", TODAY)
    figures = Tally(notices=1, pushed=3, accepted=3, read=1)
    assert count(town, villages=own, joint=own) == figures
    assert count(town, villages=frozenset(), joint=own) == figures
    assert count(town, villages=own) == Tally()
    red = frozenset(town.villages[:1])
    assert count(town, villages=red, joint=red) == Tally()


def test_what_went_to_others_too_is_no_adviser_of_two_villages_figure(town: Town) -> None:
    town.follow("a", "b", village=0)
    own = frozenset(town.villages)
    town.push.fate = lambda _: Accepted("80")
    town.schedule(DeliveryMethod.MASS)
    town.work()
    assert count(town, villages=own, joint=own) == Tally()
