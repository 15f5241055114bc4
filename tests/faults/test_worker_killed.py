"""SIGKILL of a worker, at random, while clients that retry send: nothing lost, duplicates counted, the record verifies.

CONGTHU_CRASH_MESSAGES sets how many messages (default 1,000; 10,000 for a full proof).
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import threading
import time
from collections import Counter

import psutil  # type: ignore[import-untyped]
import pytest

from tests.faults.conftest import SHORT
from tests.support.client import Client, ClosedError
from tests.support.congthu import Gateway, listener, upstream
from tests.support.recorder import Recorder

MESSAGES = int(os.environ.get("CONGTHU_CRASH_MESSAGES", "1000"))
SENDERS = 6
KILLS = max(8, MESSAGES // 500)
_GONE = (ClosedError, OSError, TimeoutError)


class Sender(threading.Thread):
    """A client with a queue: it sends each of its messages until it has read a 250 for it."""

    def __init__(self, port: int, numbers: range) -> None:
        super().__init__(daemon=True)
        self.port, self.todo = port, list(numbers)
        self.retries = 0
        self.refused: list[str] = []

    def run(self) -> None:
        """Until nothing is left to send."""
        while self.todo:
            with contextlib.suppress(*_GONE), Client(self.port, timeout=15) as client:
                client.command("EHLO may.nguon.example")
                self._send_all(client)
            self.retries += bool(self.todo)

    def _send_all(self, client: Client) -> None:
        while self.todo:
            number = self.todo[-1]
            filler = b"x" * 70 + b"\r\n"
            answer = client.message(b"Subject: so %d\r\n\r\n%bhet %d\r\n" % (number, filler * (number % 300), number))
            if answer.code == 250:
                self.todo.pop()
            elif answer.code >= 500:
                self.refused.append(answer.text)
                self.todo.pop()
            else:
                time.sleep(0.05)


def _workers(gate: Gateway) -> list[psutil.Process]:
    return [one for one in gate.daemon.family()[1:] if _works(one)]


def _works(process: psutil.Process) -> bool:
    try:
        return "gateway.worker" in process.cmdline()
    except psutil.Error:  # gone, or a zombie
        return False


def _kill_while(senders: list[Sender], recorder: Recorder, gate: Gateway, count: int) -> int:
    """SIGKILL a worker at random points of the whole transfer; a point is a number of delivered messages."""
    rng = random.Random(7)
    points = sorted(rng.sample(range(count // 50, count), KILLS))
    kills = 0
    while points and any(sender.is_alive() for sender in senders):
        if len(recorder.messages) >= points[0] and (workers := _workers(gate)):
            with contextlib.suppress(psutil.NoSuchProcess):
                rng.choice(workers).send_signal(signal.SIGKILL)
                kills += 1
            points.pop(0)
        time.sleep(rng.uniform(0, 0.002))
    for sender in senders:
        sender.join()
    return kills


@pytest.mark.slow
@pytest.mark.limit(120 + MESSAGES // 5)
def test_killed_workers_lose_nothing() -> None:
    """Each message carries its number at both ends, so that a truncated one would show."""
    with Recorder() as recorder:
        gate = Gateway([listener()], {"mailserver": upstream(recorder.port, **SHORT)}, gateway={"workers": 2})
        gate.start()
        try:
            share = MESSAGES // SENDERS + 1
            senders = [Sender(gate.port, range(index * share, (index + 1) * share)) for index in range(SENDERS)]
            for sender in senders:
                sender.start()
            kills = _kill_while(senders, recorder, gate, share * SENDERS)
            _judge(recorder, share * SENDERS, kills, senders)
            time.sleep(1)
            gate.cli("decisions", "verify")
        finally:
            gate.stop()


def _judge(recorder: Recorder, count: int, kills: int, senders: list[Sender]) -> None:
    whole = re.compile(rb"Subject: so (\d+)\r\n\r\n(?:x{70}\r\n)*het \1\r\n\Z")
    found = Counter[int]()
    for one in recorder.messages:
        match = whole.search(one.content)
        assert match, f"a message came in pieces: {one.content[-300:]!r}"
        found[int(match[1])] += 1
    duplicates = sum(found.values()) - len(found)
    retries = sum(sender.retries for sender in senders)
    print(
        f"\n{count} messages, {kills} kills, {retries} reconnections: "
        f"{duplicates} duplicates, {count - len(found)} lost"
    )
    assert [text for sender in senders for text in sender.refused] == []
    assert kills >= KILLS // 2
    assert len(found) == count
    assert duplicates <= kills * SENDERS
