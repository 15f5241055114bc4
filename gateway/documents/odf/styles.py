"""Takes in an OpenDocument's styles and font faces as they pass; a base for the reader of its text."""

from __future__ import annotations

from gateway.documents.odf.fonts import OdfFonts, Style
from gateway.documents.xml import Attributes, Handler, local

_CAPITALS = frozenset(("uppercase", "small-caps"))


class StylesReader(Handler):
    """Styles come before the text that uses them, in every part."""

    def __init__(self, fonts: OdfFonts) -> None:
        super().__init__()
        self.fonts = fonts
        self._automatic = False
        self._style: Style | None = None
        self._default = False
        self._lists = 0  # bullets have fonts of their own
        self._parent = self._font = ""
        begin, end = self.opening, self.closing
        begin["style:font-face"] = begin["style:font-decl"] = fonts.add_face
        begin["office:automatic-styles"], end["office:automatic-styles"] = self._begin_automatic, self._end_automatic
        begin["style:style"], end["style:style"] = self._begin_style, self._end_style
        begin["style:default-style"], end["style:default-style"] = self._begin_default, self._end_style
        begin["text:list-style"], end["text:list-style"] = self._begin_list, self._end_list
        begin["style:text-properties"] = begin["style:properties"] = self._properties

    def _begin_automatic(self, _: Attributes) -> None:
        self._automatic = True

    def _end_automatic(self) -> None:
        self._automatic = False

    def _begin_style(self, attributes: Attributes) -> None:
        self._style = (local(attributes, "family"), local(attributes, "name"))
        self._parent, self._font, self._default = local(attributes, "parent-style-name"), "", False

    def _begin_default(self, attributes: Attributes) -> None:
        self._begin_style(attributes)
        self._default = True

    def _begin_list(self, _: Attributes) -> None:
        self._lists += 1

    def _end_list(self) -> None:
        self._lists -= 1

    def _properties(self, attributes: Attributes) -> None:
        if self._style and not self._lists:
            self._font = self._font or self.fonts.font_of(attributes)
            said = {local(attributes, "text-transform"), local(attributes, "font-variant")} - {""}
            if said:
                style = (self._style[0], "" if self._default else self._style[1])
                self.fonts.add_capitals(style, shown=not said.isdisjoint(_CAPITALS), automatic=self._automatic)

    def _end_style(self) -> None:
        if self._style and self._default:
            self.fonts.add_default(self._style[0], self._font)
        elif self._style:
            self.fonts.add(self._style, self._parent, self._font, automatic=self._automatic)
        self._style = None
