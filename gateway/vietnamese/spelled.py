"""Passages in VIQR, which is plain ASCII: "Vie^.t Nam". Code, formulas and patterns are full of its marks.

So only words that have a mark which other text hardly ever has there (^ after a, e, o; + after u, o; a parenthesis
after a; dd) are evidence, and they must read as syllables. It knows words and weights, and no verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_WORD = re.compile(r"[A-Za-z][A-Za-z\\^`'?~.(+*\xb4\u2019]*")
_STRONG = re.compile(r"[aeoAEO]\^|[uoUO][+*]|[aA]\(|[dD][dD]")
_LETTER, _MARK = -2.9, -4.0
_INSIDE = re.compile(r"[aeiouyAEIOUY][`'?~.][A-Za-z]")
_WEAK, _WEAKEST = 2.0, 0.3  # a tone alone, within a word ("cu?a"), or at its end ("la.") as in any sentence


def spelled_passages(text: str) -> Iterator[Passage]:
    """The text's passages in VIQR, in order, each within one line. Linear time."""
    for start, end in spelled(text):
        lines = [list(_WORD.finditer(text, *piece)) for piece in pieces(text, start, end)]
        runs = [_run(line) for line in lines]
        if max((weight for weight, _, _ in runs), default=0.0) < ENOUGH:
            continue
        for line, (weight, first, last) in zip(lines, runs, strict=True):
            if weight >= FAINT:
                letters = sum(_weigh(match[0])[1] for match in line[first:last])
                yield Passage(line[first].start(), line[last - 1].end(), Family.VIQR, letters, weight)


def _run(line: list[re.Match[str]]) -> tuple[float, int, int]:
    seen: set[str] = set()
    values = []
    for match in line:
        values.append(0.0 if match[0] in seen else _weigh(match[0])[0])
        seen.add(match[0])
    weight, first, last = best_run(values)
    if last > first:
        weight += context([match[0] for match in line if match[0].isalpha()])
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
