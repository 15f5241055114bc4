"""Word's field codes: whether one of them fetches data from another program (DDE). Knows no parts."""

from __future__ import annotations

import re

_KEPT = 256 * 1024  # characters of codes kept of one part
_QUOTE = re.compile(r"QUOTE((?:\s+\d{1,3})+)", re.IGNORECASE)  # spells a code in numbers, to hide it
_DDE = re.compile(r"(?<![A-Za-z])D\s*D\s*E\s*(?:A\s*U\s*T\s*O)?(?![A-Za-z])", re.IGNORECASE)


class FieldCodes:
    """Collects the codes of one part in pieces; a code may be split among runs anywhere."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    def add(self, code: str) -> None:
        """The next piece of a code."""
        if self._size < _KEPT:
            self._pieces.append(code)
            self._size += len(code)

    def dde(self) -> bool:
        """True where a code starts a DDE conversation ([MS-OI29500] 2.1.515: DDE, DDEAUTO)."""
        codes = "".join(self._pieces)
        spelled = _QUOTE.sub(lambda found: "".join(chr(int(code)) for code in found[1].split()), codes)
        return bool(_DDE.search(codes) or (spelled != codes and _DDE.search(spelled)))
