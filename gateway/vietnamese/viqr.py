"""VIQR: Vietnamese in plain ASCII, "Vie^.t Nam" (RFC 1456). Reads it and writes it; knows nothing else.

Marks that the RFC allows twice (horn as + or *) are both read, and so is the apostrophe that word processors bend. A
backslash before a mark, a `d` or itself takes it literally. The RFC's modes (\\V, \\L, \\M) are not followed: in mail a
backslash is a file name's more often.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_TONES = {"`": "\u0300", "?": "\u0309", "~": "\u0303", "'": "\u0301", ".": "\u0323"}
_SHAPES = {"^": "\u0302", "(": "\u0306", "+": "\u031b"}
_TAKES = {"a": "^(", "e": "^", "i": "", "o": "^+", "u": "+", "y": ""}
_SAME = {"*": "+", "\xb4": "'", "\u2019": "'"}  # other characters that stand for a mark


def _letters() -> Mapping[str, str]:
    """Every spelling with its canonical marks → letter."""
    found = {"dd": "đ", "DD": "Đ"}
    for vowel, shapes in _TAKES.items():
        for base in (vowel, vowel.upper()):
            for shape in ("", *shapes):
                for tone in ("", *_TONES):
                    marks = _SHAPES.get(shape, "") + _TONES.get(tone, "")
                    found[base + shape + tone] = unicodedata.normalize("NFC", base + marks)
    return {spelled: letter for spelled, letter in found.items() if len(spelled) > 1}


_READ = dict(_letters()) | {"Dd": "Đ", "dD": "đ"}
_WRITE = str.maketrans({letter: spelled for spelled, letter in _letters().items()})
_CANONICAL = str.maketrans(_SAME)
# đ begins a syllable: "buildd" is English, and only capitals ("HDDND") stand together.
# A dot is punctuation in an ellipsis and in an address ("a.gov"); the rest is as ambiguous as the RFC leaves it.
_TONE = r"(?:[`~'\xb4\u2019]|\?(?!\?\?)|\.(?!\.\.))"
_SPELLED = re.compile(
    rf"\\[\\`?~'\xb4\u2019.^(+*dD]|[dD]D|(?<![a-z])[dD]d|(?:[aA][\^(]|[eE]\^|[oO][\^+*]|[uU][+*]){_TONE}?|[aeiouyAEIOUY](?!\.\w{{3}}){_TONE}"
)
_AMBIGUOUS = re.compile(r"\\|[dD](?=[dDđĐ])|(?<=[aeiouyAEIOUY\u00c0-\u1ef9])[`?~'\xb4\u2019.^(+*]")


def from_viqr(text: str) -> str:
    """The letters that VIQR's spellings mean, in NFC. Any text is taken, in linear time."""
    return unicodedata.normalize("NFC", _SPELLED.sub(_letter, text))


def to_viqr(text: str) -> str:
    """Text in VIQR; a character that would be read as a mark is escaped. What VIQR has no spelling for stays."""
    return _AMBIGUOUS.sub(r"\\\g<0>", unicodedata.normalize("NFC", text)).translate(_WRITE)


def _letter(match: re.Match[str]) -> str:
    spelled = match[0]
    if spelled[0] == "\\":
        return spelled[1]
    return _READ[spelled if spelled in _READ else spelled.translate(_CANONICAL)]
