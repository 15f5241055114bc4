"""The words of a block of text, all at once and line by line, as cheaply as Python gives them.

Where all characters are bytes, in Latin-1 or in windows-1252, the block is cut at blanks in C; else a regular
expression finds the words. Both find what words.py calls a word. It knows characters, not what they are worth.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from gateway.vietnamese.hack import BYTES, WINDOWS
from gateway.vietnamese.lines import pieces
from gateway.vietnamese.words import CODE, WORD

_LETTERS = re.compile(rb"[A-Za-z\x02-\x06\x10-\x15\x19\x1c-\x1e\x80-\x9f\xa1-\xff\n]")
_BLANKS = bytes(byte if _LETTERS.match(bytes([byte])) else 32 for byte in range(256))
"""For bytes.translate: letters of words and line ends stay, everything else is a blank."""
_BEFORE_BLANK = ("Ã", "Æ", "áº", "á»")
_JOINED = re.compile("(?:[ÃÆ]|á[º»])[\xa0 ]|[ÂÅ€]\xa0")
"""Where a blank may be a letter's last byte."""


class Row(NamedTuple):
    """A line, or a piece of one. `words`: all that are not plain ASCII, and perhaps others."""

    start: int
    end: int
    words: Sequence[str]


class Block:
    """Lines of a text that are judged together: those between two offsets, or of the `places` among them."""

    def __init__(self, text: str, start: int, end: int, places: Sequence[tuple[int, int]] = ()) -> None:
        self.text = text
        self.start, self.end = start, end
        self._places = places

    @cached_property
    def marked(self) -> set[str]:
        """Different words that are not plain ASCII."""
        if self._places or "words" in self.__dict__:
            return {word for word in self.words if not word.isascii()}
        if self._spaced is None:
            words = set(WORD.findall(self.text, self.start, self.end))
            return {word for word in words if not word.isascii()}
        words = {word for word in self._spaced.raw.replace(b"\n", b" ").split(b" ") if not word.isascii()}
        return set(self._spaced.read(b" ".join(words)).split(" ")) if words else set()

    @cached_property
    def words(self) -> set[str]:
        """Different words of the rows, with what stands for none."""
        return set().union(*(row.words for row in self.rows))

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Its lines."""
        places = self._places or pieces(self.text, self.start, self.end)
        if self._places or self._spaced is None:
            return [Row(start, end, WORD.findall(self.text, start, end)) for start, end in places]
        spaced, begin = self._spaced.read(self._spaced.raw), self.start
        return [Row(start, end, spaced[start - begin : end - begin].split(" ")) for start, end in places]

    @cached_property
    def _spaced(self) -> _Spaced | None:
        return _spaced(self.text[self.start : self.end])

    def cut(self) -> None:
        """Into lines at once, as they will be wanted: their words are the block's."""
        self.words  # noqa: B018


def part(block: Block, rows: Sequence[Row]) -> Block:
    """Some of a block's lines."""
    some = Block(block.text, rows[0].start, rows[-1].end, [row[:2] for row in rows])
    some.__dict__["rows"] = rows
    return some


class _Spaced(NamedTuple):
    """A block's bytes with blanks for what stands between words, a byte a character."""

    raw: bytes
    codec: str | None  # None: windows-1252, with control characters for what it leaves undefined

    def read(self, raw: bytes) -> str:
        """Bytes of it as text."""
        return codecs.charmap_decode(raw, "strict", WINDOWS)[0] if self.codec is None else raw.decode(self.codec)


def _spaced(text: str) -> _Spaced | None:
    """None where a block is not of bytes, or a blank may be a letter's last byte."""
    if any(map(text.__contains__, _BEFORE_BLANK)) and _JOINED.search(text):
        return None
    if "%" in text or "\\" in text:
        text = CODE.sub("  ", text)
    try:
        return _Spaced(text.encode("latin-1").translate(_BLANKS), "latin-1")
    except UnicodeEncodeError:
        pass
    try:
        return _Spaced(codecs.charmap_encode(text, "strict", BYTES)[0].translate(_BLANKS), None)
    except UnicodeEncodeError:
        return None
