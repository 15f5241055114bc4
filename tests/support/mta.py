"""Clients that send as a mail server does: each message again and again, until it was taken or refused for good."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterable

from tests.support.client import Client, ClosedError

_GONE = (ClosedError, OSError, TimeoutError)


class Mta:
    """A queue of numbered messages from one sender to one recipient, `sessions` at a time, a connection a message.

    `acked`: the numbers that were answered 250. `refused`: what the others heard that are not tried again: every 5xx,
    and 4xx whose enhanced code is `give_up` (a limit whose window the test will not wait for). `tries`: all attempts.
    `pause`: seconds between two messages of a session.
    """

    def __init__(
        self,
        port: int,
        sender: str,
        recipient: str,
        numbers: Iterable[int],
        *,
        sessions: int = 4,
        give_up: str = "-",
        pause: float = 0.0,
    ) -> None:
        self.port, self.sender, self.recipient, self.give_up = port, sender, recipient, give_up
        self.acked, self.refused = set[int](), dict[int, str]()
        self.tries = Counter[int]()
        self._fresh, self._pause = iter(numbers), pause
        self._ending, self._lock = False, threading.Lock()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(sessions)]

    def start(self) -> Mta:
        """Begin to send."""
        for thread in self._threads:
            thread.start()
        return self

    def end(self) -> None:
        """Take no more numbers; what was begun is brought to its end."""
        self._ending = True

    def join(self, seconds: float) -> None:
        """Wait until nothing is left to send; AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        assert not self.running, f"not all was sent: {len(self.acked)} taken, {len(self.refused)} refused"

    @property
    def running(self) -> bool:
        """Whether something is left to send."""
        return any(thread.is_alive() for thread in self._threads)

    def _next(self) -> int | None:
        with self._lock:
            return None if self._ending else next(self._fresh, None)

    def _run(self) -> None:
        while (number := self._next()) is not None:
            while not self._tried(number):
                time.sleep(0.1)
            time.sleep(self._pause)

    def _tried(self, number: int) -> bool:
        """One attempt; True where the message needs no other."""
        self.tries[number] += 1
        with contextlib.suppress(*_GONE), Client(self.port, timeout=30) as client:
            client.command("EHLO may.nguon.example")
            body = b"x" * 70 + b"\r\n"
            content = b"From: <%b>\r\nSubject: so %d\r\n\r\n%bhet %d\r\n"
            filled = content % (self.sender.encode(), number, body * (number % 100), number)
            answer = client.message(filled, self.sender, self.recipient)
            if answer.code == 250:
                self.acked.add(number)
            elif answer.code >= 500 or answer.text[4:].startswith(self.give_up):
                self.refused[number] = answer.text
            else:
                return False
            return True
        return False
