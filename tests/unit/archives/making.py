"""Archives made for tests: honest ones by libarchive's own writers, and by hand where no writer would make them."""

from __future__ import annotations

import ctypes
import importlib.util
import struct
import zlib
from collections.abc import Sequence
from ctypes import POINTER, c_char_p, c_int, c_int64, c_size_t, c_uint, c_void_p
from typing import Any

Files = Sequence[tuple[str, bytes]]
_FILE = 0o100000


def _library() -> ctypes.CDLL:
    found = importlib.util.find_spec("archi")
    assert found is not None
    return ctypes.CDLL(found.origin)


def _call(name: str, result: Any, *types: Any) -> Any:
    function = getattr(_library(), f"archive_{name}")
    function.restype, function.argtypes = result, types
    return function


def archive(form: str, files: Files, filter_name: str = "", options: str = "") -> bytes:
    """An archive by libarchive: `form` 7zip, iso9660, cpio, newc, arbsd, gnutar, ustar, pax, raw, zip …"""
    size = c_size_t()
    space = ctypes.create_string_buffer(4 * 1024 * 1024 + 2 * sum(len(data) for _, data in files))
    made = _call("write_new", c_void_p)()
    assert _call("write_set_format_by_name", c_int, c_void_p, c_char_p)(made, form.encode()) == 0
    if filter_name:
        assert _call("write_add_filter_by_name", c_int, c_void_p, c_char_p)(made, filter_name.encode()) == 0
    if options:
        assert _call("write_set_options", c_int, c_void_p, c_char_p)(made, options.encode()) == 0
    write_open = _call("write_open_memory", c_int, c_void_p, c_void_p, c_size_t, POINTER(c_size_t))
    assert write_open(made, space, len(space), ctypes.byref(size)) == 0
    for name, data in files:
        _write(made, name, data)
    assert _call("write_close", c_int, c_void_p)(made) == 0
    _call("write_free", c_int, c_void_p)(made)
    return space.raw[: size.value]


def _write(made: Any, name: str, data: bytes) -> None:
    entry = _call("entry_new", c_void_p)()
    _call("entry_update_pathname_utf8", c_int, c_void_p, c_char_p)(entry, name.encode())
    _call("entry_set_size", None, c_void_p, c_int64)(entry, len(data))
    _call("entry_set_filetype", None, c_void_p, c_uint)(entry, _FILE)
    _call("entry_set_perm", None, c_void_p, c_int)(entry, 0o644)
    assert _call("write_header", c_int, c_void_p, c_void_p)(made, entry) in (0, -20)
    assert _call("write_data", c_int64, c_void_p, c_char_p, c_size_t)(made, data, len(data)) == len(data)
    _call("entry_free", None, c_void_p)(entry)


def compressed(filter_name: str, data: bytes) -> bytes:
    """One stream by libarchive: zstd, lz4, lzma, xz, gzip, compress, lzip."""
    return archive("raw", [("x", data)], filter_name)


def deflated(data: bytes, level: int = 9) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def local(
    name: bytes, data: bytes, *, method: int = 0, flags: int = 0, packed: int | None = None, size: int | None = None
) -> bytes:
    """A zip's local header and the packed bytes as they are given."""
    length = len(data) if packed is None else packed
    head = struct.pack(
        "<4s5H3L2H", b"PK\3\4", 20, flags, method, 0, 0, 0, length, length if size is None else size, len(name), 0
    )
    return head + name + data


def central(
    name: bytes, packed: int, at: int, *, method: int = 0, flags: int = 0, size: int | None = None, extra: bytes = b""
) -> bytes:
    """A zip's directory header for the local header at `at`."""
    length = packed if size is None else size
    head = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, flags, method, 0, 0, 0, packed, length, len(name), len(extra), *[0] * 3, 0, at
    )
    return head + name + extra


def ended(before: bytes, directory: Sequence[bytes], comment: bytes = b"", base: int = 0) -> bytes:
    """What stands before, the directory, its end. `base`: bytes that the offsets do not count."""
    joined = b"".join(directory)
    count = len(directory)
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(joined), len(before) - base, len(comment))
    return before + joined + tail + comment


def stored_zip(files: Sequence[tuple[bytes, bytes]], flags: int = 0) -> bytes:
    """An honest zip, nothing compressed, names as the bytes that are given."""
    out, directory = b"", []
    for name, data in files:
        directory.append(central(name, len(data), len(out), flags=flags))
        out += local(name, data, flags=flags)
    return ended(out, directory)


def rar4(files: Files, *, archive_flags: int = 0, file_flags: int = 0, method: int = 0x30) -> bytes:
    """A RAR 4 archive, nothing compressed (technote.txt of RAR 4)."""

    def block(kind: int, flags: int, rest: bytes) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head

    out = b"Rar!\x1a\x07\x00" + block(0x73, archive_flags, bytes(6))
    for name, data in files:
        raw = name.encode()
        head = struct.pack("<LLBLLBBHL", len(data), len(data), 3, zlib.crc32(data), 0, 20, method, len(raw), 0o100644)
        out += block(0x74, 0x8000 | file_flags, head + raw) + data
    return out + block(0x7B, 0x4000, b"")


def vint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def rar5(files: Files, *, archive_flags: int = 0, encrypted: bool = False) -> bytes:
    """A RAR 5 archive, nothing compressed (RAR 5.0 archive format)."""

    def block(body: bytes) -> bytes:
        sized = vint(len(body)) + body
        return struct.pack("<L", zlib.crc32(sized)) + sized

    out = b"Rar!\x1a\x07\x01\x00"
    if encrypted:
        return out + block(vint(4) + vint(0) + vint(0) + vint(0) + b"\x0f" + bytes(16)) + bytes(64)
    out += block(vint(1) + vint(0) + vint(archive_flags))
    for name, data in files:
        raw = name.encode()
        body = vint(2) + vint(2) + vint(len(data)) + vint(4) + vint(len(data)) + vint(0o100644)
        body += struct.pack("<L", zlib.crc32(data)) + vint(0) + vint(1) + vint(len(raw)) + raw
        out += block(body) + data
    return out + block(vint(5) + vint(0) + vint(0))


def cab(files: Files, *, packed: bool = False, flags: int = 0) -> bytes:
    """A cabinet with one folder and one block ([MS-CAB])."""
    data = b"".join(content for _, content in files)
    block = b"CK" + deflated(data) if packed else data
    listed, at = b"", 0
    for name, content in files:
        listed += struct.pack("<LLHHHH", len(content), at, 0, 0x21, 0, 0x80) + name.encode() + b"\x00"
        at += len(content)
    extra = (b"a.cab\x00disk\x00" * flags.bit_count()) if flags else b""
    start = 36 + len(extra) + 8 + len(listed)
    head = struct.pack(
        "<4s5L2B5H", b"MSCF", 0, start + 8 + len(block), 0, 36 + len(extra) + 8, 0, 3, 1, 1, len(files), flags, 7, 0
    )
    folder = struct.pack("<LHH", start, 1, 1 if packed else 0)
    return head + extra + folder + listed + struct.pack("<LHH", 0, len(block), len(data)) + block


def lha(files: Files) -> bytes:
    """An LHA archive, nothing compressed, level 0 headers."""
    out = b""
    for name, data in files:
        raw = name.encode()
        body = b"-lh0-" + struct.pack("<LLLBBB", len(data), len(data), 0, 0x20, 0, len(raw)) + raw + b"\x00\x00"
        out += bytes([len(body), sum(body) & 255]) + body + data
    return out + b"\x00"


def attribute(level: int, kind: int, data: bytes) -> bytes:
    """One attribute of a TNEF stream ([MS-OXTNEF] 2.1.3.2)."""
    return struct.pack("<BLL", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 0x00089006, struct.pack("<L", 0x10000)) + b"".join(attributes)


def attached(name: bytes, data: bytes, *more: tuple[int, int, bytes], title: bytes | None = None) -> bytes:
    """An attachment with its long name as a property; `more`: further properties (id, type, value)."""
    listed = [(0x3707, 0x1E, name + b"\x00"), *more] if name else list(more)
    begin = attribute(2, 0x00069002, struct.pack("<HLHHL", 1, 0xFFFFFFFF, 32, 32, 0))
    short = attribute(2, 0x00018010, (title if title is not None else name[:8]) + b"\x00")
    return begin + short + attribute(2, 0x0006800F, data) + attribute(2, 0x00069005, property_list(*listed))


def property_list(*values: tuple[int, int, bytes]) -> bytes:
    """MAPI properties (id, type, value), one value each."""
    out = struct.pack("<L", len(values))
    for number, kind, value in values:
        out += struct.pack("<HH", kind, number)
        if number >= 0x8000:
            out += bytes(16) + struct.pack("<LL", 1, 6) + "ab\0".encode("utf-16-le") + bytes(2)
        if kind in (0x1E, 0x1F, 0x102, 0x0D):
            out += struct.pack("<LL", 1, len(value)) + value + bytes(-len(value) % 4)
        else:
            out += value
    return out
