"""The families of legacy Vietnamese encodings this room knows, named for code and for people.

It knows names only; what byte stands for what letter is the tables' business.
"""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """A way of writing Vietnamese that is not Unicode as TCVN 6909:2001 asks. The value is its name in JSON."""

    TCVN3 = "tcvn3"
    VNI = "vni"
    VISCII = "viscii"
    VPS = "vps"
    VIQR = "viqr"
    BKHCM1 = "bkhcm1"
    BKHCM2 = "bkhcm2"
    CP1258 = "cp1258"
    VIETWARE_F = "vietware_f"
    VIETWARE_X = "vietware_x"
    MOJIBAKE = "mojibake"

    @property
    def label(self) -> str:
        """The name that people in Vietnamese offices use for it."""
        return _LABELS[self]


_LABELS = {
    Family.TCVN3: "TCVN3/ABC",
    Family.VNI: "VNI Windows",
    Family.VISCII: "VISCII",
    Family.VPS: "VPS",
    Family.VIQR: "VIQR",
    Family.BKHCM1: "BK HCM 1",
    Family.BKHCM2: "BK HCM 2",
    Family.CP1258: "Windows-1258",
    Family.VIETWARE_F: "Vietware F",
    Family.VIETWARE_X: "Vietware X",
    Family.MOJIBAKE: "Unicode bị đọc sai bảng mã (mojibake)",
}
