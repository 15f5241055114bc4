"""The first pass over a text: where legacy letters may stand, found by regular expressions in C.

Good Vietnamese, English and code have none of these places or few, so that nearly all text is read once and left. What
is found here proves nothing: French and German have such letters too, and score.py weighs the words around them. It
knows characters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

SMALLEST, LARGEST = 1024, 8192
"""Characters that are weighed together around a suspect one: few where one stands alone, many where they follow each
other. As many again to the end of a long line."""

SHORT = 300
"""Characters of a text that is weighed without this pass: a subject's few words may show no suspect place."""

# Letters of Latin-1 and windows-1252 that Vietnamese does not have, but other languages: not suspect by themselves.
_WESTERN = "ÄÅÆÇËÎÏÐÑÖØÛÜÞßäåæçëîïñöøûüœŠšŽžŒŸ"
_CAPITALS_ALSO = "".join(filter(str.isupper, _WESTERN))
_ALIEN = f"{_WESTERN}ðþÿƒ"
# Signs that are letters in some family; suspect beside a letter only. Quotation marks («, too) and dashes
# are ordinary there.
_SIGNS = "\x80-\x9f¡¢£¤¥¦§¨©ª¬\xad®¯°±²³´µ¶·¸¹º¼½¾¿×÷€‚„†‡ˆ‰‹›•˜™\u02c9\u2212\u2219\u03bc"
_LETTER = "A-Za-z\xc0-\xff"
_NEAR = 12  # characters within which letters of other languages do not follow each other three times
_CAPITALS = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ"
# Letters after letters that they never follow in Vietnamese, nor (of Western ones) elsewhere: each family of two bytes
# a letter. The word "où" is French.
_PAIRS = (
    ("[aeuyôöýAEUYÝ]", "õù"),
    ("[oO]", "õ"),
    ("[A-Za-z][oO]", "ù"),
    ("[aeoyAEO]", "øåä"),
    ("[ae]", "û"),
    ("[AEO]", "ØÅÄ"),
    ("[AE]", "Û"),
    ("ö", "ïøùûõ"),
    ("[aeoAEO]", "â"),
    ("[aeouyâêôãõýAEOUY]", "ìò"),
)
_BEFORE = 300  # characters before a suspect one that are weighed with it: a heading of two words
_ANY = f"[{_ALIEN}{_SIGNS}õùâìò]"
_CASES = (
    "(?<=[ðþÿƒ])",
    f"(?<=[a-z][{_CAPITALS_ALSO}])|(?<=[A-Z][{_CAPITALS_ALSO}])(?=[A-Z])",
    f"(?<=[{_WESTERN}])(?=[^\n]{{0,{_NEAR}}}?{_ANY}[^\n]{{0,{_NEAR}}}?{_ANY})",
    f"(?<=[{_SIGNS}])(?:(?=[{_LETTER}])|(?<=[{_LETTER}].))",
    f"(?<=[a-z][{_CAPITALS}])",
    "(?<=Ã)(?=[\x80-\xbf‚ƒ„…†‡ˆ‰‹‘’“”•–—˜™›€])",
    *(f"(?<={before}[{letters}])" for before, letters in _PAIRS),
)
_SUSPECT = re.compile(f"[{_ALIEN}{_SIGNS}{_CAPITALS}õùâìò](?:{'|'.join(_CASES)})", re.DOTALL)
_SPELLED = (
    re.compile(r"\^(?<=[aeoAEO]\^)"),
    re.compile(r"\+(?<=[uoUO]\+)"),
    re.compile(r"dd(?<![A-Za-z]dd)(?=[aeiou])"),
)


def suspects(text: str) -> Iterator[tuple[int, int]]:
    """Blocks (start, end) of whole lines where legacy letters may stand, in order and apart."""
    if text.isascii():
        return iter(())
    return iter([(0, len(text))]) if len(text) <= SHORT else _blocks(text, (_SUSPECT,), _BEFORE)


def spelled(text: str) -> Iterator[tuple[int, int]]:
    """Blocks where VIQR may stand: ^ after a, e, o, or + after u, o, or a word that begins with dd."""
    return _blocks(text, _SPELLED) if any(map(text.__contains__, ("^", "+", "dd"))) else iter(())


def _blocks(text: str, patterns: Sequence[re.Pattern[str]], before: int = 0) -> Iterator[tuple[int, int]]:
    done, nowhere, size = 0, len(text), SMALLEST
    places = [-1] * len(patterns)
    while True:
        for which, pattern in enumerate(patterns):
            if places[which] < done:
                found = pattern.search(text, done)
                places[which] = found.start() if found else nowhere
        place = min(places)
        if place >= nowhere:
            return
        size = min(2 * size, LARGEST) if done and place - done < SMALLEST else SMALLEST
        start = max(done, text.rfind("\n", done, max(done, place - before)) + 1, place - size)
        done = max(_end(text, start, size), place + 1)
        yield start, done


def _end(text: str, start: int, size: int) -> int:
    end = start + size
    if end >= len(text):
        return len(text)
    line = text.find("\n", end, start + 2 * size)
    if line >= 0:
        return line + 1
    blank = text.rfind(" ", end, start + 2 * size)
    return blank + 1 if blank >= 0 else min(start + 2 * size, len(text))
