"""Where words begin and end, in text whose letters may hide behind any sign: legacy letters look like ® ¶ ¸ or ‰ Š.

It knows characters only. A word is split at blanks, digits, hyphens, underscores and ASCII punctuation (file names),
never at U+00AD, which is ư in TCVN3.
"""

from __future__ import annotations

import re

# C0 controls that VISCII and VPS use for capitals. Blanks and line ends are not among them.
_CONTROLS = "\x02-\x06\x10-\x15\x19\x1c-\x1e"
# windows-1252's 80-9f, U+00AD's and others' twins in PDF text, and everything else beyond ASCII that can be a letter.
_BEYOND = "\x80-\x9f\xa1-\u1fff\u2010-\u2027\u2030-\u203a\u20ab\u20ac\u2122\u2212\u2219"
_LETTER = f"[A-Za-z{_CONTROLS}{_BEYOND}]"
# A no-break space, or the blank it became, is a letter's last byte after these.
_ONCE = "(?:(?<=[ÃÆ])|(?<=á[º»]))[\xa0 ]"
_TWICE = "(?:(?<=Ã[ƒ†][ÂÅ])|(?<=Ã¡Â[º»]Â)|(?<=Ã¡Â»Å)|(?<=Ã¡Â»â€))\xa0"
_BLANK = f"(?<=[ÃÆº»ÂÅ€])(?:{_ONCE}|{_TWICE})"

_CODE = r"[%\\][cdinrstux]"
CODE = re.compile(_CODE)
"""A format's letter, which is no part of the word that is glued to it: "%slỗi", "\\nKhông"."""
WORD = re.compile(f"{_LETTER}(?<!{_CODE}){_LETTER}*+(?:{_BLANK}{_LETTER}*+)*")
"""A run of characters that can be one word of some family."""
LETTERS = re.compile(r"[^\W\d_]+")
"""A word of real Unicode text (NFC)."""
LONGEST_WORD = 60
"""Characters beyond which a run is no word of any family (seven letters, each two layers deep in mojibake)."""

_ONSET = "(?:ngh|[ckpt]h|[gn]h|ng|tr|qu|gi|[bcdghklmnprstvxq])"
_CODA = "(?:ch|n[gh]|[cmnpt])"
# \x02-\x06, \x10-\x1e and all from \x7f on, with vowels or capitals: told by what is not in them, as `re` takes long to
# put together sets that reach to U+10FFFF.
_VOWELS = r"[^\x00\x01\x07-\x0f\x1f-`b-df-hj-np-tv-xz-~]"
_CAPITALS = r"[^\x00\x01\x07-\x0f\x1f-@\[-~]"
_SYLLABLES = re.compile(f"(?:{_ONSET}?{_VOWELS}{{1,6}}+{_CODA}?){{1,2}}")
_INITIALS = re.compile(f"{_CAPITALS}{{1,8}}")
_LONGEST_LOAN = 24
_STRANGE = re.compile("(?:[aeiouy]|[bcdfgkps][lr])[\x80-\xff]|[^\x00-\x7f].*[^\x00-\x7f]")
_CONSONANTS = "[b-df-hj-np-tv-xz]"
_LOAN = re.compile(f"(?:{_CONSONANTS}{{0,3}}+{_VOWELS}{{1,9}}+){{1,6}}+{_CONSONANTS}{{0,2}}")
_MISREAD = re.compile("[\xc2-\xc6\xcb-\xcd\xe1\xe2\xef][\x80-\xbf\u0152-\u2122 ]")


def has_shape(word: str) -> bool:
    """Can a word be one or two syllables, or initials, where each sign beyond ASCII may be any letter?

    Most foreign words cannot, and need not be read under any family of one or two bytes a letter.
    """
    return bool(_SYLLABLES.fullmatch(word.lower()) or _INITIALS.fullmatch(word))


def is_loan(word: str) -> bool:
    """Can a word be a foreign one as Vietnamese spells it, or syllables run together, with strange signs in them?"""
    low = word.lower()
    return len(word) <= _LONGEST_LOAN and bool(_STRANGE.search(low) and _LOAN.fullmatch(low))


def is_misread(word: str) -> bool:
    """Has a word two characters that may be one letter's UTF-8?"""
    return bool(_MISREAD.search(word))
