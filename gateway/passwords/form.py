"""The form of a password: how long it is and which sorts of characters it has (Q4 8.3a). Pure.

Where that cannot be told, it is judged in the person's favour.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from gateway.who import Sort

MOST: Final = 1024
"""Characters that are looked at; a longer password counts as this long."""
_CUT: Final = 4 * MOST  # octets: as many characters at least


@dataclass(frozen=True, slots=True)
class Form:
    """`length`: characters, a letter with its marks is one. `sorts`: those it has. Neither is in a repr."""

    length: int = field(repr=False)
    sorts: frozenset[Sort] = field(repr=False)


def form_of(password: bytes) -> Form:
    """Look at a password. Any octets; linear in their number, which is bounded."""
    cut = password[:_CUT]
    try:
        # A letter that was cut in two at the end is not the person's fault.
        text = cut.decode("utf-8", "ignore" if len(password) > _CUT else "strict")
    except UnicodeDecodeError:  # its text would carry the password: it ends here
        return _unreadable(cut)
    text = text[:MOST]
    return Form(sum(not unicodedata.combining(one) for one in text), frozenset(filter(None, map(_sort, text))))


def _sort(character: str) -> Sort | None:
    """None for marks, and for letters without case (ideographs)."""
    if character.isupper() or character.istitle():
        return Sort.UPPER
    if character.islower():
        return Sort.LOWER
    if character.isdigit():
        return Sort.DIGIT
    return None if character.isalpha() or unicodedata.combining(character) else Sort.SPECIAL


def _unreadable(octets: bytes) -> Form:
    """No UTF-8: an old charset, of which only ASCII can be read. Anything else may be of any sort but a digit."""
    known = frozenset(filter(None, map(_sort, octets.decode("ascii", "ignore"))))
    return Form(min(len(octets), MOST), known | {Sort.UPPER, Sort.LOWER, Sort.SPECIAL})
