"""Where in a text a family's letters stand: blocks of lines, then lines, then the words of a line, as far as needed.

A block in which no family's words add up is left at once; one that is all of one family is taken whole; any other is
weighed line by line, and in a line the run of words that weighs most is taken, so that a legacy sentence is found
inside good Unicode. It knows words' worth (reading.py) and no verdicts.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.vietnamese.evidence import Weight, context, weighed
from gateway.vietnamese.family import Family
from gateway.vietnamese.lines import Line, Passage, Run, pieces
from gateway.vietnamese.prefilter import suspects
from gateway.vietnamese.reading import HACKS, learn, readings
from gateway.vietnamese.words import MARKED

ENOUGH = 4.0
"""Nats from which legacy letters are believed."""
TOGETHER = 8.0
"""Nats from which lines are believed together, none of which weighs enough by itself."""
FAINT = 2.0
"""Nats from which a line is believed that stands beside lines of the same family."""
PRIOR = {
    Family.VISCII: -1.0,
    Family.VPS: -2.0,
    Family.CP1258: -1.0,
    Family.BKHCM1: -3.0,
    Family.BKHCM2: -3.0,
    Family.VIETWARE_F: -3.0,
    Family.VIETWARE_X: -3.0,
}
"""Nats that a family is rarer by than TCVN3, VNI and mojibake; it decides where two read the same words."""
_PART = 2048  # characters below which lines are weighed one by one
_CLEAR = 25.0  # nats from which a block is taken as a whole
_MOSTLY = 0.6  # of what all words of a row weigh either way, what must be left where the row is taken whole
_PURE = 0.15  # of what speaks for a family in a block, what may speak against it where the block is taken whole
_LETTERS = string.ascii_letters.encode()
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r")) + b"\x7f"
_HIGH = bytes(range(128, 256))
_LEAST_LATIN, _MOSTLY_LATIN, _SHORT_LINE = 0.3, 0.6, 12  # of a line's letters; a line of fewer letters tells nothing
_LEAST_LETTERS, _MOST_CONTROLS = 0.05, 0.06  # shares of a block that is text at all


Bias = Mapping[Family, float]
"""Nats by which a family is likelier beforehand: a legacy font's name, a declared charset."""


def passages(text: str, bias: Bias | None = None, *, raw: bool = False) -> Iterator[Passage]:
    """The text's legacy passages, in order, apart, each within one line. Linear time, memory of a block.

    raw: the characters are bytes of an unknown charset, so lines that are hardly Latin are some other script's.
    """
    known = {family: PRIOR.get(family, 0.0) + (bias or {}).get(family, 0.0) for family in HACKS}
    for start, end in suspects(text):
        if _plausible(text[start:end]):
            places = list(pieces(text, start, end))
            if raw and not _is_latin(text[start:end], _MOSTLY_LATIN):
                places = [place for place in places if _is_latin(text[slice(*place)], _LEAST_LATIN)]
            rows = [_Row(first, last, _marked(text, first, last)) for first, last in places]
            learn({word for row in rows for word in row.marked})
            yield from _among(text, rows, HACKS, known)


class _Row(NamedTuple):
    start: int
    end: int
    marked: list[str]  # words that are not plain ASCII


def _marked(text: str, start: int, end: int) -> list[str]:
    return MARKED.findall(text, start, end)


def _is_latin(line: str, share: float) -> bool:
    """Has a line of bytes the share of ASCII letters that Vietnamese keeps in every family?"""
    raw = line.encode("latin-1", "replace")
    letters = len(raw) - len(raw.translate(None, _LETTERS))
    high = len(raw) - len(raw.translate(None, _HIGH))
    return letters >= (letters + high) * share or letters + high < _SHORT_LINE


def _plausible(block: str) -> bool:
    """Is it text that could be Vietnamese, by its bytes alone? Noise and other scripts are not."""
    raw = block.encode("latin-1", "replace")
    letters = len(raw) - len(raw.translate(None, _LETTERS))
    controls = len(raw) - len(raw.translate(None, _CONTROLS))
    return letters >= len(raw) * _LEAST_LETTERS and controls <= len(raw) * _MOST_CONTROLS


def _among(
    text: str, rows: Sequence[_Row], families: Sequence[Family], bias: Bias, *, part: bool = False
) -> Iterator[Passage]:
    """Passages in rows of which all words have been learnt: none, all, or those of smaller parts."""
    if not rows:
        return
    marked = {word for row in rows for word in row.marked}
    weights = {family: weighed(family, marked) for family in families}
    hopeful = [family for family, weight in weights.items() if weight.gain + bias[family] >= ENOUGH]
    if not hopeful:
        return
    best = max(hopeful, key=lambda family: weights[family].total + bias[family])
    if weights[best].total >= _CLEAR and not weights[best].mixed and _pure(best, weights):
        yield from _whole(text, rows, best, weights[best].total)
    elif not part and rows[-1].end - rows[0].start > _PART:
        for some in _parts(rows):
            yield from _among(text, some, hopeful, bias, part=True)
    else:
        yield from _by_line(text, rows, tuple(hopeful), bias)


def _parts(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    first = 0
    for at, row in enumerate(rows):
        if row.end - rows[first].start >= _PART or at == len(rows) - 1:
            yield rows[first : at + 1]
            first = at + 1


def _pure(best: Family, weights: Mapping[Family, Weight]) -> bool:
    """Does hardly anything speak against the family, and is no other family close?"""
    won = weights[best]
    others = max((weight.total for family, weight in weights.items() if family is not best), default=0.0)
    return won.gain - won.total <= won.gain * _PURE and others <= won.total / 2


def _whole(text: str, rows: Sequence[_Row], family: Family, weight: float) -> Iterator[Passage]:
    """Every row with damaged letters; of one in which much speaks against the family, the words that do not."""
    known = readings()[family]
    worth, damaged = known.worth.__getitem__, known.damaged.__getitem__
    for start, end, marked in rows:
        worths = list(map(worth, marked))
        if min(worths, default=0.0) < 0.0:
            known.settle(marked)
        if not (letters := sum(map(damaged, marked))):
            continue
        if family is Family.MOJIBAKE and not all(map(damaged, marked)):
            worths.append(-weight)  # a word that is well as it stands
        if min(worths) >= 0.0 or sum(worths) >= sum(map(abs, worths)) * _MOSTLY:
            yield Passage(start, end, family, letters, weight)
        else:
            line = Line(text, start, end)
            yield from (_passage(line, run) for run in line.runs((family,), {family: 0.0}, FAINT))


def _by_line(text: str, places: Sequence[_Row], families: tuple[Family, ...], bias: Bias) -> list[Passage]:
    """Lines that weigh enough by themselves; then those that do beside them, or all together."""
    rows = [Line(text, row.start, row.end) for row in places]
    runs = [row.runs(families, bias, ENOUGH) for row in rows]
    sure = {run.family for found in runs for run in found} | _together(rows, families, bias)
    if not sure:
        return []
    faint = tuple(sure)
    chosen = [found or row.runs(faint, bias, FAINT) for row, found in zip(rows, runs, strict=True)]
    return [_passage(row, run) for row, found in zip(rows, chosen, strict=True) for run in found]


def _together(rows: list[Line], families: tuple[Family, ...], bias: Bias) -> set[Family]:
    """The family that the block's lines add up to: a column of short cells has enough in none of them."""
    words = {word for row in rows for word in row.words}
    marked = [word for word in words if not word.isascii()]
    weights = {family: weighed(family, marked).total + bias[family] for family in families}
    best = max(weights, key=lambda family: weights[family])
    return {best} if weights[best] + context(words) >= TOGETHER else set()


def _passage(row: Line, run: Run) -> Passage:
    start, end = row.extent(run)
    return Passage(start, end, run.family, row.damaged(run), run.weight)
