"""Mass sends: whom one call reaches, and the allowance of a day or month."""

import pytest

from fzbot.db import reading, writing
from fzbot.notices.authoring.audience import Audience
from fzbot.notices.authoring.notice import NoticeState
from fzbot.notices.delivery_methods import AccountKind, DeliveryMethod, describe, methods_of
from fzbot.notices.push import Indeterminate, Refused
from fzbot.notices.sending import enqueue, quota
from tests.notices.town import Town

SERVICE = AccountKind.parse("service")
SUBSCRIPTION = AccountKind.parse("subscription")


@pytest.fixture(autouse=True)
def two_villages(town: Town) -> None:
    town.follow("o-1", "o-2", village=0)
    town.follow("o-3", "o-4", village=1)
    town.follow("o-5")


def left(town: Town, kind: AccountKind, *villages: int) -> int:
    with reading(town.engine) as session:
        chosen = tuple(town.villages[one] for one in villages) or None
        return quota.mass_left(session, town.account, kind, chosen, town.clock())


def test_all_one_village_and_several_villages(town: Town) -> None:
    town.schedule(DeliveryMethod.MASS)
    town.schedule(DeliveryMethod.MASS, Audience((town.villages[1],)))
    town.schedule(DeliveryMethod.MASS, Audience(tuple(town.villages)))
    town.work()
    everyone, village, several = town.push.messages
    assert (everyone.to_all, everyone.village_id, everyone.openids) == (True, None, ())
    assert (village.to_all, village.village_id, village.openids) == (False, town.villages[1], ())
    assert (several.to_all, several.village_id, several.openids) == (False, None, ("o-1", "o-2", "o-3", "o-4"))


def test_long_lists_are_cut_evenly() -> None:
    assert [list(part) for part in enqueue.even_parts(range(5), 4)] == [[0, 1], [2, 3, 4]]
    assert [len(part) for part in enqueue.even_parts(range(20_001), 10_000)] == [6667, 6667, 6667]
    assert [len(part) for part in enqueue.even_parts(range(10_000), 10_000)] == [10_000]


def test_a_list_takes_the_allowance_of_its_villages_once(town: Town) -> None:
    town.schedule(DeliveryMethod.MASS, Audience(tuple(town.villages)))
    town.work()
    assert (left(town, SERVICE, 0), left(town, SERVICE, 1), left(town, SERVICE)) == (3, 3, 3)


def test_a_service_account_sends_to_a_person_four_times_a_month(town: Town) -> None:
    first = Audience((town.villages[0],))
    for audience in (first, first, Audience(), first):
        town.schedule(DeliveryMethod.MASS, audience)
        town.work()
    assert (left(town, SERVICE, 0), left(town, SERVICE, 1), left(town, SERVICE)) == (0, 3, 0)
    id_ = town.schedule(DeliveryMethod.MASS)
    town.work()
    assert (town.notice(id_).state, town.notice(id_).note) == (NoticeState.PAUSED, "本月的群发次数用完了，下个月再继续")
    assert len(town.push.messages) == 4
    town.clock.pass_by(days=9)
    assert left(town, SERVICE) == 4


def test_a_subscription_account_sends_once_a_day(town: Town) -> None:
    town.pushes.account_kind = "subscription"
    town.schedule(DeliveryMethod.MASS, Audience((town.villages[0],)))
    town.work()
    id_ = town.schedule(DeliveryMethod.MASS)
    town.work()
    assert town.notice(id_).note == "今天已经群发过一次，明天再继续"
    town.clock.pass_by(days=1)
    town.schedule(DeliveryMethod.MASS)
    town.work()
    assert len(town.push.messages) == 2


def test_a_subscription_account_cannot_choose_several_villages_or_a_theme(town: Town) -> None:
    town.pushes.account_kind = "subscription"
    for audience in (Audience(tuple(town.villages)), Audience(theme="fraud")):
        id_ = town.schedule(DeliveryMethod.MASS, audience)
        town.work()
        assert town.notice(id_).note == "订阅号一次群发只能发给所有人或一个村，请改选"
    assert left(town, SUBSCRIPTION) == 1


def test_nobody_to_send_to_or_only_one_takes_no_allowance(town: Town) -> None:
    nobody = town.schedule(DeliveryMethod.MASS, Audience(theme="marriage"))
    town.says("o-5", entry="fraud.brushing")
    one = town.schedule(DeliveryMethod.MASS, Audience(theme="fraud"))
    town.work()
    assert "一个关注者也没有" in town.notice(nobody).note
    assert "至少要 2 个人" in town.notice(one).note
    assert left(town, SERVICE) == 4


def test_what_was_surely_not_sent_is_given_back(town: Town) -> None:
    town.push.fate = lambda _: Refused("内容太长", 45002)
    town.schedule(DeliveryMethod.MASS)
    town.work()
    assert left(town, SERVICE) == 4


def test_what_may_have_been_sent_or_what_the_platform_says_is_used_up_is_not(town: Town) -> None:
    town.push.fate = lambda _: Indeterminate("没有回话")
    town.schedule(DeliveryMethod.MASS)
    town.work()
    town.clock.pass_by(hours=24)
    town.push.fate = lambda _: Refused("群发次数用完了", 45028)
    town.schedule(DeliveryMethod.MASS)
    town.work()
    assert left(town, SERVICE) == 2


def test_sixty_mass_sends_a_minute(town: Town) -> None:
    town.clock.moment = town.clock.moment.replace(second=59)
    with writing(town.engine) as session:
        assert quota.take_rate(session, town.account, "mass", quota.MASS_A_MINUTE, 59, town.clock()) == 59
    town.schedule(DeliveryMethod.MASS, Audience((town.villages[0],)))
    town.schedule(DeliveryMethod.MASS, Audience((town.villages[1],)))
    town.work()
    assert len(town.push.messages) == 1
    town.clock.pass_by(seconds=1)
    town.work()
    assert len(town.push.messages) == 2


@pytest.mark.parametrize(
    ("kind", "ways", "words"),
    [
        ("subscription-unverified", "contact group", "本号为未认证订阅号：微信不让主动发"),
        ("service-unverified", "contact group", "本号为未认证服务号：微信不让主动发"),
        ("subscription", "mass customer draft contact group", "本号为认证订阅号：每天1次群发"),
        ("service", "mass customer template draft contact group", "本号为认证服务号：每人每月4次群发"),
    ],
)
def test_what_each_kind_of_account_can_do(kind: str, ways: str, words: str) -> None:
    parsed = AccountKind.parse(kind)
    assert " ".join(methods_of(parsed, has_template=True)) == ways
    assert describe(parsed).startswith(words)
    assert DeliveryMethod.TEMPLATE not in methods_of(parsed)
