"""Messages, scans and inspectors for the tests of this room."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pybase64

from gateway.inspection.inspector import Inspector, PoolLimits, Result, WalkLimits
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer

ROOT = Path(__file__).parents[3]
NAUGHTY = "tests.unit.inspection.naughty"
FILES = frozenset({"files"})
TEXT = frozenset({"files", "text"})
SNIFF = Sniffer()


def scan(raw: bytes) -> ScannedMessage:
    """The strict scan of a message."""
    scanner = Scanner(sniff=SNIFF)
    scanner.feed(raw)
    return scanner.finish()


def part(data: bytes, name: str, kind: str = "application/octet-stream", encoding: str = "base64") -> bytes:
    """An attachment, as it stands in a multipart."""
    lines = pybase64.b64encode(data) if encoding == "base64" else data
    if encoding == "base64":
        lines = b"\r\n".join(lines[at : at + 76] for at in range(0, len(lines), 76))
    header = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    return header.encode() + f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'.encode() + lines


def mail(*attachments: bytes, subject: str = "well", boundary: str = "=_b") -> bytes:
    """A multipart/mixed message: a text, then these parts."""
    mark = b"\r\n--" + boundary.encode()
    head = f'Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n'
    text = b"Content-Type: text/plain\r\n\r\nhello"
    return head.encode() + b"".join(mark + b"\r\n" + one for one in (text, *attachments)) + mark + b"--\r\n"


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def surroundings(**more: str) -> dict[str, str]:
    """A child's environment that knows the tests."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return {"LC_ALL": "C.UTF-8", "PYTHONPATH": path, **more}


@asynccontextmanager
async def inspector(
    program: str = NAUGHTY, walk: WalkLimits | None = None, mode: str = "", **limits: Any
) -> AsyncIterator[Inspector]:
    """An inspector, closed afterwards; one child unless `count` says otherwise."""
    chosen = PoolLimits(**{"count": 1, "timeout": 60.0, "prewarm": False, **limits})
    made = Inspector(chosen, walk, program=program, environment=surroundings(NAUGHTY=mode))
    await made.start()
    try:
        yield made
    finally:
        await made.close()


async def told(made: Inspector, subject: str) -> Result:
    """Have the naughty child do something; the message has one attachment, `a.zip` at 1.2."""
    raw = mail(part(zipped([("b.txt", b"hello")]), "a.zip"), subject=subject)
    return await made.inspect(raw, scan(raw), FILES)


def reports(result: Result) -> dict[str, str]:
    """What the naughty child reported."""
    return {file.names[0]: file.names[1] for file in result.files if file.kind == "report"}
