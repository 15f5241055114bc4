"""Whether a calendar or card that streams by has a file in it. Knows no properties: a sign of one is enough."""

from __future__ import annotations

import re

_FOLD = re.compile(rb"\r?\n[ \t]")
_SIGN = re.compile(
    rb";(?:[ \t]{0,8}ENCODING[ \t]{0,8}=[ \t]{0,8}\"?(?:BASE64|B)|[ \t]{0,8}\"?BASE64|B)\"?[ \t]{0,8}[;:]"
    rb"|;[ \t]{0,8}VALUE[ \t]{0,8}=[ \t]{0,8}\"?BINARY|[:\"]\s{0,8}data:[^\s\"]"
    rb"|^(?:[\w-]{1,64}\.)?(?:ATTACH|PHOTO|LOGO|SOUND|KEY|IMAGE|AALARM)[ \t]{0,8};[^:\r\n]{0,1500}QUOTED-PRINTABLE",
    re.IGNORECASE | re.MULTILINE,
)
_REACH = 2048  # octets in which a sign stands, with a few folds


class FileSign:
    """Takes the decoded text cut anywhere. `found`: there was one."""

    __slots__ = ("_held", "found")

    def __init__(self) -> None:
        self.found = False
        self._held = b""

    def feed(self, data: bytes) -> None:
        """The next octets; NULs, which UTF-16 has, do not count."""
        if self.found:
            return
        data = self._held + data.replace(b"\0", b"")
        self._held = data[-_REACH:]
        self.found = _SIGN.search(_FOLD.sub(b"", data)) is not None
