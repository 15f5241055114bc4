"""One line's words and where they stand, and the runs of them that weigh most under a family.

Judged by runs, a legacy sentence is found within a line of good Unicode, and a line may hold two families.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.vietnamese.evidence import best_run, context, damaged
from gateway.vietnamese.family import Family
from gateway.vietnamese.reading import readings
from gateway.vietnamese.score import ASIDE, WRONG, quoted, vietnamese
from gateway.vietnamese.words import WORD, has_shape

_PIECE = 600  # characters of a line that are judged together
_SPLITS = 3  # how often a piece is split around its heaviest run
_FEW_LETTERS, _FEW = 2, 2.0  # so few damaged letters must weigh more: "mét", "Thaï" are words of other languages
_PLAIN = 3  # Vietnamese words without a mark that are taken along on each side of a run
# Stand alone in any text; « does, too, but is ô in TCVN3. The last are quotation marks of bytes.
_ALONE = frozenset("€£¥¢©®°§¶±×÷•·–—…“”‘’„»™†‡¿¡¹²³ªº\x84\x85\x91\x92\x93\x94\x95\x96\x97")
_NEAR = 6  # plain words between a run and a word that belongs to it
_BESIDE = 6  # words on each side of a run that are heard as its context


_Values = Mapping[Family, list[float]]


class Passage(NamedTuple):
    """Words of one line in one family. `start`, `end`: offsets in the text. `weight`: nats."""

    start: int
    end: int
    family: Family
    damaged: int
    weight: float


@dataclass(frozen=True, slots=True)
class Run:
    """Words `first` to `last` (exclusive) of a line in one family. `weight`: nats, with its context and the bias."""

    first: int
    last: int
    family: Family
    weight: float


class Line:
    """The words of one line. A word counts where it occurs first: a refrain is no more evidence than its one verse."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        matches = list(WORD.finditer(text, start, end))
        self.words = [match[0] for match in matches]
        self.places = [match.span() for match in matches]

    def runs(self, families: Sequence[Family], bias: Mapping[Family, float], enough: float) -> list[Run]:
        """The runs of words that weigh enough, in order and apart; the families must have learnt the words."""
        values = {family: self._values(family) for family in families}
        return list(self._heaviest(values, bias, enough, (0, len(self.words)), _SPLITS))

    def _values(self, family: Family) -> list[float]:
        """Each word's worth; 0 for ASCII and for what occurred before."""
        worth = readings()[family].worth
        seen: set[str] = set()
        values = []
        for word in self.words:
            values.append(0.0 if word in seen or word.isascii() else worth[word])
            seen.add(word)
        return values

    def _heaviest(
        self, values: _Values, bias: Mapping[Family, float], enough: float, within: tuple[int, int], splits: int
    ) -> Iterator[Run]:
        best = self._best(values, bias, within)
        if best is None or best.weight < enough + (_FEW if self._spoken(best) <= _FEW_LETTERS else 0.0):
            return
        best = self._widened(best, within)
        if splits:
            yield from self._heaviest(values, bias, enough, (within[0], best.first), splits - 1)
        yield best
        if splits:
            yield from self._heaviest(values, bias, enough, (best.last, within[1]), splits - 1)

    def _spoken(self, run: Run) -> int:
        """Damaged letters of the run's words that read as something."""
        worth = readings()[run.family].worth
        words = [word for word in self.words[run.first : run.last] if not word.isascii()]
        return damaged(run.family, [word for word in words if worth[word] > WRONG])

    def _widened(self, run: Run, within: tuple[int, int]) -> Run:
        """The run with what stands beside it of the same text: refrains, syllables that are words as they stand, names.

        Good Unicode ends it, and a foreign word. ASCII at its ends is none of its own.
        """
        readings()[run.family].settle([word for word in self.words if not word.isascii()])
        before = self._taken(range(run.first - 1, within[0] - 1, -1), run.family)
        after = self._taken(range(run.last, within[1]), run.family)
        return replace(run, first=min([*before, run.first]), last=max([*after, run.last - 1]) + 1)

    def _taken(self, places: range, family: Family) -> list[int]:
        """Of words that follow a run, nearest first, those that belong to it."""
        known = readings()[family]
        taken: list[int] = []
        plain = 0
        mixed = ASIDE in map(known.worth.get, self.words)  # good Unicode in the line, too
        for place in places:
            word = self.words[place]
            if word.isascii() or word in _ALONE or quoted(word):
                plain += 1
                continue
            if known.worth[word] == ASIDE or (not known.damaged[word] and word.lower() not in vietnamese()):
                break
            if not known.damaged[word]:
                plain += 1
                continue
            if mixed and word.lower() in vietnamese():
                break
            if not has_shape(word) and word.isalpha() and (word[1:].islower() or word.isupper()):
                break  # Müller
            if plain > _NEAR:
                break
            plain = 0
            taken.append(place)
        return taken

    def _best(self, values: _Values, bias: Mapping[Family, float], within: tuple[int, int]) -> Run | None:
        """The heaviest run within two words, of any of the families."""
        found = [(best_run(worths[slice(*within)]), family) for family, worths in values.items()]
        found = [(run, family) for run, family in found if run[1] < run[2]]
        if not found:
            return None
        (weight, start, end), family = max(found, key=lambda run: run[0][0] + bias[run[1]])
        first, last = within[0] + start, within[0] + end
        beside = context(self.words[max(0, first - _BESIDE) : last + _BESIDE])
        return Run(first, last, family, weight + bias[family] + beside)

    def extent(self, run: Run) -> tuple[int, int]:
        """Where a run stands, with the few plain words on each side that may belong to its sentence ("Việt Nam")."""
        first, last = run.first, run.last
        while first > max(0, run.first - _PLAIN) and self._joins(first - 1, first - 1):
            first -= 1
        while last < min(len(self.words), run.last + _PLAIN) and self._joins(last - 1, last):
            last += 1
        return self.places[first][0], self.places[last - 1][1]

    def _joins(self, before: int, plain: int) -> bool:
        """Is `plain` a Vietnamese word without marks, and nothing but a blank behind the word `before`?"""
        word = self.words[plain]
        between = self._text[self.places[before][1] : self.places[before + 1][0]]
        return between == " " and word.isascii() and word.lower() in vietnamese()

    def damaged(self, run: Run) -> int:
        """Damaged letters in a run."""
        return damaged(run.family, [word for word in self.words[run.first : run.last] if not word.isascii()])


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines between two offsets, without their ends; longer ones cut at a blank. Empty ones are left out."""
    while start < end:
        line = text.find("\n", start, end)
        stop = line if line >= 0 else end
        if stop - start > _PIECE:
            blank = text.rfind(" ", start, start + _PIECE)
            stop = blank if blank > start else start + _PIECE
        if stop > start:
            yield start, stop
        start = stop + (text[stop : stop + 1] in ("\n", " "))
