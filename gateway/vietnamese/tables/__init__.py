"""The tables: for each family that is a set of codes, the bytes of every Vietnamese letter it has.

The modules beside this one are data, written by deploy/dev/vietnamese_tables.py; this one reads them. Letters are NFC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType

from gateway.vietnamese.family import Family
from gateway.vietnamese.tables import bkhcm1, bkhcm2, cp1258, tcvn3, vietware_f, vietware_x, viscii, vni, vps

_MODULES: Mapping[Family, ModuleType] = {
    Family.TCVN3: tcvn3,
    Family.VNI: vni,
    Family.VISCII: viscii,
    Family.VPS: vps,
    Family.BKHCM1: bkhcm1,
    Family.BKHCM2: bkhcm2,
    Family.CP1258: cp1258,
    Family.VIETWARE_F: vietware_f,
    Family.VIETWARE_X: vietware_x,
}
CODED: tuple[Family, ...] = tuple(_MODULES)
"""The families with a table; VIQR and mojibake are rules, not tables."""


def letters(family: Family) -> dict[str, bytes]:
    """Letter → the bytes that are written for it. KeyError for a family that is not in CODED."""
    return dict(_parsed(_MODULES[family].LETTERS))


def also(family: Family) -> list[tuple[str, bytes]]:
    """Letter and bytes that are read as it, too, and never written."""
    return list(_parsed(_MODULES[family].ALSO))


def _parsed(text: str) -> Iterator[tuple[str, bytes]]:
    for pair in text.split():
        letter, _, code = pair.partition("=")
        yield letter, bytes.fromhex(code)
