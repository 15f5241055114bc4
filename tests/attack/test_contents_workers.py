"""Document workers that are gone: trouble of ours is temporary, never a pass."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.support.client import Client
from tests.support.congthu import Gateway, listener, upstream
from tests.support.mime import PROGRAM, attached, zipped
from tests.support.recorder import Recorder


def _command(process: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def _children(process: int) -> Iterator[int]:
    found: list[str] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += (task / "children").read_text().split()
    for child in map(int, found):
        yield child
        yield from _children(child)


def _document_workers(gateway: Gateway) -> list[int]:
    config = str(gateway.config).encode()
    (first, *_) = [int(p.name) for p in Path("/proc").glob("[0-9]*") if config in _command(int(p.name))]
    return [child for child in _children(first) if b"gateway.inspection" in _command(child)]


def _kill(gateway: Gateway, over: threading.Event) -> None:
    while not over.wait(0.05):
        for worker in _document_workers(gateway):
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)


def test_a_program_never_passes_because_workers_died() -> None:
    content = attached(("a.zip", zipped({f"{number}.exe": PROGRAM for number in range(20)})))
    with Recorder() as recorder, Gateway([listener()], {"mailserver": upstream(recorder.port)}) as gateway:
        over = threading.Event()
        killer = threading.Thread(target=_kill, args=(gateway, over))
        killer.start()
        try:
            codes = set()
            for _ in range(20):
                with Client(gateway.port, timeout=60) as client:
                    client.ehlo()
                    codes.add(client.message(content).code)
        finally:
            over.set()
            killer.join()
        assert codes <= {451, 550}
