"""The menu under the chat of an official account: `knowledge/menu.yaml`."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fzbot.knowledge.files import read_model

TOPIC = "topic:"
SAY = "say:"
"""What the key of a button begins with that lists a topic, or that stands for words."""
TOP_HANZI = 4
SUB_HANZI = 8

Name = Annotated[str, Field(min_length=1, max_length=20)]
TARGETS = ("topic", "entry", "say", "page", "link")


class Item(BaseModel):
    """What can be tapped; it does one thing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    topic: Annotated[str, Field(max_length=40)] = ""
    entry: Annotated[str, Field(max_length=80)] = ""
    say: Annotated[str, Field(max_length=40)] = ""
    page: Annotated[str, Field(pattern=r"^(/.*)?$")] = ""
    link: Annotated[str, Field(pattern=r"^(https://.+)?$")] = ""

    @property
    def targets(self) -> list[str]:
        """Which of the things it does."""
        return [name for name in TARGETS if getattr(self, name)]

    @property
    def key(self) -> str:
        """What the platform sends when it is tapped; empty for what opens a page."""
        if self.topic:
            return TOPIC + self.topic
        return SAY + self.say if self.say else self.entry

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if len(self.targets) != 1:
            raise ValueError(f"“{self.name}”要从 {'、'.join(TARGETS)} 里写一样，只写一样")
        return self


class Button(BaseModel):
    """A button with what opens above it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    items: tuple[Item, ...] = Field(min_length=1, max_length=5)


class Menu(BaseModel):
    """The whole menu."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    buttons: tuple[Button, ...] = Field(min_length=1, max_length=3)

    @property
    def items(self) -> list[Item]:
        """Everything that can be tapped."""
        return [item for button in self.buttons for item in button.items]


def load_menu(root: Path) -> Menu:
    """The menu of a knowledge folder; `KnowledgeError` when it does not fit."""
    return read_model(root / "menu.yaml", Menu)


def cut(name: str, hanzi: int) -> str:
    """A name cut to what the platform shows: so many Chinese characters, or twice as many letters."""
    room = 2 * hanzi
    for place, sign in enumerate(name):
        room -= 1 if sign.isascii() else 2
        if room < 0:
            return name[:place]
    return name
