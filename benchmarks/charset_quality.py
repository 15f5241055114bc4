"""How well legacy Vietnamese is detected and converted, and what is wrongly flagged: the counting, without printing.

`violation` and `family` of ours are asked for apart: a text with 4 damaged letters must be a violation, a shorter one
need only be recognised.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from benchmarks.charset_encoders import Encoder, twice_read
from benchmarks.charset_samples import (
    Judge,
    Sample,
    amid,
    around,
    cut_windows,
    damaged_windows,
    encoded,
    paragraphs_of,
    prose,
)
from gateway.vietnamese.convert import convert
from gateway.vietnamese.detect import detect
from gateway.vietnamese.family import Family

OURS = "congthu"
COMMON = ("tcvn3", "vni", "mojibake")
RARE = ("viscii", "vps", "cp1258", "viqr")
FORMS = ("raw", "hack")
_BOTH = (("detected", 99.95), ("right family", 99.8))
Pair = tuple[bytes | str, str]
"""What a detector is given, and what it says in truth."""
EXAMPLES = 12  # kept of what went wrong


def violation(data: bytes | str) -> str | None:
    """Ours: the family of a text that is a violation."""
    found = detect(data)
    return found.family if found.verdict == "violation" else None


def family(data: bytes | str) -> str | None:
    """Ours: the family, whatever the verdict."""
    return detect(data).family


@dataclass(slots=True)
class Cell:
    """What every detector said of one kind of text in a family. `goals`: what is asked for, and the least per cent."""

    row: str
    family: str
    what: str
    goals: tuple[tuple[str, float], ...] = ()
    asked: dict[str, int] = field(default_factory=dict)  # by detector
    found: dict[str, int] = field(default_factory=dict)
    right: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)  # of ours

    def ask(self, name: str, judge: Judge, expected: str, texts: Iterable[Pair]) -> None:
        """Ask a detector about texts; each comes with what it says in truth."""
        for data, truth in texts:
            said = judge(data)
            self.asked[name] = self.asked.get(name, 0) + 1
            self.found[name] = self.found.get(name, 0) + (said is not None)
            self.right[name] = self.right.get(name, 0) + (said == expected)
            if name == OURS and said != expected and len(self.missed) < EXAMPLES:
                self.missed.append(f"{said}: {truth[:200]}")

    def share(self, name: str, which: str = "found") -> float:
        """0-1."""
        return (self.found if which == "found" else self.right)[name] / max(1, self.asked[name])


@dataclass(frozen=True)
class Detectors:
    """Ours is asked about everything, the others about the first few of each kind."""

    peers: dict[str, Judge]
    peer_count: int

    def ask(self, cell: Cell, ours: Judge, expected: str, texts: Sequence[Pair]) -> Cell:
        """Fill a cell."""
        cell.ask(OURS, ours, expected, texts)
        for name, judge in self.peers.items():
            cell.ask(name, judge, expected, texts[: self.peer_count])
        return cell


def _pairs(samples: Iterable[Sample], form: str) -> list[Pair]:
    return [(sample.form(form), sample.text) for sample in samples]


def _of(encoders: Sequence[Encoder], families: Sequence[str]) -> list[Encoder]:
    return [one for name in families for one in encoders if one.family == name]


def _cell(row: str, encoder: Encoder, form: str, *goals: tuple[str, float]) -> Cell:
    return Cell(row, encoder.family, f"{encoder.family} {form} ({encoder.name})", goals)


def damaged_cells(
    detectors: Detectors, encoders: Sequence[Encoder], lines: Sequence[str], count: int
) -> Iterator[Cell]:
    """Windows with at least 4 damaged letters (10 for the rarer families)."""
    for encoder in _of(encoders, COMMON):
        samples = encoded(encoder, damaged_windows(lines, count, 4, encoder.damaged, random.Random(encoder.family)))
        for form in FORMS:
            cell = _cell("≥ 4 damaged letters", encoder, form, *_BOTH)
            yield detectors.ask(cell, violation, encoder.family, _pairs(samples, form))
        if encoder.family == "mojibake":
            twice: list[Pair] = [(twice_read(sample.text), sample.text) for sample in samples[: count // 5]]
            cell = _cell("≥ 4 damaged letters", encoder, "twice", *_BOTH)
            yield detectors.ask(cell, violation, "mojibake", twice)
    for encoder in _of(encoders, RARE):
        samples = encoded(
            encoder, damaged_windows(lines, count // 2, 10, encoder.damaged, random.Random(encoder.family))
        )
        for form in FORMS:
            cell = _cell("≥ 10 damaged letters", encoder, form, ("detected", 99.9))
            yield detectors.ask(cell, violation, encoder.family, _pairs(samples, form))


def other_cells(detectors: Detectors, encoders: Sequence[Encoder], lines: Sequence[str], count: int) -> Iterator[Cell]:
    """The four families that hardly occur: no goal stands in the issue."""
    for encoder in _of(encoders, ("bkhcm1", "bkhcm2", "vietware_f", "vietware_x")):
        samples = encoded(encoder, damaged_windows(lines, count, 10, encoder.damaged, random.Random(encoder.family)))
        for form in FORMS:
            cell = _cell("others, ≥ 10 damaged", encoder, form)
            yield detectors.ask(cell, violation, encoder.family, _pairs(samples, form))


def cut_cells(detectors: Detectors, encoders: Sequence[Encoder], lines: Sequence[str], count: int) -> Iterator[Cell]:
    """50 characters cut anywhere in prose. A window in which no letter changes is the same text in every charset, so
    nothing can be found in it: a line of its own, without a goal, counts those too."""
    row, lines = "50 characters, unfiltered", prose(lines)
    for encoder in _of(encoders, COMMON):
        samples = encoded(encoder, cut_windows(lines, count, 50, random.Random(encoder.family)))
        changed = [sample for sample in samples if sample.damaged]
        for form in FORMS:
            cell = _cell(row, encoder, form, ("detected", 99.7))
            yield detectors.ask(cell, family, encoder.family, _pairs(changed, form))
        cell = _cell(row, encoder, "hack, also with nothing changed")
        yield Detectors({}, 0).ask(cell, family, encoder.family, _pairs(samples, "hack"))


def amid_cells(detectors: Detectors, encoders: Sequence[Encoder], lines: Sequence[str], count: int) -> Iterator[Cell]:
    """One legacy paragraph of about 80 characters in 2,000 characters of good Unicode text."""
    good = prose(lines)
    for encoder in _of(encoders, COMMON):
        rng = random.Random(encoder.family)
        samples = encoded(encoder, paragraphs_of(good, 80, count, rng))
        for form in FORMS:
            texts: list[Pair] = [(amid(around(lines, 2000, rng), sample, form, rng), sample.text) for sample in samples]
            cell = _cell("one paragraph in 2,000 good", encoder, form, ("detected", 99.9))
            yield detectors.ask(cell, family, encoder.family, texts)


@dataclass(slots=True)
class Converted:
    """Letters of one encoder's text after conversion. `wrong` counts every letter that is not what it was, also those
    without marks; `marked` only those that had to be restored."""

    what: str
    marked: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Letters right, 0-1."""
        return 1 - self.wrong / max(1, self.marked)


def conversions(encoders: Sequence[Encoder], lines: Sequence[str], count: int) -> Iterator[Converted]:
    """Texts with at least 4 damaged letters (10 for the rarer families), converted without a word on the family, and
    with it."""
    for encoder in encoders:
        rng = random.Random(f"convert{encoder.name}{encoder.family}")
        least = 4 if encoder.family in COMMON else 10
        samples = encoded(encoder, damaged_windows(lines, count, least, encoder.damaged, rng))
        for named in (None, Family(encoder.family)):
            for form in FORMS:
                shown = "family told" if named else "detected"
                result = Converted(f"{encoder.family} {form} ({encoder.name}), {shown}")
                for sample in samples:
                    _compare(result, encoder, sample.text, convert(sample.form(form), named))
                yield result


def _compare(result: Converted, encoder: Encoder, text: str, got: str) -> None:
    result.marked += sum(letter in encoder.damaged for letter in text)
    known = str.maketrans({letter: letter.lower() for letter in encoder.small})
    wrong = _wrong_letters(text.translate(known), unicodedata.normalize("NFC", got).translate(known))
    result.wrong += wrong
    if wrong and len(result.examples) < EXAMPLES:
        result.examples.append(f"{text[:90]} → {got[:90]}")


def _wrong_letters(expected: str, given: str) -> int:
    """Letters of `expected` that `given` does not have in their place."""
    if expected == given:
        return 0
    if len(expected) == len(given):
        return sum(one != two and one.isalpha() for one, two in zip(expected, given, strict=True))
    matched = SequenceMatcher(None, expected, given, autojunk=False).get_matching_blocks()
    return sum(map(str.isalpha, expected)) - sum(
        sum(map(str.isalpha, expected[block.a : block.a + block.size])) for block in matched
    )


@dataclass(slots=True)
class Alarms:
    """Good texts of one kind that a detector called a violation."""

    what: str
    texts: int = 0
    alarms: int = 0
    warnings: int = 0
    examples: list[str] = field(default_factory=list)

    def judge(self, texts: Iterable[bytes | str]) -> Alarms:
        """Ask ours about texts."""
        for text in texts:
            found = detect(text)
            self.texts += 1
            self.warnings += found.verdict == "warning"
            if found.verdict == "violation":
                self.alarms += 1
                if len(self.examples) < EXAMPLES:
                    self.examples.append(f"{found.family} {found.damaged}: {text[:160]!r}")
        return self

    def add(self, other: Alarms) -> None:
        """Count another's texts in."""
        self.texts += other.texts
        self.alarms += other.alarms
        self.warnings += other.warnings


def flagged(name: str, judge: Judge, texts: Iterable[bytes | str]) -> Alarms:
    """How many good texts another detector takes for legacy Vietnamese."""
    said = [judge(text) is not None for text in texts]
    return Alarms(name, len(said), sum(said))
