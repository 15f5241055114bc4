"""The line between note, warning and violation (shared facts: 4 damaged letters; mojibake; notes)."""

from __future__ import annotations

import pytest

from gateway.vietnamese.family import Family
from gateway.vietnamese.verdict import Note, Verdict, verdict_of


@pytest.mark.parametrize(
    ("family", "damaged", "confidence", "verdict"),
    [
        (None, 0, 0.0, Verdict.OK),
        (Family.TCVN3, 3, 1.0, Verdict.WARNING),
        (Family.TCVN3, 4, 0.5, Verdict.VIOLATION),
        (Family.TCVN3, 4, 0.49, Verdict.WARNING),
        (Family.MOJIBAKE, 1, 0.9, Verdict.VIOLATION),
        ("mojibake", 1, 0.9, Verdict.VIOLATION),
        (Family.MOJIBAKE, 1, 0.1, Verdict.WARNING),
    ],
)
def test_damage(family: Family | None, damaged: int, confidence: float, verdict: Verdict) -> None:
    assert verdict_of(family, damaged, confidence) is verdict


@pytest.mark.parametrize("note", list(Note))
def test_every_note_but_nfd_is_a_warning(note: Note) -> None:
    assert verdict_of(None, 0, 0.0, [note]) is (Verdict.NOTE if note is Note.NFD else Verdict.WARNING)
    assert verdict_of("", 0, 0.0, [note.value]) is verdict_of(None, 0, 0.0, [note])


def test_a_harmless_note_does_not_hide_a_grave_one() -> None:
    assert verdict_of(None, 0, 0.0, [Note.NFD, Note.ETH]) is Verdict.WARNING


def test_the_line_can_be_drawn_elsewhere() -> None:
    assert verdict_of(Family.VNI, 4, 0.8, violation=10) is Verdict.WARNING
    assert verdict_of(Family.VNI, 4, 0.8, confident=0.9) is Verdict.WARNING
