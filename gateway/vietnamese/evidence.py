"""Adding up what words are worth: a set of words, the run of a line that weighs most, the words without marks.

It knows words and weights (nats), not where texts come from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gateway.vietnamese.family import Family
from gateway.vietnamese.reading import readings
from gateway.vietnamese.score import ASIDE, legacy, vietnamese

_COMMON = -9.0  # a syllable without marks that speaks for Vietnamese is one that is used
_FOR, _AGAINST, _UNICODE = 0.4, -0.3, -3.0
_LEAST, _MOST = -9.0, 3.0
_INITIALS = 5  # letters of an abbreviation, which speaks neither way


@dataclass(frozen=True, slots=True)
class Weight:
    """`total` of all words; `gain`: of those that speak for the family. Nats. `mixed`: some are good Unicode's."""

    total: float
    gain: float
    mixed: bool


def weighed(family: Family, words: Collection[str]) -> Weight:
    """The weight of words, which must have been learnt; a word that occurs twice in `words` counts twice."""
    worths = list(map(readings()[family].worth.__getitem__, words))
    total = sum(worths)
    return Weight(total, (total + sum(map(abs, worths))) / 2, ASIDE in worths)


def damaged(family: Family, words: Collection[str]) -> int:
    """Damaged letters of words that have been learnt."""
    known = readings()[family]
    known.settle(words)
    return sum(map(known.damaged.__getitem__, words))


def context(words: Collection[str]) -> float:
    """What the words in plain ASCII and those in good Unicode say: a little, bounded."""
    total = sum(map(_said, {word.lower() for word in words if _speaks(word)}))
    return max(_LEAST, min(_MOST, total))


def _said(word: str) -> float:
    likely = vietnamese().get(unicodedata.normalize("NFC", word))
    if not word.isascii():
        return _UNICODE if likely is not None else 0.0
    if likely is None:
        return _AGAINST
    return _FOR if likely >= _COMMON else 0.0


def _speaks(word: str) -> bool:
    """ASCII words but for abbreviations; words beyond what legacy letters are shown as."""
    if word.isascii():
        return len(word) > 1 and not (len(word) <= _INITIALS and word.isupper())
    return not legacy(word)


def best_run(values: Sequence[float]) -> tuple[float, int, int]:
    """The run of values whose sum is greatest: (sum, start, end). (0.0, 0, 0) where none is above zero."""
    best = (0.0, 0, 0)
    running, start = 0.0, 0
    for place, value in enumerate(values):
        if running <= 0.0:
            running, start = 0.0, place
        running += value
        if running > best[0]:
            best = (running, start, place + 1)
    return best
