"""What the themes of entries are called: `knowledge/themes.yaml`. Topics of the menu are something else: `topics.py`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FILE = "themes.yaml"
SMALL_TALK = "chat"
"""The one theme that is no law: tables of what people ask about leave it out."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class Themes(BaseModel):
    """Names by the first part of an entry's id, in the order in which they are offered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    themes: dict[Key, Name] = Field(min_length=1)


def theme_of(entry_id: str) -> str:
    """The theme of an entry, by its id alone: figures know entries that are gone from the knowledge base."""
    return entry_id.split(".")[0]
