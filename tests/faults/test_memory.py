"""Memory does not grow with the message: a 25 MB message, and 16 of 20 MB at once."""

from __future__ import annotations

import threading

import pytest

from benchmarks.usage import PeakMemory
from tests.faults.conftest import MakeGateway
from tests.support.client import Client
from tests.support.recorder import Recorder

MIB = 2**20
LINE = b"X" * 76 + b"\r\n"


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


def test_one_message_of_25_mb(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate(to={"data_timeout": 60, "dot_timeout": 60})
    content = _large(25_000_000)
    _send(gate.port, content)
    with PeakMemory(gate.daemon.pid, 0.02) as found:
        idle = found.peak
        _send(gate.port, content)
    recorder.messages.clear()
    print(f"\none message of 25 MB: {(found.peak - idle) / MIB:.2f} MiB above idle")
    assert found.peak - idle < 3 * MIB


@pytest.mark.slow
def test_16_messages_of_20_mb_at_once(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate(to={"data_timeout": 100, "dot_timeout": 100})
    content = _large(20 * MIB)
    _send(gate.port, content)
    with PeakMemory(gate.daemon.pid, 0.1) as found:
        idle = found.peak
        threads = [threading.Thread(target=_send, args=(gate.port, content)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(recorder.messages) == 17
    recorder.messages.clear()
    print(f"\n16 messages of 20 MiB at once: {(found.peak - idle) / MIB:.1f} MiB above idle")
    assert found.peak - idle < 64 * MIB
