"""Whether a disc image has a UDF file system: programs prefer it to the ISO 9660 one, and libarchive cannot read it."""

from __future__ import annotations

from gateway.archives.source import Source

_SECTOR, _FIRST, _LAST = 2048, 16, 64


def has_udf(source: Source) -> bool:
    """Looks through the volume recognition sequence (ECMA-167 2/8.3)."""
    marks = (source.at(number * _SECTOR + 1, 5) for number in range(_FIRST, _LAST))
    return any(mark in (b"NSR02", b"NSR03") for mark in marks)
