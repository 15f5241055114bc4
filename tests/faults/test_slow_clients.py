"""Slow clients are cut when they are too slow, cost little until then, and keep nobody else waiting."""

from __future__ import annotations

import contextlib
import time

import psutil  # type: ignore[import-untyped]

from benchmarks.usage import family, memory
from tests.faults.conftest import MakeGateway
from tests.support.client import Client, ClosedError
from tests.support.messages import SIMPLE
from tests.support.recorder import Recorder

IDLE = 2000
_KIB = 1024


def _drip(client: Client, data: bytes, pause: float, seconds: float) -> bool:
    """One byte a `pause`; True when the server cut the connection within `seconds`."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        for byte in data:
            client.send(bytes([byte]))
            if time.monotonic() > deadline:
                return False
            time.sleep(pause)
    return client.ended(max(0.1, deadline - time.monotonic()))


def test_silence_is_cut_with_421(make_gate: MakeGateway) -> None:
    gate = make_gate({"command_timeout": 1})
    with Client(gate.port) as client:
        assert client.read(15).code == 421
        assert client.ended()


def test_dripping_a_command_is_cut(make_gate: MakeGateway) -> None:
    gate = make_gate({"command_timeout": 1, "session_timeout": 2})
    with Client(gate.port) as client:
        assert _drip(client, b"EHLO " + b"x" * 400, 0.1, 20)


def test_dripping_the_message_is_cut(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate({"transfer_timeout": 3})
    with Client(gate.port) as client:
        client.ehlo()
        client.envelope()
        client.command("DATA")
        assert _drip(client, SIMPLE * 20, 0.05, 30)
    assert not recorder.messages


def test_a_slow_client_does_not_hold_the_only_upstream_connection(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate(to={"pool_size": 1, "connect_timeout": 20, "command_timeout": 20})
    with Client(gate.port) as slow, Client(gate.port, timeout=60) as quick:
        slow.ehlo()
        slow.envelope()
        quick.ehlo()
        assert quick.message(SIMPLE).code == 250
        assert slow.data(SIMPLE + b".\r\n").code == 250
    assert len(recorder.messages) == 2


def test_replies_that_are_not_read_do_not_pile_up(make_gate: MakeGateway) -> None:
    gate = make_gate({"max_commands": 100_000})
    before = memory(family(gate.daemon.pid))
    with Client(gate.port) as client:
        client.socket.settimeout(3)
        with contextlib.suppress(OSError):
            for _ in range(200):
                client.send(b"NOOP\r\n" * 2000)
        assert memory(family(gate.daemon.pid)) - before < 8 * 1024 * _KIB


def test_2000_idle_connections(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate({"max_connections": 2500})
    pids = family(gate.daemon.pid)
    with contextlib.ExitStack() as stack:
        for _ in range(20):  # what the first connections make once
            with Client(gate.port) as warm:
                warm.ehlo()
                assert warm.message(SIMPLE).code == 250
        before = memory(pids)
        for _ in range(IDLE):
            stack.enter_context(Client(gate.port)).ehlo()
        each = (memory(pids) - before) / IDLE / _KIB
        print(f"\n{IDLE} idle connections: {each:.1f} KiB each")
        with Client(gate.port) as client:
            client.ehlo()
            assert client.message(SIMPLE).code == 250
        assert each < 64, f"{each:.1f} KiB a connection"
    assert recorder.messages
    assert all(psutil.pid_exists(pid) for pid in pids)


def test_too_many_connections_are_told_so(make_gate: MakeGateway) -> None:
    gate = make_gate({"max_connections": 5})
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(Client(gate.port)).ehlo()
        with Client(gate.port, greet=False) as one_more:
            assert one_more.read().code == 421
            with contextlib.suppress(ClosedError):
                assert one_more.ended()
    time.sleep(0.5)
    with Client(gate.port) as client:
        assert client.ehlo()
