"""Passages in VIQR, which is plain ASCII: "Vie^.t Nam". Code, formulas and patterns are full of its marks.

So only words that have a mark which other text hardly ever has there (^ after a, e, o; + after u, o; a parenthesis
after a; dd) are evidence, and they must read as syllables. It knows words and weights, and no verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gateway.vietnamese.evidence import best_run, context
from gateway.vietnamese.family import Family
from gateway.vietnamese.lines import Passage, pieces
from gateway.vietnamese.prefilter import spelled
from gateway.vietnamese.score import MOST, WRONG, vietnamese
from gateway.vietnamese.viqr import from_viqr
from gateway.vietnamese.words import LETTERS, LONGEST_WORD

ENOUGH = 9.0
"""Nats from which VIQR is believed; FAINT beside lines of which it is."""
FAINT = 3.0
_SURE = 40.0  # nats of words to which the others have nothing to add
_WORD = re.compile(r"[A-Za-z][A-Za-z\\^`'?~.(+*\xb4\u2019]*")
_STRONG = re.compile(r"[aeoAEO]\^|[uoUO][+*]|[aA]\(|[dD][dD]")
_LETTER, _MARK = -2.9, -4.0
_INSIDE = re.compile(r"[aeiouyAEIOUY][`'?~.][A-Za-z]")
_WEAK, _WEAKEST = 2.0, 0.3  # a tone alone, within a word ("cu?a"), or at its end ("la.") as in any sentence


def spelled_passages(text: str) -> Iterator[Passage]:
    """The text's passages in VIQR, in order, each within one line. Linear time."""
    for start, end in spelled(text):
        lines = [(*piece, _WORD.findall(text, *piece)) for piece in pieces(text, start, end)]
        runs = [_run(words) for _, _, words in lines]
        if max((weight for weight, _, _ in runs), default=0.0) < ENOUGH:
            continue
        for (begin, stop, words), (weight, first, last) in zip(lines, runs, strict=True):
            if weight >= FAINT:
                letters = sum([_weigh(word)[1] for word in words[first:last]])
                begin, stop = _places(text, begin, stop, words, first, last)
                yield Passage(begin, stop, Family.VIQR, letters, weight)


def _places(text: str, start: int, end: int, words: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Where a run begins and ends: words are looked for from both ends, behind those that are not of the run."""
    for word in words[:first]:
        start = text.index(word, start) + len(word)
    for word in reversed(words[last:]):
        end = text.rindex(word, start, end)
    return text.index(words[first], start), text.rindex(words[last - 1], start, end) + len(words[last - 1])


def _run(words: Sequence[str]) -> tuple[float, int, int]:
    """The run of a line's words that weighs most: weight, first, last. A word counts where it occurs first."""
    values = [0.0] * len(words)
    for word, place in dict(zip(reversed(words), range(len(words) - 1, -1, -1), strict=True)).items():
        values[place] = _weigh(word)[0]
    weight, first, last = best_run(values)
    if first < last and weight < _SURE:
        weight += context([word for word in words if word.isalpha()])
    return weight, first, last


@lru_cache(8192)
def _weigh(word: str) -> tuple[float, int]:
    """A word's weight and its damaged letters."""
    if (word.isalpha() and "dd" not in word.lower()) or len(word) > LONGEST_WORD:
        return 0.0, 0
    strong = bool(_STRONG.search(word))
    read = _read(word)
    if read is None:
        return (WRONG if strong else 0.0), 0
    letters = sum(not letter.isascii() for letter in read)
    if not strong:
        return (_WEAK if _INSIDE.search(word) else _WEAKEST), letters
    shown = sum(_LETTER if sign.isalpha() else _MARK for sign in word)
    return min(MOST, vietnamese()[read] - shown), letters


def _read(word: str) -> str | None:
    """The syllable that a word spells; its last sign may be punctuation."""
    for form in (word, word.rstrip(".?'`~"), word.rstrip(".?'`~(*+")):
        read = from_viqr(form).lower().rstrip(".?'(")
        if LETTERS.fullmatch(read) and read in vietnamese():
            return None if read.isascii() else read
    return None
