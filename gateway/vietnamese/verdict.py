"""The line between a note, a warning and a violation, drawn in one place over plain values.

It knows neither text nor tables: a caller that sums the damage of a document's many units asks the same question as
`detect` does for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from gateway.vietnamese.family import Family

VIOLATION = 4
"""Damaged letters from which a text is a violation; fewer are a warning. Mojibake needs none but one."""
CONFIDENT = 0.5
"""Confidence below which even much damage is a warning only."""


class Verdict(StrEnum):
    """What is to be thought of a text, from harmless to grave. Stable names, as in JSON."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    VIOLATION = "violation"


class Note(StrEnum):
    """What is remarkable about a text beside damaged letters. Stable names, as in JSON and the journal."""

    NFD = "nfd"  # letters with combining marks: TCVN 6909 allows them
    ETH = "eth"  # Ð (U+00D0, Icelandic) where Đ (U+0110) is meant; they look alike
    UNDECLARED = "undeclared"  # 8-bit text without a charset's name, or with a wrong one
    DECLARED = "declared"  # a Vietnamese 8-bit charset, declared, that decodes cleanly
    LEGACY_FONT = "legacy-font"  # good Unicode in a legacy font, which shows it wrongly
    TELEX = "telex"  # keystrokes instead of letters: "Vieejt Nam"
    LOSSY = "lossy"  # letters replaced by question marks


_HARMLESS = frozenset({Note.NFD})


def verdict_of(
    family: Family | str | None,
    damaged: int,
    confidence: float,
    notes: Iterable[Note | str] = (),
    *,
    violation: int = VIOLATION,
    confident: float = CONFIDENT,
) -> Verdict:
    """The verdict on a whole part: the worst of its damage and its notes.

    `family`: the one with most damaged letters; `damaged`: letters; `confidence`: 0-1. `violation` (letters) and
    `confident` are where the line is drawn.
    """
    if damaged > 0:
        grave = damaged >= violation or family == Family.MOJIBAKE
        return Verdict.VIOLATION if grave and confidence >= confident else Verdict.WARNING
    if set(notes) - _HARMLESS:
        return Verdict.WARNING
    return Verdict.NOTE if set(notes) else Verdict.OK
