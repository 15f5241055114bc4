"""Draws the texts that the charset benchmark and the quality tests judge: windows of real Vietnamese text.

Deterministic for a seed. Knows nothing of gateway/.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.charset_encoders import LETTERS, Encoder

_MARKED = frozenset(LETTERS)
_WORDS = re.compile(r"\S+\s*")
_BASES = {letter: unicodedata.normalize("NFD", letter)[0] for letter in LETTERS}
_UNMARKED = str.maketrans(_BASES | {"đ": "d", "Đ": "D"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A Vietnamese text and what a legacy program made of it."""

    text: str  # NFC
    data: bytes  # as the program wrote it
    hack: str  # the same read as windows-1252 and kept as Unicode
    damaged: int  # letters of `text` that look different in `hack`

    def form(self, form: str) -> bytes | str:
        """`raw`: the bytes; `hack`: the text."""
        return self.data if form == "raw" else self.hack


def lines_of(path: Path) -> list[str]:
    """A corpus file's lines."""
    return path.read_text("utf-8").split("\n")[:-1]


def long_enough(lines: Sequence[str], length: int) -> list[str]:
    """The lines of at least so many characters."""
    return [line for line in lines if len(line) >= length]


def prose(lines: Sequence[str]) -> list[str]:
    """The lines of which every sixth letter is marked at least (Vietnamese prose has about one in four): what is left
    out is half English, like a list of commands."""
    return [line for line in lines if 6 * sum(map(_MARKED.__contains__, line)) >= sum(map(str.isalpha, line))]


def encoded(encoder: Encoder, windows: Sequence[str]) -> list[Sample]:
    """The windows as the encoder writes them; those with a letter that it lacks are left out."""
    lacking = frozenset(LETTERS) - encoder.writes.keys()
    kept = [window for window in windows if lacking.isdisjoint(window)]
    return [
        Sample(window, data, encoder.shown(data), sum(letter in encoder.damaged for letter in window))
        for window, data in zip(kept, encoder.encode(kept), strict=True)
        if data
    ]


def damaged_windows(
    lines: Sequence[str], count: int, least: int, damaged: frozenset[str], rng: random.Random
) -> list[str]:
    """Windows in which at least `least` letters change: half of them whole lines, half runs of words with `least` to
    `least` + 16 such letters."""
    out: list[str] = []
    while len(out) < count:
        line = rng.choice(lines)
        window = line if rng.random() < 0.5 else _run(line, least + rng.randrange(17), damaged, rng)
        if sum(letter in damaged for letter in window) >= least:
            out.append(window)
    return out


def _run(line: str, wanted: int, damaged: frozenset[str], rng: random.Random) -> str:
    words = _WORDS.findall(line)
    start = rng.randrange(len(words))
    found, end = 0, start
    while end < len(words) and found < wanted:
        found += sum(letter in damaged for letter in words[end])
        end += 1
    return "".join(words[start:end]).strip()


def cut_windows(lines: Sequence[str], count: int, length: int, rng: random.Random) -> list[str]:
    """Windows of exactly `length` characters anywhere in a line, also in the midst of words; nothing is filtered."""
    long = long_enough(lines, length)
    weights = [len(line) - length + 1 for line in long]
    out = []
    for line in rng.choices(long, weights, k=count):
        start = rng.randrange(len(line) - length + 1)
        out.append(line[start : start + length])
    return out


def paragraphs_of(lines: Sequence[str], length: int, count: int, rng: random.Random) -> list[str]:
    """Runs of whole words of about `length` characters (at least 4/5 of it)."""
    out: list[str] = []
    long = long_enough(lines, length)
    while len(out) < count:
        words = _WORDS.findall(rng.choice(long))
        start, text = rng.randrange(len(words)), ""
        while start < len(words) and len(text) < length:
            text, start = text + words[start], start + 1
        if len(text) >= length * 4 // 5:
            out.append(text[: length + 20].strip())
    return out


def around(lines: Sequence[str], length: int, rng: random.Random) -> list[str]:
    """Good paragraphs of about `length` characters in all, as they stand one after another in a source."""
    start, out, size = rng.randrange(len(lines)), [], 0
    while size < length:
        line = lines[start % len(lines)][: length - size]
        out.append(line)
        size += len(line) + 1
        start += 1
    return out


def amid(paragraphs: Sequence[str], sample: Sample, form: str, rng: random.Random) -> bytes | str:
    """One legacy paragraph put somewhere among good ones."""
    place = rng.randrange(len(paragraphs) + 1)
    before, after = "\n".join([*paragraphs[:place], ""]), "\n".join(["", *paragraphs[place:]])
    if form == "hack":
        return before + sample.hack + after
    return before.encode() + sample.data + after.encode()


def variants(line: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """A good Vietnamese line in the ways that are no violation."""
    yield "NFC", line
    yield "NFD", unicodedata.normalize("NFD", line)
    yield "mixed", " ".join(unicodedata.normalize(rng.choice(("NFC", "NFD")), word) for word in line.split(" "))
    yield "unmarked", unmarked(line)


def unmarked(line: str) -> str:
    """Without marks, as people type on a plain keyboard."""
    return unicodedata.normalize("NFC", line).translate(_UNMARKED)


Judge = Callable[[bytes | str], str | None]
"""The legacy family that a detector names; None for none."""
