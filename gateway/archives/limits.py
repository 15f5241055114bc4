"""How far archives are expanded. Only numbers live here."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bounds of all archives in one message, however they are nested.

    `depth`: archives inside one another. `entries`: files, folders and links in all. `size`: expanded bytes of all
    entries. `entry`: bytes that whoever expands may keep of one entry (nothing here keeps any). `ratio`: expanded /
    packed bytes of one archive, once it has given more than `ratio_over` bytes (honest blank pictures and logs pack
    better than that). `work`: bytes read from archives and between two layers of one (a .tar.gz), which bounds the time
    whatever comes out. `memory`: bytes of a dictionary that an entry may ask for (libarchive's own are bounded by the
    process's address space). `name`: characters of a name.
    """

    depth: int = 5
    entries: int = 1000
    size: int = 256 * _MIB
    entry: int = 64 * _MIB
    ratio: int = 200
    ratio_over: int = 16 * _MIB
    work: int = 1024 * _MIB
    memory: int = 128 * _MIB
    name: int = 1024
