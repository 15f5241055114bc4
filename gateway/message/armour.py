"""ASCII armour of encrypted or signed data as a whole (RFC 4880 6.2, RFC 7468): a container that nobody here opens.

Armoured signatures, keys and certificates are none; what stands in them is looked at as base64.
"""

from __future__ import annotations

import re

from gateway.message.defects import Flaw
from gateway.message.seek import LineOpener, Opening
from gateway.message.uu import QUOTE, SINGLY

_LABEL = rb"(?:PGP MESSAGE(?:, PART \d{1,9}(?:/\d{1,9})?)?|PKCS ?#?7(?: [A-Z ]{1,40})?|CMS)"
_BEGIN = re.compile(QUOTE + rb"-----BEGIN (" + _LABEL + rb")-----[ \t]*+\r?\n")
_END = re.compile(QUOTE + rb"-----END " + _LABEL + rb"-----[ \t]*+\r?\n")
_FIELD = re.compile(QUOTE + rb"[A-Za-z][A-Za-z-]{0,40}: ?[^\r\n]{0,500}\r?\n")
_DATA = re.compile(QUOTE + rb"[A-Za-z0-9+/=]*+[ \t]*+\r?\n")
_KNOWN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_MARGIN = b">| \t\r\n"
_GAP = 1024  # octets of blank lines in a row inside one
_GAPS = 1000  # blank lines in all
_FIELDS = 32  # lines before the data
_SHORT = 32  # lines of data before one that is long enough for it


class ArmourOpener(LineOpener):
    """Finds "BEGIN" lines."""

    __slots__ = ()

    def next(self, at: int) -> Opening | None:
        """See `seek.Opener`."""
        data, end = self._data, self._end
        while (found := data.find(b"-----BEGIN ", at, end)) >= 0:
            line = data.rfind(b"\n", at, found) + 1 or at
            match = _BEGIN.match(data, line, end)
            if match is not None:
                return Opening(self._base + line, line, ArmourCoder())
            at = data.find(b"\n", found, end) + 1 or end
        return None


class ArmourCoder:
    """From the "BEGIN" line on; see `seek.Coder`. "Decodes" to the armour as it stands."""

    __slots__ = ("_fields", "_gaps", "_held", "_short", "accepted", "ended", "filename", "flaws")

    def __init__(self) -> None:
        self.flaws: set[Flaw] = {Flaw.ENCODING_UNENDED}
        self.filename = b""
        self.ended = self.accepted = False
        self._fields = self._gaps = self._short = 0
        self._held = b""  # line ends and blank lines that belong to it only if more follows

    def take(self, data: bytes, start: int, end: int, first: bool, last: bool) -> tuple[bytes, int, int]:
        """See `seek.Coder`."""
        out: list[bytes] = []
        at, good, singly = start, -1, start
        if not first or not last:
            self.ended = True
        while at < end and not self.ended:
            stop = self._many(data, at, end) if self.accepted and at >= singly else at
            if stop == at:
                if at >= singly:
                    singly = at + SINGLY
                stop = data.find(b"\n", at, end) + 1 or end
                if not self._line(data, at, stop):
                    self.ended = True
                    break
            text = self._held + data[at:stop]
            kept = len(text.rstrip(_MARGIN))
            self._held = text[kept:]
            if kept:
                out.append(text[:kept])
                good = stop - len(self._held)
            self._gaps += not text.strip(_MARGIN)
            self.ended |= len(self._held) > _GAP or self._gaps > _GAPS
            at = stop
        return b"".join(out), at, good

    def finish(self) -> bytes:
        """See `seek.Coder`."""
        return b""

    def _many(self, data: bytes, at: int, end: int) -> int:
        """Where lines of data alone end, as far as that is told at once."""
        dash = data.find(b"-", at, end)
        stop = (data.rfind(b"\n", at, dash) + 1 or at) if dash >= 0 else end
        text = data[at:stop]
        blank = text[:1] in (b"\r", b"\n") or b"\n\n" in text or b"\n\r" in text
        return at if blank or text.translate(None, _KNOWN) else stop

    def _line(self, data: bytes, at: int, stop: int) -> bool:
        """Whether the line at `at` belongs to it."""
        if _END.match(data, at, stop):
            self.flaws.discard(Flaw.ENCODING_UNENDED)
            self.ended = True
            return True
        if not self._fields:
            self._fields = 1  # the "BEGIN" line
            return True
        if _DATA.match(data, at, stop):
            self.accepted |= stop - at > 16
            self._short += not self.accepted
            return self._short <= _SHORT
        self._fields += 1
        return not self.accepted and self._fields <= _FIELDS and _FIELD.match(data, at, stop) is not None
