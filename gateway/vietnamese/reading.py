"""What words are worth under each family, worked out once a word and kept: texts repeat their words.

It knows words, not where they stand. Memory is bounded: tables that have grown too large start anew.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property

from gateway.vietnamese.codec import from_hack, to_hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.score import ASIDE, LOANS, WRONG, legacy, may_be_word, quoted, vietnamese, worth
from gateway.vietnamese.syllables import TONES
from gateway.vietnamese.words import LONGEST_WORD, has_shape, is_loan, is_misread

_KEPT = 30_000
HACKS: tuple[Family, ...] = tuple(family for family in Family if family is not Family.VIQR)
"""Families whose letters stand in Unicode as Latin-1's; VIQR is written in ASCII and read apart."""


class _New:
    """New words by what they can be at all: most of them need not be read under a family."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.ours = [word for word in words if legacy(word)]  # in letters that some family's are shown as
        self.plain = list(filter(quoted, self.ours))
        self._short = [word for word in self.ours if len(word) <= LONGEST_WORD]

    @cached_property
    def beyond(self) -> list[str]:
        """In other letters."""
        return [word for word in self.words if not legacy(word)] if len(self.ours) < len(self.words) else []

    @cached_property
    def shaped(self) -> list[str]:
        """Those that can be syllables."""
        return list(filter(has_shape, self._short))

    @cached_property
    def loans(self) -> list[str]:
        """Those that cannot, but loan words."""
        shaped = set(self.shaped)
        return [word for word in self._short if word not in shaped and is_loan(word)]

    def to_read(self, family: Family) -> list[str]:
        """Those that can be the family's."""
        if family is Family.MOJIBAKE:
            return list(filter(is_misread, self._short))
        return self.shaped + self.loans if family in LOANS else self.shaped


class Reading:
    """A family's words: `worth` in nats of each that it has learnt, `damaged` letters of each that is settled."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.worth: dict[str, float] = {}
        self.damaged: dict[str, int] = {}
        self._is_changed = _changed(family).__contains__

    def learn(self, new: _New) -> None:
        """Words that it does not know."""
        self.worth.update(dict.fromkeys(new.ours, 0.0 if self.family is Family.MOJIBAKE else WRONG))
        self.worth.update(dict.fromkeys(new.plain, 0.0))
        self.worth.update(dict.fromkeys(new.beyond, ASIDE))
        self._read(new.to_read(self.family))

    def _read(self, words: Sequence[str]) -> None:
        """Words that can be the family's, all at once; most of them turn out to be nothing, which is seen quickly."""
        composed = unicodedata.normalize("NFC", "\n".join(words))
        reads = from_hack(composed, self.family)
        known, mojibake = vietnamese(), self.family is Family.MOJIBAKE
        for word, shown, read, low in zip(
            words, composed.split("\n"), reads.split("\n"), reads.lower().split("\n"), strict=False
        ):
            if read == shown:
                self.worth[word] = 0.0
            elif low in known or mojibake or may_be_word(read, low):
                self.worth[word] = worth(shown, read, self.family)
            else:
                self.worth[word] = WRONG

    def settle(self, words: Iterable[str]) -> None:
        """Counts the damaged letters of words that it has learnt, now that they stand in a passage."""
        new = [word for word in words if word not in self.damaged]
        if not new:
            return
        self.damaged.update(dict.fromkeys(new, 0))
        new = [word for word in new if self.worth[word] != ASIDE and not quoted(word)]
        for word, read in zip(new, from_hack("\n".join(new), self.family).split("\n"), strict=False):
            self.damaged[word] = sum(map(self._is_changed, read)) if read != word else 0

    def forget(self) -> None:
        """All words."""
        self.worth, self.damaged = {}, {}


@cache
def readings() -> Mapping[Family, Reading]:
    """Every family's reading, shared by all texts."""
    return {family: Reading(family) for family in HACKS}


_GAIN: dict[str, float] = {}
"""Word → the most that it is worth under any family, or 0; of words that every family knows."""


def learn(words: Collection[str], families: Sequence[Family] = HACKS) -> None:
    """Makes the families' readings know these words, and perhaps only these."""
    if len(families) == len(HACKS) and all(map(_GAIN.__contains__, words)):
        return
    known = [readings()[family] for family in families]
    for reading in known:
        if len(reading.worth) > _KEPT:
            reading.forget()
            _GAIN.clear()
    _learn(words, known)
    if len(families) == len(HACKS):
        worths = [reading.worth for reading in known]
        new = [word for word in words if word not in _GAIN]
        columns = (map(worth.__getitem__, new) for worth in worths)
        _GAIN.update(zip(new, (max(0.0, *column) for column in zip(*columns, strict=True)), strict=True))


def _learn(words: Collection[str], known: Sequence[Reading]) -> None:
    missing = [[word for word in words if word not in reading.worth] for reading in known]
    together = _New(missing[0])
    for reading, new in zip(known, missing, strict=True):
        if new:
            reading.learn(together if new == missing[0] else _New(new))


def most(words: Iterable[str]) -> float:
    """Nats that words, which every family has learnt, can be worth under one family at most."""
    return sum(map(_GAIN.__getitem__, words))


@cache
def _changed(family: Family) -> frozenset[str]:
    """Vietnamese letters that the family shows as something else."""
    vowels = (unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES)
    letters = [letter for letter in (*vowels, "đ") if not letter.isascii()]
    return frozenset(letter for form in letters for letter in (form, form.upper()) if to_hack(letter, family) != letter)
