"""The embedded next hop: every recipient has a Maildir below one folder. For trying things out and for small sites.

The same interface as SMTP. Knows files, nothing of sockets. What it writes is on disk (fsync) before it says 250.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import itertools
import os
import re
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from gateway.errors import UpstreamBroken
from gateway.model import Envelope, Recipient, Reply, Session
from gateway.upstream import body
from gateway.upstream.base import Capabilities, Challenge, Content, LoginResult, Transaction

_ACCEPTED = Reply(250, "2.1.5", "Recipient ok")
_DELIVERED = Reply(250, "2.0.0", "Delivered")
_FULL = Reply(452, "4.3.1", "Insufficient system storage")
_FAILED = Reply(451, "4.3.0", "Local delivery failed")
_NO_AUTH = Reply(504, "5.5.4", "Authentication is not available here")
_OFFERED = Capabilities(pipelining=True, eightbit=True, smtputf8=True, size=0, enhanced=True)
_PLAIN = re.compile(rb"[a-z0-9@_+=-]|(?<!^)\.")
_LONGEST_NAME = 200  # bytes; file systems allow 255
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_serial = itertools.count()


def folder_name(address: str) -> str:
    """A file name for an address: lower case, everything unusual as %XX, never a path, never hidden, never empty.

    Different addresses (but for case) have different names; an over-long one ends in its digest.
    """
    raw = address.lower().encode("utf-8", "surrogateescape")
    name = "".join(
        chr(byte) if _PLAIN.match(raw, at, at + 1) and not (byte == 0x2E and at == 0) else f"%{byte:02X}"
        for at, byte in enumerate(raw)
    )
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 65]}%{hashlib.sha256(raw).hexdigest()}"
    return name or "%"


class MaildirUpstream:
    """See base.Upstream. `folder` is made at start; raises nothing there: `healthy` tells whether it can be written."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.capabilities = _OFFERED
        self.healthy = False

    async def start(self) -> None:
        """See base.Upstream."""
        await self.probe()

    def retire(self) -> None:
        """See base.Upstream."""

    async def close(self) -> None:
        """See base.Upstream."""

    async def probe(self) -> bool:
        """See base.Upstream."""
        self.healthy = await asyncio.to_thread(self._writable)
        return self.healthy

    def _writable(self) -> bool:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.folder, os.W_OK | os.X_OK)

    def begin(self, envelope: Envelope) -> Transaction:
        """See base.Upstream."""
        return MaildirTransaction(self.folder, envelope)

    async def login(self, session: Session, mechanism: str, initial: bytes | None, challenge: Challenge) -> LoginResult:
        """There are no passwords here: 504."""
        return LoginResult(_NO_AUTH)


class MaildirTransaction:
    """See base.Transaction."""

    __slots__ = ("_envelope", "_folder", "_over", "_recipients")

    def __init__(self, folder: Path, envelope: Envelope) -> None:
        self._folder = folder
        self._envelope = envelope
        self._recipients: list[Recipient] = []
        self._over = False

    async def rcpt(self, recipients: Sequence[Recipient]) -> list[Reply]:
        """See base.Transaction. Every address has a mailbox."""
        if self._over:
            raise UpstreamBroken("the transaction is over")
        self._recipients += recipients
        return [_ACCEPTED] * len(recipients)

    def hold(self) -> None:
        """Nothing is held."""

    async def send(self, prefix: bytes, content: Content, *, skip: Sequence[tuple[int, int]] = ()) -> Reply:
        """See base.Transaction. Return-Path (RFC 5321 4.4) is put before the prefix; all recipients share one file."""
        if self._over or not self._recipients:
            raise UpstreamBroken("there is no transaction to send a message in")
        self._over = True
        path = f"Return-Path: <{self._envelope.reverse_path.text}>\r\n".encode("utf-8", "surrogateescape")
        names = dict.fromkeys(folder_name(r.address.text) for r in self._recipients)
        delivery = Delivery([self._folder / name for name in names])
        try:
            return await _deliver(delivery, path + prefix, content, skip)
        except OSError as error:
            return _FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else _FAILED
        finally:
            await asyncio.shield(asyncio.to_thread(delivery.discard))

    def abandon(self) -> None:
        """See base.Transaction. A delivery to the disk is too short to be cut."""

    def abort(self) -> None:
        """See base.Transaction."""
        self._over = True


async def _deliver(delivery: Delivery, prefix: bytes, content: Content, skip: Sequence[tuple[int, int]]) -> Reply:
    chunks = content.in_memory()
    if chunks is not None:
        offsets = itertools.accumulate(map(len, chunks), initial=0)
        pieces = [body.kept(chunk, offset, skip) for chunk, offset in zip(chunks, offsets, strict=False)]
        await asyncio.to_thread(delivery.write, [prefix, *pieces])
    else:
        await asyncio.to_thread(delivery.write, [prefix])
        offset = 0
        async for chunk in content.chunks():
            await asyncio.to_thread(delivery.write, [body.kept(chunk, offset, skip)])
            offset += len(chunk)
    await asyncio.to_thread(delivery.finish, body.length(prefix, content, skip))
    return _DELIVERED


class Delivery:
    """One file under way to several Maildirs; runs in threads, one call at a time."""

    def __init__(self, mailboxes: list[Path]) -> None:
        self._mailboxes = mailboxes
        self._name = f"{time.time():.6f}.{os.getpid()}_{next(_serial)}.{socket.gethostname().replace('/', '_')}"
        self._file: int | None = None
        self._linked: list[Path] = []

    @property
    def _draft(self) -> Path:
        return self._mailboxes[0] / "tmp" / self._name

    def write(self, pieces: list[bytes]) -> None:
        """Append to the draft in tmp/. OSError."""
        if self._file is None:
            for mailbox in self._mailboxes:
                for part in ("tmp", "new", "cur"):
                    (mailbox / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self._draft, _CREATE, 0o600)
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[os.write(self._file, view) :]

    def finish(self, size: int) -> None:
        """Make it durable and show it in every new/, or in none. OSError, also where not `size` bytes were written."""
        if self._file is None:
            raise OSError(errno.EIO, "nothing was written")
        os.fsync(self._file)
        if os.fstat(self._file).st_size != size:
            raise OSError(errno.EIO, "not the whole message was written")
        try:
            for mailbox in self._mailboxes:
                os.link(self._draft, mailbox / "new" / self._name)
                self._linked.append(mailbox / "new")
            for folder in self._linked:
                _sync_folder(folder)
        except OSError:
            for folder in self._linked:
                (folder / self._name).unlink(missing_ok=True)
            raise

    def discard(self) -> None:
        """Remove the draft; what was linked into new/ stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self._draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
