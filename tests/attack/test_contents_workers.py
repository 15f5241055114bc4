"""Document workers that are gone or busy: trouble of ours is temporary, never a pass, and a sender's is his own."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

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


def _slow() -> bytes:
    """Workbooks that take a document worker all the time that it is given."""
    row = b"<Row><Cell><Data>x</Data></Cell></Row>" * 200_000
    book = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">%d%b</Workbook>'
    return attached(("r.zip", zipped({f"{number}.xml": book % (number, row) for number in range(40)})))


def _sent(gateway: Gateway, sender: str, content: bytes) -> int:
    with Client(gateway.port, timeout=120) as client:
        client.ehlo()
        return client.message(content, sender).code


@pytest.mark.limit(180)
def test_a_sender_of_slow_files_keeps_nobody_else_out() -> None:
    slow, quick = _slow(), attached(("a.zip", zipped({"a.exe": PROGRAM})))
    workers = {"count": 2, "timeout": 4, "cpu_time": 3}
    with (
        Recorder() as recorder,
        Gateway(
            [listener()], {"mailserver": upstream(recorder.port)}, gateway={"workers": 1}, document_workers=workers
        ) as gateway,
    ):
        assert _sent(gateway, "nhanh@nguon.example", quick) == 550
        assert _sent(gateway, "cham@nguon.example", slow) in (250, 451, 550)
        busy = [threading.Thread(target=_sent, args=(gateway, "cham@nguon.example", slow)) for _ in range(4)]
        for thread in busy:
            thread.start()
        for _ in range(3):
            assert _sent(gateway, "nhanh@nguon.example", quick) == 550
        assert all(thread.is_alive() for thread in busy)
        for thread in busy:
            thread.join()
