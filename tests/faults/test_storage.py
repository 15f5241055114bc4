"""A full disk and a journal that cannot be written: temporary refusals, no unrecorded 5xx, and all well afterwards."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import MakeGateway
from tests.support.client import Answer, Client
from tests.support.congthu import Gateway
from tests.support.messages import SIMPLE, with_attachment
from tests.support.recorder import Recorder

TOO_BIG = with_attachment(16 * 2**20)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    folder = tmp_path / "dia-nho"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "congthu-test", folder], check=True, timeout=20)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True, timeout=20)


def send(gate: Gateway, content: bytes) -> Answer:
    """One message on a connection of its own."""
    with Client(gate.port, timeout=60) as client:
        client.ehlo()
        return client.message(content)


def within(seconds: float, gate: Gateway, content: bytes, code: int) -> None:
    """The reply becomes `code`; until then it is temporary."""
    deadline = time.monotonic() + seconds
    while (answer := send(gate, content)).code != code:
        assert 400 <= answer.code < 500, answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.3)


@pytest.mark.service("tmpfs")
def test_spool_on_a_full_disk(small_disk: Path, make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate(gateway={"data_dir": str(small_disk), "spool_threshold": 65536})
    answer = send(gate, with_attachment(12 * 2**20))
    assert (answer.code, "4.3.1" in answer.text) == (452, True)
    assert not recorder.messages
    for _ in range(3):
        assert send(gate, with_attachment(2 * 2**20)).code == 250
    assert len(recorder.messages) == 3


@pytest.mark.service("tmpfs")
def test_journal_on_a_full_disk(small_disk: Path, make_gate: MakeGateway) -> None:
    gate = make_gate(gateway={"data_dir": str(small_disk), "spool_threshold": 64 * 2**20})
    assert send(gate, TOO_BIG).code == 552
    _fill(small_disk / "day")
    answer = send(gate, TOO_BIG)
    assert 400 <= answer.code < 500, answer
    assert send(gate, SIMPLE).code // 100 in (2, 4)
    (small_disk / "day").unlink()
    within(30, gate, TOO_BIG, 552)
    within(30, gate, SIMPLE, 250)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


def test_locked_journal(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate()
    assert send(gate, TOO_BIG).code == 552
    lock = sqlite3.connect(gate.folder / "data/congthu.db", isolation_level=None, timeout=10)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        assert send(gate, SIMPLE).code == 250  # a delivered message waits for nothing
        answer = send(gate, TOO_BIG)
        assert 400 <= answer.code < 500, answer
        assert send(gate, SIMPLE).code in (250, 451)  # once the writer is known to be stuck, nothing goes unrecorded
        taken = len(recorder.messages)
        lock.execute("ROLLBACK")
    finally:
        lock.close()
    within(30, gate, TOO_BIG, 552)
    assert len(recorder.messages) == taken
    deadline = time.monotonic() + 20
    while not any("<an@tinh.example>" in str(row) or "an@tinh.example" in str(row) for row in gate.decisions()):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    gate.cli("decisions", "verify")


def test_full_queue_refuses_before_the_upstream_dot(make_gate: MakeGateway, recorder: Recorder) -> None:
    gate = make_gate(store={"queue": 5})
    lock = sqlite3.connect(gate.folder / "data/congthu.db", isolation_level=None, timeout=10)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        codes = [send(gate, SIMPLE).code for _ in range(20)]
        assert codes.count(250) == len(recorder.messages) < 20
        assert 451 in codes
        lock.execute("ROLLBACK")
    finally:
        lock.close()
    within(30, gate, SIMPLE, 250)
