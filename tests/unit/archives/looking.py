"""What `expand` says of some bytes, as plain values that a test can compare."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.archives.budget import Budget
from gateway.archives.entry import PIECE, Entry, Problem
from gateway.archives.errors import ArchiveError
from gateway.archives.expand import can_expand, expand
from gateway.archives.limits import ArchiveLimits
from gateway.contents import Why


@dataclass
class Seen:
    """`files`: name and bytes; `failed`: names whose reading raised, and why; `raised`: by the archive as a whole."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    failed: list[tuple[str, Why]] = field(default_factory=list)
    problems: list[tuple[str, Why]] = field(default_factory=list)
    raised: Why | None = None
    entries: list[Entry] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.entries]

    @property
    def whys(self) -> set[Why]:
        """Every reason that was given, in whatever way."""
        said = {why for _, why in [*self.failed, *self.problems]}
        return said | ({self.raised} if self.raised else set())


def look(data: bytes, name: str = "", kind: str = "", limits: ArchiveLimits | None = None) -> Seen:
    """Read everything that an archive gives."""
    seen = Seen()
    try:
        for found in expand(io.BytesIO(data), kind, name, Budget(limits or ArchiveLimits())):
            if isinstance(found, Problem):
                seen.problems.append((found.name, found.reason))
                continue
            seen.entries.append(found)
            got = bytearray()
            try:
                while piece := found.read():
                    got += piece
                    assert len(piece) <= PIECE
                assert found.size == len(got)
            except ArchiveError as error:
                seen.failed.append((found.name, error.reason))
            seen.files.append((found.name, bytes(got)))
    except ArchiveError as error:
        seen.raised = error.reason
    return seen


def deep(data: bytes, name: str, budget: Budget, depth: int = 0) -> Iterator[tuple[int, str, Why | None]]:
    """As the inspection does it: archives in archives, each entry copied first. Depth, name and what is wrong."""
    try:
        for found in expand(io.BytesIO(data), "", name, budget, depth=depth):
            if isinstance(found, Problem):
                yield depth, found.name, found.reason
                continue
            try:
                copy = b"".join(iter(found.read, b""))
                yield depth, found.name, None
            except ArchiveError as error:
                yield depth, found.name, error.reason
                continue
            if can_expand("", found.name, copy):
                yield from deep(copy, found.name, budget, depth + 1)
    except ArchiveError as error:
        yield depth, name, error.reason
