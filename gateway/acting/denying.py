"""Keeps Dovecot's deny file as the directory says, on this node: whoever locks or opens a mailbox, it follows.

A mailbox that is about to be locked stands in it before the directory tells of the lock, and for as long as that is
being done. One object a node, which outlives configurations (`serves`); the file is written by one call at a time, of
all processes. What anybody else does to it is undone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from gateway.acting.deny import DenyRefused, Look, alone, look, write
from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryError
from gateway.logs import get_logger
from gateway.who import Mailbox, State

_log = get_logger("congthu.lifecycle")
_OUT = frozenset({State.LOCKED, State.RECLAIMED})


def names_of(mailbox: Mailbox, realm: str = "") -> list[str]:
    """The login names of a mailbox: its addresses, and the local parts where logins of `realm` may leave it out."""
    names = [mailbox.key, *(alias.lower() for alias in mailbox.aliases)]
    if realm:
        names += [name.rpartition("@")[0] for name in names if name.rpartition("@")[2] == realm]
    return names


def locked_out(mailboxes: Iterable[Mailbox], realm: str = "") -> list[str]:
    """Everybody's names who is locked or reclaimed."""
    return [name for mailbox in mailboxes if mailbox.state in _OUT for name in names_of(mailbox, realm)]


class Denying:
    """`read`: the directory, in a thread (DirectoryError). `realm`: the domain that logins may leave out."""

    def __init__(self, path: Path, read: Callable[[], Snapshot], realm: str = "") -> None:
        self._path, self._read, self._realm = path, read, realm.lower()
        self._coming: dict[str, Mailbox] = {}
        self._one = asyncio.Lock()
        self._left: Look | None = None
        self.failed = ""

    def serves(self, path: Path, realm: str) -> bool:
        """Whether it keeps this file, with this domain left out."""
        return (self._path, self._realm) == (path, realm.lower())

    def strayed(self) -> bool:
        """Whether the file is not as it was left: somebody edited it, or took it away. One look at it from outside."""
        return self._left is None or look(self._path) != self._left

    async def follow(self) -> bool:
        """Write what the directory says; whether the file says it now. The reason is in `failed`, and in the log."""
        try:
            await self._sync()
        except (DenyRefused, DirectoryError) as error:
            if str(error) != self.failed:
                _log.error("lifecycle.deny_file", reason=str(error))
            self.failed = str(error)
            return False
        if self.failed:
            _log.info("lifecycle.deny_file_written")
        self.failed = ""
        return True

    async def add(self, mailboxes: Collection[Mailbox]) -> frozenset[str]:
        """Let these stand in it, too, until `settle`: the keys of those that it cannot hold. DenyRefused and
        DirectoryError: none of them stands there.
        """
        coming = {mailbox.key: mailbox for mailbox in mailboxes}
        self._coming.update(coming)
        try:
            refused = set(await self._sync())
        except BaseException:
            for key in coming:
                self._coming.pop(key, None)
            raise
        return frozenset(key for key, box in coming.items() if not refused.isdisjoint(names_of(box, self._realm)))

    async def settle(self) -> None:
        """Whoever was added is locked by now, or is not going to be."""
        self._coming.clear()
        await self.follow()

    async def _sync(self) -> Sequence[str]:
        async with self._one:
            return await asyncio.to_thread(self._write)

    def _write(self) -> Sequence[str]:
        with alone(self._path):  # with the reading: what was read first must not be written last
            names = locked_out(self._read().mailboxes, self._realm)
            names += [name for mailbox in list(self._coming.values()) for name in names_of(mailbox, self._realm)]
            refused = write(self._path, names)
            self._left = look(self._path)
        return refused
