"""Excel 2003's single XML file (SpreadsheetML 2003): cells, comments, sheets' names, properties; often named .xls."""

from __future__ import annotations

from collections import Counter

from gateway.documents.cells import address_of
from gateway.documents.document import Sink
from gateway.documents.xml import Attributes, Handler, Opening, local

_INDEX = 8  # digits of an index that is believed
_STYLES = 65_536
_PROPERTIES = ("Title", "Subject", "Author", "Keywords", "Description", "LastAuthor", "Category", "Manager", "Company")


class Spreadsheet(Handler):
    """Reads the file into the sink."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink
        self._numbers: Counter[str] = Counter()
        self._fonts: dict[str, str] = {}
        self._style = self._sheet = self._cell_style = ""
        self._row = self._column = -1
        self._place = ""
        self._pieces: list[str] | None = None
        self._runs: dict[str, None] = {}
        self._comment = False
        begin, end = self.opening, self.closing
        begin["ss:Style"], begin["ss:Font"] = self._begin_style, self._font
        begin["ss:Worksheet"], begin["ss:Row"], begin["ss:Cell"] = self._begin_sheet, self._begin_row, self._begin_cell
        begin["ss:Comment"], end["ss:Comment"] = (
            lambda _: self._within_comment(True),
            lambda: self._within_comment(False),
        )
        begin["ss:Data"], end["ss:Data"] = self._begin_data, self._end
        begin["html:Font"] = self._run_font
        begin["ss:NamedRange"] = self._defined_name
        for name in _PROPERTIES:
            begin[f"o:{name}"], end[f"o:{name}"] = self._begin_property(f"property {name.lower()}"), self._end

    def text(self, data: str) -> None:
        """A cell's or a property's text."""
        if self._pieces is not None:
            self._pieces.append(data)

    def _begin_style(self, attributes: Attributes) -> None:
        self._style = local(attributes, "ID")
        self._set(self._style, self._fonts.get(local(attributes, "Parent"), ""))

    def _font(self, attributes: Attributes) -> None:
        self._set(self._style, local(attributes, "FontName") or self._fonts.get("Default", ""))

    def _set(self, style: str, font: str) -> None:
        if len(self._fonts) < _STYLES:
            self._fonts[style] = font

    def _begin_sheet(self, attributes: Attributes) -> None:
        name = local(attributes, "Name")
        self._sheet, self._row = f"sheet '{name}'", -1
        self._numbers["sheet name"] += 1
        self._sink.unit(f"sheet name {self._numbers['sheet name']}", name)

    def _begin_row(self, attributes: Attributes) -> None:
        self._row = _index(attributes, self._row + 1)
        self._column = -1

    def _begin_cell(self, attributes: Attributes) -> None:
        self._column = _index(attributes, self._column + 1)
        self._cell_style = local(attributes, "StyleID", "Default")

    def _within_comment(self, inside: bool) -> None:
        self._comment = inside
        self._numbers["comment"] += inside

    def _begin_data(self, attributes: Attributes) -> None:
        self._runs = {}
        if self._comment:
            self._place, self._pieces = f"comment {self._numbers['comment']}", []
        elif local(attributes, "Type") == "String":
            self._place, self._pieces = f"{self._sheet} {address_of(self._row, self._column)}", []

    def _run_font(self, attributes: Attributes) -> None:
        if face := local(attributes, "Face"):
            self._runs[face] = None

    def _defined_name(self, attributes: Attributes) -> None:
        name = local(attributes, "Name")
        self._sink.unit(f"defined name '{name}'", name)

    def _begin_property(self, place: str) -> Opening:
        def begin(_: Attributes) -> None:
            self._place, self._pieces, self._runs = place, [], {}

        return begin

    def _end(self) -> None:
        if self._pieces is not None:
            own = "" if self._place.startswith(("property", "comment")) else self._fonts.get(self._cell_style, "")
            self._sink.unit(self._place, "".join(self._pieces), [own, *self._runs])
        self._pieces = None


def _index(attributes: Attributes, otherwise: int) -> int:
    """Where an index is given, it counts from 1."""
    text = local(attributes, "Index")
    return int(text) - 1 if text.isascii() and text.isdigit() and len(text) <= _INDEX else otherwise
