"""Which strings are Vietnamese syllables: onset, rhyme and tone put together as the spelling puts them.

It knows nothing of charsets, scores or files. The spelling rules are those that school grammars teach (and Đoàn Thiện
Thuật, "Ngữ âm tiếng Việt"): which rhymes there are, that a rhyme ending in p, t, c or ch takes only sắc and nặng, that
c, g and ng are written k, gh and ngh before e, ê, i. Both places of the tone are taken in open oa, oe and uy (hòa,
hoà). About 18,000 strings, of which people use a third; how often is told by `frequencies.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
STOP_TONES = ("\u0301", "\u0323")
STOPS = ("c", "p", "t", "ch")

_ONSETS = "b ch d đ h kh l m n nh p ph r s t th tr v x"
_BEFORE_BACK = ("c", "g", "ng", "gi")  # before a, o, u and theirs
_BEFORE_FRONT = ("k", "gh", "ngh")  # before e, ê, i, y
_FRONT = "eêiy"

_RHYMES = """
a ai ao au ay am an ang anh ac ap at ach ăm ăn ăng ăc ăp ăt âm ân âng âu ây âc âp ât
e em en eng eo ec ep et ê êm ên êng ênh êu êch êp êt êc
i im in inh iu ia iêm iên iêng iêu ich ip it iêc iêp iêt
o oi om on ong oc op ot oong ooc oa oai oan oang oanh oao oay oam oac oat oach oap oăm oăn oăng oăc oăt oe oen oeo oet
ô ôi ôm ôn ông ôc ôp ôt ơ ơi ơm ơn ơng ơp ơt
u ui um un ung uc up ut ua uôi uôm uôn uông uôc uôt uê uên uênh uêch uêt uơ uân uâng uây uât uâc
uy uya uyên uyêt uynh uyn uyu uych uyt uyp ư ưi ưu ưm ưn ưng ưa ưc ưt ươi ươm ươn ương ươu ươc ươp ươt
"""
_AFTER_QU = """
a ai ao au ay am an ang anh ac ap at ach ăm ăn ăng ăc ăp ăt ân âng ây âu ât âc ôc
e em en eng eo et ec ê ên ênh êt êch êu i in it y yn ynh yt ych yên yêt yp ơ ơn ơi ơt
"""
_ALONE_Y = "y yêm yên yêng yêt yêu"
_ONSETS_BEFORE_Y = "h k l m s t v đ qu"
_G_BEFORE_I = "i in im iêng iêt iêc ip it"
_MARKED = "ăâêôơư"
_VOWELS = f"aeiouy{_MARKED}"
_TWO_WAYS = ("oa", "oe", "uy")


def _tone_places(rhyme: str) -> tuple[int, ...]:
    """Where in `rhyme` the tone's letter stands; two places where two spellings are in use."""
    marked = [place for place, letter in enumerate(rhyme) if letter in _MARKED]
    if marked:
        return (marked[-1],)
    vowels = [place for place, letter in enumerate(rhyme) if letter in _VOWELS]
    if rhyme in _TWO_WAYS:
        return (0, 1)
    if len(vowels) == 1 or vowels[-1] != len(rhyme) - 1:  # closed: on the last vowel
        return (vowels[-1],)
    return (len(vowels) - 2,)  # ai, ia: the first of two; oai, uya: the second of three


def _toned(rhyme: str) -> list[tuple[str, str]]:
    """Each tone that the rhyme takes, and how the two are written."""
    tones = STOP_TONES if rhyme.endswith(STOPS) else TONES
    return [
        (tone, unicodedata.normalize("NFC", rhyme[: place + 1] + tone + rhyme[place + 1 :]))
        for place in _tone_places(rhyme)
        for tone in tones
    ]


def _spelled() -> Iterator[tuple[str, str]]:
    """Each onset with each rhyme that may follow it."""
    for rhyme in _RHYMES.split():
        for onset in ("", *_ONSETS.split(), *(_BEFORE_FRONT if rhyme[0] in _FRONT else _BEFORE_BACK)):
            yield onset, rhyme
        if rhyme[0] in "eê":  # giết, giêng, gien
            yield "gi", rhyme
    yield from (("qu", rhyme) for rhyme in _AFTER_QU.split())
    yield from (("", rhyme) for rhyme in _ALONE_Y.split())
    yield from ((onset, "y") for onset in _ONSETS_BEFORE_Y.split())
    yield from (("g", rhyme) for rhyme in _G_BEFORE_I.split())
    yield from (("gi", rhyme) for rhyme in ("êng", "êt"))


@cache
def parts() -> Mapping[str, tuple[str, str, str]]:
    """Every string that is spelled as a Vietnamese syllable (NFC, lower case) → its onset, rhyme and tone's mark."""
    spelled = list(_spelled())
    toned = {rhyme: _toned(rhyme) for _, rhyme in spelled}  # once for all its onsets
    return {onset + written: (onset, rhyme, tone) for onset, rhyme in spelled for tone, written in toned[rhyme]}


@cache
def bare() -> frozenset[str]:
    """What the syllables are but for their tones, NFC, lower case: onset and rhyme."""
    return frozenset(onset + rhyme for onset, rhyme in _spelled())


def repertoire() -> frozenset[str]:
    """Every letter that stands in a syllable: NFC, lower case."""
    rhymes = {rhyme for _, rhyme in _spelled()}
    toned = {written for rhyme in rhymes for _, written in _toned(rhyme)}
    return frozenset("".join(bare() | toned))


@cache
def syllables() -> frozenset[str]:
    """Every string that is spelled as a Vietnamese syllable: NFC, lower case, with and without marks."""
    return frozenset(parts())


def is_syllable(word: str) -> bool:
    """Is `word` (any case, NFC or NFD) spelled as a Vietnamese syllable? That it is in use is not said."""
    return unicodedata.normalize("NFC", word).lower() in parts()
