"""Which archive a file is: by its first bytes before its type before its name. Opens nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

_ISO = 32769  # where volume descriptors name their standard (ECMA-119 8.1, ECMA-167 2/9.1)


class Format(StrEnum):
    """What an archive is read as."""

    ZIP = "zip"
    SEVEN_ZIP = "7z"
    RAR = "rar"
    RAR5 = "rar5"
    CAB = "cab"
    ISO = "iso"
    TAR = "tar"
    CPIO = "cpio"
    AR = "ar"
    LHA = "lha"
    RPM = "rpm"
    GZIP = "gz"
    BZIP2 = "bz2"
    XZ = "xz"
    LZMA = "lzma"
    LZIP = "lz"
    ZSTD = "zst"
    LZ4 = "lz4"
    COMPRESS = "Z"
    TNEF = "tnef"
    APPENDED = "appended"  # something else, perhaps with an archive in it: a self-extracting program
    UNREADABLE = "unreadable"  # an archive or a disk image of a kind that is not opened here


COMPRESSED = frozenset(["gz", "bz2", "xz", "lzma", "lz", "zst", "lz4", "Z", "rpm"])
"""Formats that hold one stream and no list."""

_HEADS = (
    (rb"PK(?:\x03\x04|\x05\x06|\x06\x06|\x07\x08|\x01\x02|00PK)", Format.ZIP),
    (rb"7z\xbc\xaf\x27\x1c", Format.SEVEN_ZIP),
    (rb"Rar!\x1a\x07\x01\x00", Format.RAR5),
    (rb"Rar!\x1a\x07", Format.RAR),
    (rb"MSCF\x00\x00\x00\x00", Format.CAB),
    (rb"\x1f\x8b\x08", Format.GZIP),
    (rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", Format.BZIP2),
    (rb"\xfd7zXZ\x00", Format.XZ),
    (rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", Format.ZSTD),
    (rb"\x04\x22\x4d\x18|\x02\x21\x4c\x18", Format.LZ4),
    (rb"\x1f\x9d", Format.COMPRESS),
    (rb"LZIP[\x00\x01]", Format.LZIP),
    (rb"\x5d\x00\x00.{2}(?:\xff{8}|.{5}\x00{3})\x00", Format.LZMA),
    (rb"!<arch>\n", Format.AR),
    (rb"\xed\xab\xee\xdb", Format.RPM),
    (rb"07070[127]|\xc7\x71|\x71\xc7", Format.CPIO),
    (rb".{2}-l[hz][0-9ds]-", Format.LHA),
    (rb"\x78\x9f\x3e\x22", Format.TNEF),
    # ACE, ARJ, ALZip, EGG, WIM, VHDX, VHD, lzop, xar, lrzip, SZDD and KWAJ, StuffIt, ZOO, zpaq, DAA, FreeArc
    (rb".{7}\*\*ACE\*\*|\x60\xea.{3}[\x00-\x0f]|ALZ\x01|EGGA|MSWIM\x00|vhdxfile|conectix", Format.UNREADABLE),
    (rb"\x89LZO\x00\r\n\x1a\n|xar!|LRZI|SZDD\x88\xf0|KWAJ\x88\xf0|SIT!|StuffIt", Format.UNREADABLE),
    (rb".{20}\xdc\xa7\xc4\xfd|7kSt|zPQ|DAA\x00|ArC\x01", Format.UNREADABLE),
)
# All of them at once, each in a group of its own: one after the other they take five times as long.
_HEAD = re.compile(b"|".join(b"(%s)" % pattern for pattern, _ in _HEADS), re.DOTALL)

_KINDS: Mapping[str, Format] = {
    "application/zip": Format.ZIP,
    "application/java-archive": Format.ZIP,
    "application/x-7z-compressed": Format.SEVEN_ZIP,
    "application/vnd.ms-cab-compressed": Format.CAB,
    "application/x-iso9660-image": Format.ISO,
    "application/x-tar": Format.TAR,
    "application/x-cpio": Format.CPIO,
    "application/x-lzma": Format.LZMA,
    "application/x-lzh-compressed": Format.LHA,
    "application/x-lha": Format.LHA,
    "application/vnd.ms-tnef": Format.TNEF,
    "application/ms-tnef": Format.TNEF,
    "application/x-arj": Format.UNREADABLE,
    "application/x-ace": Format.UNREADABLE,
    "application/x-ace-compressed": Format.UNREADABLE,
}
_PROGRAMS = re.compile(
    r"application/(?:x-dosexec|x-(?:pie-)?executable|x-sharedlib|x-msdownload|x-mach-binary"
    r"|vnd\.microsoft\.portable-executable)\Z"
)
_ENDING = re.compile(
    r"(?:zipx?|jar|war|ear|apk|xpi|7z|rar|tar|t?gz|t?bz2?|t?xz|lzma|tlz|lz|t?zst|lz4|t?az|z|cab|iso|img|udf|cpio|rpm|deb"
    r"|lha|lzh|arj|ace|alz|egg|vhdx?|wim|dmg)\Z"
)
_PROGRAM_ENDING = (".exe", ".scr", ".com")
_VOLUME = re.compile(r"(?:\d{3}|[rz]\d\d)\Z")  # x.7z.001, x.r00, x.z01


def can_expand(kind: str, name: str, head: bytes) -> bool:
    """True where `expand` should be asked: an archive by content, type or name, or a program that may carry one.

    `kind`: "type/subtype" by content. `head`: the first bytes; 34 KiB are needed to know every format, few are enough
    for most. Documents in packages (docx, odt …) are zip archives too: whoever reads their text decides on the rest.
    """
    return format_of(kind, name, head) is not None


def format_of(kind: str, name: str, head: bytes) -> Format | None:
    """How a file is read, None where it is no archive at all."""
    found = by_head(head)
    if found is not None:
        return found
    if _PROGRAMS.match(kind) or head.startswith((b"MZ", b"\x7fELF")) or name.lower().endswith(_PROGRAM_ENDING):
        return Format.APPENDED
    if name.lower().endswith((".lzma", ".tlz")):  # what has no mark of its own
        return Format.LZMA
    return _KINDS.get(kind) or (Format.APPENDED if claims(name) else None)


def claims(name: str) -> bool:
    """True where the name says that it is an archive, or a volume of one."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return bool(_ENDING.match(ending)) or is_volume(name)


def is_volume(name: str) -> bool:
    """True where the name says that it is one of several files that only together are an archive."""
    return "." in name and bool(_VOLUME.match(name.rpartition(".")[2].lower()))


def by_head(head: bytes) -> Format | None:
    """By content alone."""
    if (found := _HEAD.match(head)) is not None and found.lastindex is not None:
        return _HEADS[found.lastindex - 1][1]
    if is_tar(head):
        return Format.TAR
    mark = head[_ISO : _ISO + 5]
    if mark in (b"CD001", b"CDW02"):
        return Format.ISO
    return Format.UNREADABLE if mark in (b"BEA01", b"NSR02", b"NSR03") else None


def is_tar(head: bytes) -> bool:
    """A tar's first header has the sum of its own octets in it, signed or not (POSIX.1 pax, "ustar")."""
    block = head[:512]
    digits = block[148:156].strip(b" \x00")
    if len(block) < 512 or not digits or digits.strip(b"01234567"):
        return False
    blank = block[:148] + b" " * 8 + block[156:]
    unsigned = sum(blank)
    return int(digits, 8) in (unsigned, unsigned - 256 * sum(octet > 127 for octet in blank))
