"""The units of a text put together for one question, and the way back from an offset to a unit. Knows no Vietnamese."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from gateway.documents.document import Unit

_CHUNK = 128 * 1024  # characters that are put together at most

Declared = str | tuple[str, ...]
"""The charset that a text's mail names for what stands there as bytes, or one for each unit; "" for none."""
Group = tuple[tuple[str, ...], bool, str]
"""What units have in common: fonts, whether they are bytes, and the charset of those."""


def groups(units: Sequence[Unit], declared: Declared) -> Iterator[tuple[Group, list[int]]]:
    """The units that are judged together, not too long in sum."""
    if len(units) == 1:
        yield _group(units[0], 0, declared), [0]
        return
    waiting: dict[Group, list[int]] = {}
    sizes: Counter[Group] = Counter()
    for number, unit in enumerate(units):
        group = _group(unit, number, declared)
        if sizes[group] + len(unit.text) > _CHUNK and group in waiting:
            yield group, waiting.pop(group)
            sizes[group] = 0
        waiting.setdefault(group, []).append(number)
        sizes[group] += len(unit.text) + 1
    yield from waiting.items()


def _group(unit: Unit, number: int, declared: Declared) -> Group:
    if not unit.raw:
        return unit.fonts, False, ""
    return unit.fonts, True, declared if isinstance(declared, str) else declared[number]


class Joined:
    """Pieces on lines of their own, all text or all bytes, and which piece an offset is in."""

    __slots__ = ("_pieces", "_starts_", "data")

    def __init__(self, pieces: Sequence[str | bytes]) -> None:
        self._pieces = pieces
        self._starts_: list[int] = []
        self.data: str | bytes = pieces[0]
        if len(pieces) > 1:
            self.data = b"\n".join(pieces) if isinstance(pieces[0], bytes) else "\n".join(pieces)  # type: ignore[arg-type]

    @property
    def _starts(self) -> list[int]:
        """Where each piece begins: most texts are clean, and nobody asks."""
        if not self._starts_:
            self._starts_ = [0, *accumulate(len(piece) + 1 for piece in self._pieces[:-1])]
        return self._starts_

    def at(self, offset: int) -> int:
        """The piece that holds this offset."""
        return bisect_right(self._starts, offset) - 1

    def line(self, offset: int) -> int:
        """The line of its piece that holds this offset, from 1 on."""
        return self._lines(self._starts[self.at(offset)], offset) + 1

    def split(self, text: str) -> Iterator[str]:
        """Another text with the same lines, piece by piece."""
        lines = text.split("\n")
        at = 0
        for start, following in pairwise([*self._starts, len(self.data) + 1]):
            count = self._lines(start, following - 1) + 1
            yield "\n".join(lines[at : at + count])
            at += count

    def _lines(self, start: int, end: int) -> int:
        data = self.data
        return data.count(b"\n", start, end) if isinstance(data, bytes) else data.count("\n", start, end)
