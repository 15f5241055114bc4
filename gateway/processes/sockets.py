"""The listening sockets: opened here or handed over by systemd, held for the daemon's whole life.

The supervisor never accepts on them; it only keeps them open, so that a client in the queue survives a worker's death.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress

from gateway.config import Listener
from gateway.config_values import HostPort
from gateway.errors import StartError

BACKLOG = 4096  # the kernel caps it at net.core.somaxconn, 4096 since Linux 5.4
FIRST_ACTIVATED = 3  # sd_listen_fds(3): SD_LISTEN_FDS_START
WINDOW = 256 * 1024  # octets that a client may send before we have read any: most mail comes in one piece then


def activated(environ: Mapping[str, str]) -> dict[str, socket.socket]:
    """Sockets from systemd by FileDescriptorName (sd_listen_fds(3)); empty when there are none or not for us.

    StartError when two have one name: a listener has one socket.
    """
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    count = int(environ.get("LISTEN_FDS", "0"))
    names = environ.get("LISTEN_FDNAMES", "").split(":")
    held: dict[str, socket.socket] = {}
    for fd, name in zip(range(FIRST_ACTIVATED, FIRST_ACTIVATED + count), names, strict=False):
        os.set_inheritable(fd, False)
        if name in held:
            raise StartError(f"socket activation: two sockets are named {name}; each listener has one of its own")
        held[name] = socket.socket(fileno=fd)
        held[name].setblocking(False)
        _widen(held[name])
    return held


def listen(bind: HostPort, what: str) -> socket.socket:
    """A non-blocking listening socket. StartError says in one line what is in the way; `what` names it."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            bind.host, bind.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, proto)
    except OSError as error:
        raise StartError(f"{what}: cannot listen on {bind}: {error.strerror or error}") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # [::]:25 beside 0.0.0.0:25, and no IPv4 client ever appears as ::ffff:192.0.2.1.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _widen(made)
        made.bind(address)
        made.listen(BACKLOG)
        made.setblocking(False)
    except OSError as error:
        made.close()
        raise StartError(f"{what}: cannot listen on {bind}: {_hint(error, bind)}") from None
    return made


def _widen(sock: socket.socket) -> None:
    """Let connections begin with room for WINDOW octets instead of Linux's 64 to 128 KiB.

    SO_RCVBUF would do it, too, but for good: the kernel then no longer gives fast and distant clients more room. A low
    mark (tcp(7), SO_RCVLOWAT) makes room and leaves that to the kernel; taken back at once, it delays no data.
    """
    with suppress(OSError):  # no TCP, or not Linux: then as it was
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, WINDOW)
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)


def _hint(error: OSError, bind: HostPort) -> str:
    text = error.strerror or str(error)
    if isinstance(error, PermissionError):
        return f"{text} (a port below 1024 needs CAP_NET_BIND_SERVICE)"
    if "in use" in text:
        return f"{text} (another program listens there; see: ss -ltnp 'sport = :{bind.port}')"
    return text


class Listening:
    """The sockets in force by listener name. A change is planned first (and can fail), then kept or undone."""

    def __init__(self, inherited: dict[str, socket.socket]) -> None:
        self._inherited = inherited
        self._binds: dict[str, HostPort] = {}
        self.sockets: dict[str, socket.socket] = {}

    def plan(self, listeners: Sequence[Listener]) -> dict[str, socket.socket]:
        """The sockets that these listeners need: those in force where `bind` is the same, else new ones. StartError."""
        planned: dict[str, socket.socket] = {}
        try:
            for listener in listeners:
                planned[listener.name] = self._find(listener)
        except StartError:
            self.undo(planned)
            raise
        return planned

    def _find(self, listener: Listener) -> socket.socket:
        if listener.name in self._inherited:
            return self._inherited[listener.name]
        for name, bind in self._binds.items():  # by address: a listener that was only renamed keeps its queue
            if bind == listener.bind and bind.port and name in self.sockets:
                return self.sockets[name]
        if self._binds.get(listener.name) == listener.bind:  # port 0
            return self.sockets[listener.name]
        return listen(listener.bind, f"listener {listener.name}")

    def undo(self, planned: dict[str, socket.socket]) -> None:
        """Forget a plan: close what it opened."""
        _close(planned, {*self.sockets.values(), *self._inherited.values()})

    def keep(self, planned: dict[str, socket.socket], listeners: Sequence[Listener]) -> None:
        """Put a plan in force: close what it no longer needs."""
        _close(self.sockets, {*planned.values(), *self._inherited.values()})
        self.sockets = planned
        self._binds = {listener.name: listener.bind for listener in listeners}

    def close(self) -> None:
        """Close all, so that new clients are refused once the workers have closed theirs."""
        _close({**self._inherited, **self.sockets}, set())
        self.sockets = {}


def _close(sockets: Mapping[str, socket.socket], spared: Set[socket.socket]) -> None:
    for sock in sockets.values():
        if sock not in spared:
            with suppress(OSError):
                sock.close()
