"""Memory does not grow with the message: a 25 MB message, 16 of 20 MB at once, one whose files are looked into.

Measured is all but the document workers, which have a limit of their own each.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.usage import PeakMemory, family, memory
from tests.faults.conftest import SHORT
from tests.findings.document_files import docx
from tests.support.client import Client
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.mime import PROGRAM, attached, zipped
from tests.support.recorder import Recorder

MIB = 2**20
LINE = b"X" * 76 + b"\r\n"


class _WithoutDocumentWorkers(PeakMemory):
    """Of a gateway, all but the processes that look into files."""

    def _sample(self) -> None:
        assert self._head is not None
        self.peak = max(self.peak, memory([pid for pid in family(self._head) if not is_document_worker(pid)]))


def is_document_worker(pid: int) -> bool:
    """A child that looks into files, or is being started for that."""
    try:
        return b"gateway.inspection" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


@pytest.fixture(scope="module")
def gate(hop: Recorder) -> Iterator[Gateway]:
    """One for all of these, from the least to the most: what one leaves behind is less than what the next may take.

    Where the machine is slow, nobody comes to look at some of the messages: that is not what is asked here.
    """
    to = upstream(hop.port, **{**SHORT, "data_timeout": 100, "dot_timeout": 100})
    with Gateway([listener()], {"mailserver": to}, rules=OBSERVED) as made:
        yield made


def _large(size: int) -> bytes:
    return b"Subject: lon\r\n\r\n" + LINE * (size // len(LINE))


def _send(port: int, content: bytes) -> None:
    with Client(port, timeout=100) as client:
        client.ehlo()
        client.envelope()
        client.command("DATA")
        client.send(content)
        client.send(b".\r\n")
        assert client.read(100).code == 250


def test_one_message_of_25_mb(gate: Gateway, clean: Recorder) -> None:
    content = _large(25_000_000)
    _send(gate.port, content)
    with _WithoutDocumentWorkers(gate.daemon.pid, 0.02) as found:
        idle = found.peak
        _send(gate.port, content)
    clean.messages.clear()
    print(f"\none message of 25 MB: {(found.peak - idle) / MIB:.2f} MiB above idle")
    assert found.peak - idle < 3 * MIB


@pytest.mark.slow
def test_one_connection_whose_files_are_looked_into(gate: Gateway, clean: Recorder) -> None:
    """20 MB in one message, with archives and documents: less than 8 MiB beyond what document workers use."""
    small = attached(("nho.zip", zipped({"a.exe": PROGRAM})), ("nho.docx", docx()))
    content = attached(
        ("ho_so.zip", zipped({"a.exe": PROGRAM, "so_lieu.bin": os.urandom(7_000_000)})),
        ("cong_van.docx", docx("xin chao " * 50_000, extra={"word/media/a.bin": os.urandom(2_000_000)})),
        ("so_lieu.bin", os.urandom(5_500_000)),
        text="Kinh gui cac don vi.\r\n" * 1000,
    )
    assert 19_500_000 < len(content) < 20_500_000
    for each in (small, content, content):
        _send(gate.port, each)
    with _WithoutDocumentWorkers(gate.daemon.pid, 0.02) as found:
        idle = found.peak
        _send(gate.port, content)
    assert len(clean.messages) == 4
    workers = [pid for pid in family(gate.daemon.pid) if is_document_worker(pid)]
    clean.messages.clear()
    print(f"\none message of 20 MB with files looked into: {(found.peak - idle) / MIB:.2f} MiB above idle", end="; ")
    print(f"{len(workers)} document workers hold {memory(workers) / MIB:.0f} MiB")
    assert workers and found.peak - idle < 8 * MIB


@pytest.mark.slow
def test_16_messages_of_20_mb_at_once(gate: Gateway, clean: Recorder) -> None:
    content = _large(20 * MIB)
    _send(gate.port, content)
    with _WithoutDocumentWorkers(gate.daemon.pid, 0.1) as found:
        idle = found.peak
        threads = [threading.Thread(target=_send, args=(gate.port, content)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(clean.messages) == 17
    clean.messages.clear()
    print(f"\n16 messages of 20 MiB at once: {(found.peak - idle) / MIB:.1f} MiB above idle")
    assert found.peak - idle < 64 * MIB
