"""Listening sockets: opened, kept, moved, undone; and the channel that carries them to the workers."""

import asyncio
import os
import socket
from array import array
from collections.abc import Iterator
from contextlib import suppress
from fcntl import ioctl
from termios import FIONREAD

import pytest

from gateway.config import Listener, Settings
from gateway.config_values import HostPort
from gateway.errors import StartError
from gateway.model import Direction
from gateway.processes.control import Channel, Message, pair, receive_configuration, send_configuration
from gateway.processes.sockets import WINDOW, Listening, activated, listen
from tests.support.ports import free_port


def listener(name: str, port: int, host: str = "127.0.0.1") -> Listener:
    return Listener(name=name, bind=HostPort(f"{host}:{port}"), direction=Direction.INBOUND, upstream="m")


@pytest.fixture
def listening() -> Iterator[Listening]:
    made = Listening({})
    yield made
    made.close()


def connects(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 2):
        return True
    return False


def _waiting(sock: socket.socket) -> int:
    """Octets that have come and were not read."""
    return int(array("i", ioctl(sock, FIONREAD, bytes(4)))[0])


@pytest.mark.skipif(not os.path.exists("/proc/sys/net/ipv4/tcp_rmem"), reason="Linux's room for a connection")
@pytest.mark.parametrize("inherited", [False, True])
def test_most_mail_comes_in_one_piece(inherited: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made = socket.create_server(("127.0.0.1", 0)) if inherited else listen(HostPort(f"127.0.0.1:{free_port()}"), "x")
    if inherited:
        monkeypatch.setattr("gateway.processes.sockets.FIRST_ACTIVATED", made.detach())
        told = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "x"}
        made = activated(told)["x"]
    made.setblocking(True)
    with made, socket.create_connection(made.getsockname()) as client:
        accepted, _ = made.accept()
        with accepted:
            client.settimeout(0.5)
            with suppress(TimeoutError):
                client.sendall(b"x" * WINDOW)
            assert _waiting(accepted) > 150_000  # 127,973 where the kernel is left alone
            client.settimeout(20)
            accepted.settimeout(20)
            while _waiting(accepted):
                accepted.recv(1 << 20)
            client.sendall(b"y")  # a single octet is told at once
            assert b"y" in accepted.recv(1 << 20)


def test_ipv6_leaves_ipv4_alone() -> None:
    port = free_port()
    with (
        listen(HostPort(f"[::]:{port}"), "x"),
        listen(HostPort(f"0.0.0.0:{port}"), "x") as four,
        socket.create_connection(("127.0.0.1", port)),
    ):
        four.setblocking(True)
        accepted, peer = four.accept()
        accepted.close()
        assert peer[0] == "127.0.0.1"


def test_a_name_that_does_not_resolve() -> None:
    with pytest.raises(StartError, match=r"listener x: cannot listen on no-such-host\.invalid:25"):
        listen(HostPort("no-such-host.invalid:25"), "listener x")


def test_the_same_bind_keeps_its_socket_even_under_a_new_name(listening: Listening) -> None:
    one = [listener("a", free_port())]
    two = [listener("b", one[0].bind.port)]
    listening.keep(listening.plan(one), one)
    before = listening.sockets["a"]
    listening.keep(listening.plan(two), two)
    assert listening.sockets == {"b": before}
    assert connects(two[0].bind.port)


def test_a_plan_that_fails_opens_nothing(listening: Listening) -> None:
    first = [listener("a", free_port())]
    listening.keep(listening.plan(first), first)
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = busy.getsockname()[1]
        with pytest.raises(StartError, match=f"listener c: .*:{taken}"):
            listening.plan([*first, listener("b", port), listener("c", taken)])
    assert not connects(port)
    assert connects(first[0].bind.port)


def test_undo_closes_only_what_is_new(listening: Listening) -> None:
    first = [listener("a", free_port())]
    listening.keep(listening.plan(first), first)
    port = free_port()
    listening.undo(listening.plan([*first, listener("b", port)]))
    assert connects(first[0].bind.port)
    assert not connects(port)


def test_sockets_for_another_process_are_not_ours() -> None:
    assert activated({"LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "inbound"}) == {}
    assert activated({}) == {}


async def test_settings_and_sockets_arrive_whole() -> None:
    ours, theirs = pair()
    heard: asyncio.Queue[Message | None] = asyncio.Queue()
    sender = Channel(ours, lambda _: None, lambda: None)
    receiver = Channel(theirs, heard.put_nowait, lambda: heard.put_nowait(None))
    settings = Settings.model_validate(
        {
            "gateway": {"domains": ["tinh.example"], "trusted_networks": ["10.0.0.0/8"], "contact": "x" * 100_000},
            "listener": [{"name": "a", "bind": "[::1]:25", "direction": "inbound", "upstream": "m"}],
        }
    )
    with socket.create_server(("127.0.0.1", 0)) as held:
        assert send_configuration(sender, settings, {"a": held})
        message = await heard.get()
        assert message is not None
        got, sockets = receive_configuration(message)
        assert got == settings
        assert (got.listener[0].bind.host, got.listener[0].bind.port) == ("::1", 25)
        assert sockets["a"].getsockname() == held.getsockname()
        assert not os.get_inheritable(sockets["a"].fileno())
        sockets["a"].close()
    sender.close()
    assert await heard.get() is None
    assert not receiver.send("alive")


async def test_a_side_that_does_not_read_costs_messages_not_time() -> None:
    ours, theirs = pair()
    sender = Channel(ours, lambda _: None, lambda: None)
    sent = 0
    while sender.send("alive", padding="x" * 1000):
        sent += 1
    assert 10 < sent < 100_000
    theirs.close()
    sender.close()
