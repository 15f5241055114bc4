"""The child process: opens what a stranger wrote, and can do nothing else. Started by a gateway worker only.

`python -m gateway.inspection.child FD`: FD is a stream socket (see `wire`). The first frame brings the limits; then
everything is imported, the process gives up what it does not need, and each further frame is a message, answered in
turn. The end of the stream ends the process. Nothing it prints holds a word of a message.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gateway.inspection.bugs import place_of
from gateway.inspection.confine import Footprint, confine, cpu_alarm
from gateway.inspection.limits import WalkLimits
from gateway.inspection.request import limits_of
from gateway.inspection.wire import Frames, frame, receive

_KEPT = 4  # a process that still holds this part of its memory when a message is done is replaced
_OBJECTS = 20_000  # made before cycles are looked for in the middle of a message: after it they are in any case
Send = Callable[[dict[str, Any]], None]
Look = Callable[[dict[str, Any], int, Send], bool]
"""(request, descriptor, send): looks into one message, sends frames about it, all but the last one, and returns whether
this process should be replaced."""
Prepare = Callable[[WalkLimits], tuple[Look, tuple[str, ...]]]
"""Loads everything that will be needed; gives what looks, and the names of what is not to be had on this machine."""


class Channel:
    """The child's end of the socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket, self._frames = sock, Frames()
        self._fds: list[int] = []

    def requests(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Each frame with the descriptor that came with it (-1: none), until the worker is gone."""
        while True:
            while (request := self._frames.next()) is not None:
                yield request, self._fds.pop(0) if self._fds else -1
            data, fds = receive(self._socket)
            if not data:
                return
            self._frames.feed(data)
            self._fds += fds

    def send(self, fields: dict[str, Any]) -> None:
        """One frame to the worker."""
        self._socket.sendall(frame(fields))


def serve(sock: socket.socket, prepare: Prepare) -> None:
    """Answer until the worker closes."""
    channel = Channel(sock)
    requests = channel.requests()
    first, _ = next(requests, ({}, -1))
    if not first:
        return
    gc.disable()  # looking for cycles among what stays takes a sixth of the time to load it
    look, missing = prepare(limits_of(first["limits"]))
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(_OBJECTS)
    footprint = Footprint()
    most = footprint.resident() + first["memory"] // _KEPT
    channel.send({"ready": [*confine(first["memory"]), *missing]})
    for request, fd in requests:
        send = numbered(channel.send, request["number"])
        end = answer(request, fd, look, send)
        gc.collect()  # little is left to look at, and a library's things may hang on what was a cycle
        send({"end": "worn" if footprint.resident() > most else end})


def numbered(send: Send, number: int) -> Send:
    """Sends what answers the question with this number."""
    return lambda fields: send({**fields, "number": number})


def answer(request: dict[str, Any], fd: int, look: Look, send: Send) -> str:
    """One message. What goes wrong beyond `look`'s own care ends it with a frame that says so. How it ended."""
    cpu_alarm(request["cpu"])
    end = "worn"
    try:
        end = "worn" if look(request, fd, send) else "done"
    except MemoryError:  # worn: memory that was refused once is often held by something that does not let go
        send({"failed": "too-large"})
    except RecursionError:
        send({"failed": "too-deep"})
    except Exception as error:  # a bug of ours: the place is told, never the text
        send({"failed": "died", "bugs": [place_of(error)]})
    finally:
        cpu_alarm(0)
        os.close(fd)
    return end


def _prepare(limits: WalkLimits) -> tuple[Look, tuple[str, ...]]:
    from gateway.inspection.warm import prepared  # what it imports takes a while

    return prepared(limits)


def main(argv: Sequence[str] | None = None, prepare: Prepare = _prepare) -> int:
    """The process's entry. Returns its exit code."""
    (fd,) = sys.argv[1:] if argv is None else argv
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):  # the worker says when to end: by closing, or SIGKILL
        signal.signal(number, signal.SIG_IGN)
    faulthandler.enable()  # where a library crashed is then in the log
    sock = socket.socket(fileno=int(fd))
    sock.set_inheritable(False)
    try:
        serve(sock, prepare)
    except (BrokenPipeError, ConnectionResetError):
        return 0
    except Exception as error:
        os.write(2, f"{place_of(error)}\n".encode("ascii", "backslashreplace"))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
