"""Clients that send as a mail server does: each message again and again, until it was taken or refused for good."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable

from tests.support.client import Client, ClosedError

_GONE = (ClosedError, OSError, TimeoutError)


class Mta:
    """A queue of numbered messages from one sender to one recipient, `sessions` at a time, a connection a message.

    `acked`: the numbers that were answered 250. `refused`: what the others heard that are not tried again: every 5xx,
    and 4xx whose enhanced code is `give_up` (a limit whose window the test will not wait for). `tries`: all attempts.
    """

    def __init__(
        self, port: int, sender: str, recipient: str, numbers: Iterable[int], *, sessions: int = 4, give_up: str = "-"
    ) -> None:
        self.port, self.sender, self.recipient, self.give_up = port, sender, recipient, give_up
        self.queue = deque(numbers)
        self.acked, self.refused = set[int](), dict[int, str]()
        self.tries = Counter[int]()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(sessions)]

    def start(self) -> Mta:
        """Begin to send."""
        for thread in self._threads:
            thread.start()
        return self

    def join(self, seconds: float) -> None:
        """Wait until nothing is left to send; AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        assert not self.running, f"{len(self.queue)} messages are still queued, {len(self.acked)} were taken"

    @property
    def running(self) -> bool:
        """Whether something is left to send."""
        return any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while True:
            try:
                number = self.queue.popleft()
            except IndexError:
                return
            if not self._tried(number):
                self.queue.append(number)
                time.sleep(0.1)

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
