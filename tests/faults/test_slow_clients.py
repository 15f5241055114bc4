"""Slow clients are cut when they are too slow, cost little until then, and keep nobody else waiting."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from benchmarks.usage import family, memory
from tests.faults.conftest import SHORT
from tests.support.client import Client, ClosedError
from tests.support.congthu import Gateway, Table, listener, upstream
from tests.support.messages import SIMPLE
from tests.support.processes import words_of
from tests.support.recorder import Recorder

IDLE = 2000
_KIB = 1024
LISTENERS: dict[str, Table] = {
    "silence": {"command_timeout": 1},
    "session": {"command_timeout": 1, "session_timeout": 2},
    "transfer": {"transfer_timeout": 3},
    "narrow": {"upstream": "narrow"},
    "many-commands": {"max_commands": 100_000},
    "many": {"max_connections": 2500},
    "few": {"max_connections": 5},
}


@pytest.fixture(scope="module")
def gate(hop: Recorder) -> Iterator[Gateway]:
    """One for all of these, with a listener for each."""
    patient = upstream(hop.port, **{**SHORT, "pool_size": 1, "connect_timeout": 20, "command_timeout": 20})
    listeners = [listener(name=name, **options) for name, options in LISTENERS.items()]
    with Gateway(listeners, {"mailserver": upstream(hop.port, **SHORT), "narrow": patient}) as made:
        yield made


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


def test_silence_is_cut_with_421(gate: Gateway) -> None:
    with Client(gate.port_of("silence")) as client:
        assert client.read(15).code == 421
        assert client.ended()


def test_dripping_a_command_is_cut(gate: Gateway) -> None:
    with Client(gate.port_of("session")) as client:
        assert _drip(client, b"EHLO " + b"x" * 400, 0.1, 20)


def test_dripping_the_message_is_cut(gate: Gateway, clean: Recorder) -> None:
    with Client(gate.port_of("transfer")) as client:
        client.ehlo()
        client.envelope()
        client.command("DATA")
        assert _drip(client, SIMPLE * 20, 0.05, 30)
    assert not clean.messages


def test_a_slow_client_does_not_hold_the_only_upstream_connection(gate: Gateway, clean: Recorder) -> None:
    port = gate.port_of("narrow")
    with Client(port) as slow, Client(port, timeout=60) as quick:
        slow.ehlo()
        slow.envelope()
        quick.ehlo()
        assert quick.message(SIMPLE).code == 250
        assert slow.data(SIMPLE + b".\r\n").code == 250
    assert len(clean.messages) == 2


def test_replies_that_are_not_read_do_not_pile_up(gate: Gateway) -> None:
    before = memory(family(gate.daemon.pid))
    with Client(gate.port_of("many-commands")) as client:
        client.socket.settimeout(3)
        with contextlib.suppress(OSError):
            for _ in range(200):
                client.send(b"NOOP\r\n" * 2000)
        assert memory(family(gate.daemon.pid)) - before < 8 * 1024 * _KIB


def test_2000_idle_connections(gate: Gateway, clean: Recorder) -> None:
    port = gate.port_of("many")
    pids, workers = family(gate.daemon.pid), _workers(gate)
    with contextlib.ExitStack() as stack:
        for _ in range(20):  # what the first connections make once
            with Client(port) as warm:
                warm.ehlo()
                assert warm.message(SIMPLE).code == 250
        before = memory(pids)
        for _ in range(IDLE):
            stack.enter_context(Client(port)).ehlo()
        each = (memory(pids) - before) / IDLE / _KIB
        print(f"\n{IDLE} idle connections: {each:.1f} KiB each")
        with Client(port) as client:
            client.ehlo()
            assert client.message(SIMPLE).code == 250
        assert each < 64, f"{each:.1f} KiB a connection"
    assert clean.messages
    assert _workers(gate) == workers


def _workers(gate: Gateway) -> list[int]:
    return [one.pid for one in gate.daemon.family() if "gateway.worker" in words_of(one)]


def test_too_many_connections_are_told_so(gate: Gateway) -> None:
    port = gate.port_of("few")
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(Client(port)).ehlo()
        with Client(port, greet=False) as one_more:
            assert one_more.read().code == 421
            with contextlib.suppress(ClosedError):
                assert one_more.ended()
    deadline = time.monotonic() + 30
    while True:  # as soon as the gateway has heard that they are gone
        with Client(port, greet=False) as client:
            if client.read().code == 220:
                assert client.ehlo()
                return
        assert time.monotonic() < deadline
        time.sleep(0.1)
