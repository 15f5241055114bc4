"""The choices in which one reading of a document differs from another. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.message.defects import Flaw
from gateway.message.readings.heading import End

Choice = tuple[str, int]
"""A field of `Dialect` and its value."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a client reads. The defaults are the strict reading (RFC 2045-2049, 5322).

    `pick`: which of the structures that a header allows is taken (duplicate fields and parameters, RFC 2231, quoting);
    0 is the strict one. `end`: what ends a header. `merged`: all boundaries of a header delimit at once. `loose`: a
    delimiter may have blanks before it, junk behind it, and one or three dashes. `closing`: parts may follow a closing
    delimiter. `inner`: where two open multiparts could own a delimiter, the inner one does; 2: while a
    multipart is open, its delimiters alone are looked for. `cr`: a lone CR ends a line.
    `decoded`: a multipart with base64 or quoted-printable is decoded before it is read. `guess`: a boundary that is
    missing, or never appears, is the one that is seen.
    """

    pick: int = 0
    end: int = End.STRICT
    merged: int = 0
    loose: int = 0
    closing: int = 0
    inner: int = 0
    cr: int = 0
    decoded: int = 0
    guess: int = 0

    @classmethod
    def of(cls, choices: frozenset[Choice]) -> Dialect:
        """The dialect that makes these choices."""
        return cls(**dict(choices))


NAMED = {
    "pick": Flaw.STRUCTURE_AMBIGUOUS,
    "end": Flaw.HEADER_END_AMBIGUOUS,
    "merged": Flaw.STRUCTURE_AMBIGUOUS,
    "loose": Flaw.DELIMITER_AMBIGUOUS,
    "closing": Flaw.PARTS_AFTER_END,
    "inner": Flaw.NESTING_AMBIGUOUS,
    "cr": Flaw.LONE_CR,
    "decoded": Flaw.ENCODED_PARTS,
    "guess": Flaw.BOUNDARY_GUESSED,
}
"""What is wrong with a document where such a choice changes what it shows."""


def name_of(choices: frozenset[Choice]) -> str:
    """A reading's name, for the evidence: "loose, pick-2"."""
    return ", ".join(sorted(axis if value == 1 else f"{axis}-{value}" for axis, value in choices))
