"""What `detect` answers. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.vietnamese.family import Family
from gateway.vietnamese.verdict import Note, Verdict, verdict_of


@dataclass(frozen=True, slots=True)
class Span:
    """One passage. `start`, `end`: offsets in what `detect` was given, characters of a str, bytes of bytes.

    `paragraph`: the line, counted from 1. `family`: None where only a note has its place here. `damaged`: letters.
    `sent`, `understood`: at most 80 characters, as they stand and in Unicode.
    """

    start: int
    end: int
    paragraph: int
    family: Family | None
    damaged: int
    confidence: float
    sent: str
    understood: str


@dataclass(frozen=True, slots=True)
class Detection:
    """A text's legacy letters. `damaged` counts them all, those beyond the `spans` that are kept and of every family.

    `family`: the one with most damaged letters; for a declared charset that decodes cleanly (`Note.DECLARED`) that
    charset, with none damaged. `confidence`: 0-1, of the family. `sample`: at most 200 characters, in Unicode.
    """

    family: Family | None = None
    damaged: int = 0
    confidence: float = 0.0
    spans: tuple[Span, ...] = ()
    sample: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict by the lines that `verdict_of` draws by default."""
        return verdict_of(self.family, self.damaged, self.confidence, self.notes)


NOTHING = Detection()
