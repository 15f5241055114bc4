"""The directories of a zip file: every one that some program would read, and the entries that they place.

A file may have several ends of directories (zips one after another, one in another's comment), and one end may be read
in two ways where something stands before the zip. All are taken, the one that most programs read first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.archives.source import Source
from gateway.archives.zip_records import CENTRAL, END, LOCAL, End, Header, central, end, local

_MARKS = 1024  # marks of an end looked at, the last ones
_DIRECTORIES = 16  # read


@dataclass(frozen=True, slots=True)
class Placed:
    """One entry of a directory and the local header that it points to. `at`: where that is, from the file's start."""

    header: Header
    at: int
    local: Header | None

    @property
    def data(self) -> int:
        """Where its bytes begin."""
        return self.at + self.local.length if self.local is not None else self.at

    @property
    def stop(self) -> int:
        """Where its bytes end, as the directory says."""
        return self.data + self.header.packed


@dataclass(slots=True)
class Directories:
    """All of a file's. `lists`: the first is what most programs show. `ended`: there is an end, as in a whole zip."""

    lists: list[list[Placed]] = field(default_factory=list)
    ended: bool = False
    split: bool = False  # other files belong to it
    surplus: bool = False  # more ends, or entries, than are looked at


def read_directories(source: Source, entries: int) -> Directories:
    """Read at most `entries` entries in all."""
    found = Directories()
    marks = deque(source.finds(END), _MARKS)
    found.surplus = len(marks) == _MARKS
    ends = [each for at in reversed(marks) if (each := end(source, at)) is not None]
    ends.sort(key=lambda each: each.whole, reverse=True)  # programs look from behind, most for one that ends the file
    starts: set[int] = set()
    for each in ends:
        if each.whole or not _inside(each.at, found.lists):
            _read(source, each, found, starts, entries)
    return found


def _read(source: Source, each: End, found: Directories, starts: set[int], entries: int) -> None:
    """One end's directory, or both of them."""
    found.ended = found.ended or each.empty
    for start, base in _starts(source, each):
        if start in starts:
            continue
        starts.add(start)
        room = entries - sum(map(len, found.lists))
        if room <= 0 or len(found.lists) == _DIRECTORIES:
            found.surplus = True
            return
        found.ended = True
        found.split = found.split or each.split
        found.lists.append(list(_placed(source, start, base, room)))


def overlapping(placed: Sequence[Placed]) -> set[int]:
    """Which of one directory's entries (their positions in it) share bytes with another."""
    order = sorted(range(len(placed)), key=lambda number: (placed[number].at, placed[number].stop))
    found: set[int] = set()
    last = -1  # the one before that reaches furthest
    for number in order:
        if last >= 0 and placed[number].at < placed[last].stop:
            found |= {number, last}
        if last < 0 or placed[number].stop > placed[last].stop:
            last = number
    return found


def _starts(source: Source, each: End) -> list[tuple[int, int]]:
    """Where the directory begins and what its offsets are counted from: right before its end, or where it is said."""
    starts = dict.fromkeys((each.at - each.length, each.offset))
    return [(at, at - each.offset) for at in starts if at >= 0 and source.at(at, 4) == CENTRAL]


def _placed(source: Source, start: int, base: int, room: int) -> Iterator[Placed]:
    """As long as headers follow: how many there are and how long they are may be a lie."""
    while room > 0 and (header := central(source, start)) is not None:
        yield _place(source, header, base)
        start += header.length
        room -= 1


def _place(source: Source, header: Header, base: int) -> Placed:
    for at in dict.fromkeys((base + header.at, header.at)):
        if source.at(at, 4) == LOCAL:
            return Placed(header, at, local(source, at))
    return Placed(header, base + header.at, None)


def _inside(at: int, lists: list[list[Placed]]) -> bool:
    return any(each.at < at < each.stop and each.local is not None for placed in lists for each in placed)
