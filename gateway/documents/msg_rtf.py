"""Packed RTF of Outlook messages ([MS-OXRTFCP]) unpacked. It grows eight times at most."""

from __future__ import annotations

import struct

from gateway.contents import Why
from gateway.documents.document import DocumentError

_PACKED, _PLAIN = 0x75465A4C, 0x414C454D  # "LZFu", "MELA"
_HEADER = 16
_WINDOW = 4096
_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    + b"\r\n"
    + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)  # what the window holds at first (2.1.3.1.1)


def unpacked(data: bytes, limit: int) -> bytes:
    """The RTF, its first `limit` bytes. DocumentError (DAMAGED) where the header makes no sense."""
    if len(data) < _HEADER:
        raise DocumentError(Why.DAMAGED, "packed RTF")
    _, size, kind, _ = struct.unpack_from("<IIII", data)
    if kind == _PLAIN:
        return data[_HEADER : _HEADER + min(size, limit)]
    if kind != _PACKED:
        raise DocumentError(Why.DAMAGED, "packed RTF")
    return _unpack(data, limit)


def _unpack(data: bytes, limit: int) -> bytes:
    """The window is kept as the tail of what was made: a place in it is one before the end."""
    made = bytearray(_START)
    at, end, limit = _HEADER, len(data), limit + len(_START)
    while at < end and len(made) < limit:
        flags, at = data[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                made += data[at : at + 1]
                at += 1
                continue
            token = int.from_bytes(data[at : at + 2], "big")
            at += 2
            if at > end or not _copy(made, token):
                return bytes(made[len(_START) : limit])
    return bytes(made[len(_START) : limit])


def _copy(made: bytearray, token: int) -> bool:
    """Copy 2 to 17 bytes from a place in the window; False for the mark of the end: the place that is written next."""
    place, size = token >> 4, (token & 0xF) + 2
    back = (len(made) - place) % _WINDOW
    if not back:
        return False
    start = len(made) - back
    if start < 0:
        made += b"\x00" * size  # a place that nothing was written to yet
    elif size <= back:
        made += made[start : start + size]
    else:
        for index in range(start, start + size):
            made.append(made[index])
    return True
