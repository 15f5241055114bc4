"""One child process as its worker sees it: started, asked, watched, ended. Knows frames, not what they say.

Nothing here waits but on the event loop. A child that breaks the agreement is ended at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gateway
from gateway.contents import Why
from gateway.inspection.limits import WalkLimits
from gateway.inspection.wire import MAX_ANSWER, FrameError, Frames, frame
from gateway.logs import get_logger

START_TIMEOUT = 30.0  # seconds until a child has everything in memory; half a second where nothing else runs
_READ = 1 << 16
_WORDS = 20  # lines of a child's stderr that reach the log
_WORD = 300  # characters of one
_NUMBER = 48  # bits of a question's number
_CPU_SIGNALS = (signal.SIGPROF, signal.SIGXCPU)

log = get_logger("inspection")


class ChildError(Exception):
    """No answer, or no whole one; `reason` says why."""

    def __init__(self, reason: Why) -> None:
        super().__init__(reason.value)
        self.reason = reason


def environment() -> dict[str, str]:
    """Nothing of the worker's: only where the program is, unless it is installed, and a locale that knows UTF-8."""
    own = str(Path(gateway.__file__).parents[1])
    return {"LC_ALL": "C.UTF-8"} | ({} if "site-packages" in own else {"PYTHONPATH": own})


class Child:
    """A running child that waits for a message. `uses`: messages asked.

    `lacking`: what it has not, of confinement and of readers, by name.
    """

    def __init__(self, process: Process, sock: socket.socket) -> None:
        self._process, self._socket = process, sock
        self._loop = asyncio.get_running_loop()
        self._frames = Frames()
        self._take: Callable[[dict[str, Any]], bool] | None = None  # while an answer is expected
        self._answered: asyncio.Future[None] | None = None
        self._astray = False  # it said something unasked, or no more
        self._loop.add_reader(sock.fileno(), self._arrived)
        self._listening = asyncio.create_task(self._listen(), name=f"stderr of inspection child {process.pid}")
        self.exited = asyncio.create_task(self._process.wait(), name=f"inspection child {process.pid}")
        self.pid = process.pid
        self.uses = 0
        self.lacking: tuple[str, ...] = ()

    @classmethod
    async def start(cls, program: str, memory: int, limits: WalkLimits, path: dict[str, str] | None = None) -> Child:
        """Start a child and wait until it is ready. ChildError(UNAVAILABLE) where it does not become so."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-s", "-m", program, str(theirs.fileno()),
                    pass_fds=[theirs.fileno()], stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=path or environment(),
                )  # fmt: skip
        except BaseException as error:
            ours.close()
            if isinstance(error, OSError):
                log.warning("inspection.not_started", error=error.strerror or str(error))
                raise ChildError(Why.UNAVAILABLE) from error
            raise
        ours.setblocking(False)
        child = cls(process, ours)
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await child._greet(memory, limits)
        except BaseException as error:
            await child.end()
            if isinstance(error, TimeoutError | OSError | FrameError | ChildError):
                log.warning("inspection.not_started", pid=child.pid, how=child.how)
                raise ChildError(Why.UNAVAILABLE) from error
            raise
        return child

    async def _greet(self, memory: int, limits: WalkLimits) -> None:
        await self._exchange(frame({"memory": memory, "limits": limits}), None, self._greeted)

    def _greeted(self, answer: dict[str, Any]) -> bool:
        lacking = answer.get("ready")
        if not isinstance(lacking, list):
            raise FrameError("not a greeting")
        self.lacking = tuple(str(name)[:64] for name in lacking[:32])
        return True

    async def ask(
        self, request: dict[str, Any], fd: int, seconds: float, take: Callable[[dict[str, Any]], None]
    ) -> None:
        """Send a request with a descriptor (still the caller's); give each frame of the answer to `take`.

        The frame with `end` is the last. Each question has a number, and what bears another one is dropped: a word that
        comes late is not the next message's answer. A child that said such a thing is not asked again. `take` may raise
        FrameError or ValueError. ChildError; then, and when it is cancelled, the child is good for nothing but `end`.
        """
        number = secrets.randbits(_NUMBER)

        def taken(answer: dict[str, Any]) -> bool:
            if answer.get("number") != number:
                self._astray = True
                return False
            take(answer)
            return "end" in answer

        self.uses += 1
        try:
            async with asyncio.timeout(seconds):
                await self._exchange(frame({**request, "number": number}), fd, taken)
        except TimeoutError:
            raise ChildError(Why.TIME) from None
        except (FrameError, ValueError) as error:
            log.error("inspection.broken_answer", pid=self.pid, error=type(error).__name__)
            raise ChildError(Why.DIED) from None
        except OSError:
            raise await self._death() from None

    async def _exchange(self, data: bytes, fd: int | None, take: Callable[[dict[str, Any]], bool]) -> None:
        """Send; then give each frame that comes to `take`, until it returns True. Raises what it raises, or OSError."""
        self._frames.taken = 0
        answered: asyncio.Future[None] = self._loop.create_future()
        self._take, self._answered = take, answered
        try:
            await self._send(data, [] if fd is None else [fd])
            await answered
        finally:
            self._take = self._answered = None
            if answered.done() and not answered.cancelled():
                answered.exception()  # asked for, also where sending failed first

    async def _send(self, data: bytes, fds: list[int]) -> None:
        """The descriptor goes with the first bytes."""
        sent = 0
        while not sent:
            try:
                sent = socket.send_fds(self._socket, [data[:_READ]], fds)
            except BlockingIOError:
                await self._writable()
        if sent < len(data):
            await self._loop.sock_sendall(self._socket, data[sent:])

    async def _writable(self) -> None:
        ready: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_writer(self._socket.fileno(), _settle, ready)
        try:
            await ready
        finally:
            self._loop.remove_writer(self._socket.fileno())

    def _arrived(self) -> None:
        """Called by the loop where there is something to read: half the cost of a task that waits for it."""
        take = self._take
        data = self._received()
        if data is None:
            return
        if not data or take is None:  # its end, or words that nobody asked for: not one more is read
            self._loop.remove_reader(self._socket.fileno())
            self._over(ConnectionResetError())
            return
        self._frames.feed(data)
        try:
            while (answer := self._frames.next()) is not None:
                if take(answer):
                    self._over(None)
                    return
            if self._frames.taken > MAX_ANSWER:
                raise ChildError(Why.TOO_LARGE)
        except Exception as error:
            self._over(error)

    def _received(self) -> bytes | None:
        """Some bytes, b"" at the end, None where there are none yet."""
        try:
            return self._socket.recv(_READ)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def _over(self, error: Exception | None) -> None:
        """No more of this answer is taken."""
        self._take = None
        self._astray = self._astray or error is not None or self._frames.waiting
        if self._answered is None or self._answered.done():
            return
        if error is None:
            self._answered.set_result(None)
        else:
            self._answered.set_exception(error)

    async def _death(self) -> ChildError:
        """The channel ended: the process did, or it is made to."""
        await asyncio.wait((self.exited,), timeout=1.0)
        self.kill()
        await asyncio.wait((self.exited,))
        code = self._process.returncode
        return ChildError(Why.TIME if code is not None and -code in _CPU_SIGNALS else Why.DIED)

    @property
    def waits(self) -> bool:
        """True while it is there and says nothing unasked: whether its death was noticed yet does not matter."""
        if self._astray:
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    @property
    def how(self) -> str:
        """How the process ended, for people."""
        code = self._process.returncode
        if code is None:
            return "runs"
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def kill(self) -> None:
        """End the process now."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def end(self) -> None:
        """End the process, wait until it is gone and free everything; again does nothing."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self.kill()
        await asyncio.wait((self.exited, self._listening))  # unlike awaiting them, safe when we are cancelled

    async def _listen(self) -> None:
        """What the child or a library in it prints: a bounded number of short lines for the log, the rest unread."""
        assert self._process.stderr is not None
        left, rest = _WORDS, b""
        while data := await self._process.stderr.read(_READ):
            *lines, rest = (rest + data).split(b"\n") if left else [b""]
            for line in lines[:left]:
                log.warning("inspection.child_says", pid=self._process.pid, line=_printable(line))
            left = max(0, left - len(lines))
            rest = rest[:_WORD]


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _printable(line: bytes) -> str:
    return line[:_WORD].decode("ascii", "backslashreplace")
