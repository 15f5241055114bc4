"""Bytes and text of every family, to Unicode and back: one place for callers. Pure, total, linear.

`decode` and `from_hack` take anything: a byte that the family leaves undefined reads as in windows-1252, and as U+FFFD
where that has nothing either; a character that is none of the family's stays. Results are NFC.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import cache

from gateway.vietnamese import hack
from gateway.vietnamese.family import Family
from gateway.vietnamese.mojibake import mojibake, unmojibake
from gateway.vietnamese.viqr import from_viqr, to_viqr

__all__ = ["decode", "encode", "from_hack", "mojibake", "to_hack", "unmojibake"]

_RULES: dict[Family, tuple[Callable[[str], str], Callable[[str], str]]] = {
    Family.VIQR: (from_viqr, to_viqr),
    Family.MOJIBAKE: (unmojibake, mojibake),
}
_WINDOWS = hack.WINDOWS
_UNDEFINED = re.compile("[\x80-\x9f]")


def decode(data: bytes, family: Family) -> str:
    """The text of bytes in a family. VIQR and mojibake are read as UTF-8 first (what is not: U+FFFD)."""
    if family in _RULES:
        return from_hack(data.decode("utf-8", "replace"), family)
    if family in hack.TWO_BYTES:
        return _UNDEFINED.sub("\ufffd", from_hack(codecs.charmap_decode(data, "strict", _WINDOWS)[0], family))
    text = unicodedata.normalize("NFC", codecs.charmap_decode(data, "strict", _single(family))[0])
    return hack.finished(text, family)


def encode(text: str, family: Family) -> bytes:
    """Text in a family's bytes; `?` for a character it lacks, a small letter for a capital it lacks.

    VIQR and mojibake come out as UTF-8: mojibake is what a mail client sends once it has misread.
    """
    if family in _RULES:
        return to_hack(text, family).encode("utf-8", "replace")
    return codecs.charmap_encode(to_hack(text, family), "replace", hack.BYTES)[0]


def from_hack(text: str, family: Family, *, capitals: bool = False) -> str:
    """The text that a family's characters stand for, where they stand in Unicode as Latin-1 or windows-1252 letters.

    capitals: the font draws small letters as capitals (.VnTimeH), so the result is in upper case.
    """
    if family in _RULES:
        read = _RULES[family][0](text)
        return read.upper() if capitals else read
    return hack.from_hack(text, family, capitals=capitals)


def to_hack(text: str, family: Family) -> str:
    """The other way: what stands in a document whose legacy font shows `text`. Characters the family lacks stay."""
    return _RULES[family][1](text) if family in _RULES else hack.to_hack(text, family)


@cache
def _single(family: Family) -> str:
    return hack.single(family)
