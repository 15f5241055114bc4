"""Telex: the keystrokes of Vietnamese, left as they were typed ("Vieejt Nam"). Reads and writes them; words, not texts.

aa â, aw ă, ee ê, oo ô, ow ơ, uw or w ư, dd đ; a tone is the key f, s, r, x or j behind the vowel or at the word's end.
Any word that has the shape is read so: whether it is a Vietnamese one, or "boss", is for the caller to ask.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = {"f": "\u0300", "r": "\u0309", "x": "\u0303", "s": "\u0301", "j": "\u0323"}
_SHAPED = {"aa": "â", "aw": "ă", "ee": "ê", "oo": "ô", "ow": "ơ", "uw": "ư", "w": "ư", "uow": "ươ"}
_SHAPE = re.compile("uow|aa|aw|ee|oo|ow|uw|w")
_ANY = re.compile(r"(?<![\w'])[A-Za-z]{2,12}(?![\w'])")
_WORD = re.compile(
    r"(ngh|ng|nh|n|ch|c|dd|d|gh|gi(?=[aeouyw])|g|kh|k|ph|p|qu|th|tr|t|b|h|l|m|r|s|v|x|)"
    r"([aeiouyw]{1,6})([frxsj]?)(ch|c|m|ng|nh|n|p|t|)([frxsj]?)",
    re.IGNORECASE,
)
_KEYS = {ord(letter): keys for keys, letter in _SHAPED.items() if keys not in ("w", "uow")} | {ord("đ"): "dd"}
_MARKED = re.compile("[ăâêôơư]")


def from_telex(text: str) -> str:
    """Every word that has Telex's shape, with its letters; NFC, and linear in the text's length."""
    return unicodedata.normalize("NFC", _ANY.sub(lambda match: _read(match[0]), text))


def to_telex(text: str) -> str:
    """The keystrokes for a text: shapes where they stand, the tone at the word's end."""
    return re.sub(r"\w+", lambda match: _typed(match[0]), unicodedata.normalize("NFC", text))


@lru_cache(4096)
def _read(word: str) -> str:
    match = _WORD.fullmatch(word)
    if not match:
        return word
    read = _syllable(*(part.lower() for part in match.groups())) or word
    if word.isupper():
        return read.upper()
    return read.capitalize() if word[0].isupper() else read


def _syllable(onset: str, vowels: str, inner: str, coda: str, outer: str) -> str:
    """A word's parts put together, or nothing if they hold no key of Telex's or two tones."""
    shaped = _SHAPE.sub(lambda shape: _SHAPED[shape[0]], vowels)
    if shaped.endswith("ươ") and not coda:  # thuở: the open rhyme
        shaped = shaped[:-2] + "uơ"
    tone = inner or outer
    if (inner and outer) or (shaped == vowels and not tone and onset != "dd"):
        return ""
    return onset.replace("dd", "đ") + _toned(shaped, tone, coda) + coda


def _toned(vowels: str, tone: str, coda: str) -> str:
    """The tone's mark on the letter that carries it: the last marked one, or by the school's rule."""
    if not tone:
        return vowels
    marked = [found.end() for found in _MARKED.finditer(vowels)]
    if marked:
        place = marked[-1]
    elif coda or vowels in ("oa", "oe", "uy"):
        place = len(vowels)
    else:
        place = 2 if len(vowels) > 2 else 1
    return unicodedata.normalize("NFC", vowels[:place] + _TONES[tone] + vowels[place:])


def _typed(word: str) -> str:
    tone = ""
    keys = []
    for letter in word:
        bare = unicodedata.normalize("NFD", letter)
        tone = next((key for key, mark in _TONES.items() if mark in bare), tone)
        plain = unicodedata.normalize("NFC", "".join(char for char in bare if char not in _TONES.values()))
        key = _KEYS.get(ord(plain.lower()), plain)
        keys.append(key.upper() if plain.isupper() and word.isupper() else key.capitalize() if plain.isupper() else key)
    return "".join(keys) + (tone.upper() if word.isupper() and len(word) > 1 else tone)
