"""zip, as every program would read it: all directories, and the local headers that none of them (rightly) names.

Most programs trust the directory at the end; some read from the front and never see it. An entry is given once where
all agree about its bytes; each reading that differs is an entry of its own, a name that differs is among its `others`.
Entries that share bytes are named and not read: no honest writer makes them (D. Fifield, A better zip bomb, 2019).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

from gateway.archives.entry import Entry, Problem
from gateway.archives.names import shown
from gateway.archives.source import Source
from gateway.archives.zip_codecs import ZipBody
from gateway.archives.zip_directory import Placed, overlapping, read_directories
from gateway.archives.zip_records import LOCAL, Header, local, plausible
from gateway.contents import Why

LOCAL_HEADER, OTHER_DIRECTORY = "local-header", "other-directory"

_FALSE = 4096  # marks of local headers that are none, looked at
_Bytes = tuple[int, int, int, bool]  # where an entry's bytes begin, how many, how they are packed, whether encrypted


@dataclass(slots=True)
class _Item:
    """One reading of one entry. `names`: raw, with whether each is said to be UTF-8."""

    names: list[tuple[bytes, bool]]
    header: Header
    data: int
    reading: str
    problem: Why | None = None


def expand_zip(source: Source) -> Iterator[Entry | Problem]:
    """Every entry of every reading. Raises SpentError or StopError only."""
    directories = read_directories(source, source.meter.limits.entries + 1)
    if directories.split:
        yield Problem("", Why.UNSUPPORTED)
    if directories.surplus:
        yield Problem("", Why.TOO_MANY)
    if not directories.ended:
        yield Problem("", Why.DAMAGED)
    for item in _plan(directories.lists):
        yield from _give(source, item, item.header.packed)
    yield from _only_local(source, _known(directories.lists))


def _plan(lists: list[list[Placed]]) -> list[_Item]:
    """Each distinct reading once, in the order of the directories; those of local headers that differ behind them."""
    items: dict[_Bytes, _Item] = {}
    for number, placed in enumerate(lists):
        unique = list({(each.at, each.header.names): each for each in placed}.values())
        bad = overlapping(unique)
        for position, each in enumerate(unique):
            problem = Why.DAMAGED if each.local is None else Why.OVERLAP if position in bad else None
            _note(items, each.header, each.data, OTHER_DIRECTORY if number else "", problem)
            if each.local is not None:
                _note_local(items, each, each.local)
    return list(items.values())


def _note(items: dict[_Bytes, _Item], header: Header, data: int, reading: str, problem: Why | None = None) -> None:
    key = (data, header.packed, header.method, header.encrypted)
    names = [(name, header.utf8) for name in header.names]
    if (item := items.get(key)) is None:
        items[key] = _Item(names, header, data, reading, problem)
    else:
        item.names += names
        item.problem = item.problem or problem


def _note_local(items: dict[_Bytes, _Item], placed: Placed, header: Header) -> None:
    """Only the name may differ, or the bytes too."""
    said = placed.header
    if said.masked or header.masked:
        return
    if _agree(said, header):
        items[placed.data, said.packed, said.method, said.encrypted].names += [
            (name, header.utf8) for name in header.names
        ]
    else:
        _note(items, header, placed.data, LOCAL_HEADER)


def _agree(said: Header, header: Header) -> bool:
    """About the bytes. No size, or a size of 0, in a local header says nothing."""
    same = (said.method, said.encrypted) == (header.method, header.encrypted)
    return same and header.packed in (0, said.packed)


def _known(lists: list[list[Placed]]) -> dict[int, int]:
    """Local headers that are accounted for, and where one who reads from the front goes on behind each."""
    known: dict[int, int] = {}
    for each in chain.from_iterable(lists):
        if each.local is not None:
            length = each.header.packed if _agree(each.header, each.local) else each.local.packed
            known.setdefault(each.at, each.data + length)
    return known


def _only_local(source: Source, known: dict[int, int]) -> Iterator[Entry | Problem]:
    """What a program that reads from the front finds beside all that."""
    at = false = 0
    while (at := source.find(LOCAL, at, source.size)) >= 0:
        if at in known:
            at = max(known[at], at + 4)
        elif (header := local(source, at)) is not None and plausible(source, header):
            at = yield from _give_local(source, header)
        elif false == _FALSE:
            yield Problem("", Why.TOO_MANY)
            return
        else:
            at, false = at + 4, false + 1


def _give_local(source: Source, header: Header) -> Generator[Entry | Problem, None, int]:
    """Give the entry; returns where to go on: behind it, or behind its header where its bytes are no good."""
    data = header.at + header.length
    item = _Item([(name, header.utf8) for name in header.names], header, data, LOCAL_HEADER)
    if not header.streamed:
        stop = yield from _give(source, item, header.packed)
        return data + header.packed if stop is not None else data
    if header.method == 0 and not header.encrypted:
        item.problem = Why.UNSUPPORTED  # nothing says where it ends
    stop = yield from _give(source, item, None)
    return stop or data


def _give(source: Source, item: _Item, packed: int | None) -> Generator[Entry | Problem, None, int | None]:
    """Give one entry, or say what is wrong; returns where its bytes ended, None where they were no good."""
    meter, header = source.meter, item.header
    meter.entry()
    names = tuple(shown(raw, meter.limits.name, utf8=utf8) for raw, utf8 in _readings(item.names))
    if item.problem is not None:
        yield from [Problem(name, item.problem) for name in dict.fromkeys(names)]
    if item.problem is not None or header.folder:
        return None
    with closing(ZipBody(source, item.data, packed, header)) as body:
        entry = Entry(names[0], body, meter, others=names[1:], encrypted=header.encrypted, reading=item.reading)
        yield entry
        if problem := entry.leave():
            yield problem
        return None if entry.failed else body.stop


def _readings(names: list[tuple[bytes, bool]]) -> Iterator[tuple[bytes, bool]]:
    """Some programs take a name only up to a NUL."""
    for raw, utf8 in names:
        yield raw, utf8
        if b"\0" in raw:
            yield raw.partition(b"\0")[0], utf8
