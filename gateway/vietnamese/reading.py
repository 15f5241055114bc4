"""What words are worth under each family, worked out once a word and kept: texts repeat their words.

It knows words, not where they stand. Memory is bounded: tables that have grown too large start anew.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from gateway.vietnamese.codec import from_hack, to_hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.score import ASIDE, WRONG, legacy, may_be_word, vietnamese, worth
from gateway.vietnamese.syllables import TONES
from gateway.vietnamese.words import LONGEST_WORD, has_shape, is_misread

_KEPT = 30_000
HACKS: tuple[Family, ...] = tuple(family for family in Family if family is not Family.VIQR)
"""Families whose letters stand in Unicode as Latin-1's; VIQR is written in ASCII and read apart."""


class Reading:
    """A family's words: `worth` in nats and `damaged` letters of each that `learn` was given."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.worth: dict[str, float] = {}
        self.damaged: dict[str, int] = {}
        self._settled: set[str] = set()
        self._is_changed = _changed(family).__contains__

    def unread(self, words: Collection[str], value: float) -> None:
        """Words that need not be read, as they cannot be the family's."""
        self.worth.update(dict.fromkeys(words, value))
        self.damaged.update(dict.fromkeys(words, 0))

    def read(self, words: Sequence[str]) -> None:
        """Words that can be the family's, all at once; most of them turn out to be nothing, which is seen quickly."""
        composed = unicodedata.normalize("NFC", "\n".join(words))
        reads = from_hack(composed, self.family)
        known = vietnamese()
        for word, shown, read, low in zip(
            words, composed.split("\n"), reads.split("\n"), reads.lower().split("\n"), strict=False
        ):
            if read == shown:
                self.worth[word] = 0.0
                continue
            self.damaged[word] = sum(map(self._is_changed, read))
            closer = low in known or self.family is Family.MOJIBAKE or may_be_word(read, low)
            self.worth[word] = worth(shown, read, self.family) if closer else WRONG

    def settle(self, words: Collection[str]) -> None:
        """Counts the damaged letters of words that need not have been read, now that they stand in a passage."""
        new = [word for word in words if not self.damaged[word] and self.worth[word] == WRONG]
        new = [word for word in new if word not in self._settled]
        for word, read in zip(new, from_hack("\n".join(new), self.family).split("\n"), strict=False):
            self.damaged[word] = sum(map(self._is_changed, read)) if read != word else 0
        self._settled.update(new)

    def forget(self) -> None:
        """All words."""
        self.worth, self.damaged, self._settled = {}, {}, set()


@cache
def readings() -> Mapping[Family, Reading]:
    """Every family's reading, shared by all texts."""
    return {family: Reading(family) for family in HACKS}


def learn(words: Collection[str]) -> None:
    """Makes every reading know these words, and perhaps only these."""
    known = readings()[HACKS[0]].worth
    new = [word for word in words if word not in known]
    if new and len(known) > _KEPT:
        for reading in readings().values():
            reading.forget()
        new = list(words)
    if new:
        _learn(new)


def _learn(new: list[str]) -> None:
    ours = [word for word in new if legacy(word)]
    beyond = [word for word in new if not legacy(word)]
    short = [word for word in ours if len(word) <= LONGEST_WORD]
    shaped, misread = list(filter(has_shape, short)), list(filter(is_misread, short))
    for family, reading in readings().items():
        reading.unread(ours, 0.0 if family is Family.MOJIBAKE else WRONG)
        reading.unread(beyond, ASIDE)
        reading.read(misread if family is Family.MOJIBAKE else shaped)


@cache
def _changed(family: Family) -> frozenset[str]:
    """Vietnamese letters that the family shows as something else."""
    vowels = (unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES)
    letters = [letter for letter in (*vowels, "đ") if not letter.isascii()]
    return frozenset(letter for form in letters for letter in (form, form.upper()) if to_hack(letter, family) != letter)
