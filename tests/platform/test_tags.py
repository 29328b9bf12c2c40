"""Villages as tags on the platform: made, filled in fifties, followed when people move, mended when somebody deletes one."""

import httpx
import pytest
from sqlalchemy import Engine, select, update

from fzbot.db import writing
from fzbot.errors import PlatformError
from fzbot.people import village
from fzbot.people.follower import Follower
from fzbot.people.village import Village
from fzbot.wechat.tag_names import tag_names
from fzbot.wechat.tags import Tags
from tests.notices.town import SEALER, Town
from tests.platform.clients import client
from tests.platform.simulated import SimulatedPlatform


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)


@pytest.fixture
def tags(http: httpx.Client, town: Town) -> Tags:
    return Tags(town.engine, SEALER, client(http), town.account)


def tagged(simulated: SimulatedPlatform) -> dict[str, list[str]]:
    names = simulated.state()["tags"]
    return {openid: [names[str(tag)] for tag in fan["tags"]] for openid, fan in simulated.fans().items()}


def move(town: Town, name: str, to: int | None) -> None:
    with writing(town.engine) as session:
        village_id = None if to is None else town.villages[to]
        of = Follower.openid_hash == SEALER.hash(name)
        session.execute(update(Follower).where(of).values(village_id=village_id))


def test_followers_are_tagged_in_fifties(simulated: SimulatedPlatform, tags: Tags, town: Town) -> None:
    names = [f"o-{number}" for number in range(120)]
    town.follow(*names, village=0)
    town.follow("o-elsewhere")
    simulated.add_fans(*names, "o-elsewhere")
    assert tags.synchronise(town.clock()) == 120
    assert simulated.calls("tags/members/batchtagging") == 3
    assert tagged(simulated)["o-7"] == ["红庄村"]
    assert tagged(simulated)["o-elsewhere"] == []
    assert tags.synchronise(town.clock()) == 0
    assert tags.compare() == []


def test_who_moves_changes_tags_and_who_leaves_loses_them(simulated: SimulatedPlatform, tags: Tags, town: Town) -> None:
    town.follow("o-1", "o-2", village=0)
    simulated.add_fans("o-1", "o-2")
    tags.synchronise(town.clock())
    move(town, "o-1", 1)
    move(town, "o-2", None)
    assert tags.compare() == ["还有 2 个关注者的标签没有同步"]
    tags.synchronise(town.clock())
    assert tagged(simulated) == {"o-1": ["白庄村"], "o-2": []}


def test_a_renamed_village_renames_its_tag(simulated: SimulatedPlatform, tags: Tags, town: Town) -> None:
    tags.synchronise(town.clock())
    with writing(town.engine) as session:
        village.rename(session, session.get_one(Village, town.villages[0]), "新庄村")
    assert tags.compare() == ["新庄村：平台上的标签叫“红庄村”"]
    tags.synchronise(town.clock())
    assert sorted(simulated.state()["tags"].values()) == ["新庄村", "白庄村"]


def test_a_tag_deleted_by_hand_is_made_and_filled_again(
    simulated: SimulatedPlatform, tags: Tags, town: Town, http: httpx.Client
) -> None:
    town.follow("o-1", village=0)
    simulated.add_fans("o-1")
    tags.synchronise(town.clock())
    client(http).call("/cgi-bin/tags/delete", {"tag": {"id": tags.tag_of(town.villages[0])}})
    assert tags.compare() == ["红庄村：平台上还没有标签"]
    tags.synchronise(town.clock())
    assert tagged(simulated) == {"o-1": ["红庄村"]}


def test_a_tag_made_by_hand_or_by_an_attempt_that_broke_off_is_taken_over(
    simulated: SimulatedPlatform, tags: Tags, town: Town, http: httpx.Client
) -> None:
    made = client(http).call("/cgi-bin/tags/create", {"tag": {"name": "红庄村"}})
    tags.synchronise(town.clock())
    assert tags.tag_of(town.villages[0]) == made["tag"]["id"]
    assert simulated.calls("tags/create") == 2


def test_one_who_is_gone_does_not_hold_up_the_others(simulated: SimulatedPlatform, tags: Tags, town: Town) -> None:
    town.follow("o-1", "o-unknown-there", "o-3", village=0)
    simulated.add_fans("o-1", "o-3")
    tags.synchronise(town.clock())
    assert tagged(simulated) == {"o-1": ["红庄村"], "o-3": ["红庄村"]}
    assert tags.synchronise(town.clock()) == 0


def test_it_goes_on_where_it_broke_off(simulated: SimulatedPlatform, tags: Tags, town: Town) -> None:
    names = [f"o-{number}" for number in range(120)]
    town.follow(*names, village=0)
    simulated.add_fans(*names)
    simulated.change(faults=[{"path": "tags/members/*", "kind": "code", "code": 50002, "chance": 0.5}])
    broken_off = 0
    for _ in range(40):
        try:
            tags.synchronise(town.clock())
        except PlatformError:
            broken_off += 1
    assert broken_off
    assert all(found == ["红庄村"] for found in tagged(simulated).values())


def test_more_villages_than_the_platform_has_tags_are_refused(tags: Tags, town: Town) -> None:
    with writing(town.engine) as session:
        for number in range(100):
            village.add(session, town.account, f"{number}村")
    with pytest.raises(PlatformError, match="最多 100 个标签"):
        tags.synchronise(town.clock())


def test_names_are_cut_to_thirty_bytes(town: Town) -> None:
    with writing(town.engine) as session:
        long = village.add(session, town.account, "很长很长很长很长很长很长的村")
        assert tag_names([long]) == {long.id: "很长很长很长很长很长"}
        assert session.scalar(select(Village.name).where(Village.id == long.id)) == long.name


@pytest.mark.parametrize("code", [45059, 49003])
def test_one_odd_follower_is_set_aside_and_told_and_tried_again_a_day_later(
    simulated: SimulatedPlatform, tags: Tags, town: Town, code: int
) -> None:
    names = [f"o-{number}" for number in range(60)]
    town.follow(*names, village=0)
    town.follow("o-elsewhere", village=1)
    simulated.add_fans(*names, "o-elsewhere")
    simulated.change(odd={"o-7": code})
    tags.synchronise(town.clock())
    found = tagged(simulated)
    assert found.pop("o-7") == []
    assert found.pop("o-elsewhere") == ["白庄村"]
    assert set(map(tuple, found.values())) == {("红庄村",)}
    assert tags.compare() == [tags.set_aside()]
    assert tags.set_aside(town.villages[0]).startswith("有 1 人打不上村标签，按村群发到不了")
    assert f"（错误码 {code}），1 人" in tags.set_aside()
    assert tags.set_aside(town.villages[1]) == ""
    assert tags.synchronise(town.clock()) == 0
    simulated.change(odd={})
    town.clock.pass_by(days=1)
    assert tags.synchronise(town.clock()) == 1
    assert tagged(simulated)["o-7"] == ["红庄村"]
    assert tags.compare() == []


def test_a_passing_refusal_of_a_tag_is_tried_again(simulated: SimulatedPlatform, tags: Tags, town: Town) -> None:
    town.follow("o-1", village=0)
    simulated.add_fans("o-1")
    simulated.change(faults=[{"path": "tags/members/*", "kind": "code", "code": 45159, "times": 1}])
    assert tags.synchronise(town.clock()) == 1
    assert tagged(simulated) == {"o-1": ["红庄村"]}


def test_villages_alike_in_their_first_ten_characters_have_tags_of_their_own(
    simulated: SimulatedPlatform, tags: Tags, town: Town
) -> None:
    alike = [f"幸福街道办事处长安社区{number}组" for number in "一二三"]
    with writing(town.engine) as session:
        town.villages += [village.add(session, town.account, name).id for name in alike]
    town.follow("o-1", village=2)
    town.follow("o-2", village=3)
    simulated.add_fans("o-1", "o-2")
    tags.synchronise(town.clock())
    tags.synchronise(town.clock())
    assert sorted(simulated.state()["tags"].values()) == [
        "幸福街道办…社区一组",
        "幸福街道办…社区三组",
        "幸福街道办…社区二组",
        "白庄村",
        "红庄村",
    ]
    assert tagged(simulated) == {"o-1": ["幸福街道办…社区一组"], "o-2": ["幸福街道办…社区二组"]}
    assert tags.compare() == []


def test_a_village_that_gets_no_tag_holds_up_no_other(simulated: SimulatedPlatform, tags: Tags, town: Town) -> None:
    town.follow("o-1", village=0)
    town.follow("o-2", village=1)
    simulated.add_fans("o-1", "o-2")
    simulated.change(faults=[{"path": "tags/create", "kind": "code", "code": 45157, "times": 1}])
    assert tags.synchronise(town.clock()) == 1
    assert tagged(simulated) == {"o-1": [], "o-2": ["白庄村"]}
    assert tags.compare() == ["红庄村：平台上还没有标签"]
    assert tags.synchronise(town.clock()) == 1


def test_a_tag_that_another_village_holds_is_not_taken_over(tags: Tags, town: Town, http: httpx.Client) -> None:
    tags.synchronise(town.clock())
    held = tags.tag_of(town.villages[0])
    client(http).call("/cgi-bin/tags/update", {"tag": {"id": held, "name": "新村"}})
    with writing(town.engine) as session:
        town.villages.append(village.add(session, town.account, "新村").id)
    tags.synchronise(town.clock())
    assert tags.tag_of(town.villages[0]) == held
    assert tags.tag_of(town.villages[2]) != held


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["红庄村", "白庄村"], ["红庄村", "白庄村"]),
        (["幸福街道办事处长安社", "幸福街道办事处长安社区一组"], ["幸福街道办事处长安社", "幸福街道办…社区一组"]),
        (["幸福街道办事处的长安社区", "幸福街道办事处和长安社区"], ["幸福街道办事处的长安", "幸福街道办事处和长安"]),
        (
            ["幸福街道办事处长安社区东边的那一组", "幸福街道办事处长安社区西边的那一组"],
            ["…安社区东边的那一组", "…安社区西边的那一组"],
        ),
        (
            ["幸福街道办事处长安社区东边那个很大的生产组", "幸福街道办事处长安社区西边那个很大的生产组"],
            ["幸福街道办事处长安#0", "幸福街道办事处长安#1"],
        ),
    ],
)
def test_tag_names_tell_villages_apart_within_thirty_bytes(names: list[str], wanted: list[str]) -> None:
    villages = [Village(id=number, account_id=1, name=name, scene="") for number, name in enumerate(names)]
    assert list(tag_names(villages).values()) == wanted
    assert all(len(name.encode()) <= 30 for name in wanted)
