"""Programs that `test_confined` runs: archives read where the process may do little.

python -m tests.unit.archives.confined files|memory
"""

from __future__ import annotations

import lzma
import resource
import struct
import sys
import zlib

from gateway.contents import Why
from tests.unit.archives.looking import look
from tests.unit.archives.making import archive, compressed
from tests.unit.archives.test_formats import BY_HAND, FILES, LISTS, PLAIN

TEXT = b"hello" * 1000
MEMORY = 400 * 1024 * 1024


def files() -> None:
    """No file can be opened, no program started, nothing written."""
    data = {name: made() for name, made in (LISTS | BY_HAND).items()}
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    for name, content in data.items():
        seen = look(content)
        assert sorted(seen.files) == sorted(FILES if name in LISTS else PLAIN), name
        assert not seen.whys, name


def memory() -> None:
    """Dictionaries of 512 MiB and more in an address space that has no room for them."""
    cases = {"a.lzma": alone(), "a.xz": xz(), "a.lz": lzip(), "a.7z": seven_zip(), "b.7z": ppmd()}
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for name, data in cases.items():
        seen = look(data, name)
        print(name, seen.whys)
        assert seen.whys == {Why.TOO_LARGE}, (name, seen)


def alone() -> bytes:
    packed = lzma.compress(TEXT, lzma.FORMAT_ALONE)
    return packed[:1] + struct.pack("<L", 1 << 30) + packed[5:]


def xz() -> bytes:
    """The block header's filter property 39 is 3 GiB; its checksum is mended."""
    packed = bytearray(lzma.compress(TEXT))
    place = packed.index(b"\x21\x01", 12) + 2
    packed[place] = 39
    size = (packed[12] + 1) * 4
    packed[12 + size - 4 : 12 + size] = struct.pack("<L", zlib.crc32(packed[12 : 12 + size - 4]))
    return bytes(packed)


def lzip() -> bytes:
    packed = bytearray(compressed("lzip", TEXT))
    packed[5] = 29
    return bytes(packed)


def seven_zip() -> bytes:
    return sealed(archive("7zip", [("a", TEXT)], options="compression=lzma1"), b"\x03\x01\x01\x05\x5d", 0x7FFFFFFF, 5)


def ppmd() -> bytes:
    return sealed(archive("7zip", [("a", TEXT)], options="compression=ppmd"), b"\x03\x04\x01\x05", 0x7FFFFFFF, 5)


def sealed(made: bytes, mark: bytes, size: int, skip: int) -> bytes:
    """A 7z whose coder asks for that much memory, with its checksums mended."""
    data = bytearray(made)
    place = data.index(mark) + skip
    data[place : place + 4] = struct.pack("<L", size)
    offset, length = struct.unpack_from("<QQ", data, 12)
    data[28:32] = struct.pack("<L", zlib.crc32(data[32 + offset : 32 + offset + length]))
    data[8:12] = struct.pack("<L", zlib.crc32(data[12:32]))
    return bytes(data)


if __name__ == "__main__":
    {"files": files, "memory": memory}[sys.argv[1]]()
    sys.stdout.write("done")
