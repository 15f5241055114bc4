"""The first pass over a text: where legacy letters may stand, found by regular expressions in C.

Good Vietnamese, English and code have none of these places or few, so that nearly all text is read once and left. What is
found here proves nothing: French and German have such letters too, and score.py weighs the words around them. It knows
characters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

BLOCK = 8192
"""Characters that are weighed together around a suspect one, more only to the end of a line that is not too long."""
LONGEST = 2 * BLOCK
"""Characters of a block at most: longer lines are cut, at a blank where there is one."""

SHORT = 300
"""Characters of a text that is weighed without this pass: a subject's few words may show no suspect place."""

# Letters of Latin-1 and windows-1252 that Vietnamese does not have.
_ALIEN = "ÄÅÆÇËÎÏÐÑÖØÛÜÞßäåæçëîïðñöøûüþÿŒœŠšŽžŸƒ"
# Signs that are letters in some family; suspect beside a letter only. Quotation marks and dashes are ordinary there.
_SIGNS = "\x80-\x9f¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿×÷€‚„†‡ˆ‰‹›•˜™\u02c9\u2212\u2219\u03bc"
_LETTER = "A-Za-z\xc0-\xff"
_CAPITALS = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ"
# Letters that are good Vietnamese, after letters that they never follow there: each family of two bytes a letter.
_PAIRS = (
    ("[aeouyôöAEOUY]", "õù"),
    ("[aA]", "âàáãêèúé"),
    ("[eE]", "âàáã"),
    ("[oO]", "â"),
    ("[aeyêâôăơưýõã]", "ìò"),
)
_CASES = (
    f"(?<=[{_ALIEN}])",
    f"(?<=[{_SIGNS}])(?:(?=[{_LETTER}])|(?<=[{_LETTER}].))",
    f"(?<=[a-z][{_CAPITALS}])",
    "(?<=Ã)(?=[\x80-\xbf‚ƒ„…†‡ˆ‰‹‘’“”•–—˜™›€])",
    *(f"(?<={before}[{letters}])" for before, letters in _PAIRS),
)
_SUSPECT = re.compile(f"[{_ALIEN}{_SIGNS}{_CAPITALS}õùâêèúéàáãìò](?:{'|'.join(_CASES)})", re.DOTALL)
_SPELLED = (re.compile(r"\^(?<=[aeoAEO]\^)"), re.compile(r"\+(?<=[uoUO]\+)"))


def suspects(text: str) -> Iterator[tuple[int, int]]:
    """Blocks (start, end) of whole lines where legacy letters may stand, in order and apart."""
    if text.isascii():
        return iter(())
    return iter([(0, len(text))]) if len(text) <= SHORT else _blocks(text, (_SUSPECT,))


def spelled(text: str) -> Iterator[tuple[int, int]]:
    """Blocks where VIQR may stand: ^ after a, e, o, or + after u, o."""
    return _blocks(text, _SPELLED) if "^" in text or "+" in text else iter(())


def _blocks(text: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    done, nowhere = 0, len(text)
    places = [-1] * len(patterns)
    while True:
        for which, pattern in enumerate(patterns):
            if places[which] < done:
                found = pattern.search(text, done)
                places[which] = found.start() if found else nowhere
        place = min(places)
        if place >= nowhere:
            return
        start = max(done, text.rfind("\n", done, place) + 1, place - BLOCK)
        done = max(_end(text, start), place + 1)
        yield start, done


def _end(text: str, start: int) -> int:
    end = start + BLOCK
    if end >= len(text):
        return len(text)
    line = text.find("\n", end, start + LONGEST)
    if line >= 0:
        return line + 1
    blank = text.rfind(" ", end, start + LONGEST)
    return blank + 1 if blank >= 0 else min(start + LONGEST, len(text))
