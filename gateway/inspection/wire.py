"""The talk between a worker and its child: frames of JSON on a stream socket, one descriptor with each request.

A frame is four bytes of length (network order) and a JSON object. Whoever reads checks every length and type: a child
that was taken over can say nothing but values of the right shape.
"""

from __future__ import annotations

import socket
from array import array
from typing import Any

import orjson

from gateway.errors import CongThuError

MAX_FRAME = 4 * 1024 * 1024  # bytes; the view of a message with many parts is the longest
MAX_ANSWER = 24 * 1024 * 1024  # bytes of all frames that answer one request
_LENGTH = 4
_LARGEST = 1 << 53


class FrameError(CongThuError):
    """What came is not what was agreed."""


def frame(fields: dict[str, Any]) -> bytes:
    """The bytes of one frame."""
    try:
        body = orjson.dumps(fields)
    except TypeError:  # a lone surrogate in a name
        body = orjson.dumps(_legible(fields))
    return len(body).to_bytes(_LENGTH, "big") + body


def _legible(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _legible(item) for key, item in value.items()}
    return [_legible(item) for item in value] if isinstance(value, list | tuple) else value


class Frames:
    """Bytes cut anywhere in, whole frames out."""

    __slots__ = ("_bytes", "_limit", "taken")

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._bytes = bytearray()
        self._limit = limit
        self.taken = 0  # bytes of all frames that were given out

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._bytes += data

    @property
    def waiting(self) -> bool:
        """True where bytes are left that were not given out."""
        return bool(self._bytes)

    def next(self) -> dict[str, Any] | None:
        """The next frame, None until it is whole. FrameError."""
        if len(self._bytes) < _LENGTH:
            return None
        size = int.from_bytes(self._bytes[:_LENGTH], "big")
        if size > self._limit:
            raise FrameError(f"a frame of {size} bytes")
        if len(self._bytes) < _LENGTH + size:
            return None
        body = bytes(self._bytes[_LENGTH : _LENGTH + size])
        del self._bytes[: _LENGTH + size]
        self.taken += _LENGTH + size
        try:
            fields = orjson.loads(body)
        except ValueError:
            raise FrameError("not JSON") from None
        if not isinstance(fields, dict):
            raise FrameError("not an object")
        return fields


def receive(sock: socket.socket) -> tuple[bytes, list[int]]:
    """Wait for some bytes and the descriptors with them, which are the caller's; b"" at the end of the stream."""
    room = socket.CMSG_SPACE(4 * array("i").itemsize)
    data, ancillary, _flags, _address = sock.recvmsg(1 << 16, room, socket.MSG_CMSG_CLOEXEC)
    fds = array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    return data, fds.tolist()


def text(value: object, longest: int = 4096) -> str:
    """A text of at most `longest` characters. FrameError otherwise."""
    if type(value) is not str or len(value) > longest:
        raise FrameError("not a text, or too long a one")
    return value


def number(value: object, least: int = 0) -> int:
    """A whole number. FrameError otherwise."""
    if type(value) is not int or not least <= value < _LARGEST:
        raise FrameError("not a number")
    return value


def rows(value: object, longest: int, columns: int) -> list[list[Any]]:
    """A list of at most `longest` lists with so many `columns` each. FrameError otherwise."""
    if type(value) is not list or len(value) > longest:
        raise FrameError("not a list, or too long a one")
    if any(type(row) is not list or len(row) != columns for row in value):
        raise FrameError("a row of another shape")
    return value


def texts(value: object, most: int, longest: int) -> tuple[str, ...]:
    """A list of at most `most` texts. FrameError otherwise."""
    if type(value) is not list or len(value) > most:
        raise FrameError("not a list, or too long a one")
    return tuple(text(item, longest) for item in value)
