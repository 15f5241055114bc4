"""A client that goes away at each stage: nothing half-delivered, nothing left open, the next client served."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults.conftest import SHORT
from tests.support.client import Client
from tests.support.congthu import Gateway, listener, upstream
from tests.support.messages import SIMPLE, with_attachment
from tests.support.processes import words_of
from tests.support.recorder import Recorder

LARGE = with_attachment(3 * 2**20)
STAGES = {
    "connect": b"",
    "half-a-command": b"EHLO may",
    "ehlo": b"EHLO may.example\r\n",
    "mail": b"EHLO may.example\r\nMAIL FROM:<a@nguon.example>\r\n",
    "rcpt": b"EHLO may.example\r\nMAIL FROM:<a@nguon.example>\r\nRCPT TO:<an@tinh.example>\r\n",
}
_OPEN = STAGES["rcpt"] + b"DATA\r\n"
STAGES |= {
    "data": _OPEN,
    "small-body": _OPEN + SIMPLE[:-20],
    "large-body": _OPEN + LARGE[: 2 * 2**20],
    "almost-the-dot": _OPEN + SIMPLE + b".",
    "almost-the-end": _OPEN + SIMPLE + b".\r",
    "bdat": STAGES["rcpt"] + b"BDAT 1000\r\nSubject: a",
    "bdat-not-last": STAGES["rcpt"] + b"BDAT 14\r\nSubject: a\r\n\r\n",
}


@pytest.fixture(scope="module")
def gate(hop: Recorder) -> Iterator[Gateway]:
    """One for all of these: nobody who goes away leaves anything behind."""
    with Gateway([listener()], {"mailserver": upstream(hop.port, **SHORT)}) as made:
        yield made


def until(ready: Callable[[], object], what: str) -> None:
    """Return once `ready()`; AssertionError after 60 s."""
    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def untold(gate: Gateway) -> int:
    """How many decisions on record were not told to their client."""
    return sum("client not told" in str(row) for row in gate.decisions())


@pytest.mark.parametrize("how", ["close", "reset"])
def test_gone_before_the_end(gate: Gateway, clean: Recorder, how: str) -> None:
    for stage, data in STAGES.items():
        with Client(gate.port) as client:
            with contextlib.suppress(OSError):  # what does not wait for its 354 may be cut while it is being sent
                client.send(data)
            time.sleep(0.05)
            getattr(client, how)()
        assert not clean.messages, stage
    with Client(gate.port) as client:
        client.ehlo()
        assert client.message(SIMPLE).code == 250
    assert len(clean.messages) == 1
    time.sleep(0.5)
    assert len(clean.messages) == 1


@pytest.mark.parametrize("how", ["close", "reset"])
def test_gone_after_the_dot_is_all_or_nothing(gate: Gateway, clean: Recorder, how: str) -> None:
    """The delivery that has begun is finished; what reaches the upstream is whole, and once."""
    clean.fail["."] = "slow"
    before = untold(gate)
    with Client(gate.port) as client:
        client.ehlo()
        client.envelope()
        client.command("DATA")
        client.send(SIMPLE + b".\r\n")
        until(lambda: clean.messages, "the message does not arrive")  # and its answer takes 1.5 s more
        getattr(client, how)()
    if how == "reset":  # who only closes may still be reading
        until(lambda: untold(gate) > before, "the record does not say so")
    time.sleep(2.5 if how == "close" else 0.5)
    assert len(clean.messages) == 1
    assert clean.messages[0].content.endswith(SIMPLE)


def test_many_gone_leave_nothing_behind(gate: Gateway, clean: Recorder) -> None:
    worker = next(one for one in gate.daemon.family() if "gateway.worker" in words_of(one))
    files = worker.num_fds()
    for number in range(300):
        with Client(gate.port) as client:
            client.send(list(STAGES.values())[number % 6])
    deadline = time.monotonic() + 60
    while worker.num_fds() > files + 10:
        assert time.monotonic() < deadline, f"{worker.num_fds()} files are open, {files} before"
        time.sleep(0.2)
