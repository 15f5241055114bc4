"""Text that a format shows in capitals (All caps, small capitals, text-transform), by the lines in which any of it is.

A level of secrecy that people see in capitals is a stamp, so such a line is read in capitals; other text stays as it is
written, which tells its charset. Knows no format.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence

_LONGEST = 200  # characters of a line in which a marking stands by itself


def lines_of(pieces: Sequence[str], loud: Iterable[int]) -> tuple[int, ...]:
    """The lines, from 0, in which the pieces with these indexes stand; the indexes ascend."""
    found: dict[int, None] = {}
    line = at = 0
    for index in loud:
        line += sum(piece.count("\n") for piece in pieces[at:index])
        last = line + pieces[index].count("\n")
        found.update(dict.fromkeys(range(line, last + 1)))
        line, at = last, index + 1
    return tuple(found)


def as_shown(text: str, lines: Collection[int]) -> str:
    """The text, with those of these lines in capitals in which a level of secrecy may stand."""
    if not _may_be_level(text):
        return text
    loud = frozenset(lines)
    return "\n".join(
        line.upper() if number in loud and len(line) <= _LONGEST and _may_be_level(line) else line
        for number, line in enumerate(text.split("\n"))
    )


def _may_be_level(text: str) -> bool:
    plain = unicodedata.normalize("NFC", text).lower()
    return "mật" in plain or "mat" in plain
