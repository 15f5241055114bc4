"""Bytes to text: what a declared charset's name means here, and how bytes are read that have a wrong one or none.

Bytes that are neither UTF-8 nor declared otherwise are read as Latin-1, a character a byte, so that legacy letters
stand in them as they do in a font hack. It knows charsets' names and no Vietnamese.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.vietnamese.family import Family

# Names seen in mail, without case, blanks, hyphens and underscores. Most of them nobody registered.
_FAMILIES = {
    Family.CP1258: "windows1258 cp1258 xcp1258 1258 mswin1258",
    Family.VISCII: "viscii csviscii viscii11 viscii1.11 xviscii",
    Family.TCVN3: "tcvn tcvn3 xviettcvn xviettcvn5712 tcvn5712 tcvn57121 tcvn57121:1993 xtcvn abc vn3",
    Family.VNI: "vni xvietvni vniwin",
    Family.VPS: "vps xvietvps",
    Family.VIQR: "viqr csviqr xvietviqr",
}
_BY_NAME = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = re.compile(r"utf(?:16|32)(?:le|be)?\Z|ucs[24]\Z")
_SEVERAL_BYTES = re.compile(r"gb|big5|hz|euc|shift|sjis|mskanji|ksc|johab|uhc|iso2022|utf7|cp9[345]\d")
_SEVEN_BITS = ("iso2022jp", "iso2022kr", "hz", "utf7")
_UNICODE = re.compile(r"utf8|usascii|ascii|utf7|\Z")
_HIGH = bytes(range(128, 256))
_HEAD = 65_536  # bytes by which the kind of bytes is told
_NULS = 0.3  # of every second byte: UTF-16 that nobody declared


@dataclass(frozen=True, slots=True)
class Incoming:
    """Text to be judged. `raw`: a character is a byte (Latin-1). `misdeclared`: UTF-8 under another charset's name."""

    text: str
    codec: str
    raw: bool = False
    misdeclared: bool = False
    skipped: int = 0  # bytes of a BOM
    data: bytes = b""

    def offsets(self, places: Sequence[int]) -> list[int]:
        """Byte offsets of characters, which must be in order."""
        if self.raw:
            return list(places)
        if self.codec == _MIXED:
            return list(_offsets(self.data, places))
        found, last, total = [], 0, self.skipped
        for place in places:
            total += len(self.text[last:place].encode(self.codec, "replace"))
            last = place
            found.append(total)
        return found


_MIXED = "mixed"


def declared_family(name: str | None) -> Family | None:
    """The family that a charset's name, as declared, stands for; None for any other charset."""
    return _BY_NAME.get(_plain(name))


def incoming(data: bytes, declared: str | None) -> Incoming:
    """Bytes as text, by their BOM, as UTF-8 if they are, then by the declared charset, then a character a byte."""
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return Incoming(data[len(bom) :].decode(codec, "replace"), codec, skipped=len(bom))
    plain = _plain(declared)
    if _WIDE.match(plain) or (plain == "" and _looks_wide(data)):
        codec = _order(plain, data)
        return Incoming(data.decode(codec, "replace"), codec)
    if plain.startswith(_SEVEN_BITS) and (text := _decoded(data, plain)) is not None:
        return Incoming(text, plain)
    if data.isascii():
        return Incoming(data.decode("ascii"), "ascii", raw=True)
    if (text := _decoded(data, "utf-8")) is not None:
        misdeclared = not _UNICODE.match(plain) and not _SEVERAL_BYTES.match(plain)
        return Incoming(text, "utf-8", misdeclared=misdeclared)
    if _SEVERAL_BYTES.match(plain) and declared and (text := _decoded(data, declared.strip())) is not None:
        return Incoming(text, declared.strip())
    if _mostly_utf8(data):
        return Incoming("\n".join(_lines(data)), _MIXED, data=data)
    return Incoming(data.decode("latin-1"), "latin-1", raw=True)


def _plain(name: str | None) -> str:
    return re.sub(r"[-_\s\"']", "", (name or "")[:80]).lower()


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _order(plain: str, data: bytes) -> str:
    """UTF-16 or UTF-32 with its byte order; where no BOM tells it, ASCII's zero bytes do."""
    width = "utf-32" if "32" in plain or plain == "ucs4" else "utf-16"
    if plain.endswith(("le", "be")):
        return f"{width}-{plain[-2:]}"
    head = data[:_HEAD]
    step = 4 if width == "utf-32" else 2
    return f"{width}-le" if head[step - 1 :: step].count(0) >= head[::step].count(0) else f"{width}-be"


def _looks_wide(data: bytes) -> bool:
    head = data[:_HEAD]
    nuls = sorted((head[::2].count(0), head[1::2].count(0)))
    return nuls[1] * 2 > len(head) * _NULS and nuls[0] * 20 < nuls[1]


def _mostly_utf8(data: bytes) -> bool:
    """Is it UTF-8 with lines of something else between? Told by its beginning."""
    head = data[: 4 * _HEAD]
    plain = len(head.translate(None, _HIGH))
    whole = len(head.decode("utf-8", "ignore").encode()) - plain
    return whole * 2 > len(head) - plain


def _lines(data: bytes) -> Iterator[str]:
    for line in data.split(b"\n"):
        text = _decoded(line, "utf-8")
        yield line.decode("latin-1") if text is None else text


def _offsets(data: bytes, places: Sequence[int]) -> Iterator[int]:
    """Byte offsets in data that was read line by line."""
    waiting = iter(places)
    place = next(waiting, None)
    at, read = 0, 0
    for line in data.split(b"\n"):
        utf8 = _decoded(line, "utf-8")
        text = line.decode("latin-1") if utf8 is None else utf8
        while place is not None and place <= read + len(text):
            inside = text[: place - read]
            yield at + len(inside.encode("latin-1" if utf8 is None else "utf-8"))
            place = next(waiting, None)
        if place is None:
            return
        at, read = at + len(line) + 1, read + len(text) + 1
    while place is not None:
        yield len(data)
        place = next(waiting, None)
