"""The channel between the supervisor and a worker: a SOCK_SEQPACKET pair with JSON messages and file descriptors.

Supervisor to worker: `configure` (first message, and every reload: settings in a memfd and listening sockets), `drain`.
Worker to supervisor: `ready`, `failed` (a line for people), `alive` (heartbeat), `state` (why it is not ready),
`reloaded`, `refused` (a line). End of file means that the other side is gone. No message waits: a side that does not
read loses messages, never the other's time.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from gateway.config import Settings

MAX_MESSAGE = 1 << 16  # bytes; a longer one is a bug of ours, cut off and ignored
MAX_SOCKETS = 250  # the kernel passes at most 253 descriptors in one message (SCM_MAX_FD)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its kind, its fields, and descriptors that the receiver now owns."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    fds: tuple[int, ...] = ()


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends; message borders are kept and descriptors travel with their message."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Channel:
    """One end, read by the running event loop. `on_message` and `on_end` (once) are called from the loop."""

    def __init__(self, sock: socket.socket, on_message: Callable[[Message], None], on_end: Callable[[], None]) -> None:
        sock.setblocking(False)
        self._socket, self._on_message, self._on_end = sock, on_message, on_end
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock.fileno(), self._readable)
        self.closed = False

    def send(self, kind: str, fds: Sequence[int] = (), **fields: Any) -> bool:
        """Send now, or return False: the other side is gone or does not read."""
        if self.closed:
            return False
        data = orjson.dumps({"kind": kind, **fields})
        try:
            sent = socket.send_fds(self._socket, [data], list(fds)) if fds else self._socket.send(data)
        except OSError:
            return False
        return sent == len(data)

    def close(self) -> None:
        """Stop reading and close; idempotent, does not call `on_end`."""
        if not self.closed:
            self.closed = True
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _readable(self) -> None:
        try:
            data, fds = _receive(self._socket)
        except BlockingIOError:
            return
        except OSError:
            data, fds = b"", []
        if not data:
            self.close()
            self._on_end()
            return
        fields = orjson.loads(data)
        self._on_message(Message(fields.pop("kind"), fields, tuple(fds)))


def _receive(sock: socket.socket) -> tuple[bytes, list[int]]:
    """socket.recv_fds, which in Python 3.11 forgets its flags and so returns inheritable descriptors."""
    room = socket.CMSG_LEN((MAX_SOCKETS + 1) * array("i").itemsize)
    data, ancillary, _, _ = sock.recvmsg(MAX_MESSAGE, room, socket.MSG_CMSG_CLOEXEC)
    fds = array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    return data, fds.tolist()


def send_configuration(channel: Channel, settings: Settings, sockets: dict[str, socket.socket]) -> bool:
    """Send settings and listening sockets. The settings travel as they were checked: the file is not read again."""
    fd = os.memfd_create("congthu-settings", os.MFD_CLOEXEC)
    with open(fd, "w+b") as file:  # noqa: PTH123  a descriptor, not a path
        file.write(pickle.dumps(settings))
        file.flush()
        handles = [fd, *(sock.fileno() for sock in sockets.values())]
        return channel.send("configure", handles, names=list(sockets))


def receive_configuration(message: Message) -> tuple[Settings, dict[str, socket.socket]]:
    """What `send_configuration` sent; the sockets are the caller's."""
    with open(message.fds[0], "rb") as file:  # noqa: PTH123
        file.seek(0)
        settings = pickle.loads(file.read())  # noqa: S301  our own parent wrote it, through an inherited channel
    sockets = [socket.socket(fileno=fd) for fd in message.fds[1:]]
    return settings, dict(zip(message.fields["names"], sockets, strict=True))
