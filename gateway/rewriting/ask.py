"""Has a document rewritten in a confined process of its own, within bounds of time, memory and answer. Blocking."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from typing import IO, Final

from gateway.inspection.process import environment
from gateway.rewriting.docx import Rewritten
from gateway.rewriting.left import kept
from gateway.rewriting.refusal import NotRewrittenError, Reason
from gateway.vietnamese import Family

LARGEST: Final = 32 * 1024 * 1024  # bytes of a document
_MEMORY: Final = 768 * 1024 * 1024  # bytes beyond the program itself
_CPU: Final = 60.0  # seconds
_ANSWER: Final = 64 * 1024 * 1024  # bytes
_LINE: Final = 4096


def rewritten(data: bytes, family: Family | None = None, *, seconds: float = 90.0) -> Rewritten:
    """The same document in Unicode. `seconds`: until it is given up. NotRewrittenError."""
    if len(data) > LARGEST:
        raise NotRewrittenError(Reason.TOO_LARGE)
    command = [sys.executable, "-P", "-s", "-m", "gateway.rewriting.child", str(_MEMORY), str(_CPU)]
    command += [family.value] if family is not None else []
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    try:
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=null, env=environment()) as process:  # noqa: S603
            answer = _talk(process, data, seconds)
    except OSError as error:
        raise NotRewrittenError(Reason.FAILED) from error
    return _read(answer)


def _talk(process: subprocess.Popen[bytes], data: bytes, seconds: float) -> bytes:
    """Give it the document, take what it says; it ends with this in any case."""
    assert process.stdin is not None and process.stdout is not None
    timer = threading.Timer(seconds, process.kill)
    feeder = threading.Thread(target=_feed, args=(process.stdin, data), daemon=True)
    timer.start()
    feeder.start()
    try:
        return process.stdout.read(_ANSWER + 1)
    finally:
        timer.cancel()
        process.kill()
        feeder.join()


def _feed(into: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError):  # it ended early, and its answer says more
        into.write(data)
    with contextlib.suppress(OSError):
        into.close()


def _read(answer: bytes) -> Rewritten:
    """What it said. A child that was taken over can say nothing but values of the right shape. NotRewrittenError."""
    line, _, data = answer[: _ANSWER + 1].partition(b"\n")
    try:
        said = json.loads(line[:_LINE])
        if (refused := said.get("refused")) is not None:
            raise NotRewrittenError(Reason(refused))
        charsets = tuple(str(one)[:60] for one in said["charsets"][:20])
        texts, fonts, size = (int(said[name]) for name in ("texts", "fonts", "size"))
        left = kept(said["left"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise NotRewrittenError(Reason.FAILED) from error
    if size != len(data) or not data.startswith(b"PK"):
        raise NotRewrittenError(Reason.FAILED)
    return Rewritten(data, charsets, texts, fonts, said.get("embedded") is True, left)
