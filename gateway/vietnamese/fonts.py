"""What a font's name says of the charset behind it: ".VnTimeH" is TCVN3, drawn in capitals. Names only; no text.

Makers of legacy fonts named them by custom, not by rule (PC World Vietnam, 21 December 2003; WinVNKey's help, "Check
charsets", "Check Capital fonts"), so a name is a hint: text under a legacy font's name is good Unicode nearly every
second time. Names of Unicode fonts (UTM, UVN, SVN and the like) say nothing.
"""

from __future__ import annotations

import re

from gateway.vietnamese.family import Family

# In order: the first that fits. All are compared in lower case, without the style that may follow the family's name.
_NAMES: tuple[tuple[re.Pattern[str], Family], ...] = (
    (re.compile(r"\.vn"), Family.TCVN3),
    (re.compile(r"vn(?:time|arial|avant|helvetins|courier)h?\Z"), Family.TCVN3),  # the dot lost, as in file names
    (re.compile(r"(?:abc|tcvn3)\b"), Family.TCVN3),
    (re.compile(r"vni(?:[- _]|times|helve|aptima|\Z)"), Family.VNI),
    (re.compile(r"vps(?:[- _]|times|arial|\Z)"), Family.VPS),
    (re.compile(r"vi (?:times|arial|courier|helve)|viscii"), Family.VISCII),
    (re.compile(r"bk ?hcm ?1"), Family.BKHCM1),
    (re.compile(r"bk ?hcm"), Family.BKHCM2),
    (re.compile(r"vn(?:times new roman|arial new|courier new)"), Family.VIETWARE_X),
)
_SUBSET = re.compile(r"\A(?:[A-Z]{6}\+|@)")  # PDF's subset tag; a font laid out vertically
_STYLE = re.compile(r"(?:[-, ]+(?:bold|italic|oblique|regular|normal|bolditalic|mt|ps|psmt))+\Z")
_CAPITAL = re.compile(r"(?:h| hoa)\Z")
# Families of one byte a letter, with no room for all capitals; VNI, BK HCM 2 and Vietware X need no capital fonts.
_PAIRED = frozenset({Family.TCVN3, Family.VPS, Family.VISCII, Family.BKHCM1})
_LONGEST = 200  # characters; a longer name is no font's


def family_of_font(name: str) -> tuple[Family | None, bool]:
    """The charset that a font of this name was made for, and whether it draws capitals only; (None, False) if unknown.

    name: as in a document or a style sheet: quoted, escaped, in a list (the first counts), or with PDF's subset tag.
    """
    plain = _plain(name)
    for pattern, family in _NAMES:
        if pattern.match(plain):
            return family, family in _PAIRED and bool(_CAPITAL.search(plain))
    return None, False


def _plain(name: str) -> str:
    first = name[:_LONGEST].split(",", 1)[0].replace("\\", "").strip(" \t\r\n\"'")
    return _STYLE.sub("", _SUBSET.sub("", first).lower())
