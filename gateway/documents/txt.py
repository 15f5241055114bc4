"""Plain text: each line is a unit."""

from __future__ import annotations

import re
from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.charset import Decoded, decode
from gateway.documents.document import DocumentError, Sink

_LINE = re.compile(r"\r\n|\r|\n")  # no other character ends a line: in VISCII and VPS they are letters
# A character of UTF-8 that the limit has cut: with half a letter at its end a text would be none in UTF-8.
_UNENDED = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_FEW = 32
_SAMPLE = 64 * 1024
_LETTERS = "\t\n\r\f\x1b\x02\x05\x06\x14\x19\x1e"  # blanks, ISO-2022's escape, and VISCII's letters
_CONTROLS = {code: None for code in range(32) if chr(code) not in _LETTERS}


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a text file into the sink; see `document`. `DocumentError` (damaged) where it is no text at all."""
    sink.document.format = "txt"
    if sink.text:
        add_lines(load(file, sink), sink)


def load(file: BinaryIO, sink: Sink) -> Decoded:
    """The file's text, as much as can be taken; what lies behind is unchecked. Raises `DocumentError` (damaged)."""
    return as_text(load_bytes(file, sink))


def load_bytes(file: BinaryIO, sink: Sink) -> bytes:
    """The file's bytes, as many as can hold the text that is taken."""
    file.seek(0)
    most = 4 * sink.limits.text
    data = file.read(most + 1)
    if len(data) > most:
        sink.unchecked(Why.TOO_LARGE)
    sink.expand(len(data))
    if len(data) < most:
        return data
    cut = _UNENDED.search(data, most - 3, most)
    return data[: cut.start() if cut else most]


def as_text(data: bytes, declared: str = "") -> Decoded:
    """Bytes as text, `declared` as for `decode`. Raises `DocumentError` (damaged) where a third of it are controls."""
    decoded = decode(data, declared)
    sample = decoded.text[:_SAMPLE]
    controls = len(sample) - len(sample.translate(_CONTROLS))
    if controls > _FEW and 3 * controls > len(sample):
        raise DocumentError(Why.DAMAGED, "not a text")
    return decoded


def add_lines(decoded: Decoded, sink: Sink) -> None:
    """Each line as a unit, "line 12"."""
    at = number = 0
    text = decoded.text
    while at < len(text):
        end = _LINE.search(text, at)
        number += 1
        line, raw = decoded.unit(text[at : end.start() if end else len(text)])
        sink.unit(f"line {number}", line, raw=raw)
        at = end.end() if end else len(text)
