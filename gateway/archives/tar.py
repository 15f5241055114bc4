"""tar, over a file or out of a compressed stream: also what stands behind its first end, which some programs show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from gateway.archives.budget import Meter
from gateway.archives.entry import Entry, Problem
from gateway.archives.errors import ArchiveError, StopError
from gateway.archives.listing import entries
from gateway.archives.reader import Reader
from gateway.archives.source import Pull, Source

Open = Callable[[], Source | Pull]
"""Gives the tar's bytes from their beginning, each time anew."""


def expand_tar(data: Open, meter: Meter, *, free: bool) -> Iterator[Entry | Problem]:
    """Every entry. Junk behind a proper end is no damage: most programs never look there."""
    with closing(Reader(data(), "tar", meter.limits.name, options=(b"tar:read_concatenated_archives",))) as reader:
        try:
            yield from entries(reader, meter, free=free)
        except StopError:
            raise
        except ArchiveError:
            if not _ends(data(), reader.headers, meter.limits.name):
                raise


def _ends(data: Source | Pull, headers: int, limit: int) -> bool:
    """True where one who stops at the first end sees just so many headers and no damage."""
    with closing(Reader(data, "tar", limit)) as reader:
        try:
            while reader.headers <= headers and reader.next() is not None:
                pass
        except StopError:
            raise
        except ArchiveError:
            return False
        return reader.headers == headers
