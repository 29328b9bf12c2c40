"""The topics of the menu and the welcome text: `knowledge/topics.yaml`."""

from pydantic import BaseModel, ConfigDict


class Topic(BaseModel):
    """A topic (主题) with the entries that it lists, most asked first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    entries: tuple[str, ...]


class Topics(BaseModel):
    """What a new follower reads and what can be picked from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    welcome: str
    topics: tuple[Topic, ...]
