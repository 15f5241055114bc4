"""Capitals of families that have none with a tone mark (TCVN3, Vietware F): what a word's other letters tell of them.

People typed "CéNG" (CộNG) with the caps lock on, or "A" and the small "à" for À; a capital font is the other way, and
the caller knows it. It knows Unicode text only.
"""

from __future__ import annotations

import re
import unicodedata

_TONES = "\u0300\u0309\u0303\u0301\u0323"


def _toned(vowel: str) -> str:
    return "".join(unicodedata.normalize("NFC", vowel + tone) for tone in _TONES)


_VOWELS = "aăâeêioôơuưy"
_CAPITAL = "A-ZĂÂÊÔƠƯĐ"
_SMALL = "".join(map(_toned, _VOWELS))  # what these families have no capital of
# A capital vowel and the same vowel, small, with its tone: one letter, as several keyboard programs wrote it.
_PAIRS = {vowel.upper() + letter: letter.upper() for vowel in _VOWELS for letter in _toned(vowel)}
_PAIR = re.compile(f"[{_VOWELS.upper()}][{_SMALL}]")
_SHOUT = re.compile(f"[{_CAPITAL}](?:[{_CAPITAL}][{_SMALL}]|(?<=[{_SMALL}].))")  # far faster, to be asked first
# A word of capitals and marked small letters only, with a capital after a small letter or two capitals before it.
_SHOUTED = re.compile(
    f"(?<!\\w)(?:[{_CAPITAL}]?[{_SMALL}]+[{_CAPITAL}]|[{_CAPITAL}]{{2,}}[{_SMALL}])[{_CAPITAL}{_SMALL}]*(?!\\w)"
)


def raised(text: str) -> str:
    """Text with the capitals put back that the words themselves show: "CộNG HOà" → "CỘNG HOÀ". Linear time."""
    text = _PAIR.sub(lambda match: _PAIRS.get(match[0], match[0]), text)
    return "\n".join(map(_shouting, text.split("\n"))) if _SHOUT.search(text) else text


def _shouting(line: str) -> str:
    return _SHOUTED.sub(lambda match: match[0].upper(), line) if _SHOUT.search(line) else line
