"""What is remarkable about a text beside legacy letters: combining marks, Ð for Đ, lost letters, Telex.

Each is looked for with one search in C first; only where that finds something words are read. It knows text in Unicode
and no charsets; what a declaration or a font tells is for detect.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from gateway.vietnamese.score import vietnamese
from gateway.vietnamese.syllables import is_syllable, parts
from gateway.vietnamese.telex import from_telex
from gateway.vietnamese.verdict import Note

Place = tuple[Note, int, int]
"""A note and where in the text it is first due."""

VIETNAMESE = re.compile("[ăđơưĂĐƠƯạ-ỹ]")
"""A letter that hardly any other language has."""
_WORDS = 40  # of a kind that are read before a note is given
_SHARE = 0.7  # of them that must be Vietnamese
_LEAST = 4  # different ones, where a single one is no proof

# Each search begins with a rare character: a pattern that began with a letter would be tried at every one.
_COMBINED = re.compile("[\u0300-\u0303\u0306\u0309\u031b\u0323](?<=[A-Za-zÀ-ỹ].)")
_COMBINING = b"\xcc"  # how U+0300 to U+033F begin in UTF-8, and nothing else does
_DECOMPOSED = re.compile("[A-Za-zÀ-ỹ\u0300-\u0323]*[\u0300-\u0323][A-Za-zÀ-ỹ\u0300-\u0323]*")
_ETH = re.compile("[Ðð]")
_AROUND = re.compile("[A-Za-zÀ-ỹ]+")
_LONGEST = 10  # letters of a syllable, or of syllables run together, on each side of an eth
_INITIALS = re.compile("[B-DF-HJ-NP-TV-XZÐ]+")  # QÐ, HÐND: nothing can be told by them
_LOST_LETTER = re.compile("[?\ufffd](?<=[A-Za-zÀ-ỹ].)(?=[?\ufffd]*[A-Za-zÀ-ỹ])")
_LOST = re.compile("(?<![\\w?/&=\ufffd])[A-Za-zÀ-ỹ]+[?\ufffd]+[A-Za-zÀ-ỹ?\ufffd]*[A-Za-zÀ-ỹ](?![\\w=?/\ufffd])")
_NEAR = 4_000  # characters behind the first sign of lost letters that are read
_TELEX_SIGNS = ("uwow", "iee")
_TYPED = re.compile("[A-Za-z]+")
_KEYS = re.compile("dd|aa|ee|oo|w|[aeiouy][a-z]*[sfrxj]$", re.IGNORECASE)
_STRONG_KEYS = re.compile("^dd|uow|uw|aw|(?:aa|ee|oo|w)[a-z]{0,3}[sfrxj]$|[fxj]$", re.IGNORECASE)
_STRONG = 2  # different words with keys that hardly any language spells so
_TELEX_SHARE = 0.4  # of all words: others are names, codes and syllables that need no keys


def notes_of(text: str) -> Iterator[Place]:
    """The notes that the text itself gives cause for, each once, with its first place. Linear time."""
    if not text.isascii():
        yield from _nfd(text)
        yield from _eth(text)
    if "?" in text or "\ufffd" in text:
        yield from _lossy(text)
    if any(sign in text for sign in _TELEX_SIGNS):
        yield from _telex(text)


def _first(found: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    return [match for match, _ in zip(found, range(_WORDS), strict=False)]


def _nfd(text: str) -> Iterator[Place]:
    if _COMBINING not in text.encode("utf-8", "surrogatepass"):
        return  # a third of the time that the search takes, and good Vietnamese has none
    first = _COMBINED.search(text)
    if not first:
        return
    words = _first(_DECOMPOSED.finditer(text, max(0, first.start() - 20), first.start() + _NEAR))
    if _mostly(is_syllable(match[0]) for match in words) and any(
        VIETNAMESE.search(unicodedata.normalize("NFC", match[0])) for match in words
    ):
        yield Note.NFD, *words[0].span()


def _eth(text: str) -> Iterator[Place]:
    if "Ð" not in text and "ð" not in text:
        return
    around = (_AROUND.search(text, _start(text, match.start())) for match in _first(_ETH.finditer(text)))
    words = [match for match in around if match and not _INITIALS.fullmatch(match[0])]
    meant = [match for match in words if is_syllable(match[0].replace("Ð", "Đ").replace("ð", "đ"))]
    if meant and len(meant) >= len(words) * _SHARE and VIETNAMESE.search(text):
        yield Note.ETH, *meant[0].span()


def _start(text: str, place: int) -> int:
    """Where the word around a place begins."""
    while place and text[place - 1].isalpha() and place > 0:
        place -= 1
    return place


def _lossy(text: str) -> Iterator[Place]:
    sign = _LOST_LETTER.search(text)
    if not sign:
        return
    words = _first(_LOST.finditer(text, max(0, sign.start() - _NEAR), sign.start() + _NEAR))
    lost = [match for match in words if re.sub("[?\ufffd]+", "?", match[0].lower()) in _masked()]
    if len({match[0].lower() for match in lost}) >= _LEAST and len(lost) >= len(words) * _SHARE:
        yield Note.LOSSY, *lost[0].span()


@cache
def _masked() -> frozenset[str]:
    """Syllables in use with `?` for each letter beyond ASCII, and with `?` for those beyond Latin-1 only."""
    used = [word for word in vietnamese() if word in parts() and not word.isascii()]
    forms = (re.sub(pattern, "?", word) for word in used for pattern in ("[^\x00-\x7f]+", "[^\x00-\xff]+"))
    return frozenset(form for form in forms if "?" in form and len(form) > 1)


def _telex(text: str) -> Iterator[Place]:
    """From the first sign on: an archive's new mail stands above what it quotes."""
    start = min(place for sign in _TELEX_SIGNS if (place := text.find(sign)) >= 0)
    words = _first(_TYPED.finditer(text, text.rfind("\n", 0, start) + 1))
    typed = [match for match in words if _KEYS.search(match[0]) and _is_telex(match[0])]
    different = {match[0].lower() for match in typed}
    strong = sum(bool(_STRONG_KEYS.search(word)) for word in different)
    if len(different) >= _LEAST and strong >= _STRONG and len(typed) >= len(words) * _TELEX_SHARE:
        yield Note.TELEX, *typed[0].span()


def _is_telex(word: str) -> bool:
    read = from_telex(word).lower()
    return not read.isascii() and read in vietnamese()


def _mostly(answers: Iterable[bool]) -> bool:
    given = list(answers)
    return sum(given) >= len(given) * _SHARE
