"""Excel's strings and the fonts of cells, as both of its formats (XML and binary) hold them, and cells' addresses."""

from __future__ import annotations

from gateway.contents import Why
from gateway.documents.document import Sink

Rich = tuple[str, tuple[str, ...]]
"""A text and the fonts that its runs name; a run that names none is "" and has the cell's font."""


class Book:
    """What the sheets of one workbook share. `cell_fonts`: the font of each cell format, by its index."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.names: dict[str, str] = {}  # a sheet's part -> its name
        self.fonts: list[str] = []
        self.cell_fonts: list[str] = []
        self._strings: list[Rich] = []
        self._room = 4 * sink.limits.text
        self._left = sink.limits.references

    def remember(self, rich: Rich) -> None:
        """The next shared string. Beyond the limits they are as empty, and the document says so."""
        self._room -= len(rich[0])
        if self._room < 0 or len(self._strings) >= self.sink.limits.references:
            self.sink.unchecked(Why.TOO_LARGE)
            return
        self._strings.append(rich)

    def string(self, index: int) -> Rich:
        """A shared string by its number."""
        return self._strings[index] if 0 <= index < len(self._strings) else ("", ())

    def spend_reference(self) -> bool:
        """False once too many fonts and formats were remembered."""
        self._left -= 1
        return self._left >= 0

    def add_format(self, font: int) -> None:
        """The next cell format: the index of its font."""
        if self.spend_reference():
            self.cell_fonts.append(self.fonts[font] if 0 <= font < len(self.fonts) else "")

    def add_font(self, name: str) -> None:
        """The next font."""
        if self.spend_reference():
            self.fonts.append(name)

    def cell_font(self, style: int) -> str:
        """The font of a cell format."""
        if 0 <= style < len(self.cell_fonts):
            return self.cell_fonts[style]
        return self.fonts[0] if self.fonts else ""

    def cell(self, sheet: str, address: str, rich: Rich, style: int) -> None:
        """A cell's text, as one unit."""
        text, runs = rich
        own = self.cell_font(style)
        self.sink.unit(f"{sheet} {address}", text, [font or own for font in runs] if runs else (own,))

    def sheet_place(self, key: str) -> str:
        """ "sheet 'Tháng 1'", by the sheet's part; its file's name where the workbook does not list it."""
        return f"sheet '{self.names.get(key) or key.rpartition('/')[2]}'"
