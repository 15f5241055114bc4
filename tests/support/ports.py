"""Loopback ports: finding a free one, waiting until somebody listens."""

from __future__ import annotations

import random
import socket
import time

HOST = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on, below the ephemeral range, so that no outgoing connection takes it meanwhile."""
    for _ in range(1000):
        port = random.randint(10_000, 31_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise OSError("no free loopback port")


def listening(port: int, host: str = HOST) -> bool:
    """True when a connection is taken now."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((host, port)) == 0


def wait_port(port: int, seconds: float = 15.0, host: str = HOST) -> None:
    """Return once somebody listens. TimeoutError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not listening(port, host):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nobody listens on {host}:{port} after {seconds} s")
        time.sleep(0.02)
