"""What is neither a token nor a message: tags, menu, QR codes, drafts, pictures."""

from typing import Any

from fzbot.simulation.state import PlatformState, RefusedError

MOST_TAGS = 100
TAG_BYTES = 30
TAGS_A_FAN = 20
BATCH = 50
MENU = (3, 5)
NAME_BYTES = (16, 60)
KEY_BYTES = 128


def create_tag(state: PlatformState, body: dict[str, Any]) -> dict[str, Any]:
    """`tags/create`."""
    state.needs()
    name = str(body["tag"]["name"])
    if len(name.encode()) > TAG_BYTES:
        raise RefusedError(45158, "tag name too long")
    if name in state.tags.values():
        raise RefusedError(45157, "invalid tag name")
    if len(state.tags) >= MOST_TAGS:
        raise RefusedError(45056, "too many tag now, no need to add new")
    number = state.number()
    state.tags[number] = name
    return {"tag": {"id": number, "name": name}}


def list_tags(state: PlatformState) -> dict[str, Any]:
    """`tags/get`."""
    state.needs()
    counts = {tag: sum(tag in fan.tags for fan in state.fans.values()) for tag in state.tags}
    return {"tags": [{"id": id_, "name": name, "count": counts[id_]} for id_, name in state.tags.items()]}


def rename_tag(state: PlatformState, body: dict[str, Any]) -> dict[str, Any]:
    """`tags/update`."""
    state.needs()
    state.tags[_tag(state, body["tag"]["id"])] = str(body["tag"]["name"])
    return {}


def delete_tag(state: PlatformState, body: dict[str, Any]) -> dict[str, Any]:
    """`tags/delete`."""
    state.needs()
    tag = _tag(state, body["tag"]["id"])
    del state.tags[tag]
    for fan in state.fans.values():
        fan.tags.discard(tag)
    return {}


def tag_fans(state: PlatformState, body: dict[str, Any], put: bool) -> dict[str, Any]:
    """`tags/members/batchtagging` and `batchuntagging`: 50 at most."""
    state.needs()
    tag, openids = _tag(state, body.get("tagid")), body.get("openid_list") or []
    if not 1 <= len(openids) <= BATCH:
        raise RefusedError(40032, "invalid openid list size")
    fans = [state.fan(openid) for openid in openids]
    for fan in fans:
        if put and fan.openid in state.odd:
            raise RefusedError(state.odd[fan.openid], "odd follower")
        if put and len(fan.tags | {tag}) > TAGS_A_FAN:
            raise RefusedError(45059, "can't add more than 20 tags")
        fan.tags = fan.tags | {tag} if put else fan.tags - {tag}
    return {}


def create_menu(state: PlatformState, body: dict[str, Any]) -> dict[str, Any]:
    """`menu/create`."""
    state.needs()
    buttons = body.get("button") or []
    if not 1 <= len(buttons) <= MENU[0]:
        raise RefusedError(40016, "invalid button size")
    for button in buttons:
        _check_button(button, NAME_BYTES[0])
        below = button.get("sub_button") or []
        if len(below) > MENU[1]:
            raise RefusedError(40023, "invalid sub button size")
        for inner in below:
            _check_button(inner, NAME_BYTES[1])
    state.menu = {"button": buttons}
    return {}


def read_menu(state: PlatformState) -> dict[str, Any]:
    """`menu/get`."""
    state.needs()
    if state.menu is None:
        raise RefusedError(46003, "menu no exist")
    return {"menu": state.menu}


def create_code(state: PlatformState, body: dict[str, Any]) -> dict[str, Any]:
    """`qrcode/create`: with a scene, for service accounts."""
    state.needs(service=True)
    scene = body["action_info"]["scene"]["scene_str"]
    if not 1 <= len(scene) <= 64:
        raise RefusedError(40053, "invalid action info")
    return {"ticket": f"ticket-{scene}", "url": f"http://weixin.qq.com/q/{scene}"}


def add_draft(state: PlatformState, body: dict[str, Any]) -> dict[str, Any]:
    """`draft/add`."""
    state.needs()
    for article in body["articles"]:
        if article.get("thumb_media_id") not in state.materials:
            raise RefusedError(40007, "invalid media_id")
        if not article.get("title") or not article.get("content"):
            raise RefusedError(47001, "data format error")
    name = f"draft-{state.number()}"
    state.drafts.append({"media_id": name, "articles": body["articles"]})
    return {"media_id": name}


def add_material(state: PlatformState) -> dict[str, Any]:
    """`material/add_material`."""
    state.needs()
    name = f"media-{state.number()}"
    state.materials.add(name)
    return {"media_id": name, "url": f"http://mmbiz.example/{name}"}


def _tag(state: PlatformState, tag: object) -> int:
    if not isinstance(tag, int) or tag not in state.tags:
        raise RefusedError(45159, "invalid tag id")
    return tag


def _check_button(button: dict[str, Any], name_bytes: int) -> None:
    if not 1 <= len(str(button.get("name", "")).encode()) <= name_bytes:
        raise RefusedError(40018, "invalid button name size")
    if len(str(button.get("key", "")).encode()) > KEY_BYTES:
        raise RefusedError(40019, "invalid button key size")
