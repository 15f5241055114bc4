"""The content lines of calendars and visiting cards (RFC 5545 3.1, RFC 6350 3.2): unfolded, with what each carries.

Lines are folded anywhere, also within a word; vCard 2.1 and vCalendar 1.0 write values in quoted-printable with a
charset of their own. Bytes in, bytes out; never raises, and takes each octet once.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_LINE = re.compile(rb"[^\r\n]++(?:\r?\n[ \t][^\r\n]*+)*+")
_FOLD = re.compile(rb"\r?\n[ \t]")
_SOFT = re.compile(rb"[^\r\n]*+(?:(?<==)\r?\n[^\r\n]*+)*+")
_PROPERTY = re.compile(rb"(?:[\w-]{1,64}\.)?([\w-]{1,64})[ \t]{0,8}((?:;(?:\"[^\"]*+\"|[^\":])*+)?+):")
_QUOTED = b"quoted-printable"
_BASE64 = re.compile(
    rb";(?:[ \t]{0,8}ENCODING[ \t]{0,8}=[ \t]{0,8}\"?(?:BASE64|B)|[ \t]{0,8}\"?BASE64|B)\"?[ \t]{0,8}(?=[;:]|\Z)"
    rb"|;[ \t]{0,8}VALUE[ \t]{0,8}=[ \t]{0,8}\"?BINARY",
    re.IGNORECASE,
)
_MORE = re.compile(rb"(?:\r?\n[ \t]*+[A-Za-z0-9+/=]++[ \t]*+(?=\r?\n|\Z))++")  # lines that vCard 2.1 does not indent
_PADDING = re.compile(rb"=++")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_CHARSET = re.compile(rb";CHARSET=\"?([\w.:-]{1,40})", re.IGNORECASE)
_FILENAME = re.compile(rb";[ \t]{0,8}[\w-]{0,40}FILENAME=(?:\"([^\"]{0,400})|([^\";:]{0,400}))", re.IGNORECASE)
_HTML = re.compile(rb";FMTTYPE=\"?text/html", re.IGNORECASE)
_ALTERNATIVE = re.compile(rb";ALTREP=\"(data:text/html[^\"]*+)\"", re.IGNORECASE)
_DATA = re.compile(rb"\s{0,8}data:((?:\"[^\"]*+\"|[^,\s\"])*+),", re.IGNORECASE)
_FILES = frozenset(("ATTACH", "PHOTO", "LOGO", "SOUND", "KEY", "IMAGE", "AALARM"))
_WRITTEN = frozenset(("X-ALT-DESC", "STYLED-DESCRIPTION"))  # Outlook's, and RFC 9073 6.1


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One line. `name` in upper case, without its group; "" for a line that is no property, whole in `value`.

    `parameters` as written, with the ";" before each. `value`: unfolded, not unescaped; decoded if it was in
    quoted-printable.
    """

    name: str
    parameters: bytes
    value: bytes

    @property
    def charset(self) -> str:
        """The charset that it names itself, in lower case; "" for none."""
        found = _CHARSET.search(self.parameters)
        return found[1].decode("ascii", "ignore").lower() if found else ""

    @property
    def html(self) -> bool:
        """It is a text in HTML."""
        return _HTML.search(self.parameters) is not None or (self.name in _WRITTEN and b"<" in self.value)

    @property
    def alternative(self) -> bytes:
        """The HTML that clients show instead of it (ALTREP); b"" for none."""
        found = _ALTERNATIVE.search(self.parameters)
        return _data(found[1]) or b"" if found else b""

    @property
    def filename(self) -> bytes:
        """The name that it gives to the file in it, b"" for none."""
        found = _FILENAME.search(self.parameters)
        return (found[1] or found[2] or b"").strip() if found else b""

    @property
    def has_file(self) -> bool:
        """A file stands in it."""
        if not self.name:
            return False
        if _BASE64.search(self.parameters) or (self.name in _FILES and _QUOTED in self.parameters.lower()):
            return True
        return _DATA.match(self.value) is not None and not self.html

    @property
    def file(self) -> bytes:
        """That file; b"" for none."""
        if not self.has_file:
            return b""
        if _BASE64.search(self.parameters):
            return _unbased(self.value)
        return _data(self.value) or self.value


def content_lines(data: bytes) -> Iterator[ContentLine]:
    """Every line of a text that is not empty, in order."""
    at = 0
    while (found := _LINE.search(data, at)) is not None:
        at = found.end()
        line = _FOLD.sub(b"", found[0]) if b"\n" in found[0] else found[0]
        parts = _PROPERTY.match(line)
        if parts is None:
            yield _odd(line)
            continue
        value = line[parts.end() :]
        if _BASE64.search(parts[2]) and (more := _MORE.match(data, at)):
            at, value = more.end(), value + more[0]
        if _QUOTED in parts[2].lower():
            raw, start = value, found.start() + parts.end()
            if data.startswith(parts[0], found.start()) and (soft := _SOFT.match(data, start)):
                raw, at = soft[0], max(at, soft.end())
            value = binascii.a2b_qp(raw)
        yield ContentLine(parts[1].decode("ascii", "ignore").upper(), parts[2], value)


def _odd(line: bytes) -> ContentLine:
    """A line that is no property; what some may read as one with a file is one."""
    head, colon, value = line.rpartition(b":")
    if colon and _BASE64.search(head):
        return ContentLine("LINE", head, value)
    return ContentLine("", b"", line)


def _unbased(value: bytes) -> bytes:
    """What base64 says; one with padding in its middle goes on behind it, as for some."""
    pieces = (piece.translate(None, _NOT_BASE64) for piece in _PADDING.split(value))
    return b"".join(map(_decoded, pieces))


def _decoded(piece: bytes) -> bytes:
    whole = len(piece) - (len(piece) % 4 == 1)  # a single character says nothing
    return binascii.a2b_base64(piece[:whole] + b"=" * (-whole % 4))


def _data(value: bytes) -> bytes | None:
    """What a data URI (RFC 2397) holds; None where it is none."""
    found = _DATA.match(value)
    if found is None:
        return None
    rest = unquote_to_bytes(value[found.end() :])
    return _unbased(rest) if found[1].lower().rstrip().endswith(b";base64") else rest
