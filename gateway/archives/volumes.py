"""What an archive's first header says of the whole: that it is one of several volumes, or cut off."""

from __future__ import annotations

import struct

from gateway.archives.kinds import Format, is_volume
from gateway.archives.source import Source
from gateway.contents import Why

_RAR4_MAIN, _RAR4_VOLUME = 0x73, 0x0001
_RAR5_MAIN, _RAR5_VOLUME = 1, 1
_CAB_NEIGHBOURS = 0x0003  # a cabinet before, a cabinet behind


def refusal(source: Source, kind: Format, name: str) -> Why | None:
    """UNSUPPORTED: only a part of an archive. DAMAGED: its list is cut off. None: nothing is said against it."""
    head = source.at(0, 64)
    if kind is Format.RAR:
        return _rar4(head)
    if kind is Format.RAR5:
        return _rar5(head)
    if kind is Format.SEVEN_ZIP:
        return _seven_zip(head, source.size, name)
    if kind is Format.CAB and len(head) > 32 and struct.unpack_from("<H", head, 30)[0] & _CAB_NEIGHBOURS:
        return Why.UNSUPPORTED
    return None


def _rar4(head: bytes) -> Why | None:
    """The archive header (type 73) follows the marker block of 7 octets: CRC, type, flags."""
    main = len(head) >= 12 and head[9] == _RAR4_MAIN
    return Why.UNSUPPORTED if main and struct.unpack_from("<H", head, 10)[0] & _RAR4_VOLUME else None


def _rar5(head: bytes) -> Why | None:
    """The first header follows the marker of 8 octets: CRC, size, type, flags, [extra size,] archive flags."""
    _size, at = _vint(head, 12)
    kind, at = _vint(head, at)
    flags, at = _vint(head, at)
    if flags & 1:
        _extra, at = _vint(head, at)
    archive, _ = _vint(head, at)
    return Why.UNSUPPORTED if kind == _RAR5_MAIN and archive & _RAR5_VOLUME else None


def _seven_zip(head: bytes, size: int, name: str) -> Why | None:
    """The start header says where the list is: at the end of the last volume."""
    if len(head) < 32:
        return Why.DAMAGED
    offset, length = struct.unpack_from("<QQ", head, 12)
    if 32 + offset + length <= size:
        return None
    return Why.UNSUPPORTED if is_volume(name) else Why.DAMAGED


def _vint(data: bytes, at: int) -> tuple[int, int]:
    """RAR5's variable-length integer: seven bits an octet, the lowest first."""
    value = shift = 0
    for octet in data[at : at + 10]:
        value |= (octet & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if octet < 0x80:
            break
    return value, at
