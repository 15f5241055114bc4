"""Writes gateway/vietnamese/tables/: which bytes stand for which Vietnamese letter, family by family.

usage: python -m deploy.dev.vietnamese_tables [FOLDER]. TCVN3, VISCII and CP1258 are asked of this machine's iconv
(glibc); the other families are facts written down here, each with the sources that were compared. A table has a row a
vowel: the plain letter and then its tones (grave, hook, tilde, acute, dot below). What the sources disagree about is a
doubt: it goes into the table's docstring, and docs/vietnamese.md says more. Files already there are overwritten.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Table = dict[str, bytes]

FOLDER = Path(__file__).parents[2] / "gateway" / "vietnamese" / "tables"
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def rows() -> Iterator[list[str]]:
    """The alphabet's letters that ASCII lacks: a row a vowel, small ones first, đ last."""
    for case in (str.lower, str.upper):
        for vowel in VOWELS:
            letters = [unicodedata.normalize("NFC", case(vowel) + tone) for tone in TONES]
            yield [letter for letter in letters if not letter.isascii()]
        yield [case("đ")]


LETTERS = [letter for row in rows() for letter in row]


@dataclass(frozen=True)
class Charset:
    """One family: where its facts come from, and the facts."""

    name: str
    title: str
    source: str
    codes: Callable[[], Table]
    doubt: str = ""
    also: str = ""  # codes that are read, never written: "letter=hex …"


def listed(text: str) -> Table:
    """Facts written as hex codes in the order of the alphabet; `--` for a letter that the family lacks."""
    codes = text.split()
    if len(codes) != len(LETTERS):
        raise ValueError(f"{len(codes)} codes for {len(LETTERS)} letters")
    return {letter: bytes.fromhex(code) for letter, code in zip(LETTERS, codes, strict=True) if code != "--"}


def marked(bases: str, marks: dict[str, str], single: str) -> Table:
    """Facts of a family that writes a letter as a base byte and a mark byte; capitals lie 0x20 below the small letters.

    bases: "vowel=hex", what a vowel's tones are put on, and its plain form if that is not ASCII; marks: for each group
    of vowels the codes of grave, hook, tilde, acute and dot below; single: letters that have a byte of their own.
    """
    table = {letter: bytes.fromhex(code) for letter, code in _pairs(single)}
    plain = {vowel: bytes.fromhex(code) for vowel, code in _pairs(bases)}
    for vowels, codes in marks.items():
        for vowel in vowels:
            for tone, mark in zip(TONES[1:], bytes.fromhex(codes), strict=True):
                letter = unicodedata.normalize("NFC", vowel + tone)
                table.setdefault(letter, plain[vowel][:1] + bytes([mark]))
    table |= {vowel: code for vowel, code in plain.items() if not vowel.isascii()}
    table |= {letter.upper(): bytes(byte - 0x20 for byte in code) for letter, code in table.items()}
    return {letter: table[letter] for letter in LETTERS}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split():
        letter, _, code = pair.partition("=")
        yield letter, code


def iconv(charset: str) -> Table:
    """What this machine's iconv writes for each letter; a letter it cannot write is left out."""
    table = {}
    for letter in LETTERS:
        done = subprocess.run(
            ["iconv", "-f", "UTF-8", "-t", charset], input=letter.encode(), capture_output=True, check=False
        )
        if done.returncode == 0 and done.stdout:
            table[letter] = done.stdout
    return table


def vn3() -> Table:
    """TCVN 5712's VN3: VN1 without the capitals that carry a tone mark, which ABC fonts do not have."""
    return {
        letter: code
        for letter, code in iconv("TCVN5712-1").items()
        if letter.islower() or letter in unicodedata.normalize("NFC", "ĂÂÊÔƠƯĐ")
    }


VPS = """
    e0 e4 e3 e1 e5   e6 a2 a3 a4 a1 a5   e2 c0 c4 c5 c3 c6   e8 c8 eb e9 cb   ea 8a 8b cd 89 8c   ec cc ef ed ce
    f2 d5 f5 f3 86   f4 d2 b0 87 d3 b6   d6 a9 aa ab a7 ae   f9 fb db fa f8   dc d8 ba bb d9 bf   ff 9b cf 9a 9c   c7
    80 81 82 c1 02   88 8e 8f f0 8d 04   c2 84 85 1c 83 03   d7 de fe c9 05   ca 93 94 95 90 06   b5 b7 b8 b4 10
    bc bd be b9 11   d4 97 98 99 96 12   f7 9e 9f a6 9d 13   a8 d1 ac da 14   d0 af b1 1d ad 15   b2 fd b3 dd 19   f1
"""
BKHCM1 = """
    bf c0 c1 be c2   d7 d9 da db d8 dc   dd df e0 e1 de e2   c4 c5 c6 c3 c7   e3 e5 e6 e7 e4 e8   c9 ca cb c8 cc
    ce cf d0 cd d1   e9 eb ec ed ea ee   ef f1 f2 f3 f0 f4   d3 d4 d5 d2 d6   f5 f7 f8 f9 f6 fa   fc fd fe fb ff   bd
    81 82 83 80 84   99 9b 9c 9d 9a 9e   9f a1 a2 a3 7e a4   86 87 88 85 89   a5 a7 a8 a9 a6 aa   8b 8c 8d 8a 8e
    90 91 92 8f 93   ab ad ae af ac b0   b1 b3 b4 b5 b2 b6   95 96 97 94 98   b7 b9 ba bb b8 bc   5e 60 7c 7b --   7d
"""
VIETWARE_F = """
    aa b6 ba c0 c1   9f c2 c3 c4 c5 c6   a1 c7 c8 c9 ca cb   cc cd ce cf d1   a3 d2 d3 d4 d5 d6   d8 d9 da db dc
    df e0 e1 e2 e3   a4 e4 e5 e6 e7 e8   a5 e9 ea eb ec ed   ee ef f1 f2 f3   a7 f4 f5 f6 f7 f8   f9 fa fb fc ff   a2
    -- -- -- -- --   96 -- -- -- -- --   97 -- -- -- -- --   -- -- -- -- --   99 -- -- -- -- --   -- -- -- -- --
    -- -- -- -- --   9a -- -- -- -- --   9b -- -- -- -- --   -- -- -- -- --   9c -- -- -- -- --   -- -- -- -- --   98
"""
ASCII_BASES = "a=61 e=65 i=69 o=6f u=75 y=79"


def vni() -> Table:
    return marked(
        f"{ASCII_BASES} ă=61ea â=61e2 ê=65e2 ô=6fe2 ơ=f4 ư=f6",
        {"aeouyơư": "f8fbf5f9ef", "âêô": "e0e5e3e1e4", "ă": "e8fafce9eb"},
        "ì=ec ỉ=e6 ĩ=f3 í=ed ị=f2 ỵ=ee đ=f1",
    )


def bkhcm2() -> Table:
    return marked(
        f"{ASCII_BASES} ă=f9 â=ea ê=ef ô=f6 ơ=fa ư=fb",
        {"aeouyơư": "e2e3e4e1e5", "âêô": "ecedeeebe5", "ă": "e7e8e9e6e5"},
        "ì=f2 ỉ=f3 ĩ=f4 í=f1 ị=f5 đ=e0",
    )


def vietware_x() -> Table:
    return marked(
        f"{ASCII_BASES} ă=e0 â=e1 ê=e3 ô=e4 ơ=e5 ư=e6",
        {"aeuyư": "ecedeeeffb", "oơ": "ecedeeeffc", "âê": "f6f8f9fafb", "ô": "f6f8f9fafc", "ă": "f2f3f4f5fb"},
        "ì=e7 ỉ=e8 ĩ=e9 í=ea ị=eb ỵ=79f1 đ=e2",
    )


CHARSETS = [
    Charset(
        "tcvn3",
        "TCVN 5712:1993 VN3, which the ABC fonts (.VnTime and its family) draw.",
        "glibc's iconv, charset TCVN5712-1, without VN1's capitals that carry a tone mark: .VnTimeH and its like draw"
        " the small letters' codes as capitals. The same 74 codes stand in xvnkb, VIETUNI and UniKey.",
        vn3,
    ),
    Charset("viscii", "VISCII 1.1.", "RFC 1456, as glibc's iconv has it (charset VISCII).", lambda: iconv("VISCII")),
    Charset(
        "cp1258",
        "windows-1258: a base letter, and behind it the tone as a combining mark.",
        "glibc's iconv, charset CP1258. Any other split into base and mark is read too, by composing to NFC.",
        lambda: iconv("CP1258"),
    ),
    Charset(
        "vni",
        "VNI for Windows: a base letter and a mark letter, both from Latin-1.",
        "VIETUNI, xvnkb, GNU recode and UniKey, compared.",
        vni,
        "ỵ is one byte in these and y with the dot's mark elsewhere: both are read. recode swaps the capitals Ằ and Ắ.",
        "ỵ=79ef Ỵ=59cf",
    ),
    Charset(
        "vps",
        "VPS, of the Vietnamese Professionals Society.",
        "GNU recode and Mozilla's vps.ut, compared; VIETUNI and UniKey.",
        lambda: listed(VPS),
        "recode lacks Ỗ. Capitals with a dot below, Ẫ and Ữ are control codes in recode and Mozilla; in UniKey they"
        " share the small letters' codes, and VIETUNI leaves them out.",
    ),
    Charset(
        "bkhcm1",
        "BK HCM 1, of the polytechnic of Hồ Chí Minh City: a byte a letter.",
        "UniKey and VBKey, which agree and may be one source; the order of the codes.",
        lambda: listed(BKHCM1),
        "Both sources give Ặ the code 98, which is Ụ, and Ỵ the code 8e, which is Ị. The free code 9e is next in Ă's"
        " row: it is Ặ here; Ỵ has none. ASCII's { ^ ` | } ~ are capitals.",
    ),
    Charset(
        "bkhcm2",
        "BK HCM 2, of the polytechnic of Hồ Chí Minh City: a base letter and a mark letter.",
        "UniKey and VBKey, which agree and may be one source.",
        bkhcm2,
        "Both sources write Ệ with the small letter's mark (cfe5) and every other capital with the capital's:"
        " both are read.",
        "Ệ=cfe5",
    ),
    Charset(
        "vietware_f",
        "Vietware F: a byte a letter.",
        "UniKey, VBKey and a billing program's ConvertVietwareFToUnicode, compared: no disagreement.",
        lambda: listed(VIETWARE_F),
    ),
    Charset(
        "vietware_x",
        "Vietware X: a base letter and a mark letter.",
        "UniKey and the table VIETWARE_X of a converter that circulates in PHP and Python, compared: no disagreement.",
        vietware_x,
    ),
]


def written(charset: Charset) -> str:
    """The module's text."""
    codes = charset.codes()
    said = [f"Source: {charset.source}", *([f"Doubt: {charset.doubt}"] if charset.doubt else [])]
    lines = [f'"""{charset.title}', "", "Written by deploy/dev/vietnamese_tables.py, not by hand.", ""]
    lines += [textwrap.fill(text, 118, break_on_hyphens=False) for text in said]
    lines += ['"""', ""]
    lines += ['LETTERS = """\\']
    lines += filter(None, (" ".join(f"{c}={codes[c].hex()}" for c in row if c in codes) for row in rows()))
    lines += ['"""', f'ALSO = "{charset.also}"', ""]
    return "\n".join(lines)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for charset in CHARSETS:
        folder.joinpath(f"{charset.name}.py").write_text(written(charset), encoding="utf-8")


if __name__ == "__main__":
    main()
