"""How far a scan goes before it names a defect and goes on flat. Only numbers live here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """Bounds of one scan. Beyond each the scan never fails: a defect is named and what follows is one flat leaf.

    `depth`: containers inside one another. `parts`: entities in all. `header_bytes`, `part_header_bytes`: bytes kept of
    the top header and of any other (the rest is skipped). `header_count`: fields looked at in one header. `boundary`:
    octets of a boundary (RFC 2046 allows 70). `filename`: characters kept of a file name. `defects`: defects named.
    `sniffs`: what may be spent, on the event loop, on the types of attachments by their content (`sniff.price`). The
    types of the rest stay unknown, which makes a look into them necessary.
    """

    depth: int = 32
    parts: int = 1000
    header_bytes: int = 256 * 1024
    part_header_bytes: int = 64 * 1024
    header_count: int = 1000
    boundary: int = 256
    filename: int = 255
    defects: int = 64
    sniffs: int = 24
