"""Excel's text in XML: shared and inline strings, cells, headers and footers, messages, names, comments.

Numbers, dates and truth values are no text and no unit. ISO/IEC 29500-1, 18.2 (workbook), 18.3 (sheets), 18.4
(strings), 18.8 (styles).
"""

from __future__ import annotations

import re

from gateway.documents.cells import address_of
from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.escapes import unescape
from gateway.documents.ooxml.strings import Book, Rich
from gateway.documents.xml import Attributes, Closing, Handler, Opening, local, qualified

_HEADERS = {f"x:{which}{what}": what.lower() for which in ("odd", "even", "first") for what in ("Header", "Footer")}
_CODE = re.compile(r'&(?:"([^"]*)"|K(?:[0-9A-Fa-f]{6}|[0-9]{2}[+-][0-9]{3})|[0-9]{1,3}|(&)|[A-Za-z+-])')
_SECTIONS = frozenset("LCR")
_MESSAGES = ("promptTitle", "prompt", "errorTitle", "error")
_FORMAT = 1000  # characters of a number format; Excel takes 255
_INDEX = 9  # digits of an index that is believed


def index_of(text: str, default: int = 0) -> int:
    """A small non-negative number, or the default."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _INDEX else default


class _RichText(Handler):
    """Collects CT_Rst: plain text, or runs with fonts of their own; furigana (rPh) is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._fonts: list[str] = []
        self._run_font = ""
        self._taking = False
        self._phonetic = 0
        begin, end = self.opening, self.closing
        begin["x:t"], end["x:t"] = self._begin_text, self._end_text
        begin["x:r"], begin["x:rFont"] = self._begin_run, self._font
        begin["x:rPh"], end["x:rPh"] = self._begin_phonetic, self._end_phonetic

    def text(self, data: str) -> None:
        """Text of a run."""
        if self._taking:
            self._pieces.append(data)

    def clear(self) -> None:
        """A new text begins."""
        self._pieces, self._fonts, self._run_font = [], [], ""

    def rich(self) -> Rich:
        """The text that was collected."""
        return unescape("".join(self._pieces)), tuple(dict.fromkeys(self._fonts))

    def _begin_text(self, _: Attributes) -> None:
        self._taking = not self._phonetic
        self._fonts.append(self._run_font)

    def _end_text(self) -> None:
        self._taking = False

    def _begin_run(self, _: Attributes) -> None:
        self._run_font = ""

    def _font(self, attributes: Attributes) -> None:
        self._run_font = local(attributes, "val")

    def _begin_phonetic(self, _: Attributes) -> None:
        self._phonetic += 1

    def _end_phonetic(self) -> None:
        self._phonetic -= 1


class SharedStrings(_RichText):
    """Takes in x:sst."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book
        self.opening["x:si"] = lambda _: self.clear()
        self.closing["x:si"] = lambda: self._book.remember(self.rich())


class CommentsText(_RichText):
    """Reads x:comments and threaded comments, each as one unit."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        for name in ("x:comment", "tc:threadedComment"):
            self.opening[name] = lambda _: self.clear()
            self.closing[name] = self._end_comment
        self.opening["tc:text"], self.closing["tc:text"] = self._begin_text, self._end_text

    def _end_comment(self) -> None:
        text, fonts = self.rich()
        self._context.sink.unit(self._context.number("comment"), text, fonts)


class StyleSheet(Handler):
    """Takes in x:styleSheet: fonts and the cell formats that use them."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book
        self._name = ""
        self._in_fonts = self._in_formats = False
        begin, end = self.opening, self.closing
        begin["x:fonts"], end["x:fonts"] = lambda _: self._within(fonts=True), self._within
        begin["x:cellXfs"], end["x:cellXfs"] = lambda _: self._within(formats=True), self._within
        begin["x:font"], end["x:font"] = self._begin_font, self._end_font
        begin["x:name"], begin["x:xf"] = self._font_name, self._format
        begin["x:numFmt"] = self._number_format

    def _number_format(self, attributes: Attributes) -> None:
        """A text that is shown beside a number: `#,##0 "đồng"`."""
        code = unescape(local(attributes, "formatCode"))[:_FORMAT]
        if any(map(str.isalpha, "".join(code.split('"')[1::2]))):
            self._book.sink.unit(f"number format {local(attributes, 'numFmtId')}", code)

    def _within(self, *, fonts: bool = False, formats: bool = False) -> None:
        self._in_fonts, self._in_formats = fonts, formats

    def _begin_font(self, _: Attributes) -> None:
        self._name = ""

    def _font_name(self, attributes: Attributes) -> None:
        self._name = local(attributes, "val")

    def _end_font(self) -> None:
        if self._in_fonts:
            self._book.add_font(self._name)

    def _format(self, attributes: Attributes) -> None:
        if self._in_formats:
            self._book.add_format(index_of(local(attributes, "fontId")))


class WorkbookText(Handler):
    """Takes in x:workbook: the sheets' names; reads defined names."""

    def __init__(self, context: Context, book: Book, key: str) -> None:
        super().__init__()
        self._context, self._book, self._key = context, book, key
        self._name = ""
        self._value: list[str] | None = None
        self.opening["x:sheet"] = self._sheet
        self.opening["x:definedName"], self.closing["x:definedName"] = self._begin_name, self._end_name

    def text(self, data: str) -> None:
        """A defined name's formula."""
        if self._value is not None:
            self._value.append(data)

    def _sheet(self, attributes: Attributes) -> None:
        name = unescape(local(attributes, "name"))
        self._context.sink.unit(self._context.number("sheet name"), name)
        relation = self._context.relations.of(self._key).get(qualified(attributes, "r", "id"))
        if relation and self._book.spend_reference():
            self._book.names[relation.target] = name

    def _begin_name(self, attributes: Attributes) -> None:
        self._name, self._value = unescape(local(attributes, "name")), []
        if not self._name.startswith("_xlnm."):
            self._context.sink.unit(f"defined name '{self._name}'", self._name)
        self._context.sink.unit(f"defined name '{self._name}' comment", unescape(local(attributes, "comment")))

    def _end_name(self) -> None:
        value = "".join(self._value or ())
        if '"' in value:
            self._context.sink.unit(f"defined name '{self._name}' value", value)
        self._value = None


class SheetText(_RichText):
    """Reads x:worksheet and its kin, cell by cell."""

    def __init__(self, context: Context, book: Book, key: str) -> None:
        super().__init__()
        self._context, self._book = context, book
        self._place = book.sheet_place(key)
        self._row = self._column = -1
        self._address = self._kind = ""
        self._style = 0
        self._formula: list[str] = []
        self._in_formula = self._in_value = False
        begin, end = self.opening, self.closing
        begin["x:row"], begin["x:c"], end["x:c"] = self._begin_row, self._begin_cell, self._end_cell
        begin["x:v"], end["x:v"] = self._begin_value, self._end_text
        begin["x:f"], end["x:f"] = self._begin_formula, self._end_formula
        begin["x:dataValidation"] = self._messages("message", _MESSAGES)
        begin["x:hyperlink"] = self._messages("link", ("tooltip",))
        for name, what in _HEADERS.items():
            begin[name], end[name] = self._begin_text_of_header, self._header_end(what)

    def text(self, data: str) -> None:
        """A value, a formula or a header."""
        if self._in_formula:
            self._formula.append(data)
        elif self._taking:
            self._pieces.append(data)

    def _begin_row(self, attributes: Attributes) -> None:
        self._row = index_of(local(attributes, "r"), self._row + 2) - 1
        self._column = -1

    def _begin_cell(self, attributes: Attributes) -> None:
        get = attributes.get
        self._kind = get("t", "n")
        self._column += 1
        self._address = get("r") or address_of(self._row, self._column)
        self._style = index_of(get("s", ""))
        self._pieces, self._fonts, self._formula = [], [], []

    def _begin_value(self, _: Attributes) -> None:
        self._taking = self._kind in ("s", "str")

    def _begin_formula(self, _: Attributes) -> None:
        self._in_formula = True

    def _end_formula(self) -> None:
        self._in_formula = False

    def _end_cell(self) -> None:
        self._taking = False
        if self._kind == "s":
            index = index_of("".join(self._pieces), -1)
            self._book.cell(self._place, self._address, self._book.string(index), self._style)
        elif self._kind in ("inlineStr", "str"):
            self._book.cell(self._place, self._address, self.rich(), self._style)
        if not self._pieces and '"' in (formula := "".join(self._formula)):  # nothing was computed yet
            self._book.cell(self._place, f"{self._address} formula", (formula, ()), self._style)

    def _messages(self, what: str, names: tuple[str, ...]) -> Opening:
        def begin(attributes: Attributes) -> None:
            for name in names:
                self._context.sink.unit(f"{self._place} {what}", unescape(local(attributes, name)))

        return begin

    def _begin_text_of_header(self, _: Attributes) -> None:
        self.clear()
        self._taking = True

    def _header_end(self, what: str) -> Closing:
        def end() -> None:
            self._taking = False
            text, fonts = split_header(self.rich()[0])
            self._book.sink.unit(f"{self._place} {what}", text, fonts or (self._book.cell_font(0),))

        return end


class CachedItems(Handler):
    """Reads the texts that a pivot table keeps of its source (x:sharedItems)."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.opening["x:s"] = self._item

    def _item(self, attributes: Attributes) -> None:
        text = unescape(local(attributes, "v"))
        self._context.sink.unit(self._context.number("pivot item"), text)


def split_header(text: str) -> Rich:
    """A sheet's header without its codes, and the fonts that they name: `&L&".VnTime,Bold"&12…` (18.3.1.46).

    Left, middle and right are lines of their own.
    """
    fonts = [match[1].partition(",")[0] for match in _CODE.finditer(text) if match[1] is not None]
    shown = _CODE.sub(lambda match: match[2] or ("\n" if match[0][1:] in _SECTIONS else ""), text).strip("\n")
    return shown, tuple(font for font in fonts if font not in ("", "-"))
