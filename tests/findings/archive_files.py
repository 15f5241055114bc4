"""Small archives, byte for byte the same each time. What they hold is harmless; what they claim may not be."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

TEXT = "Cộng hòa xã hội chủ nghĩa Việt Nam\r\n".encode()
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(44) + b"\x80\x00\x00\x00" + bytes(64)
PROGRAM += (
    b"PE\x00\x00\x4c\x01\x01\x00"
    + bytes(12)
    + b"\xe0\x00\x02\x01\x0b\x01"
    + bytes(222)
    + b".text\x00\x00\x00"
    + bytes(200)
)
_DATE = (2026, 3, 2, 8, 0, 0)


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = method
            archive.writestr(info, data)
    return out.getvalue()


def encrypted(archive: bytes) -> bytes:
    """The zip with every entry marked as encrypted (APPNOTE 4.4.4, bit 0); the bytes are no real cipher text."""
    data, at = bytearray(archive), 0
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def tarred(files: dict[str, bytes]) -> bytes:
    """A tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def rar(files: dict[str, bytes]) -> bytes:
    """A RAR 2.9 archive of stored files (unrar's technote.txt)."""

    def block(kind: int, flags: int, rest: bytes, size: int) -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head if size >= 0 else head

    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6), 0)
    for name, data in files.items():
        coded = name.encode("ascii")
        fields = struct.pack(
            "<IIBIIBBHI", len(data), len(data), 2, zlib.crc32(data), 0x5C624000, 20, 0x30, len(coded), 0x20
        )
        out += block(0x74, 0x8000, fields + coded, len(data)) + data
    return out + block(0x7B, 0x4000, b"", 0)


def cab(files: dict[str, bytes]) -> bytes:
    """A cabinet of stored files ([MS-CAB] 2)."""
    content = b"".join(files.values())
    entries, offset = b"", 0
    for name, data in files.items():
        entries += struct.pack("<IIHHHH", len(data), offset, 0, 0x5C62, 0x4000, 0x20) + name.encode() + b"\0"
        offset += len(data)
    data_at = 36 + 8 + len(entries)
    block = struct.pack("<IHH", 0, len(content), len(content)) + content
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, data_at + len(block), 0, 44, 0, 3, 1, 1, len(files), 0, 0, 0)
    return head + struct.pack("<IHH", data_at, 1, 0) + entries + block


def overlapping(count: int = 30) -> bytes:
    """A zip whose directory lists one entry many times: the bytes of each are those of the first."""
    one = zipped({"a.txt": bytes(100_000)})
    start = one.index(b"PK\x01\x02")
    entry = one[start : one.index(b"PK\x05\x06")]
    directory = b"".join(entry[:46] + b"%c.txt" % (97 + at % 26) + entry[51:] for at in range(count))
    return (
        one[:start] + directory + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    )


def deep(levels: int) -> bytes:
    """Zips in one another."""
    data, name = TEXT, "a.txt"
    for level in range(levels):
        data, name = zipped({name: data}), f"{level}.zip"
    return data


def compressed(kind: str, data: bytes) -> bytes:
    """One stream: gz, bz2 or xz."""
    if kind == "gz":
        return gzip.compress(data, mtime=0)
    return bz2.compress(data) if kind == "bz2" else lzma.compress(data)
