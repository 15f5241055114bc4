"""Text, fonts and objects of RTF (Rich Text Format 1.9.1), in one pass over the bytes. Knows nothing of mail.

Characters stay as they are written: `\\-` is U+00AD, `\\~` U+00A0, `\\_` U+2011. No nesting hides an object:
`\\objdata` is one wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.document import Sink, SpentError
from gateway.documents.objects import read_ole1
from gateway.documents.rtf_text import Flow, FontTable
from gateway.documents.rtf_words import (
    BREAKS,
    CHARACTERS,
    FLOWS,
    OBJECTS,
    PAGES,
    PROPERTIES,
    SHAPE_TEXTS,
    SKIPPED,
    SYMBOLS,
    TRANSPARENT,
)
from gateway.documents.source import whole

_TOKEN = re.compile(
    rb"((?:[^\\{}]++|\\u-?\d{1,6}[ ]?\\'[0-9A-Fa-f]{2}){1,1000})"  # 1 text, and characters with one byte that stands in
    rb"|\\([A-Za-z]+)(-?\d{1,10})?\d*[ ]?"  # 2 word, 3 its number
    rb"|([{}])"  # 4
    rb"|((?:\\'[0-9A-Fa-f]{2}){1,1000})"  # 5 bytes in hexadecimal
    rb"|\\([^A-Za-z])"  # 6 symbol
    rb"|\\",  # the last byte
)
_TEXT, _WORD, _NUMBERED, _BRACE, _HEX, _SYMBOL = range(1, 7)
_CHARACTER = re.compile(rb"\\u(-?\d{1,6})[ ]?\\'([0-9A-Fa-f]{2})")
_TOKENS = 8_000_000  # of one file: each costs a microsecond or two, and honest ones have six bytes and more
_PIECES = 50_000  # of one paragraph
_DEPTH = 5000  # groups inside one another
_NOT_TEXT = b"\r\n\x00"
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_DDE = re.compile(r"(?i)\bDDE(?:AUTO)?\b")
_REMOTE = re.compile(r"(?i)\s*(?:[a-z][a-z0-9+.-]+:|\\\\|//)")
_DANGER = re.compile(rb"\\(?:obj[a-z]+|fldinst|template)")  # words without which a file is text and nothing else


def read(file: BinaryIO, sink: Sink) -> None:
    """Read an RTF file into the sink; see `document`."""
    sink.document.format = "rtf"
    data = whole(file, sink)
    if sink.text:
        _Reader(data, sink).run()
        return
    reader, at = _Reader(data, sink), 0
    while (match := _DANGER.search(data, at)) is not None:
        at = reader.group_at(match.start())


_CAPITALS = frozenset((b"caps", b"scaps"))
_WORDS = frozenset((b"f", b"fcharset", b"cpg", b"plain", b"u", b"uc", b"bin", b"ansicpg", b"deff", b"ud", b"fonttbl"))
_KNOWN = _WORDS.union(_CAPITALS, OBJECTS, CHARACTERS, BREAKS, FLOWS, PROPERTIES, PAGES, SKIPPED)


class _Group:
    """What a group inherits and may change for itself."""

    __slots__ = ("capitals", "data", "flow", "font", "name", "page", "skip", "stand_ins", "uc", "upr")

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.capitals = False  # text is shown so
        self.font = -1
        self.name = ""  # of the font
        self.page = -1  # code page of 8-bit text in it; -1: the document's
        self.uc = 1  # characters that stand in for one of \u
        self.stand_ins = 0  # of these, still to come
        self.skip = False  # the text here is not the document's
        self.upr = False  # inside \upr: its \ud says the same in Unicode
        self.data: list[bytes] | None = None  # an object's bytes, in hexadecimal

    def inner(self) -> _Group:
        """The state that a group begins with."""
        made = _Group(self.flow)
        made.font, made.name, made.page, made.uc = self.font, self.name, self.page, self.uc
        made.skip, made.upr, made.data, made.capitals = self.skip, self.upr, self.data, self.capitals
        return made


class _Reader:
    """One pass; the stack of groups and the table of fonts are the only state that grows, and both are bounded."""

    def __init__(self, data: bytes, sink: Sink) -> None:
        self._data = data
        self._sink = sink
        self._fonts = FontTable(sink.limits.references)
        self._default_font = -1
        self._counts: dict[str, int] = {}
        self._star = False
        self._shape = ""  # the name of the property of a drawing whose value follows
        self._group = _Group(Flow("paragraph", 1))
        self._stack: list[_Group] = []
        self._next = 0  # where the next token begins
        self._jumped = False
        self._alone = False  # only one group is read, to its end
        self._tokens = _TOKENS
        self._room = 2 * sink.limits.embedded  # hexadecimal digits that may still be kept
        self._acts: dict[bytes, Callable[[int], None]] = {
            b"f": self._font,
            b"fcharset": self._fonts.charset,
            b"cpg": self._fonts.cpg,
            b"plain": self._plain,
            b"u": self._unicode,
            b"uc": self._uc,
            b"bin": self._bin,
            b"ansicpg": self._page,
            b"deff": self._deff,
        }

    def group_at(self, start: int) -> int:
        """Read one group from a word in it to its end; where that is."""
        self._next, self._alone = start, True
        self._group = _Group(Flow("paragraph", 1))
        self._brace(b"{")
        self.run()
        return self._next

    def run(self) -> None:
        """Read to the end; what is open there is taken as closed."""
        while self._next < len(self._data) and (self._stack or not self._alone):
            self._jumped = False
            for match in _TOKEN.finditer(self._data, self._next):
                self._next = match.end()
                self._token(match)
                self._tokens -= 1
                if self._jumped or self._tokens < 0:
                    break
            if self._tokens < 0:
                raise SpentError(Why.TOO_MANY, "RTF words")
        while self._stack:
            self._close()
        self._flush(self._group.flow)

    def _jump(self, position: int) -> None:
        self._next, self._jumped = position, True

    def _token(self, match: re.Match[bytes]) -> None:
        kind = match.lastindex
        if kind == _TEXT:
            self._text(match[_TEXT])
        elif kind == _WORD:
            self._word(match[_WORD], 0, bare=True)
        elif kind == _NUMBERED:
            self._word(match[_WORD], int(match[_NUMBERED]))
        elif kind == _BRACE:
            self._brace(match[_BRACE])
        elif kind == _HEX:
            self._hexadecimal(match[_HEX])
        elif kind == _SYMBOL:
            self._symbol(match[_SYMBOL])

    # Groups

    def _brace(self, brace: bytes) -> None:
        self._star = False
        if brace == b"}":
            self._close()
        elif len(self._stack) < _DEPTH:
            self._stack.append(self._group)
            self._group = self._group.inner()
        else:
            self._sink.unchecked(Why.TOO_DEEP)
            self._jump(len(self._data))

    def _close(self) -> None:
        """End a group, and what began with it. One brace too many ends nothing."""
        if not self._stack:
            return
        ended, self._group = self._group, self._stack.pop()
        self._jumped = self._jumped or (self._alone and not self._stack)
        if ended.flow is not self._group.flow:
            self._flush(ended.flow)
        if ended.data is not None and ended.data is not self._group.data:
            digits = b"".join(ended.data)
            read_ole1(bytes.fromhex(digits[: len(digits) & ~1].decode("ascii")), self._sink, "object")

    def _flush(self, flow: Flow) -> None:
        """A paragraph, or whatever else is read by itself, is complete."""
        loud: Collection[int] = flow.loud
        lines = flow.line + 1
        text, fonts, raw = flow.take()
        if loud and text.count("\n") >= lines:  # an end of a line that was written by its number
            loud = range(text.count("\n") + 1)
        if flow.kind == "font":
            self._fonts.named(text.strip(" ;"))
            if self._group.flow.kind != "font" and self._group.font < 0:
                self._font(self._default_font)  # the table stands before the text
        elif flow.kind == "drawing name":
            self._shape = text.strip().lower()
        elif flow.kind != "drawing" or self._shape in SHAPE_TEXTS:
            fonts = () if flow.kind.startswith("property") else fonts
            self._sink.unit(flow.place, text, fonts, raw, loud=loud)
        if flow.kind == "field" and _DDE.search(text):
            self._sink.active()
        if flow.kind == "property template" and _REMOTE.match(text):
            self._sink.remote()  # it is fetched at opening, and its macros run
        if flow.kind == "paragraph":
            flow.number += 1

    # Words and symbols

    def _word(self, word: bytes, number: int, *, bare: bool = False) -> None:
        group, star, self._star = self._group, self._star, False
        if word not in _KNOWN and not star and not group.stand_ins:
            return  # formatting: most words are
        if word in OBJECTS:
            self._object(word)
        elif group.stand_ins and word != b"bin":
            group.stand_ins -= 1
        elif (act := self._acts.get(word)) is not None:
            act(1 if bare and word == b"uc" else number)
        elif word == b"ud" and group.upr:
            group.skip = group.upr = False
        elif group.skip:
            return
        elif word in _CAPITALS:
            group.capitals = bare or number != 0
        elif word in CHARACTERS:
            self._character(CHARACTERS[word])
        elif word in BREAKS:
            self._flush(group.flow)
        else:
            self._destination(word, star)

    def _destination(self, word: bytes, star: bool) -> None:
        """A word that begins a text of its own, or one that nobody sees. Formatting falls through."""
        if word == b"fonttbl":
            self._group.flow = Flow("font")
        elif word in FLOWS:
            self._group.flow = self._numbered(FLOWS[word])
        elif word in PROPERTIES and (star or self._stack):
            self._group.flow = Flow(f"property {PROPERTIES[word]}")
        elif word in PAGES:
            self._page(PAGES[word])
        elif word in SKIPPED or (star and word not in TRANSPARENT):
            self._group.skip, self._group.upr = True, word == b"upr"

    def _numbered(self, kind: str) -> Flow:
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        return Flow(kind, number)

    def _symbol(self, symbol: bytes) -> None:
        group = self._group
        if symbol == b"*":
            self._star = True
        elif symbol in b"\\{}":
            self._octets(symbol)  # a byte like any other, perhaps the second of a character
        elif group.stand_ins:
            group.stand_ins -= 1
        elif group.skip:
            return
        elif symbol in b"\r\n":
            self._flush(group.flow)
        elif symbol in SYMBOLS:
            group.flow.fonts[group.name] = None
            group.flow.symbol(SYMBOLS[symbol])
        elif symbol == b"_":
            self._character("\u2011")

    def _object(self, word: bytes) -> None:
        self._sink.active()
        if word == b"objdata":
            self._group.data, self._group.skip = [], True

    def _bin(self, number: int) -> None:
        """So many bytes follow as they are, of an object or a picture."""
        if number > 0:
            if self._group.data is not None:
                self._keep(self._data[self._next : self._next + min(number, self._room)].hex().encode("ascii"))
            self._jump(self._next + number)

    def _keep(self, digits: bytes) -> None:
        """Digits of an object's data."""
        self._room -= len(digits)
        if self._room < 0:
            self._sink.unchecked(Why.TOO_LARGE)
        elif self._group.data is not None:
            self._group.data.append(digits)

    # Fonts

    def _font(self, number: int) -> None:
        group = self._group
        if group.flow.kind == "font":
            self._flush(group.flow)
            self._fonts.begin(number)
        else:
            group.font, group.name, group.page = number, self._fonts.name(number), self._fonts.page_of(number)

    def _plain(self, _: int) -> None:
        self._group.capitals = False
        self._font(self._default_font)

    def _deff(self, number: int) -> None:
        self._default_font = number

    def _page(self, number: int) -> None:
        self._fonts.page = number

    # Characters

    def _text(self, data: bytes) -> None:
        group = self._group
        if group.data is not None:
            self._keep(_CHARACTER.sub(b"", data).translate(None, _NOT_HEX))
        elif not group.skip:
            first, *more = _CHARACTER.split(data.translate(None, _NOT_TEXT))
            self._octets(first)
            if more:
                self._characters(more)
            self._divide(group.flow)

    def _characters(self, pieces: list[bytes]) -> None:
        """Number, stand-in and the text up to the next, again and again."""
        group = self._group
        if group.uc == 1 and not group.stand_ins and group.flow.kind != "font":
            self._shown()
            group.flow.fonts[group.name] = None
            group.flow.characters(pieces[::3], pieces[2::3], self._fonts.page if group.page < 0 else group.page)
            return
        for index in range(0, len(pieces), 3):
            self._unicode(int(pieces[index]))
            self._octets(bytes.fromhex(pieces[index + 1].decode("ascii")))
            self._octets(pieces[index + 2])

    def _octets(self, data: bytes) -> None:
        group = self._group
        if group.stand_ins:
            missing = group.stand_ins
            group.stand_ins = max(0, missing - len(data))
            data = data[missing:]
        if not data or group.skip:
            return
        if group.flow.kind == "font":
            group.flow.octets(data, self._fonts.row_page())
            return
        group.flow.fonts[group.name] = None
        if not data.isspace():
            self._shown()
        group.flow.octets(data, self._fonts.page if group.page < 0 else group.page)

    def _hexadecimal(self, digits: bytes) -> None:
        if self._group.data is None:
            self._octets(bytes.fromhex(digits.replace(b"\\'", b"").decode("ascii")))

    def _divide(self, flow: Flow) -> None:
        """A text that never ends is taken in pieces."""
        if flow.pieces > _PIECES:
            self._flush(flow)

    def _character(self, text: str) -> None:
        self._group.flow.fonts[self._group.name] = None
        self._group.flow.unicode(text)
        if text == "\n":
            self._group.flow.line += 1
        elif not text.isspace():
            self._shown()
        self._divide(self._group.flow)

    def _shown(self) -> None:
        """What was added is shown as the group says."""
        if self._group.capitals:
            self._group.flow.loud[self._group.flow.line] = None

    def _uc(self, number: int) -> None:
        self._group.uc = min(max(number, 0), 64)

    def _unicode(self, number: int) -> None:
        """A UTF-16 code unit, written as a signed number by most."""
        self._group.stand_ins = self._group.uc
        if not self._group.skip:
            self._character(chr(number & 0xFFFF))
