"""What an archive gives: entries that are read as streams, and problems. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gateway.archives.budget import Meter
from gateway.archives.errors import ArchiveError, StopError, stumbled
from gateway.contents import Why

PIECE = 64 * 1024
HEAD = 34 * 1024  # enough to know every format, iso included


class Body(Protocol):
    """One entry's bytes, in order, once. What it cannot give raises `ArchiveError`."""

    def read(self, size: int) -> bytes:
        """At least one and at most `size` expanded bytes; b"" at the end."""

    def skip(self) -> int | None:
        """Pass over the rest where that costs nothing: how many bytes it was. None: it must be read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the archive that is not given, or not whole. `name`: of the entry, "" for the archive itself."""

    name: str
    reason: Why


class Entry:
    """One file (or link) of an archive. Valid until the next one is asked for; read by one reader at a time.

    `name`: for showing, never a path to open. `others`: further names that some programs show for the same bytes.
    `encrypted`: its bytes cannot be had without a password; reading raises. `link`: it points to another file and has
    no bytes of its own (`size` is 0); the target is not followed. `reading`: "" where every program sees it, else which
    reading of the archive shows it: "local-header", "other-directory". `size`: bytes counted so far, all of them once
    it was read to its end or skipped.
    """

    __slots__ = (
        "_body",
        "_error",
        "_head",
        "_meter",
        "_over",
        "encrypted",
        "link",
        "name",
        "others",
        "reading",
        "size",
    )

    def __init__(
        self,
        name: str,
        body: Body | None,
        meter: Meter,
        *,
        others: tuple[str, ...] = (),
        encrypted: bool = False,
        link: bool = False,
        reading: str = "",
    ) -> None:
        self.name, self.others, self.reading = (
            name,
            tuple(dict.fromkeys(other for other in others if other != name)),
            reading,
        )
        self.encrypted, self.link = encrypted, link
        self.size = 0
        self._body, self._meter = body, meter
        self._head = b""  # read ahead, not yet given
        self._error = ArchiveError(Why.ENCRYPTED) if encrypted else None
        self._over = body is None

    def head(self, size: int = HEAD) -> bytes:
        """The first bytes (fewer only where the entry has fewer); `read` still starts at the beginning.

        To be asked before `read`. ArchiveError as for `read`.
        """
        while len(self._head) < size and (more := self._next(PIECE)):
            self._head += more
        return self._head[:size]

    def read(self, size: int = PIECE) -> bytes:
        """The next bytes, at most `size` and at least one; b"" at the end. Counts them against the budget.

        ArchiveError: damaged, encrypted, unsupported, or expands too much; SpentError: the message's budget is used up.
        """
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        return self._next(size)

    def skip(self) -> None:
        """Pass over the rest; it counts against the budget as if it were read. Errors as for `read`."""
        self._head = b""
        if self._body is None or self._over or self._error is not None:
            return
        left = self._body.skip()
        if left is None:
            while self._next(PIECE):
                pass
            return
        self._over = True
        self._count(left)

    @property
    def failed(self) -> bool:
        """True where its bytes could not be had (to their end)."""
        return self._error is not None

    def leave(self) -> Problem | None:
        """For the archive's reader: the next entry is wanted. What goes wrong only now is a problem of its own.

        Raises StopError where nothing more of the archive may be read.
        """
        told = self._error is not None
        try:
            self.skip()
        except ArchiveError as error:
            self._error = error
        finally:
            self._body, self._over = None, True
        if isinstance(self._error, StopError):
            raise self._error
        return None if told or self._error is None else Problem(self.name, self._error.reason)

    def _next(self, size: int) -> bytes:
        if self._error is not None:
            raise self._error
        if self._over or self._body is None:
            return b""
        try:
            piece = self._body.read(size)
            self._count(len(piece))
        except ArchiveError as error:
            self._error = error
            raise
        except Exception as error:
            self._error = stumbled(error)
            raise self._error from error
        self._over = not piece
        return piece

    def _count(self, size: int) -> None:
        self.size += size
        self._meter.expand(size)
