"""Vietnamese prose that was written without its marks ("khong co", "cua cac don vi").

An Giang 50/2009 article 3.3: mail is written in Vietnamese with its marks. Very common pairs of words decide, not
single syllables, which many languages share; short texts, names, codes and foreign text are left in peace. Of a long
text `SLICES` slices are read, `READ` characters in all: how it is written shows in them. The text is Unicode already.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gateway.vietnamese.diacritics_words import (
    PARTICLES,
    marked_syllables,
    pairs,
    plain_syllables,
    telling_syllables,
)

READ = 20_000
"""Characters of a text that are read at most."""
SLICES = 5
SHORTEST = 12
"""Syllables: a text with fewer is not judged."""
MISSING = 0.75
"""Share of syllables without marks from which on the marks are missing. In good Vietnamese it is 0.2 to 0.3."""
SAMPLE = 80

_MARKED_READ = 1_000  # characters that are enough of a text full of marks
_BLOCK = 24  # words judged together
_EDGES = ".,;:!?()[]{}\"'“”‘’«»…-–—*>|"
# Ends and beginnings of unmarked syllables that other languages' words hardly have.
_HINTS = ("nh", "oi ", "ac ", "ong ")
_HINT_EVERY = 100  # characters; in unmarked Vietnamese there is a hint every 13
_FEWEST = 8  # words in lower case in a block
_PROOF = 3  # different telling words of a block, a known pair counts twice; as much again where particles are few
_MARKED_WEIGHT = 0.15  # bytes beyond one a character in UTF-8: Vietnamese with marks has 0.3


@dataclass(frozen=True, slots=True)
class Diacritics:
    """What was seen. `syllables`: Vietnamese ones read; `unmarked`: those without any mark; `share`: of the latter.

    `vietnamese`: enough Vietnamese prose to judge, with or without marks. `sample`: the first words without marks, at
    most `SAMPLE` characters, where `missing`.
    """

    syllables: int = 0
    unmarked: int = 0
    share: float = 0.0
    vietnamese: bool = False
    sample: str = ""

    @property
    def missing(self) -> bool:
        """The prose was written without marks."""
        return self.vietnamese and self.share >= MISSING


NOTHING = Diacritics()


def diacritics(text: str) -> Diacritics:
    """How much of the Vietnamese prose in `text` lacks its marks. Any text, NFC or NFD; `READ` characters' time."""
    read = _slices(text, READ)
    weight = (len(read.encode("utf-8", "surrogatepass")) - len(read)) / (len(read) or 1)
    if weight >= _MARKED_WEIGHT:
        return _marked(_slices(read, _MARKED_READ))
    if read.isupper():
        read = read.lower()
    if sum(read.count(hint) for hint in _HINTS) * _HINT_EVERY < len(read):
        return NOTHING
    return _judged(read)


def _slices(text: str, size: int) -> str:
    """The text, or slices of it from its beginning to its end that are `size` characters together."""
    if len(text) <= size:
        return text
    width = size // SLICES
    step = (len(text) - width) // (SLICES - 1)
    return "\n".join(text[at : at + width] for at in range(0, step * SLICES, step))


def _marked(read: str) -> Diacritics:
    """A text full of letters beyond ASCII: Vietnamese with its marks, or another language."""
    words = unicodedata.normalize("NFC", read).lower().replace(",", " ").replace(".", " ").split()
    marked = _count(words, marked_syllables())
    plain = _count(words, plain_syllables())
    count = marked + plain
    vietnamese = count >= SHORTEST and marked * 5 >= count * 2 and count * 3 >= len(words) * 2
    return Diacritics(count, plain, plain / count, True) if vietnamese else NOTHING


def _count(words: Iterable[str], known: frozenset[str]) -> int:
    return sum(map(known.__contains__, words))


@dataclass(slots=True)
class _Sum:
    syllables: int = 0
    unmarked: int = 0
    sample: list[str] = field(default_factory=list)


def _judged(read: str) -> Diacritics:
    total = _Sum()
    for block in _blocks(unicodedata.normalize("NFC", read)):
        _add(block, total)
    if total.syllables < SHORTEST:
        return NOTHING
    share = total.unmarked / total.syllables
    sample = _sample(total.sample) if share >= MISSING else ""
    return Diacritics(total.syllables, total.unmarked, share, True, sample)


def _blocks(read: str) -> Iterator[list[str]]:
    """Whole lines, so many that a block has words enough to be judged."""
    block: list[str] = []
    for line in read.split("\n"):
        block.extend(line.split())
        if len(block) >= _BLOCK:
            yield block
            block = []
    if block:
        yield block


def _add(block: Sequence[str], total: _Sum) -> None:
    """Count a block's syllables if it is Vietnamese prose."""
    words = [word for word in (each.strip(_EDGES) for each in block) if word.isalpha()]
    lower = [word for word in words if word.islower()]
    marked, plain = _count(lower, marked_syllables()), _count(lower, plain_syllables())
    if len(lower) * 2 < len(block):  # names, figures, codes
        return
    good = marked * 4 >= len(lower) and (marked + plain) * 3 >= len(lower) * 2
    if not good and not _is_unmarked(words, lower, plain + marked):
        return
    total.syllables += marked + plain
    total.unmarked += plain
    if not total.sample and plain > marked:
        total.sample = list(block)


def _is_unmarked(words: Sequence[str], lower: Sequence[str], valid: int) -> bool:
    """Vietnamese without marks: nearly every word a syllable, and words and pairs that only Vietnamese has."""
    if len(lower) < _FEWEST or valid * 4 < len(lower) * 3:
        return False
    telling = telling_syllables().intersection(lower)
    particles = _count(lower, PARTICLES)
    known = pairs().intersection(pairwise(word.lower() for word in words))
    proof = len(telling) + 2 * len(known)
    return proof >= (_PROOF if particles * 8 >= len(lower) else 2 * _PROOF)


def _sample(block: Sequence[str]) -> str:
    taken = ""
    for word in block:
        if len(taken) + 1 + len(word) > SAMPLE:
            break
        taken = f"{taken} {word}" if taken else word
    return taken
