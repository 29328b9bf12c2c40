"""The menu on the platform: built from the configured one, put there, compared with what is there."""

from collections.abc import Iterator
from typing import Any

from fzbot.errors import PlatformError
from fzbot.knowledge.menu import SUB_HANZI, TOP_HANZI, Item, Menu, cut
from fzbot.wechat import answers
from fzbot.wechat.platform import Platform

CREATE = "/cgi-bin/menu/create"
GET = "/cgi-bin/menu/get"
NO_MENU = 46003

Shown = dict[str, list[tuple[str, str]]]
"""What each button opens: names, and keys or addresses."""


def body(menu: Menu, public_url: str) -> dict[str, Any]:
    """The menu as the platform takes it."""
    return {
        "button": [
            {
                "name": cut(button.name, TOP_HANZI),
                "sub_button": [_item(item, public_url) for item in button.items],
            }
            for button in menu.buttons
        ]
    }


def put(platform: Platform, menu: Menu, public_url: str) -> None:
    """Put the menu on the platform; followers see it within a day, or when they follow anew. `PlatformError`."""
    platform.order(CREATE, body(menu, public_url))


def compare(platform: Platform, menu: Menu, public_url: str) -> list[str]:
    """How the platform's menu differs from the configured one, in Chinese; nothing when it does not. `PlatformError`."""
    try:
        there = _shown(answers.part(platform.call(GET), "menu"))
    except PlatformError as error:
        if error.code == NO_MENU:
            return ["公众号上还没有菜单"]
        raise
    return list(_differences(there, _shown(body(menu, public_url))))


def _item(item: Item, public_url: str) -> dict[str, str]:
    name = cut(item.name, SUB_HANZI)
    if item.key:
        return {"type": "click", "name": name, "key": item.key}
    return {"type": "view", "name": name, "url": item.link or public_url + item.page}


def _shown(menu: dict[str, Any]) -> Shown:
    return {
        str(button.get("name", "")): [
            (str(item.get("name", "")), str(item.get("key") or item.get("url", ""))) for item in _below(button)
        ]
        for button in answers.parts(menu, "button")
    }


def _below(button: dict[str, Any]) -> list[dict[str, Any]]:
    return answers.parts(button, "sub_button") if button.get("sub_button") else [button]


def _differences(there: Shown, wanted: Shown) -> Iterator[str]:
    for name, items in wanted.items():
        if name not in there:
            yield f"公众号上没有“{name}”"
            continue
        missing = [item for item, _ in set(items) - set(there[name])]
        extra = [item for item, _ in set(there[name]) - set(items)]
        for item in sorted(missing):
            yield f"“{name}”下面的“{item}”没有，或和配置的不一样"
        for item in sorted(set(extra) - set(missing)):
            yield f"“{name}”下面多了“{item}”"
    for name in there.keys() - wanted.keys():
        yield f"公众号上多了“{name}”"
    if list(there) != list(wanted) and there.keys() == wanted.keys():
        yield "菜单的顺序不一样"
