"""One OpenDocument paragraph being read: its text with blanks as the format means them, and its fonts."""

from __future__ import annotations

import re

from gateway.documents.loud import lines_of

_BLANKS = re.compile(r"[ \t\r\n]+")


class Paragraph:
    """Text in pieces. Blanks of the file collapse (ODF 1.3 part 3, 6.1.2); those that elements stand for do not.

    A blank at the end stays, as office programs keep it.
    """

    __slots__ = ("_after_blank", "_pieces", "_shown", "font", "fonts", "loud", "spans")

    def __init__(self, font: str, *, loud: bool | None = None) -> None:
        self.font = font
        self.loud = [loud]  # what the paragraph, and each span that is open, says of capitals
        self.spans: list[str] = []  # fonts of the spans that are open, "" for one that names none
        self.fonts: dict[str, None] = {}
        self._pieces: list[str] = []
        self._shown: list[int] = []  # the pieces that are in capitals
        self._after_blank = True

    def add(self, data: str) -> None:
        """Character data of the file."""
        text = _BLANKS.sub(" ", data)
        if self._after_blank:
            text = text.removeprefix(" ")
        if text:
            self._after_blank = text[-1] == " "
            self._take(text)

    def add_exactly(self, text: str) -> None:
        """What an element stands for: spaces, a tab, a line break."""
        self._after_blank = False
        self._take(text)

    def text(self) -> str:
        """The whole text."""
        return "".join(self._pieces)

    def loud_lines(self) -> tuple[int, ...]:
        """Lines of which some is in capitals."""
        return lines_of(self._pieces, self._shown)

    def _take(self, text: str) -> None:
        self._pieces.append(text)
        if not text.isspace():
            if next((one for one in reversed(self.loud) if one is not None), False):
                self._shown.append(len(self._pieces) - 1)
            font = next(filter(None, reversed(self.spans)), self.font)
            if font:
                self.fonts[font] = None
