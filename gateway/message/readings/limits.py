"""How far the search for other readings goes before it names a dispute and stops. Only numbers live here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnionLimits:
    """Bounds of one union. Reaching one is a dispute: what was not read may say anything.

    Of one document (the message, or a decoded container): `readings`: different outcomes of dialects. `marks`: lines
    that may be delimiters, and as many header blocks. `boundaries`: different ones. `header_bytes`: bytes kept of
    headers.

    Of the message: `steps`: marks looked at by all readings together. `contents`: bodies decoded, and as many runs in
    texts. `containers`: those that are decoded, `depth` of them inside one another. `extracts`: contents handed on.
    `decoded`: bytes fed to decoders and searches, as a multiple of the message's (and a MiB more).
    """

    readings: int = 32
    marks: int = 5000
    boundaries: int = 1000
    header_bytes: int = 4 * 1024 * 1024
    steps: int = 100_000
    contents: int = 3000
    containers: int = 300
    extracts: int = 1200
    decoded: int = 10
    depth: int = 4
