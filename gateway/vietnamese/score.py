"""What a word is evidence of: of Vietnamese behind a family's letters, or of nothing but itself.

A word is worth the logarithm (nats) of how much likelier it is as a Vietnamese word behind the family's letters than as
what it shows: a word of Vietnamese in good Unicode, of another language, or a code. It knows words, not texts;
evidence.py adds them up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from math import exp, log

from gateway.vietnamese.family import Family
from gateway.vietnamese.frequencies import FOREIGN, VIETNAMESE
from gateway.vietnamese.hack import WINDOWS
from gateway.vietnamese.syllables import parts, repertoire
from gateway.vietnamese.words import LETTERS

MOST = 6.0
"""The most that one word is worth: no single word decides."""
_QUOTED = 1.0  # the most that a word is worth whose only signs are quotation marks
WRONG = -3.0
"""A word that reads as no syllable under the family; names, codes and slips occur in any text."""
_LONE = -1.4
UNSEEN = -14.5
"""A syllable that is spelled right and occurs nowhere in the training text."""

ASIDE = -1.5
"""A word that cannot belong to legacy text: Vietnamese in good Unicode, another script."""

_DISCOUNT = -1.0
_RARE_PART = -9.0

_TWO, _THREE = 4, 14  # letters of syllables that are run together
_LONGEST = 7  # letters of a syllable
_IN_USE = -9.5
_JOINED = -4.0

_LETTER = -2.9  # a-z, each about e**-2.9 of a text's letters
_ACCENTED = -5.0
_CAPITAL = -6.5  # a marked capital, rare but at a word's start
_ONLY_OURS = -4.0
_SIGN = -9.0  # ® or ¶ in or beside a word
_ACCENTS = frozenset("àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßăđĩũơưšžœ")


_LEGACY = frozenset(WINDOWS) | frozenset(map(chr, range(256))) | frozenset("\u02c9\u2212\u2219\u03bc")
_EDGES = "‘’“”„…–—‹›«»•·´\"'\xa0 "
_MOST_INITIALS = 7
_VOWELS = "[aeiouyàáâãèéêìíòóôõùúýăĩũơưạ-ỹ]{1,3}+"
_SEVERAL = re.compile(f"(?:(?:ngh|[ckpt]h|[gn]h|ng|tr|qu|[b-dđg-hk-np-tvx])?{_VOWELS}(?:ch|n[gh]|[cmnpt])?){{2}}")
_INITIALS = re.compile(f"[BCDĐGHKLMNPQRSTƯVX]{{1,{_MOST_INITIALS}}}")  # QĐ, HĐND, TƯ: they speak neither way
_LONGEST_LOAN = 20
_UNMISTAKABLE, _READ_AT_LEAST = 9.0, -1.0  # of mojibake: two letters, one of ours; a syllable in French letters
_ONSETS = "(?:ngh|[ckpt]h|[gn]h|ng|qu|[bcdfgkps]?[lr]|s?[b-dđf-hj-np-tv-z])"
_LOAN = re.compile(f"(?:{_ONSETS}?{_VOWELS}(?:ch|n[gh]|[cmnpt])?){{1,6}}")
_MARKED_LETTER, _NO_SYLLABLE = -4.0, -5.0
LOANS = {Family.TCVN3: 0.0, Family.VNI: 0.1}
"""Families in which loan words and names are read, and the most that one is worth: VNI's pairs occur nowhere else."""
_REPERTOIRE = repertoire() | frozenset("fjwz")
# Letters that are rare in other languages, though some have them; U+1EA0-1EF9 only Vietnamese has.
_MARKS_OF_OURS = frozenset(letter for letter in _REPERTOIRE if letter in "ăđĩũơư" or letter >= "\u1ea0")
_BULLETS = frozenset("§®·¨¶Øø")  # a symbol font's bullet without its blank: "§Âm thanh"
_GLUED = -3.0
_OPENING = "“„‘’‚«»‹…–—•\x84\x85\x91\x92\x93\x94\x95\x96\x97"
_CLOSING = "”“’‘»«›…–—•\x84\x85\x91\x92\x93\x94\x95\x96\x97"
_BEHIND = _CLOSING.replace("«", "")


def _table(lists: str) -> dict[str, float]:
    rows = (line.split() for line in lists.splitlines())
    return {word: -float(row[0]) for row in rows for word in row[1:]}


@cache
def vietnamese() -> dict[str, float]:
    """Every Vietnamese word (lower case, NFC) → the logarithm of its share of a text's words."""
    seen = _table(VIETNAMESE)
    found = dict(seen)
    for syllable, estimate in _estimates(seen).items():
        found[syllable] = max(seen.get(syllable, UNSEEN), estimate)
    return found


def _estimates(seen: dict[str, float]) -> dict[str, float]:
    """What onset, rhyme and tone, each by itself, tell of a syllable: texts on other subjects use other words."""
    shares: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(3)]
    for word, likely in seen.items():
        for share, part in zip(shares, parts().get(word, ()), strict=False):
            share[part] += exp(likely)
    logs = [{part: log(count / sum(share.values())) for part, count in share.items()} for share in shares]
    onsets, rhymes, tones = (known.get for known in logs)  # no generator for each of 18,000: a third of the time
    return {
        word: _DISCOUNT + (onsets(onset, _RARE_PART) + rhymes(rhyme, _RARE_PART) + tones(tone, _RARE_PART))
        for word, (onset, rhyme, tone) in parts().items()
    }


@cache
def _foreign() -> dict[str, float]:
    return _table(FOREIGN)


def foreign_letters(word: str) -> float:
    """The logarithm of a foreign word's likelihood, told by its letters alone."""
    plain = len(word.encode("ascii", "ignore"))
    if plain == len(word):
        return plain * _LETTER
    others = [pair for pair in zip(word, " " + word, strict=False) if not pair[0].isascii()]
    return plain * _LETTER + sum(_letter(*pair) for pair in others)


def _letter(letter: str, before: str) -> float:
    """Of a letter beyond ASCII."""
    if letter in _ACCENTS:
        return _ACCENTED
    if letter.lower() not in _ACCENTS or before.islower():
        return _SIGN
    return _CAPITAL


def as_shown(word: str) -> float:
    """The logarithm of a word's likelihood if it means what it shows, in Vietnamese or any other language."""
    letters = foreign_letters(word)
    if word[:1] in _BULLETS and word[1:].istitle():
        letters = max(letters, vietnamese().get(word[1:].lower(), -99.0) + _GLUED)
    if not (word.islower() or word.isupper() or word[1:].islower() or len(word) == 1):
        return letters  # "kÝ", "bËc": no word is written so
    low = word.lower()
    return max(vietnamese().get(low, -99.0), _foreign().get(low, -99.0), letters)


def legacy(word: str) -> bool:
    """Can a word be a family's? Not with a letter that no family's bytes are shown as: ơ, ệ, other scripts."""
    return _LEGACY.issuperset(word)


def may_be_word(read: str, low: str) -> bool:
    """Is it worth a closer look, though it is no syllable: with quotation marks, initials, several syllables in one?"""
    if read[0] in _EDGES or read[-1] in _EDGES or (len(read) <= _MOST_INITIALS and read.isupper()):
        return True
    return len(read) == 1 or (_TWO < len(read) <= _THREE and bool(_SEVERAL.fullmatch(low))) or _is_loan(low)


def _is_loan(word: str) -> bool:
    return 1 < len(word) <= _LONGEST_LOAN and bool(_LOAN.fullmatch(word))


def worth(word: str, read: str, family: Family) -> float:
    """What `word`, which reads as `read` under the family, is evidence of: above zero for the family, below against."""
    bare = read.strip(_EDGES)
    if not bare and family is Family.MOJIBAKE:
        return 0.0  # quotation marks and dashes alone: of any language
    parts = LETTERS.findall(bare.lower())
    if len(parts) != 1 or len(parts[0]) != len(bare):
        return WRONG
    likely = _likely(parts[0])
    if likely is None and family is Family.MOJIBAKE:
        return _loan(parts[0])
    if likely is None:
        return _unlikely(word, bare, parts[0], family)
    if family is Family.MOJIBAKE:
        marked = sum(not letter.isascii() for letter in parts[0])
        most = _UNMISTAKABLE if marked > 1 and not _MARKS_OF_OURS.isdisjoint(parts[0]) else MOST
        return max(_READ_AT_LEAST, min(most, likely - _misread(bare)))
    shown = as_shown(word if bare == read else word.strip(_EDGES))
    most = MOST if legacy_letters(word) else _QUOTED
    return max(WRONG, min(most, likely - shown))


def _unlikely(word: str, bare: str, low: str, family: Family) -> float:
    """A word that reads as no syllable: initials, a loan word or a name as Vietnamese spells it, or nothing."""
    if _INITIALS.fullmatch(bare):
        return 0.0
    if family not in LOANS or not legacy_letters(word) or not _is_loan(low):
        return WRONG if len(word) > 1 else _LONE
    spelled = sum(_LETTER if letter.isascii() else _MARKED_LETTER for letter in low) + _NO_SYLLABLE
    return max(WRONG, min(LOANS[family], spelled - as_shown(word.strip(_EDGES))))


def _loan(word: str) -> float:
    """A word behind mojibake that is no syllable: foreign, or a name as Vietnamese spells it, told by its letters."""
    if not _REPERTOIRE.issuperset(word):
        return WRONG
    return -1.0 if _MARKS_OF_OURS.isdisjoint(word) else 1.0


def quoted(word: str) -> bool:
    """Is a word plain ASCII but for the quotation marks and dashes glued to it? (« behind it may be a letter.)"""
    bare = word.lstrip(_OPENING).rstrip(_BEHIND)
    return bool(bare) and bare.isascii()


def legacy_letters(word: str) -> bool:
    """Has a word a sign beyond ASCII that is no quotation mark or dash, which stand beside letters anywhere?"""
    return not word.lstrip(_OPENING).rstrip(_CLOSING).isascii()


def _likely(word: str) -> float | None:
    """How likely a Vietnamese word is, or syllables that were run together (tậptin); None for no such word."""
    known = vietnamese()
    if (likely := known.get(word)) is not None or not _TWO < len(word) <= _THREE:
        return likely
    return _tiled(word, 1)


def _tiled(word: str, more: int) -> float | None:
    """The likeliest way of cutting a word into syllables in use, `more` cuts at most."""
    known = vietnamese()
    best = known.get(word)
    for cut in range(2, min(_LONGEST, len(word) - 2) + 1) if more else ():
        first = known.get(word[:cut])
        if first is None or first < _IN_USE or (rest := _tiled(word[cut:], more - 1)) is None or rest < _IN_USE * more:
            continue
        best = max(best or -99.0, first + rest + _JOINED)
    return best


def _misread(word: str) -> float:
    """The likelihood of a foreign word, for mojibake: French is misread as often as Vietnamese."""
    rare = sum(_SIGN - _ACCENTED for letter in word.lower() if letter in _MARKS_OF_OURS)
    rare += sum(_ONLY_OURS for letter in word.lower() if letter >= "\u1ea0")
    return max(_foreign().get(word.lower(), -99.0), foreign_letters(word) + rare)
