"""Where a cell of an OpenDocument sheet stands, and its default style; rows and columns may be repeated."""

from __future__ import annotations

from bisect import bisect_right

from gateway.documents.cells import address_of
from gateway.documents.xml import Attributes, local

_MOST = 1 << 21  # repetitions believed
_COLUMNS = 20_000


class Grid:
    """One table being read. Rows and columns count from 0."""

    def __init__(self) -> None:
        self._row = self._next_row = 0
        self._column = self._next_column = 0
        self._row_style = ""
        self._ends: list[int] = []  # where each run of columns ends, and its cells' style
        self._styles: list[str] = []

    def add_columns(self, attributes: Attributes) -> None:
        """A table:table-column."""
        if len(self._ends) < _COLUMNS:
            self._ends.append((self._ends[-1] if self._ends else 0) + repeated(attributes, "columns"))
            self._styles.append(local(attributes, "default-cell-style-name"))

    def begin_row(self, attributes: Attributes) -> None:
        """A table:table-row."""
        self._row, self._next_row = self._next_row, self._next_row + repeated(attributes, "rows")
        self._row_style = local(attributes, "default-cell-style-name")
        self._column = self._next_column = 0

    def begin_cell(self, attributes: Attributes) -> None:
        """A table:table-cell or a covered one."""
        self._column, self._next_column = self._next_column, self._next_column + repeated(attributes, "columns")

    @property
    def address(self) -> str:
        """ "B7"."""
        return address_of(self._row, self._column)

    def style(self, own: str) -> str:
        """The name of the cell's style: its own, its row's, its column's."""
        at = bisect_right(self._ends, self._column)
        return own or self._row_style or (self._styles[at] if at < len(self._styles) else "") or "Default"


def repeated(attributes: Attributes, what: str) -> int:
    """How often a row, column or cell is repeated."""
    text = local(attributes, f"number-{what}-repeated", "1")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) < 9 else 1
