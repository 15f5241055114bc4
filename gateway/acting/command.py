"""Runs the office's command for one step: no shell, an environment of its own, a time-out, little of it read.

What it prints is kept for people, a line of it: whoever writes such a command lets it print no secret.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from typing import Final, NamedTuple

_ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "Asia/Ho_Chi_Minh",
}
_READ: Final = 4096  # bytes of what it says; the rest is read and thrown away
_SHOWN: Final = 200  # characters that are kept
_PATIENCE: Final = 5.0  # seconds for its pipe to close after it has ended


class Said(NamedTuple):
    """What became of a way of doing a step. `detail`: for people, one line."""

    done: bool
    detail: str = ""


async def run(arguments: Sequence[str], seconds: float) -> Said:
    """Run it to its end; done where it exits with 0. After `seconds` it and its children are killed. Never raises."""
    try:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd="/",
            env=_ENVIRONMENT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Said(False, f"cannot be run: {getattr(error, 'strerror', None) or 'an argument that cannot be'}")
    assert process.stdout is not None
    try:
        async with asyncio.timeout(seconds):
            said = await _read(process.stdout)
            code = await process.wait()
    except TimeoutError:
        return Said(False, f"not done within {seconds:g} seconds")
    finally:
        await _end(process)
    words = _line(said)
    return Said(code == 0, words if code == 0 else f"exit {code}: {words}".rstrip(": "))


async def _read(stream: asyncio.StreamReader) -> bytes:
    kept = b""
    while data := await stream.read(65536):
        kept += data[: _READ - len(kept)]
    return kept


async def _end(process: asyncio.subprocess.Process) -> None:
    """Nothing of it goes on: a command that left children behind would act when nobody expects it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.returncode is None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await process.wait()


def _line(said: bytes) -> str:
    text = " ".join(said.decode("utf-8", "replace").split())
    return "".join(c if c.isprintable() else "?" for c in text[:_SHOWN])
