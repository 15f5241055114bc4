"""Text and fonts of one PDF page, as PDFium reads them. Lines that are set alike are kept together.

PDFium joins a word that a hyphen divides at the end of a line, and does not say which hyphen it was. Where the page has
soft hyphens elsewhere, it was one: under TCVN3 fonts that is the letter ư.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pypdfium2.raw as pdfium

_JOINED = "\ufffe"  # what PDFium puts for a hyphen at the end of a line
_SUBSET = re.compile(r"[A-Z]{6}\+")  # before the name of a font of which only some letters are in the file
_SAMPLES = 3  # characters of a line whose fonts are asked for
_NAME = 256  # bytes of a font's name


class PageText:
    """The text of one page; `close` it."""

    def __init__(self, page: Any) -> None:
        self._page = pdfium.FPDFText_LoadPage(page)
        self._buffer = ctypes.create_string_buffer(_NAME)
        self._flags = ctypes.c_int()

    def close(self) -> None:
        """Free it."""
        if self._page:
            pdfium.FPDFText_ClosePage(self._page)

    def blocks(self, limit: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Text and fonts of lines that follow one another and have the same fonts; at most `limit` characters."""
        text, fonts = "", tuple[str, ...]()
        for line, own in self._lines(limit):
            if text and own and fonts and own != fonts:
                yield text.removesuffix("\n"), fonts
                text, fonts = "", ()
            text, fonts = text + line, fonts or own
        yield text.removesuffix("\n"), fonts

    def _lines(self, limit: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        whole = self._text(limit)
        hyphen = "\u00ad" if "\u00ad" in whole else "-"
        at = 0
        for line in whole.split("\n"):
            fonts = self._fonts(at, len(line))
            at += len(line) + 1
            yield line.replace("\r", "").replace(_JOINED, f"{hyphen}\n") + "\n", fonts

    def _text(self, limit: int) -> str:
        count = min(pdfium.FPDFText_CountChars(self._page), limit) if self._page else 0
        if count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (count + 1))()
        made = pdfium.FPDFText_GetText(self._page, 0, count, buffer)
        return bytes(buffer)[: 2 * max(0, made - 1)].decode("utf-16-le", "replace")

    def _fonts(self, start: int, size: int) -> tuple[str, ...]:
        """Fonts of some characters of a line."""
        steps = range(start, start + size, max(1, size // _SAMPLES)) if size else range(0)
        return tuple(dict.fromkeys(name for at in steps if (name := self._font(at))))

    def _font(self, at: int) -> str:
        index = pdfium.FPDFText_GetCharIndexFromTextIndex(self._page, at)
        size = pdfium.FPDFText_GetFontInfo(self._page, index, self._buffer, _NAME, ctypes.byref(self._flags))
        return _font_name(self._buffer.value) if 0 < size <= _NAME else ""


@lru_cache(maxsize=256)
def _font_name(name: bytes) -> str:
    return _SUBSET.sub("", name.decode("utf-8", "replace"), count=1)
