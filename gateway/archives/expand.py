"""The one door to archives: what is in a file, entry by entry, within the message's budget.

    for found in expand(file, kind, name, budget, depth=1):
        if isinstance(found, Problem): ...            # something was not given
        elif can_expand(sniff(found.head()), found.name, found.head()): ...   # copy it somewhere seekable, expand that
        else: found.skip()

Formats and where they are read: zip (`zip`, every reading), TNEF (`tnef`), tar (`tar`), 7z, rar 4 and 5, cab, iso 9660,
cpio, ar (deb), lha (`listing`, libarchive), gz, bz2, xz, lzma, lz, zst, lz4, Z and rpm's payload (`compressed`), and
zip, 7z, rar and cab behind a program (`appended`). Folders are counted and not given. Of a symbolic or hard link only
its name is given (in a zip it is a file whose bytes are the target, and most programs write it as one).
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import BinaryIO

from gateway.archives.appended import places
from gateway.archives.budget import Budget, Meter
from gateway.archives.compressed import expand_compressed
from gateway.archives.entry import HEAD, Entry, Problem
from gateway.archives.errors import ArchiveError, StopError, stumbled
from gateway.archives.iso import has_udf
from gateway.archives.kinds import COMPRESSED, Format, can_expand, claims, format_of, is_volume
from gateway.archives.listing import entries
from gateway.archives.reader import Reader
from gateway.archives.source import Source
from gateway.archives.tar import expand_tar
from gateway.archives.tnef import expand_tnef
from gateway.archives.volumes import refusal
from gateway.archives.zip import expand_zip
from gateway.contents import Why

__all__ = ["can_expand", "expand"]

Found = Iterator[Entry | Problem]

_LIBARCHIVE = {Format.SEVEN_ZIP: "7zip", Format.ISO: "iso9660"}
_UNCOMPRESSED = frozenset([Format.CPIO, Format.AR, Format.ISO])
_OPAQUE = ("", "application/octet-stream", "application/x-empty", "inode/x-empty")


def expand(
    file: BinaryIO, kind: str, name: str, budget: Budget, *, depth: int = 0
) -> Generator[Entry | Problem, None, None]:
    """Give what is in an archive. `file`: seekable, nobody else's until the iterator is closed or at its end.

    `kind`: "type/subtype" by content; `name`: for showing and as a hint; `depth`: archives that this one stands in.
    Each entry is valid until the next is asked for; what was not read of it then still counts against the budget.
    Raises ArchiveError where nothing (more) can be read, SpentError where the message's budget is used up; entries that
    were given before stand. Nothing else is raised for anything that the file holds.
    """
    if depth >= budget.limits.depth:
        raise ArchiveError(Why.TOO_DEEP)
    size = file.seek(0, io.SEEK_END)
    source = Source(file, Meter(budget, size), 0, size)
    try:
        yield from _opened(source, kind, name)
    except ArchiveError:
        raise
    except Exception as error:
        raise stumbled(error) from error


def _opened(source: Source, kind: str, name: str) -> Found:
    how = format_of(kind, name, source.at(0, HEAD))
    if how is None or how is Format.UNREADABLE:
        raise ArchiveError(Why.UNSUPPORTED)
    if how is not Format.APPENDED:
        return _as(source, how, name)
    return _appended(source, name, kind in _OPAQUE and claims(name))


def _as(source: Source, how: Format, name: str) -> Found:
    if how is Format.ZIP:
        return expand_zip(source)
    if how is Format.TNEF:
        return expand_tnef(source)
    if how is Format.TAR:
        return expand_tar(lambda: source, source.meter, free=True)
    if how.value in COMPRESSED:
        return expand_compressed(source, how, name)
    return _listed(source, how, name)


def _listed(source: Source, how: Format, name: str) -> Found:
    why = refusal(source, how, name)
    if why is Why.UNSUPPORTED:  # the first volume may still tell something
        yield Problem("", why)
    elif why is not None:
        raise ArchiveError(why)
    if how is Format.ISO and has_udf(source):
        yield Problem("", Why.UNSUPPORTED)
    with closing(Reader(source, _LIBARCHIVE.get(how, how.value), source.meter.limits.name)) as reader:
        try:
            yield from entries(reader, source.meter, free=how in _UNCOMPRESSED)
        except StopError:
            raise
        except ArchiveError as error:
            if why is None or error.reason is not Why.DAMAGED:
                raise


def _appended(source: Source, name: str, claimed: bool) -> Found:
    """Whatever is found. A mark without an archive behind it is nothing, unless the file claims to be one."""
    nothing = True
    for how, at in places(source):
        try:
            for found in _as(source.part(at, source.size), how, name):
                if found.name or not nothing:
                    nothing = False
                    yield found
        except StopError:
            raise
        except ArchiveError as error:
            if error.reason is Why.ENCRYPTED:
                nothing = False
                yield Problem("", error.reason)
    if nothing and claimed:
        raise ArchiveError(Why.UNSUPPORTED if is_volume(name) else Why.DAMAGED)
