"""Lists to pick from: by number in any client, by a tap where the client makes links of them.

`<a href="weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…">` in a text comes back as the follower's own message. The platform documents
the words for customer-service messages; in passive replies they work on phones and do nothing in old clients, so the number stays.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TAP = re.compile(r'<a href="weixin://bizmsgmenu\?[^"]*">([^<]*)</a>')
_UNSAFE = re.compile(r"[\"<>&?=#]")


@dataclass(frozen=True)
class Choice:
    """What is shown, and the words that mean the same without a list before them; empty where only the number does."""

    shown: str
    words: str = ""


def numbered(choices: Sequence[Choice], tappable: bool = False) -> str:
    """Lines to pick from."""
    return "\n".join(
        f"{number}. {_link(choice, number) if tappable else choice.shown}"
        for number, choice in enumerate(choices, start=1)
    )


def without_taps(text: str) -> str:
    """A reply as it reads, for those who do not tap."""
    return _TAP.sub(r"\1", text)


def _link(choice: Choice, number: int) -> str:
    if not choice.words or _UNSAFE.search(choice.words + choice.shown):
        return choice.shown
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={choice.words}&msgmenuid={number}">{choice.shown}</a>'
