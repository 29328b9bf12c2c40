"""What `fzbot doctor` says: what was looked at, how it is, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding is meant."""

    GOOD = "正常"
    WARNING = "注意"
    BAD = "有问题"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do."""

    what: str
    level: Level
    said: str
    do: str = ""

    @property
    def is_bad(self) -> bool:
        """Whether it must be mended."""
        return self.level is Level.BAD

    def __str__(self) -> str:
        return f"[{self.level}] {self.what}：{self.said}" + (f"。怎么办：{self.do}" if self.do else "")
