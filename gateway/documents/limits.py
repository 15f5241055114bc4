"""How much of one document is read. Only numbers live here."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Bounds of one document. Beyond each the reading ends, what was read stays, and the document says why.

    `text`: characters of all units. `units`: paragraphs, cells … in all. `fonts`: fonts named for one unit.
    `expanded`: bytes unpacked in all, whatever becomes of them. `ratio`: unpacked / packed bytes of one part, once it
    is over 1 MiB (blank rows of an honest worksheet pack 300 : 1). `parts`: files in a package, streams in a compound
    file.
    `embedded`: bytes kept of all embedded files. `embedded_files`: how many are kept. `depth`: elements inside one
    another. `references`: styles, fonts, shared strings … remembered while reading.
    """

    text: int = 4 * _MIB
    units: int = 100_000
    fonts: int = 16
    expanded: int = 128 * _MIB
    ratio: int = 500
    parts: int = 5000
    embedded: int = 32 * _MIB
    embedded_files: int = 200
    depth: int = 256
    references: int = 500_000
