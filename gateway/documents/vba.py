"""Whether a VBA project does anything ([MS-OVBA]). Knows storages, no document.

A project without a line of code is what Excel leaves behind when its editor was opened once: it is no macro. A module
counts as empty only where its source says so and its compiled form has no lines either (source can be taken out of a
macro that still runs).
"""

from __future__ import annotations

import re

from gateway.contents import Why
from gateway.documents.compound import Compound
from gateway.documents.document import DocumentError

_NOT_MODULES = re.compile(r"(?i)(?:dir|_VBA_PROJECT|__SRP_[0-9a-f]+)\Z")
_SOURCE = 256 * 1024  # bytes of a module's source that are looked at
_BEGIN = b"\x00Attribut"  # how every module's compressed source begins, behind the three bytes of its headers
# A line that does nothing: a colon would begin another statement on it ([MS-VBAL] 3.3.1).
_IDLE = re.compile(rb"(?i)\s*(?:attribute\b[^:]*|option\b[^:]*|'.*|rem\b.*)?\Z", re.DOTALL)
_COMPILED = re.compile(rb"\xfe\xca\x01\x00(..)", re.DOTALL)  # the compiled lines: a mark, and how many there are


def has_macros(root: Compound) -> bool:
    """True where a storage at any depth is a VBA project with code in it, or one that cannot be judged."""
    return any(name.lower() == "vba" and _is_busy(storage) for name, storage in root.walk())


def _is_busy(storage: Compound) -> bool:
    """A stream with source in it is a module, whatever its name."""
    streams = ((name, storage.read(name)) for name in storage.streams())
    return any(_is_busy_module(data) for name, data in streams if _BEGIN in data or not _NOT_MODULES.match(name))


def _is_busy_module(data: bytes) -> bool:
    """Compiled code comes first, source behind it to the end: what is not one whole container is no source."""
    start = data.find(_BEGIN) - 3
    if start < 0:
        return True
    compiled = _COMPILED.findall(data, 0, start)
    if any(count != b"\x00\x00" for count in compiled) or (start and not compiled):
        return True
    try:
        source = decompressed(data[start:], _SOURCE)
    except DocumentError:
        return True
    return not all(_IDLE.match(line) for line in source.splitlines())


def decompressed(data: bytes, limit: int) -> bytes:
    """A compressed container ([MS-OVBA] 2.4.1) unpacked. DocumentError where it is damaged or over `limit` bytes."""
    if not data.startswith(b"\x01"):
        raise DocumentError(Why.DAMAGED, "VBA source")
    made, position = bytearray(), 1
    while position + 2 <= len(data):
        header = int.from_bytes(data[position : position + 2], "little")
        end = min(position + (header & 0x0FFF) + 3, len(data))
        if header & 0x7000 != 0x3000:
            raise DocumentError(Why.DAMAGED, "VBA source")
        if header & 0x8000:
            _chunk(data, position + 2, end, made)
        else:
            made += data[position + 2 : end]
        position = end
        if len(made) > limit:
            raise DocumentError(Why.TOO_LARGE, "VBA source")
    return bytes(made)


def _chunk(data: bytes, position: int, end: int, made: bytearray) -> None:
    """At most 4096 bytes: literals, and copies of what stands earlier in the same chunk."""
    start = len(made)
    while position < end and len(made) - start < 4096:
        flags, position = data[position], position + 1
        for bit in range(8):
            if position >= end:
                return
            if not flags >> bit & 1:
                made.append(data[position])
                position += 1
                continue
            _copy(int.from_bytes(data[position : position + 2], "little"), start, made)
            position += 2


def _copy(token: int, start: int, made: bytearray) -> None:
    """A copy token: the more of the chunk is there, the more of its bits are the distance."""
    bits = max(4, (len(made) - start - 1).bit_length())
    back = (token >> (16 - bits)) + 1
    if back > len(made) - start:
        raise DocumentError(Why.DAMAGED, "VBA source")
    for _ in range((token & (0xFFFF >> bits)) + 3):
        made.append(made[-back])
