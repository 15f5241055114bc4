"""Legacy bytes that stand in Unicode text as Latin-1 or windows-1252 characters: the font hack, read and written.

A document kept "Céng hoµ" and a font drew "Cộng hoà". Bytes 80-9f became either C1 controls (Latin-1) or windows-1252's
letters and signs; both are read, windows-1252's are written. It knows the tables, and no bytes: codec.py adds those.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from gateway.vietnamese import tables
from gateway.vietnamese.capitals import raised
from gateway.vietnamese.family import Family

WINDOWS = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
"""Byte → character in windows-1252; what windows-1252 leaves undefined (81 8d 8f 90 9d) is the C1 control."""

BYTES = codecs.charmap_build(WINDOWS)
"""The other way, for codecs.charmap_encode."""

TWO_BYTES = frozenset({Family.VNI, Family.BKHCM2, Family.VIETWARE_X})
"""Families that write a letter as a base and a mark."""

NO_CAPITALS = frozenset({Family.TCVN3, Family.VIETWARE_F})
"""Families without capitals that carry a tone mark; their capital fonts draw the small letters' codes as capitals."""

# What extractors of PDF text make of a glyph with two code points in Adobe's glyph list: the one that we do not expect.
_TWINS = {"\u02c9": "\xaf", "\u2212": "\xad", "\u2219": "\xb7", "\u03bc": "\xb5"}
_TWIN_IN_WORD = re.compile("(?<=[A-Za-z\xa1-\xff])[{0}]|[{0}](?=[A-Za-z\xa1-\xff])".format("".join(_TWINS)))
# TCVN3's ư is a soft hyphen in Latin-1, which many programs drop ("níc" for nước); ơ has no rhyme in ng, c or u.
_LOST_U = re.compile("[ơờởỡớợ](?<![ưƯ].)(?=ng|c|u)")
_PIECE = 4096  # characters
_PLAINER = {
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "‚": ",",
    "–": "-",
    "—": "-",
    "•": "*",
    "…": "...",
    "\xad": "-",
}


def from_hack(text: str, family: Family, *, capitals: bool = False) -> str:
    """What a reader saw: the letters behind a family's characters, in NFC. Characters that are none of its stay.

    capitals: the font draws capitals (.VnTimeH); the result is in upper case. Any text is taken, in linear time.
    KeyError for VIQR and mojibake, which hide nothing behind Latin-1 letters: codec.from_hack knows them all.
    """
    read = finished(unicodedata.normalize("NFC", _reader(family)(text)), family)
    return read.upper() if capitals else read


def finished(text: str, family: Family) -> str:
    """What a family's codes alone cannot tell put right in its letters: capitals, and TCVN3's ư that was dropped."""
    if family is Family.TCVN3:
        text = _LOST_U.sub(r"ư\g<0>", text)
    return raised(text) if family in NO_CAPITALS else text


def to_hack(text: str, family: Family) -> str:
    """Text as it stands in a document under a legacy font, in windows-1252's characters; other characters stay.

    A capital that the family lacks is written as the small letter; a character that would be read as one of the
    family's letters is replaced by a plainer one, or by `?`.
    """
    return unicodedata.normalize("NFC", text).translate(_writer(family))


def single(family: Family) -> str:
    """Byte → character, all 256, for a family whose letters are bytes; undefined bytes are U+FFFD."""
    table = "".join(_by_character(family).get(ord(char), char) for char in WINDOWS)
    return "".join("\ufffd" if "\x80" <= char <= "\x9f" else char for char in table)


@cache
def _reader(family: Family) -> Callable[[str], str]:
    return _pair_reader(family) if family in TWO_BYTES else _single_reader(family)


def _single_reader(family: Family) -> Callable[[str], str]:
    bytewise = WINDOWS.translate(_by_character(family))

    def piece(text: str) -> str:
        try:  # ten times the speed of translate, for what has nothing beyond windows-1252
            return codecs.charmap_decode(codecs.charmap_encode(text, "strict", BYTES)[0], "strict", bytewise)[0]
        except UnicodeEncodeError:
            return text.translate(_every(family))

    def read(text: str) -> str:
        text = _untwinned(text)
        return "".join(piece(text[at : at + _PIECE]) for at in range(0, len(text), _PIECE))

    return read


@cache
def _every(family: Family) -> str:
    """Character → what it is read as, for all of the basic plane: an index costs half of a dict's look-up."""
    return "".join(map(chr, range(0x10000))).translate(_by_character(family))


def _untwinned(text: str) -> str:
    if not any(twin in text for twin in _TWINS):
        return text
    return _TWIN_IN_WORD.sub(lambda match: _TWINS[match[0]], text)


def _pair_reader(family: Family) -> Callable[[str], str]:
    table = {code.decode("latin-1"): letter for letter, code in _codes(family)}
    table |= {code[:-1] + code[-1:].swapcase(): letter for code, letter in table.items() if len(code) == 2} | table
    bases, marks = ("".join(sorted({code[at] for code in table if len(code) == 2})) for at in (0, 1))
    singles = "".join(code for code in table if len(code) == 1)
    pattern = re.compile(f"[{bases}][{marks}]|[{singles}]")
    for base in bases:  # a base before a mark that it does not take
        for mark in marks:
            table.setdefault(base + mark, table.get(base, base) + mark)
    return lambda text: pattern.sub(lambda match: table[match[0]], text)


@cache
def _by_character(family: Family) -> Mapping[int, str]:
    """Character, in both forms, → letter, or → combining mark for windows-1258."""
    if family is Family.CP1258:
        one = {bytes([byte]): bytes([byte]).decode("cp1258", "ignore") for byte in range(128, 256)}
    else:
        one = {code: letter for letter, code in reversed(_codes(family))}
    table = {code[0]: letter for code, letter in one.items() if letter}
    return table | {ord(WINDOWS[code]): letter for code, letter in table.items()}


def _codes(family: Family) -> list[tuple[str, bytes]]:
    return [*tables.letters(family).items(), *tables.also(family)]


@cache
def _writer(family: Family) -> Mapping[int, str]:
    """Character → what is written for it: the family's letters, and what must give way to them."""
    table = _plainer(family)
    if family is Family.CP1258:  # its marks and the đồng sign, where they stand alone
        table |= {ord(read): WINDOWS[code] for code, read in _by_character(family).items() if code < 256}
    codes = tables.letters(family)
    for letters in ({letter.upper(): code for letter, code in codes.items()}, codes):
        table |= {ord(letter): "".join(WINDOWS[byte] for byte in code) for letter, code in letters.items()}
    return table


def _plainer(family: Family) -> dict[int, str]:
    """Characters that the family reads as something else → what to write in their place."""
    if family in TWO_BYTES:
        taken = {byte for _, code in _codes(family) for byte in code if byte > 127}
    else:
        taken = {code for code, read in _by_character(family).items() if read != chr(code)}
    return {code: _PLAINER.get(chr(code)) or _bare(chr(code)) for code in taken}


def _bare(char: str) -> str:
    bare = unicodedata.normalize("NFKD", char)[0]
    return bare if bare.isascii() and bare != char else "?"
