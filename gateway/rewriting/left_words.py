"""What a rewritten document may still have as it was, by kind, in words. Values only: pages may know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OBJECTS: Final = "objects"
SYMBOLS: Final = "symbols"
INSERTED: Final = "inserted"
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    OBJECTS: (
        "embedded objects (a table of Excel, an equation, a control)",
        "đối tượng nhúng (bảng Excel, công thức…)",
    ),
    SYMBOLS: ("inserted symbols of a legacy font", "ký hiệu chèn bằng phông chữ cũ"),
    INSERTED: ("whole files inserted as they are", "tệp khác chèn nguyên vào văn bản"),
}
"""Each kind by its stable name: English, Vietnamese; a count goes before them."""


def english(left: Mapping[str, int]) -> str:
    """As "2 embedded objects (…), 5 inserted symbols of a legacy font"; "" for nothing."""
    return _told(left, 0)


def vietnamese(left: Mapping[str, int]) -> str:
    """The same."""
    return _told(left, 1)


def _told(left: Mapping[str, int], language: int) -> str:
    kinds = (kind for kind in WORDS if left.get(kind))
    return ", ".join(f"{left[kind]} {WORDS[kind][language]}" for kind in kinds)
