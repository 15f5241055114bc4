"""Paragraphs of RTF as they grow, and the table of fonts. Text is by the font's charset, or says that it has none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.documents import codepages

_SURROGATE = re.compile("[\ud800-\udfff]")
_DEFAULT_CHARSETS = (-1, 1)  # none given, and DEFAULT_CHARSET: the document's own code page


class Flow:
    """Text that is read by itself: a paragraph of the body, a header's, a footnote's, a property …

    `kind` and `number` are what its units are called. `declared` turns true once a character that is not ASCII came
    from Unicode, or from bytes whose charset is known.
    """

    __slots__ = ("_bytes", "_page", "_parts", "declared", "fonts", "kind", "line", "loud", "number")

    def __init__(self, kind: str, number: int = 0) -> None:
        self.kind = kind
        self.number = number
        self._clear()

    def _clear(self) -> None:
        self._parts: list[str] = []
        self._bytes: list[bytes] = []
        self._page = 0
        self.fonts: dict[str, None] = {}
        self.declared = False
        self.line = 0
        self.loud: dict[int, None] = {}  # lines of which some is shown in capitals

    @property
    def place(self) -> str:
        """For people: "paragraph 12", "property title"."""
        return f"{self.kind} {self.number}" if self.number else self.kind

    @property
    def pieces(self) -> int:
        """What it is made of so far."""
        return len(self._parts) + len(self._bytes)

    def unicode(self, text: str) -> None:
        """Text that the file gives as Unicode, or names by a word."""
        if self._bytes:
            self._close()
        self._parts.append(text)
        if not text.isascii():
            self.declared = True

    def characters(self, numbers: list[bytes], texts: list[bytes], page: int) -> None:
        """UTF-16 code units by their numbers, each with the 8-bit text that follows it."""
        if self._bytes:
            self._close()
        add = self._parts.append
        for number, text in zip(numbers, texts, strict=True):
            add(chr(int(number) & 0xFFFF))
            if text:
                add(text.decode("ascii")) if text.isascii() else self._decode(text, page)
        self.declared = True

    def symbol(self, text: str) -> None:
        """A soft hyphen or hard blank: a word in the file, a byte for the program that wrote it."""
        self._close()
        self._parts.append(text)

    def octets(self, data: bytes, page: int) -> None:
        """8-bit text in a code page, 0 for an unknown one; a character may be cut between two calls."""
        if not self._bytes and data.isascii():
            self._parts.append(data.decode("ascii"))
            return
        if page != self._page:
            self._close()
            self._page = page
        self._bytes.append(data)

    def _close(self) -> None:
        if not self._bytes:
            return
        data = b"".join(self._bytes)
        self._bytes.clear()
        self._decode(data, self._page)

    def _decode(self, data: bytes, page: int) -> None:
        self._parts.append(codepages.decode(data, page))
        # ANSI is what a writer says that knows no better: it declares nothing.
        if not self.declared and not data.isascii():
            self.declared = page != codepages.ANSI and codepages.known(page)

    def take(self) -> tuple[str, tuple[str, ...], bytes]:
        """The paragraph's text, fonts and, for undeclared 8-bit text, its bytes; the next one begins."""
        self._close()
        text, fonts = _paired("".join(self._parts)), tuple(filter(None, self.fonts))
        raw = b"" if self.declared or text.isascii() else _latin1(text)
        self._clear()
        return text, fonts, raw


def _latin1(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return b""


def _paired(text: str) -> str:
    """Surrogates, each written by a word of its own, become the character that they are."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@dataclass(slots=True)
class _Font:
    name: str = ""
    page: int = 0  # of its charset or of \cpg, 0 for an unknown one
    charset: int = -1


class FontTable:
    """The rows of `\\fonttbl`. `page`: the document's code page (`\\ansicpg`)."""

    def __init__(self, limit: int) -> None:
        self.page = codepages.ANSI
        self._rows: dict[int, _Font] = {}
        self._row = _Font()
        self._limit = limit

    def begin(self, number: int) -> None:
        """The row of this number follows."""
        self._row = _Font()
        if len(self._rows) < self._limit:
            self._row = self._rows.setdefault(number, self._row)

    def charset(self, number: int) -> None:
        """`\\fcharset` of the row."""
        self._row.charset = number
        self._row.page = codepages.ANSI if number == 0 else codepages.charset_page(number)

    def cpg(self, number: int) -> None:
        """`\\cpg` of the row: it overrides the charset."""
        self._row.page, self._row.charset = number, 0

    def named(self, name: str) -> None:
        """The row's name is read."""
        self._row.name = name

    def row_page(self) -> int:
        """The code page of the row's own name."""
        return self._row.page or self.page

    def name(self, number: int) -> str:
        """A font's name, "" where the table has none."""
        font = self._rows.get(number)
        return font.name if font is not None else ""

    def page_of(self, number: int) -> int:
        """The code page of text in a font, 0 where its charset is one that names none."""
        font = self._rows.get(number)
        if font is None or (font.charset in _DEFAULT_CHARSETS and not font.page):
            return self.page
        return font.page
