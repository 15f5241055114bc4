"""Writes Vietnamese text in legacy charsets with programs that are not ours, for the benchmark and the quality tests.

glibc's iconv (VISCII, windows-1258, and TCVN5712-1 for what it shares with TCVN3), GNU recode (VNI, VPS, VIQR,
VISCII), UniKey's own converter (every family; from Debian's scim-unikey, loaded as a library), the table of viparse for
VNI (gathered from real documents), and Python itself for mojibake. Nothing of gateway/ is imported: that is the point.
"""

from __future__ import annotations

import ctypes
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

LETTERS = "".join(
    unicodedata.normalize("NFC", base + tone)
    for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    if tone or not base.isascii()
) + "đĐ"  # fmt: skip
_VIQR_SIGN = re.compile(f"(?<=[aeiouyAEIOUY{LETTERS}])([.?'`~^(+*])")
_UNIKEY_UTF8 = 1
_UNIKEY = {
    "cp1258": 5, "viqr": 10, "tcvn3": 20, "vps": 21, "viscii": 22, "bkhcm1": 23, "vietware_f": 24,
    "vni": 40, "bkhcm2": 41, "vietware_x": 42,
}  # fmt: skip
_NO_QUOTES = frozenset({10, 21, 22, 23})  # UniKey writes `#` for a dash or typographic quotes in these

Encode = Callable[[Sequence[str]], list[bytes]]


@dataclass(frozen=True)
class Encoder:
    """One program and one family. `encode` takes lines (no line feeds in them) and gives their bytes."""

    name: str
    family: str
    encode: Encode

    @cached_property
    def writes(self) -> dict[str, str]:
        """What stands in Unicode for each letter that a font hack shows, for letters that the program writes."""
        written = dict(zip(LETTERS, map(self.shown, self.encode(list(LETTERS))), strict=True))
        lost = () if self.family == "viqr" else ("?", "#")
        return {letter: text for letter, text in written.items() if text and text not in lost}

    @cached_property
    def small(self) -> frozenset[str]:
        """Capitals that the program writes as it writes the small letter: no reader can tell them apart."""
        capitals = [one for one in self.writes if one != one.lower()]
        return frozenset(one for one in capitals if self.writes[one] == self.writes.get(one.lower()))

    @cached_property
    def damaged(self) -> frozenset[str]:
        """The letters that look different once the bytes are read as windows-1252."""
        return frozenset(letter for letter, text in self.writes.items() if text != letter)

    def shown(self, data: bytes) -> str:
        """The bytes as they stand in Unicode: mojibake arrives as UTF-8, anything else is read as windows-1252."""
        return data.decode() if self.family == "mojibake" else as_windows(data)


def as_windows(data: bytes) -> str:
    """Bytes read as windows-1252; the five it leaves undefined as control characters, as programs do."""
    return data.decode("cp1252", "latin1_for_undefined")


def _latin1(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


def available(folder: Path | None = None) -> list[Encoder]:
    """The encoders that can be had here; `folder` holds the fetched packages for UniKey."""
    out = [Encoder("iconv", "viscii", _iconv("VISCII")), Encoder("iconv", "cp1258", _iconv("CP1258"))]
    out.append(Encoder("python", "mojibake", _mojibake))
    out += [Encoder("recode", name.lower(), _recode(name)) for name in ("VNI", "VPS", "VIQR", "VISCII")]
    if (library := unikey(folder)) is not None:
        out += [Encoder("unikey", family, _unikey(library, number)) for family, number in _UNIKEY.items()]
    if (encode := _viparse_vni()) is not None:
        out.append(Encoder("viparse", "vni", encode))
    return [one for one in [*out, Encoder("iconv", "tcvn3", _small_capitals(_iconv("TCVN5712-1")))] if _works(one)]


def _works(encoder: Encoder) -> bool:
    try:
        return bool(encoder.encode(["một"])[0])
    except (OSError, subprocess.CalledProcessError):
        return False


def _iconv(charset: str) -> Encode:
    return _program("iconv", "-f", "UTF-8", "-t", f"{charset}//TRANSLIT", "-c")


def _recode(charset: str) -> Encode:
    """VNI without Ằ and Ắ: recode 3.6 has the two capitals the wrong way round (its ằ and ắ are right).

    VIQR with the backslash that RFC 1456 asks for before a sign after a vowel that is no mark; recode leaves it out.
    """
    encode = _program("recode", "-f", f"UTF-8..{charset}")
    if charset == "VIQR":
        return lambda lines: encode([_VIQR_SIGN.sub(r"\\\1", line.translate(_PLAIN)) for line in lines])
    lacks = str.maketrans("ẰẮ", "??") if charset == "VNI" else {}
    return lambda lines: encode([line.translate(lacks) for line in lines])


def _program(*command: str) -> Encode:
    """A program that reads UTF-8 and writes something else, a line for a line; none for a line it cannot write."""

    def encode(lines: Sequence[str]) -> list[bytes]:
        text = "\n".join(line.translate(_PLAIN) for line in lines) + "\n"
        found = subprocess.run(command, input=text.encode(), capture_output=True, check=False).stdout.split(b"\n")
        if len(found) == len(lines) + 1:
            return found[:-1]
        half = len(lines) // 2  # somewhere a character on which the program stumbles
        return encode(lines[:half]) + encode(lines[half:]) if half else [b""]

    return encode


_PLAIN = str.maketrans(dict(zip("“”‘’–—\xa0\x85", "\"\"''--  ", strict=True)) | {"…": "..."})


def _small_capitals(encode: Encode) -> Encode:
    """TCVN3 fonts have no toned capitals (TCVN5712-1 has): the small letter stands for them."""
    untoned = frozenset("ĂÂÊÔƠƯĐ")
    small = str.maketrans({letter: letter.lower() for letter in LETTERS if letter.isupper() and letter not in untoned})
    return lambda lines: encode([line.translate(small) for line in lines])


def _mojibake(lines: Sequence[str]) -> list[bytes]:
    return [as_windows(line.encode()).encode() for line in lines]


def twice_read(line: str) -> str:
    """Mojibake of mojibake."""
    return as_windows(as_windows(line.encode()).encode())


@cache
def unikey(folder: Path | None) -> ctypes.CDLL | None:
    """UniKey's converter from the two packages in the folder; None without them."""
    found = [
        path for name in ("libscim8v5", "scim-unikey") for path in (folder.glob(f"{name}_*.deb") if folder else ())
    ]
    if len(found) < 2:
        return None
    target = Path(tempfile.mkdtemp(prefix="congthu-unikey-"))
    for archive in found:
        subprocess.run(["dpkg-deb", "-x", str(archive), str(target)], check=True)
    try:
        ctypes.CDLL(str(next(target.glob("usr/lib/*/libscim-1.0.so.8"))), ctypes.RTLD_GLOBAL)
        return ctypes.CDLL(str(next(target.glob("usr/lib/*/scim-1.0/*/IMEngine/unikey.so"))))
    except (OSError, StopIteration):
        return None


def _unikey(library: ctypes.CDLL, number: int) -> Encode:
    def one(line: str) -> bytes:
        data = line.encode()
        length, room = ctypes.c_int(len(data)), ctypes.c_int(4 * len(data) + 16)
        buffer = ctypes.create_string_buffer(room.value)
        library.VnConvert(_UNIKEY_UTF8, number, data, buffer, ctypes.byref(length), ctypes.byref(room))
        return buffer.raw[: room.value]

    plain = _PLAIN if number in _NO_QUOTES else {}
    return lambda lines: [one(line.translate(plain)) for line in lines]


def _viparse_vni() -> Encode | None:
    """By viparse's table read backwards; letters that it has not seen in documents (ẳ, Ẳ) come out as `?`."""
    try:
        from viparse.normalize.vni import VNI
    except ImportError:
        return None
    written = {ord(letter): code for code, letter in VNI.pairs if len(letter) == 1 and letter not in "ìíÌÍ"}
    missing = {ord(letter): "?" for letter in LETTERS if ord(letter) not in written and letter not in "ìíÌÍ"}
    known = {**missing, **written}
    return lambda lines: [line.translate(known).encode("cp1252", "replace") for line in lines]


def _register() -> None:
    import codecs

    codecs.register_error("latin1_for_undefined", _latin1)


_register()
