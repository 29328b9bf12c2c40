"""A sheet as an import sees it, whatever file it came from."""

from dataclasses import dataclass, field

from fzbot.activities.fields import is_empty

MOST_ROWS = 5000
"""Filled rows of one import, without the head."""


@dataclass
class Sheet:
    """The filled rows of a sheet, by their numbers; each holds what is filled in, by columns from 1 on.

    Rows beyond `MOST_ROWS` are counted, not kept. `from_above` are cells (row, column) that got the value of a merged
    cell whose first row is above.
    """

    name: str = ""
    is_visible: bool = True
    rows: dict[int, dict[int, object]] = field(default_factory=dict)
    filled: int = 0
    hidden: set[int] = field(default_factory=set)
    from_above: set[tuple[int, int]] = field(default_factory=set)

    def add(self, number: int, cells: dict[int, object], is_hidden: bool = False) -> None:
        """Take a row; one that holds blanks only (of any sort) is none."""
        cells = {column: value for column, value in cells.items() if not is_empty(value)}
        if not cells:
            return
        self.filled += 1
        if self.filled <= MOST_ROWS + 1:
            self.rows[number] = cells
            if is_hidden:
                self.hidden.add(number)

    @property
    def head(self) -> dict[int, str]:
        """The names of the columns: the first filled row."""
        first = next(iter(self.rows.values()), {})
        return {column: " ".join(str(name).split()) for column, name in first.items()}
