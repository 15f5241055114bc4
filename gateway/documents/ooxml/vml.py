"""VML's text (legacy drawings of sheets): buttons and boxes that newer drawings do not hold. Often not well-formed."""

from __future__ import annotations

import re

from gateway.documents.ooxml.context import Context
from gateway.documents.xml import Attributes, Handler, local

_BLANKS = re.compile(r"[ \t\r\n]+")


class VmlText(Handler):
    """Reads text boxes, each one unit, and word art."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._pieces: list[str] | None = None
        self._fonts: dict[str, None] = {}
        self._font = ""
        self.opening["v:textbox"], self.closing["v:textbox"] = self._begin, self._end
        self.opening[":font"] = self._begin_font
        self.opening[":br"] = lambda _: self.text("\n")
        self.opening["v:textpath"] = self._word_art

    def text(self, data: str) -> None:
        """Text of a box."""
        if self._pieces is not None:
            self._pieces.append(data)
            if self._font and not data.isspace():
                self._fonts[self._font] = None

    def _begin(self, _: Attributes) -> None:
        self._pieces, self._fonts, self._font = [], {}, ""

    def _end(self) -> None:
        text = _BLANKS.sub(" ", "".join(self._pieces or ())).strip(" ")  # as in HTML, line breaks are layout
        if text:
            self._context.sink.unit(self._context.number("text box"), text, self._fonts)
        self._pieces = None

    def _begin_font(self, attributes: Attributes) -> None:
        self._font = local(attributes, "face")

    def _word_art(self, attributes: Attributes) -> None:
        text = local(attributes, "string")
        self._context.sink.unit(self._context.number("word art"), text)
