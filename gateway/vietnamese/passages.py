"""Where in a text a family's letters stand: blocks of lines, then lines, then the words of a line, as far as needed.

A block in which no family's words add up is left at once; one that is all of one family is taken whole; any other is
weighed line by line, and in a line the run of words that weighs most is taken, so that a legacy sentence is found
inside good Unicode. It knows words' worth (reading.py) and no verdicts.
"""

from __future__ import annotations

import string
from collections.abc import Generator, Iterator, Mapping, Sequence

from gateway.vietnamese.blocks import Block, part
from gateway.vietnamese.evidence import Weight, context, weighed
from gateway.vietnamese.family import Family
from gateway.vietnamese.lines import Line, Passage, Run, pieces
from gateway.vietnamese.prefilter import suspects
from gateway.vietnamese.reading import HACKS, learn, readings
from gateway.vietnamese.reading import most as most_of

ENOUGH = 4.0
"""Nats from which legacy letters are believed."""
TOGETHER = 8.0
"""Nats from which lines are believed together, none of which weighs enough by itself."""
FAINT = 2.0
"""Nats from which a line is believed that stands beside lines of the same family."""
PRIOR = {
    Family.MOJIBAKE: 0.5,
    Family.VNI: 0.7,
    Family.VISCII: -1.0,
    Family.VPS: -2.0,
    Family.CP1258: -1.0,
    Family.BKHCM1: -3.0,
    Family.BKHCM2: -3.0,
    Family.VIETWARE_F: -3.0,
    Family.VIETWARE_X: -3.0,
}
"""Nats that a family is likelier by than TCVN3, beforehand: it decides where two read the same words.

VNI's pairs and mojibake occur less in other text than single signs do; the others are rarer.
"""
_PART = 2048  # characters below which lines are weighed one by one
_CLEAR = 25.0  # nats from which a block is taken as a whole
_MOSTLY = 0.6  # of what all words of a row weigh either way, what must be left where the row is taken whole
_PURE = 0.15  # of what speaks for a family in a block, what may speak against it where the block is taken whole
_LETTERS = string.ascii_letters.encode()
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r")) + b"\x7f"
_QUOTES = b"\x84\x85\x91\x92\x93\x94\x96\x97"  # and dashes, of windows-1252: any text's
_HIGH = bytes(byte for byte in range(128, 256) if byte not in _QUOTES)
_LEAST_LATIN, _MOSTLY_LATIN, _SHORT_LINE = 0.3, 0.6, 12  # of a line's letters; a line of fewer letters tells nothing
_LEAST_LETTERS, _MOST_CONTROLS = 0.05, 0.06  # shares of a block that is text at all
_FEW, _FEW_BYTES = 60, 6  # characters of a block that may do without ASCII letters: "®é ®Ó", "Ä‘á»™ Ä‘Ã£"


Bias = Mapping[Family, float]
"""Nats by which a family is likelier beforehand: a legacy font's name, a declared charset."""


def passages(text: str, bias: Bias | None = None, *, raw: bool = False) -> Iterator[Passage]:
    """The text's legacy passages, in order, apart, each within one line. Linear time, memory of a block.

    raw: the characters are bytes of an unknown charset, so lines that are hardly Latin are some other script's.
    """
    known = {family: PRIOR.get(family, 0.0) + (bias or {}).get(family, 0.0) for family in HACKS}
    most = max(known.values())
    last: Family | None = None  # of which the block before was as a whole
    for start, end in suspects(text):
        if (block := _block(text, start, end, raw)) is None:
            continue
        if last is not None and (weight := _more_of(last, block)):
            yield from _whole(block, last, weight)
            continue
        learn(block.marked)
        last = None
        if most_of(block.marked) + most >= ENOUGH:
            last = yield from _among(block, HACKS, known)


def _block(text: str, start: int, end: int, raw: bool) -> Block | None:
    """What of a block may be Vietnamese."""
    within = _Shares(text[start:end])
    if not within.are_text(_FEW_BYTES if raw else _FEW):
        return None
    if not raw or within.are_latin(_MOSTLY_LATIN):
        return Block(text, start, end)
    places = [place for place in pieces(text, start, end) if _Shares(text[slice(*place)]).are_latin(_LEAST_LATIN)]
    return Block(text, start, end, places) if places else None


class _Shares:
    """How many characters of a text are ASCII letters, and what the others are."""

    def __init__(self, text: str) -> None:
        self.size = len(text)
        self._others = text.encode("latin-1", "replace").translate(None, _LETTERS)
        self.letters = self.size - len(self._others)

    def are_latin(self, share: float) -> bool:
        """Has a line of bytes the share of ASCII letters that Vietnamese keeps in every family?"""
        high = len(self._others) - len(self._others.translate(None, _HIGH))
        return self.letters >= (self.letters + high) * share or self.letters + high < _SHORT_LINE

    def are_text(self, few: int) -> bool:
        """Is it text that could be Vietnamese, by its bytes alone? Noise and other scripts are not."""
        controls = len(self._others) - len(self._others.translate(None, _CONTROLS))
        few_letters = self.letters < self.size * _LEAST_LETTERS and self.size > few
        return not few_letters and controls <= self.size * _MOST_CONTROLS


def _among(
    block: Block, families: Sequence[Family], bias: Bias, *, within: bool = False
) -> Generator[Passage, None, Family | None]:
    """Passages in a block of which all words have been learnt: none, all, or those of smaller parts.

    Returns the family that all of it is of.
    """
    weights = {family: weighed(family, block.marked) for family in families}
    hopeful = [family for family, weight in weights.items() if weight.gain + bias[family] >= ENOUGH]
    if not hopeful:
        return None
    best = max(hopeful, key=lambda family: weights[family].total + bias[family])
    if _clear(weights[best]) and _alone(best, weights):
        yield from _whole(block, best, weights[best].total)
        return best
    if not within and block.rows[-1].end - block.rows[0].start > _PART:
        for some in _parts(block):
            yield from _among(some, hopeful, bias, within=True)
    else:
        yield from _by_line(block, tuple(hopeful), bias)
    return None


def _more_of(family: Family, block: Block) -> float:
    """The weight of a block that is clearly of the family that stood before it; 0 if it is not."""
    block.cut()
    learn(block.marked, (family,))
    weight = weighed(family, block.marked)
    return weight.total if _clear(weight) else 0.0


def _parts(block: Block) -> Iterator[Block]:
    first, rows = 0, block.rows
    for at, row in enumerate(rows):
        if row.end - rows[first].start >= _PART or at == len(rows) - 1:
            yield part(block, rows[first : at + 1])
            first = at + 1


def _clear(weight: Weight) -> bool:
    """Is it enough for a whole block, and does hardly anything speak against the family?"""
    return weight.total >= _CLEAR and not weight.mixed and weight.gain - weight.total <= weight.gain * _PURE


def _alone(best: Family, weights: Mapping[Family, Weight]) -> bool:
    """Is no other family close?"""
    others = max((weight.total for family, weight in weights.items() if family is not best), default=0.0)
    return others <= weights[best].total / 2


def _whole(block: Block, family: Family, weight: float) -> Iterator[Passage]:
    """Every row with damaged letters; of one in which much speaks against the family, the words that do not."""
    known, marked = readings()[family], block.marked
    known.settle(marked)
    letters = dict.fromkeys(block.words, 0) | {word: known.damaged[word] for word in marked}
    worths = dict.fromkeys(block.words, 0.0) | {word: known.worth[word] for word in marked}
    doubtful = {word for word in marked if known.worth[word] < 0.0}
    if family is Family.MOJIBAKE:  # a word that is well as it stands
        well = {word for word in marked if not letters[word]}
        worths.update(dict.fromkeys(well, -weight))
        doubtful |= well
    for start, end, words in block.rows:
        damaged = sum(map(letters.__getitem__, words))
        if not damaged:
            continue
        if doubtful.isdisjoint(words) or _mostly(list(map(worths.__getitem__, words))):
            yield Passage(start, end, family, damaged, weight)
        else:
            line = Line(block.text, start, end)
            yield from (_passage(line, run) for run in line.runs((family,), {family: 0.0}, FAINT))


def _mostly(worths: Sequence[float]) -> bool:
    """Do a row's words speak for the family, by and large?"""
    return sum(worths) >= sum(map(abs, worths)) * _MOSTLY


def _by_line(block: Block, families: tuple[Family, ...], bias: Bias) -> list[Passage]:
    """Lines that weigh enough by themselves; then those that do beside them, or all together."""
    rows = [Line(block.text, row.start, row.end) for row in block.rows]
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
