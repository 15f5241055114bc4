"""A file on its way to `congthu charset`: read within bounds, and opened as the gateway opens an attachment.

A plain text is taken here, byte for byte. Whatever needs a library to be read (documents, messages, archives) goes
through the confined process that opens strangers' files for the gateway: a clerk checks what came from elsewhere, and
a file that makes a reader crash or never end then costs an error line. It is handed over as the only attachment of a
message, so what is found in it is what the gateway finds.
"""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pybase64

from gateway.contents import UNREACHED, ContainedFile, Unchecked
from gateway.documents.read import format_of
from gateway.inspection.limits import PoolLimits
from gateway.inspection.result import DocumentText, Result
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer

if TYPE_CHECKING:
    from gateway.inspection.inspector import Inspector

LARGEST: Final = 64 * 1024 * 1024  # bytes of a file
STDIN: Final = "-"
_HEAD = 4096
_PLAIN = frozenset(("txt", "csv"))
_MIB = 1024 * 1024
_WANTS = frozenset(("files", "text"))
_LIMITS = PoolLimits(count=1, memory=1024 * _MIB, timeout=120.0, cpu_time=100.0, prewarm=False)
_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.EACCES: "it may not be read (permission denied)",
    errno.EPERM: "it may not be read (permission denied)",
    errno.EISDIR: "it is a folder",
}


class UnreadableError(Exception):
    """A file that cannot be read; the text says why, in words for people."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One file. `name`: as given. `plain`: its bytes where it is a plain text, else None and the rest says what it is.

    `kind`: the reader's name of a plain text ("txt", "csv"), else "type/subtype". The first of `files` is the file
    itself. `header`: the scan of a message, for what its header says.
    """

    name: str
    kind: str
    plain: bytes | None = None
    documents: tuple[DocumentText, ...] = ()
    files: tuple[ContainedFile, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    header: ScannedMessage | None = None


class Opener:
    """Opens one file after the other, with one confined process for all of them. A context manager."""

    def __init__(self, largest: int = LARGEST, limits: PoolLimits = _LIMITS) -> None:
        self._largest, self._limits = largest, limits
        self._sniff = Sniffer()
        self._runner: asyncio.Runner | None = None
        self._inspector: Inspector | None = None

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runner is not None and self._inspector is not None:
            self._runner.run(self._inspector.close())
            self._runner.close()

    def open(self, name: str) -> Opened:
        """Open the file of this name; "-" is standard input. UnreadableError."""
        data = _bytes_of(name, self._largest)
        own = Path(name).name if name != STDIN else ""
        head = data[:_HEAD]
        kind = self._sniff(head)
        reader = format_of(kind, own, head)
        if reader in _PLAIN or not data:
            return Opened(name, reader or "txt", plain=data)
        return self._look(name, own, kind, data)

    def _look(self, name: str, own: str, kind: str, data: bytes) -> Opened:
        if self._runner is None:
            self._runner = asyncio.Runner()
        result = self._runner.run(self._ask(_attached(own, data)))
        if failed := [one for one in result.unchecked if one.reason in UNREACHED and len(one.names) <= 1]:
            raise UnreadableError(f"it could not be opened ({failed[0].reason.value})")
        kind = result.files[0].kind if result.files else kind
        mail = any(one.format == "eml" and len(one.names) <= 1 for one in result.documents)
        header = self._scanned(data) if mail else None
        return Opened(name, kind, None, result.documents, result.files, result.unchecked, header)

    async def _ask(self, message: bytes) -> Result:
        if self._inspector is None:
            self._inspector = _inspector(self._limits)
        return await self._inspector.inspect(message, self._scanned(message), _WANTS)

    def _scanned(self, message: bytes) -> ScannedMessage:
        scanner = Scanner(sniff=self._sniff)
        scanner.feed(message)
        return scanner.finish()


def _inspector(limits: PoolLimits) -> Inspector:
    """What opens files, imported for a file that needs it; its log goes to stderr."""
    from gateway.inspection.inspector import Inspector
    from gateway.logs import configure

    configure("error", "console")
    return Inspector(limits)


def read_file(name: str, largest: int = LARGEST) -> bytes:
    """The bytes of the file of this name; "-" is standard input. UnreadableError."""
    return _bytes_of(name, largest)


def _bytes_of(name: str, largest: int) -> bytes:
    try:
        data = sys.stdin.buffer.read(largest + 1) if name == STDIN else _from_disk(name, largest)
    except OSError as error:
        raise UnreadableError(_REASONS.get(error.errno or 0, "it cannot be read")) from None
    except ValueError:  # a NUL in the name
        raise UnreadableError(_REASONS[errno.ENOENT]) from None
    if len(data) > largest:
        raise UnreadableError(f"it is larger than {largest // _MIB} MiB")
    return data


def _from_disk(name: str, largest: int) -> bytes:
    with open(name, "rb") as file:  # noqa: PTH123 - a name that is not UTF-8 passes as it is
        if stat.S_ISDIR(os.fstat(file.fileno()).st_mode):
            raise IsADirectoryError(errno.EISDIR, "")
        return file.read(largest + 1)


def _attached(name: str, data: bytes) -> bytes:
    """A message with nothing but this file."""
    lines = pybase64.encodebytes(data).replace(b"\n", b"\r\n")
    shown = quote(name.encode("utf-8", "replace"))
    head = (
        "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{shown}\r\n\r\n"
    )
    return head.encode() + lines
