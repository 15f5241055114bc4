"""Bytes of a mail's text to units: decoded by the charset that is declared, else left as they are for the detector.

A charset that is Vietnamese, unknown or wrong is not decoded here: which letters its bytes mean is the detector's
question, so they go on as they stand.
"""

from __future__ import annotations

import base64
import re

from gateway.documents.charset import Decoded, decode
from gateway.documents.document import Unit

# Labels of Vietnamese charsets other than Unicode, IANA's and those that programs made up.
_VIETNAMESE = re.compile(
    r"(?:x-|cs)?(?:viscii|tcvn|vni|vps|viqr|bkhcm|vietware|viet).*|(?:x-)?(?:windows|cp|ibm)-?_?1258"
)
_UTF8 = frozenset(("utf-8", "utf8", "unicode-1-1-utf-8"))
_NOTHING = frozenset(("", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "default", "none"))
_UTF7 = frozenset(("utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7"))
_SHIFTED = re.compile(rb"\+(?:([A-Za-z0-9+/]++)-?|-)")  # RFC 2152
_SEVEN_BITS = re.compile(r"iso-2022-.*|hz-gb-2312|utf-?(?:7|16|32).*|ucs-[24].*|unicode-1-1-utf-7")
_LINE = re.compile(r"\r\n|\r|\n")


def is_vietnamese(declared: str) -> bool:
    """True for the label (in lower case) of a Vietnamese charset that is not Unicode."""
    return _VIETNAMESE.fullmatch(declared) is not None


def decoded(data: bytes, declared: str) -> Decoded:
    """A text in the charset that its mail declares (in lower case), "" for none."""
    if is_vietnamese(declared):
        return Decoded(data.decode("latin-1"), raw=True)
    if declared in _UTF7 and data.isascii():
        return Decoded(_SHIFTED.sub(_unshifted, data).decode("utf-8"))
    # Bytes that the declared charset does not have are the detector's, unless they are UTF-16 in truth.
    wrong = declared in _NOTHING or _SEVEN_BITS.fullmatch(declared) is not None
    return decode(data, "" if wrong and not data.isascii() else declared)


def _unshifted(match: re.Match[bytes]) -> bytes:
    letters = match[1]
    if letters is None:
        return b"+"
    whole = len(letters) * 6 // 16 * 2  # the bits beyond it are padding
    octets = base64.b64decode(letters + b"A" * (-len(letters) % 4))[:whole]
    return octets.decode("utf-16-be", "replace").encode("utf-8")


def units_of(data: bytes, declared: str = "") -> list[Unit]:
    """A text as one unit, or line by line where some of its bytes are left for the detector (`Unit.raw`).

    Good UTF-8 that nothing declares keeps its bytes, too, so that the detector can say so.
    """
    if data.isascii() and declared not in _UTF7:
        return [Unit("", data.decode("ascii"))]
    if declared in _UTF8 or declared in _NOTHING:
        try:
            return [Unit("", data.decode("utf-8"), raw=b"" if declared in _UTF8 else data)]
        except UnicodeDecodeError:
            pass
    return lines_of(decoded(data, declared))


def lines_of(source: Decoded) -> list[Unit]:
    """A text's lines, each judged by itself where its bytes are not decoded."""
    whole, raw = source.unit(source.text)
    if not raw and not source.raw:
        return [Unit("", whole)]
    lines = _LINE.split(source.text)
    if len(lines) == 1:
        return [Unit("", whole, raw=raw)]
    units = []
    for number, line in enumerate(lines, 1):
        if line:
            text, raw = source.unit(line)
            units.append(Unit(f"line {number}", text, raw=raw))
    return units
