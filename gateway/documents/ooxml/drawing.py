"""DrawingML's text: shapes on slides and sheets, tables, charts, SmartArt. A paragraph or a chart's label is one unit.

ISO/IEC 29500-1, 21.1.2 (text), 21.2 (charts), 21.4 (diagrams).
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.documents.loud import lines_of
from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.dangers import PROGRAM
from gateway.documents.ooxml.escapes import unescape
from gateway.documents.ooxml.twins import Twins
from gateway.documents.xml import Attributes, Handler, local

Levels = dict[int, str]
"""Fonts of a list's levels, from 1; under the same number below zero, what a level says of capitals."""

_SHAPES = ("p:sp", "p:graphicFrame", "p:cxnSp", "p:pic", "xdr:sp", "xdr:cxnSp", "xdr:pic", "cdr:sp")
_DESCRIBED = ("p:cNvPr", "xdr:cNvPr", "cdr:cNvPr")
_LABELS = ("c:v", "cx:v", "cx:pt", "p:text")
_NUMBERS = ("c:numCache", "c:numLit", "cx:numDim")
_BODY = "+mn-lt"  # the theme's font for text that says none


class DrawingText(Handler):
    """Reads one part's paragraphs. `place` is asked for each unit; `inherited` for the font of a run without one."""

    def __init__(self, context: Context, place: Callable[[], str], theme: str = "") -> None:
        super().__init__()
        self.shape = 0
        self.levels: Levels = {}  # of the shape being read
        self._context, self._place, self._theme = context, place, theme
        self.twins = Twins()
        self._pieces: list[str] = []
        self._fonts: dict[str, None] = {}
        self._font = ""
        self._level, self._styled = 1, 0
        self._cap = ""  # what the run says of capitals
        self._loud: list[int] = []  # the pieces that are shown in capitals
        self._in_paragraph = self._in_run = self._taking = False
        self._numbers = 0
        self._map()

    def text(self, data: str) -> None:
        """Text of a run or a label."""
        if self._taking:
            self._pieces.append(data)
            if self._in_run and not data.isspace():
                if (self._cap or self.inherited(-self._level)) not in ("", "none"):
                    self._loud.append(len(self._pieces) - 1)
                self._fonts[self._font or self.inherited(self._level)] = None

    def inherited(self, level: int) -> str:
        """The font of a run at a list's level that names none itself; of capitals, where the level is below zero."""
        return self.levels.get(level, "")

    def typeface(self, font: str) -> str:
        """A font's name, looked up in the theme where it says so."""
        if not font.startswith("+"):
            return font
        script = {"lt": "latin", "ea": "ea", "cs": "cs"}.get(font[4:], "latin")
        return self._context.themes.font(f"{'major' if font[1:3] == 'mj' else 'minor'} {script}", self._theme)

    def _map(self) -> None:
        begin, end = self.opening, self.closing
        for name in _SHAPES:
            begin[name] = self._begin_shape
        for name in _DESCRIBED:
            begin[name] = self._description
        for name in _LABELS:
            begin[name], end[name] = self._begin_label, self._end_paragraph
        for name in _NUMBERS:
            begin[name], end[name] = self._begin_numbers, self._end_numbers
        begin["a:p"], end["a:p"] = self._begin_paragraph, self._end_paragraph
        for name in ("a:r", "a:fld"):
            begin[name], end[name] = self._begin_run, self._end_run
        begin["a:t"], end["a:t"] = self._begin_text, self._end_text
        begin["a:br"], begin["a:tab"] = self._break("\n"), self._break("\t")
        begin["a:rPr"] = begin["a:defRPr"] = self._in_capitals
        begin["a:pPr"], begin["a:latin"] = self._paragraph_level, self._latin
        for level in range(1, 10):
            begin[f"a:lvl{level}pPr"], end[f"a:lvl{level}pPr"] = self._list_level(level), self._end_level
        for name in ("a:hlinkClick", "a:hlinkHover", "a:hlinkMouseOver"):
            begin[name] = self._action
        begin["mc:AlternateContent"], end["mc:AlternateContent"] = (
            lambda _: self.twins.begin(),
            lambda: self.twins.end(),
        )
        begin["mc:Fallback"] = lambda _: self.twins.second()

    def _begin_shape(self, _: Attributes) -> None:
        self.shape += 1
        self.levels = {}

    def _description(self, attributes: Attributes) -> None:
        for name in ("title", "descr"):
            text = local(attributes, name)
            if text and self.twins.fresh(text):
                self._context.sink.unit(f"{self._place()} description", unescape(text))

    def _action(self, attributes: Attributes) -> None:
        if local(attributes, "action").lower().startswith(PROGRAM):
            self._context.sink.active()

    def _begin_paragraph(self, _: Attributes) -> None:
        self._pieces, self._fonts, self._loud, self._level = [], {}, [], 1
        self._in_paragraph = True

    def _end_paragraph(self) -> None:
        self._in_paragraph = self._taking = False
        pieces = [unescape(piece) for piece in self._pieces] if self._loud else self._pieces
        text = unescape("".join(pieces))
        if text and self.twins.fresh(text):
            fonts = [self.typeface(font) or self.typeface(_BODY) for font in self._fonts]
            self._context.sink.unit(self._place(), text, fonts, loud=lines_of(pieces, self._loud))
        self._pieces, self._loud = [], []

    def _begin_label(self, attributes: Attributes) -> None:
        if not self._numbers:
            self._begin_paragraph(attributes)
            self._taking = True

    def _begin_numbers(self, _: Attributes) -> None:
        self._numbers += 1

    def _end_numbers(self) -> None:
        self._numbers -= 1

    def _begin_run(self, _: Attributes) -> None:
        self._in_run, self._font, self._cap = True, "", ""

    def _end_run(self) -> None:
        self._in_run = False

    def _begin_text(self, _: Attributes) -> None:
        self._taking = True

    def _end_text(self) -> None:
        self._taking = False

    def _break(self, text: str) -> Callable[[Attributes], None]:
        def begin(_: Attributes) -> None:
            if self._in_paragraph:
                self._pieces.append(text)

        return begin

    def _paragraph_level(self, attributes: Attributes) -> None:
        level = local(attributes, "lvl")
        self._level = int(level) + 1 if level.isascii() and level.isdigit() and len(level) == 1 else 1

    def _list_level(self, level: int) -> Callable[[Attributes], None]:
        def begin(_: Attributes) -> None:
            self._styled = level

        return begin

    def _end_level(self) -> None:
        self._styled = 0

    def _in_capitals(self, attributes: Attributes) -> None:
        said = local(attributes, "cap")
        if said and self._in_run:
            self._cap = said
        elif said and self._styled:
            self.levels.setdefault(-self._styled, said)

    def _latin(self, attributes: Attributes) -> None:
        font = local(attributes, "typeface")
        if self._in_run:
            self._font = font
        elif self._styled:
            self.levels.setdefault(self._styled, font)
