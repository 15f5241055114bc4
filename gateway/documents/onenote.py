"""The files inside OneNote's files ([MS-ONESTORE], [MS-ONE]), and their names. Knows nothing of mail; reads no text.

Where a file lies is not looked up: each is found by the mark before it, so revisions that no page shows are found, too.
Which name belongs to which file is in tables that are not read: with one of each it is plain, else each name stands by
itself, as a file without content.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.document import DocumentError, Sink
from gateway.documents.source import whole

_PACKAGED = bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7")  # guidFileFormat as OneDrive has it (2.8.1)
_FORMAT = slice(48, 64)
_FILE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")  # guidHeader of a FileDataStoreObject (2.6.13)
_BEFORE = 36  # bytes from there to the data: the mark, its length, unused and reserved ones
_NAME = b"\x9c\x1d\x00\x1c"  # the property EmbeddedFileName ([MS-ONE] 2.1.12)
_OCCURRENCES = 1000  # of that property; each costs a look at the bytes around it
_PROPERTIES = 32  # of one object, before and with the name
_LONGEST = 1024  # bytes of a name
# Bytes that a property's value has, by its type (2.6.6); others hold sets of properties, or end with a length.
_SIZES = {0x1: 0, 0x2: 0, 0x3: 1, 0x4: 2, 0x5: 4, 0x6: 8, 0x8: 0, 0x9: 4, 0xA: 0, 0xB: 4, 0xC: 0, 0xD: 4}
_SIZED = 0x7
_TYPES = range(0x1, 0x12)
_CONTROL = re.compile("[\x00-\x1f]")


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a section, or a notebook's table of contents, into the sink; see `document`."""
    sink.document.format = "one"
    data = whole(file, sink)
    files, names = list(_files(data, sink)), list(dict.fromkeys(_names(data, sink)))
    if len(files) == len(names) == 1:
        sink.embed(names[0], files[0], "file 1")
    else:
        for number, content in enumerate(files, 1):
            sink.embed("", content, f"file {number}")
        for name in names:
            sink.embed(name, b"", name)
    if data[_FORMAT] == _PACKAGED:
        raise DocumentError(Why.UNSUPPORTED, "OneNote in its other packaging")


def _files(data: bytes, sink: Sink) -> Iterator[bytes]:
    """Every file's content. The next is looked for inside it, too: a length may be a lie."""
    left, count, at = sink.embeddable, 0, data.find(_FILE)
    while at >= 0:
        start = at + _BEFORE
        size = int.from_bytes(data[at + 16 : at + 24], "little")
        if size > len(data) - start:
            sink.unchecked(Why.DAMAGED)
            size = max(0, len(data) - start)
        if count >= sink.limits.embedded_files:
            sink.unchecked(Why.TOO_MANY)
            return
        if size > left:
            sink.unchecked(Why.TOO_LARGE)
        elif size:
            left, count = left - size, count + 1
            yield data[start : start + size]
        at = data.find(_FILE, at + len(_FILE))


def _names(data: bytes, sink: Sink) -> Iterator[str]:
    """Names of files, as far as their objects hold nothing more involved before them."""
    at = -1
    for _ in range(_OCCURRENCES):
        at = data.find(_NAME, at + 1)
        if at < 0:
            return
        if name := _name(data, at):
            yield name
    sink.unchecked(Why.TOO_MANY)


def _name(data: bytes, at: int) -> str:
    """The name whose property is listed there, "" for none: where the list begins has to be found out first."""
    for index in range(_PROPERTIES):
        start = at - 4 * index  # of the list
        if start < 2 or data[start + 3] & 0x7F not in _PLAUSIBLE:
            break
        count = int.from_bytes(data[start - 2 : start], "little")
        if index < count <= _PROPERTIES and (name := _text(data, start, count, index)):
            return name
    return ""


# The type is five bits of the identifier's last byte, behind two of its number.
_PLAUSIBLE = frozenset(kind << 2 | low for kind in _TYPES for low in range(4))


def _text(data: bytes, start: int, count: int, index: int) -> str:
    """The value of a property: behind the list of all, and the values of those before it."""
    at = start + 4 * count
    for number in range(index):
        kind = data[start + 4 * number + 3] >> 2 & 0x1F
        size = _SIZES.get(kind)
        if size is None:
            if kind != _SIZED or len(data) < at + 4:
                return ""
            size = 4 + struct.unpack_from("<I", data, at)[0]
        at += size
    length = int.from_bytes(data[at : at + 4], "little")
    if not 0 < length <= _LONGEST or length % 2 or at + 4 + length > len(data):
        return ""
    return _decoded(data[at + 4 : at + 4 + length])


def _decoded(data: bytes) -> str:
    """A name in UTF-16 that ends with a zero; "" where it cannot be one."""
    name = data.decode("utf-16-le", "replace").partition("\x00")[0]
    return "" if _CONTROL.search(name) else name
