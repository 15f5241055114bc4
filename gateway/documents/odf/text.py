"""OpenDocument's text: paragraphs, cells, shapes, notes, comments, headers, what tracked changes deleted, properties.

One handler reads content.xml, styles.xml, meta.xml, and a flat file that is all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.documents.base64part import Base64Part
from gateway.documents.document import Sink
from gateway.documents.odf import dangers
from gateway.documents.odf.fonts import OdfFonts
from gateway.documents.odf.grid import Grid
from gateway.documents.odf.paragraph import Paragraph
from gateway.documents.odf.styles import StylesReader
from gateway.documents.xml import Attributes, Opening, local

FORMATS: Mapping[str, str] = {
    "text": "odt",
    "spreadsheet": "ods",
    "presentation": "odp",
    "drawing": "odg",
    "chart": "odc",
    "formula": "odf",
}

# Places that hold paragraphs of their own, wherever they stand.
_STORIES = {
    "office:annotation": "comment",
    "style:header": "header",
    "style:header-left": "header",
    "style:header-first": "header",
    "style:footer": "footer",
    "style:footer-left": "footer",
    "style:footer-first": "footer",
    "text:deletion": "deleted",
    "table:help-message": "message",
    "table:error-message": "message",
    "style:master-page": "master",
    "style:handout-master": "handout",
    "draw:page": "slide",
}
_SHAPES = (
    *("draw:frame", "draw:custom-shape", "draw:rect", "draw:ellipse", "draw:line", "draw:connector", "draw:path"),
    *("draw:polygon", "draw:polyline", "draw:circle", "draw:caption", "draw:text-box", "draw:image"),
)
_PROPERTIES = ("dc:title", "dc:subject", "dc:description", "dc:creator", "meta:keyword", "meta:initial-creator")
# Texts in attributes: the element, the attributes, and what it is.
_FIELDS = "text textarea button checkbox radio combobox listbox fixed-text frame option item"
_LABELS = (
    ("table:named-range", ("name",), "defined name"),
    ("table:help-message", ("title",), "message title"),
    ("table:error-message", ("title",), "message title"),
    ("text:user-field-decl", ("string-value",), "variable"),
    *((f"form:{name}", ("label", "title", "value", "current-value"), "form field") for name in _FIELDS.split(" ")),
)


@dataclass(slots=True)
class _Cell:
    """A cell of a sheet: its paragraphs are one unit. `level`: how many places were open when it began."""

    place: str
    font: str
    level: int
    textual: bool  # numbers, dates and truth values are no text
    texts: list[str] = field(default_factory=list)
    fonts: dict[str, None] = field(default_factory=dict)
    lines: int = 0
    loud: list[int] = field(default_factory=list)  # of these, those in capitals


@dataclass(slots=True)
class _Open:
    """A paragraph that is being read, and where it stands."""

    paragraph: Paragraph
    place: str
    level: int


class OdfText(StylesReader):
    """Reads one part into the sink. `prefix` stands before places of an embedded object's part: "Object 1 "."""

    def __init__(self, sink: Sink, fonts: OdfFonts, numbers: Counter[str], prefix: str = "") -> None:
        super().__init__(fonts)
        self._sink, self._numbers, self._prefix = sink, numbers, prefix
        self._body = ""
        self._places: list[str] = []
        self._open: list[_Open] = []
        self._cells: list[_Cell] = []
        self._grids: list[Grid] = []
        self._sheet = ""
        self._shape = 0
        self._shape_fonts: list[str] = []
        self._objects = 0
        self._property: tuple[str, list[str]] | None = None
        self._in_meta = False
        self._binary = Base64Part(sink)
        self._map()
        dangers.install(self.opening, sink)

    def text(self, data: str) -> None:
        """Character data of a paragraph or a property."""
        if self._binary.open:
            self._binary.add(data)
        elif self._property:
            self._property[1].append(data)
        elif self._open and self._open[-1].level == len(self._places):  # else a note's number, a comment's author …
            self._open[-1].paragraph.add(data)

    def _map(self) -> None:
        begin, end = self.opening, self.closing
        for body, name in FORMATS.items():
            begin[f"office:{body}"] = self._body_of(body, name)
        for name in ("text:p", "text:h"):
            begin[name], end[name] = self._begin_paragraph, self._end_paragraph
        for name in ("text:span", "text:a"):
            begin[name], end[name] = self._begin_span, self._end_span
        for name in ("text:s", "text:c"):
            begin[name] = self._spaces
        begin["text:tab"] = begin["text:tab-stop"] = self._exactly("\t")
        begin["text:line-break"] = self._exactly("\n")
        begin["text:note"], end["text:note"] = self._begin_note, self._end_story
        for name in ("text:footnote", "text:endnote"):  # OpenOffice.org 1
            begin[name], end[name] = self._story(name.partition(":")[2]), self._end_story
        for name, story in _STORIES.items():
            begin[name], end[name] = self._story(story), self._end_story
        for name in _SHAPES:
            begin[name], end[name] = self._begin_shape, self._end_shape
        begin["draw:object-ole"], end["draw:object-ole"] = self._begin_object, self._end_object
        for name in ("svg:title", "svg:desc"):
            begin[name], end[name] = self._begin_property("description"), self._end_property
        for name in _PROPERTIES:
            begin[name], end[name] = self._begin_meta(f"property {name.partition(':')[2]}"), self._end_property
        begin["meta:user-defined"], end["meta:user-defined"] = self._begin_custom, self._end_property
        begin["office:meta"], end["office:meta"] = lambda _: self._meta(True), lambda: self._meta(False)
        begin["office:binary-data"], end["office:binary-data"] = self._begin_binary, self._binary.end
        begin["presentation:notes"], end["presentation:notes"] = self._begin_notes, self._end_story
        for name, attributes, what in _LABELS:
            begin[name] = self._label(attributes, what, begin.get(name))
        self._map_tables()

    def _map_tables(self) -> None:
        begin, end = self.opening, self.closing
        begin["table:table"], end["table:table"] = self._begin_table, self._end_table
        begin["table:table-column"], begin["table:table-row"] = self._columns, self._row
        for name in ("table:table-cell", "table:covered-table-cell"):
            begin[name], end[name] = self._begin_cell, self._end_cell

    def _body_of(self, body: str, name: str) -> Opening:
        def begin(_: Attributes) -> None:
            self._body = body
            if not self._prefix:
                self._sink.document.format = name

        return begin

    # places

    def _number(self, what: str) -> str:
        key = self._prefix + what
        self._numbers[key] += 1
        return f"{key} {self._numbers[key]}"

    def _story(self, what: str) -> Opening:
        def begin(_: Attributes) -> None:
            self._places.append(self._number(what))
            self._shape = 0

        return begin

    def _begin_note(self, attributes: Attributes) -> None:
        self._places.append(self._number("endnote" if local(attributes, "note-class") == "endnote" else "footnote"))

    def _begin_notes(self, _: Attributes) -> None:
        self._places.append(f"{self._places[-1]} notes" if self._places else self._number("notes"))
        self._shape = 0

    def _begin_object(self, _: Attributes) -> None:
        self._objects += 1

    def _end_object(self) -> None:
        self._objects -= 1

    def _begin_binary(self, _: Attributes) -> None:
        self._binary.begin(self._number("object"), wanted=bool(self._objects))

    def _end_story(self) -> None:
        if self._places:
            self._places.pop()

    def _begin_shape(self, attributes: Attributes) -> None:
        if not self._shape_fonts:
            self._shape += 1
        name = local(attributes, "style-name")
        self._shape_fonts.append(self.fonts.of(("presentation", name)) or self.fonts.of(("graphic", name)))

    def _end_shape(self) -> None:
        if self._shape_fonts:
            self._shape_fonts.pop()

    def _place(self) -> str:
        if not self._places:
            return self._number("paragraph")
        place = self._places[-1]
        return f"{place} shape {self._shape}" if self._shape_fonts and self._body == "presentation" else place

    # paragraphs

    def _begin_paragraph(self, attributes: Attributes) -> None:
        font = self.fonts.of(("paragraph", local(attributes, "style-name"))) or self._surrounding_font()
        loud = self.fonts.in_capitals(("paragraph", local(attributes, "style-name")))
        self._open.append(_Open(Paragraph(font, loud=loud), self._place(), len(self._places)))

    def _surrounding_font(self) -> str:
        if self._shape_fonts:
            found = next(filter(None, reversed(self._shape_fonts)), "")
            return found or self.fonts.default("graphic", "paragraph")
        if self._cells:
            return self._cells[-1].font or self.fonts.default("table-cell", "paragraph")
        return self.fonts.default("paragraph")

    def _end_paragraph(self) -> None:
        if not self._open:
            return
        ended = self._open.pop()
        text, fonts = ended.paragraph.text(), ended.paragraph.fonts
        cell = self._cells[-1] if self._cells else None
        if cell and cell.level == ended.level:
            cell.texts.append(text)
            cell.loud += [cell.lines + line for line in ended.paragraph.loud_lines()]
            cell.lines += text.count("\n") + 1
            cell.fonts.update(fonts)
        else:
            self._sink.unit(ended.place, text, fonts, loud=ended.paragraph.loud_lines())

    def _begin_span(self, attributes: Attributes) -> None:
        if self._open:
            style = ("text", local(attributes, "style-name"))
            self._open[-1].paragraph.spans.append(self.fonts.of(style))
            self._open[-1].paragraph.loud.append(self.fonts.in_capitals(style))

    def _end_span(self) -> None:
        if self._open and self._open[-1].paragraph.spans:
            self._open[-1].paragraph.spans.pop()
            self._open[-1].paragraph.loud.pop()

    def _exactly(self, text: str) -> Opening:
        def begin(_: Attributes) -> None:
            if self._open:
                self._open[-1].paragraph.add_exactly(text)

        return begin

    def _spaces(self, attributes: Attributes) -> None:
        count = local(attributes, "c", "1")
        if self._open:
            few = count.isascii() and count.isdigit() and len(count) < 4
            self._open[-1].paragraph.add_exactly(" " * (int(count) if few else 1))

    # sheets

    def _begin_table(self, attributes: Attributes) -> None:
        if self._body != "spreadsheet":
            return
        name = local(attributes, "name")
        if not self._grids and name:
            self._sheet = f"sheet '{name}'"
            self._sink.unit(self._number("sheet name"), name)
        self._grids.append(Grid())

    def _end_table(self) -> None:
        if self._grids:
            self._grids.pop()

    def _columns(self, attributes: Attributes) -> None:
        if self._grids:
            self._grids[-1].add_columns(attributes)

    def _row(self, attributes: Attributes) -> None:
        if self._grids:
            self._grids[-1].begin_row(attributes)

    def _begin_cell(self, attributes: Attributes) -> None:
        if self._grids:
            grid = self._grids[-1]
            grid.begin_cell(attributes)
            font = self.fonts.of(("table-cell", grid.style(local(attributes, "style-name"))))
            place = f"{self._sheet} {grid.address}"
            self._places.append(place)
            textual = local(attributes, "value-type", "string") == "string"
            self._cells.append(_Cell(place, font, len(self._places), textual))

    def _end_cell(self) -> None:
        if self._grids and self._cells:
            cell = self._cells.pop()
            self._places.pop()
            if cell.textual:
                self._sink.unit(cell.place, "\n".join(cell.texts), cell.fonts, loud=cell.loud)

    # properties and labels

    def _meta(self, inside: bool) -> None:
        self._in_meta = inside

    def _begin_meta(self, place: str) -> Opening:
        def begin(_: Attributes) -> None:
            self._property = (place, []) if self._in_meta else None

        return begin

    def _begin_property(self, what: str) -> Opening:
        def begin(_: Attributes) -> None:
            self._property = (self._number(what), [])

        return begin

    def _begin_custom(self, attributes: Attributes) -> None:
        name = local(attributes, "name")
        self._sink.unit(f"property name '{name}'", name)
        self._property = (f"property {name}", [])

    def _end_property(self) -> None:
        if self._property:
            self._sink.unit(self._property[0], "".join(self._property[1]))
        self._property = None

    def _label(self, names: tuple[str, ...], what: str, before: Opening | None) -> Opening:
        def begin(attributes: Attributes) -> None:
            for name in names:
                text = local(attributes, name)
                if text:
                    self._sink.unit(self._number(what), text)
            if before:
                before(attributes)

        return begin
