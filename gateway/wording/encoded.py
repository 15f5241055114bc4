"""A header field's free text: encoded words (RFC 2047) in any charset, and raw 8-bit bytes. Lenient; never raises.

Neighbouring words of one charset are put together before they are decoded: some programs cut letters in two. What no
charset of Unicode tells stays bytes, a unit for each charset.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

import pybase64

from gateway.documents.document import Unit
from gateway.wording.charsets import units_of

ENOUGH = 2048
"""Octets of one field that are read: clients show far fewer."""

_WORD = re.compile(rb"=\?([^?\s*]{1,64})(?:\*[^?\s]{0,32})?\?([bBqQ])\?([^?]*+)\?=")
_BETWEEN = re.compile(rb"(?<=\?=)[ \t\r\n]++(?==\?)")
_EMPTY = re.compile(rb"(?:=\?[^?\s]{1,64}+\?[bBqQ]\?\?=[ \t\r\n]*+)++")
_RAW = "utf-8"  # what bytes in a header are where they can be (RFC 6532 3)
_WORDS = 500  # of one field
_LABELS = 8  # charsets of one field that are told apart
_UNKNOWN = "unknown-8bit"
_WIDE = 8  # octets that an octet takes in encoded words, with their frames


def texts_of(value: bytes, most: int = ENOUGH) -> tuple[list[Unit], tuple[str, ...]]:
    """A field's text in order, `most` octets of it decoded, and for each unit the charset that was named, "" for none.

    Blanks between encoded words are left out (RFC 2047 6.2). Nearly always it is one unit.
    """
    if b"??=" in value:
        value = _EMPTY.sub(b"", value)
    if b"=?" not in value:
        units = units_of(value[:most], _RAW) if value else []
        return units, ("",) * len(units)
    read: list[Unit] = []
    charsets: list[str] = []
    for charset, data in _runs(_BETWEEN.sub(b"", value[: most * _WIDE]), most):
        for unit in units_of(data, charset or _RAW):
            if read and not (unit.raw or read[-1].raw):
                read[-1].text += unit.text
            else:
                read.append(unit)
                charsets.append(charset)
    return read, tuple(charsets)


def _runs(value: bytes, most: int) -> Iterator[tuple[str, bytes]]:
    """Bytes with their charset; neighbours of one charset in one."""
    charset, data = "", b""
    for said, piece in _pieces(value):
        most -= len(piece)
        if most < 0:
            break
        if said != charset and data:
            yield charset, data
            data = b""
        charset, data = said, data + piece
    if data:
        yield charset, data


def _pieces(value: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    labels: dict[bytes, str] = {}
    for count, match in enumerate(_WORD.finditer(value)):
        if count >= _WORDS:
            break
        if match.start() > at:
            yield "", value[at : match.start()]
        if len(labels) < _LABELS:
            labels.setdefault(match[1], match[1].decode("latin-1").lower())
        yield labels.get(match[1], _UNKNOWN), _decoded(match[2], match[3])
        at = match.end()
    if at < len(value):
        yield "", value[at:]


def _decoded(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(text, header=True)
    try:
        return pybase64.b64decode(text + b"=" * (-len(text) % 4))
    except ValueError:
        return text
