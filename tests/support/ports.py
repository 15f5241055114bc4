"""Loopback ports: finding a free one, waiting until somebody listens."""

from __future__ import annotations

import functools
import itertools
import random
import socket
import time
from collections.abc import Iterator

HOST = "127.0.0.1"


_FIRST, _LAST = 10_000, 31_000  # below the ephemeral range, so that no outgoing connection takes one meanwhile
_SLICE = 500


@functools.cache
def _ours() -> Iterator[int]:
    """Ports that no other process of tests hands out meanwhile, one after the other; then from the beginning.

    A port is free until its server has bound it, a second or more after it was chosen: whoever chooses at random,
    beside another who does, sooner or later gives one port to two servers. A name of the network's own (unix(7),
    abstract sockets) says whose a slice is, and is gone with the process.
    """
    slices = list(range(_FIRST, _LAST, _SLICE))
    random.shuffle(slices)
    for first in slices:
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            name.bind(f"\0congthu-tests-ports-{first}")
        except OSError:
            name.close()
            continue
        name.detach()  # for as long as we live
        return itertools.cycle(range(first, first + _SLICE))
    raise OSError("no free slice of loopback ports")


def free_port() -> int:
    """A port nobody listens on, and that nobody else is given soon."""
    for port in itertools.islice(_ours(), _SLICE):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise OSError("no free loopback port")


def free_block(count: int) -> int:
    """The first of as many free ports, one after the other; none of them is given to anybody else soon."""
    ports = [free_port()]
    for _ in range(_SLICE):
        if len(ports) == count:
            return ports[0]
        port = free_port()
        ports = [*ports, port] if port == ports[-1] + 1 else [port]
    raise OSError("no free ports side by side")


def listening(port: int, host: str = HOST) -> bool:
    """True when a connection is taken now."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0


def wait_port(port: int, seconds: float = 60.0, host: str = HOST) -> None:
    """Return once somebody listens. TimeoutError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not listening(port, host):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody listens on {host}:{port} after {seconds} s")
        time.sleep(0.02)
