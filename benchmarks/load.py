"""The workloads and one measured run of smtp-source through a peer."""

from __future__ import annotations

import base64
import hashlib
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.office import letter, packed
from benchmarks.peers import Peer
from benchmarks.usage import PeakMemory, measured_cpu
from tests.support.tools import smtp_source

MIB = 2**20
LARGE = 20 * MIB + MIB // 2


@dataclass(frozen=True, slots=True)
class Workload:
    """What smtp-source sends: `length` bytes of text lines, or a MIME message with an attachment of that size."""

    name: str
    title: str
    length: int
    sessions: int
    reuse: bool = False
    mime: str = ""  # the kind of file that is attached
    least: int = 50


WORKLOADS = {
    one.name: one
    for one in (
        Workload("A", "4 KB of text, a connection each", 4096, 8, mime="text"),
        Workload("B", "4 KB of text, connections reused", 4096, 8, reuse=True, mime="text"),
        Workload("C", "100 KB of text", 102_400, 8, mime="text"),
        Workload("D", "20.5 MiB of text", LARGE, 4, mime="text", least=8),
        Workload("E", "14 MiB attached (base64, 19 MiB)", 14 * MIB, 4, mime="bin", least=8),
        Workload("F", "74 KiB attached (base64, 100 KiB)", 75_000, 8, mime="bin"),
        Workload("G", "74 KiB of docx attached: opened by the document workers", 75_000, 8, mime="docx"),
        Workload("H", "74 KiB of zip attached: opened by the document workers", 75_000, 8, mime="zip"),
        Workload("I", "74 KiB of JPEG attached: stays closed", 75_000, 8, mime="jpg"),
        Workload("M", "20.5 MiB, 16 at once (memory)", LARGE, 16, least=32),
    )
}


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement: rate in messages a second, CPU of X in ms a message, memory of X in bytes."""

    rate: float
    cpu_ms: float
    idle: int
    peak: int


def _content(kind: str, size: int) -> bytes:
    """About `size` bytes: noise, or an archive, document or picture whose largest part is noise."""
    noise = random.Random(1).randbytes(size)
    if kind == "bin":
        return noise
    if kind == "jpg":
        return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + noise
    if kind == "docx":
        return letter(noise[len(letter(b"")) :])
    return packed({"ho_so/bao_cao.dat": noise})


def mime_file(size: int, kind: str) -> Path:
    """A message with an attachment of about `size` bytes, LF line ends as smtp-source -F wants them; made once."""
    if kind == "text":
        return _text_file(size)
    content = _content(kind, size)
    path = Path(tempfile.gettempdir()) / f"congthu-bench-{kind}-{size}-{hashlib.sha256(content).hexdigest()[:8]}.eml"
    if not path.exists():
        body = base64.encodebytes(content).decode()
        path.write_text(
            "From: <nguon@nguon.example>\nTo: <an@tinh.example>\nSubject: attached\nMIME-Version: 1.0\n"
            'Content-Type: multipart/mixed; boundary="b1"\n\n--b1\nContent-Type: text/plain; charset=utf-8\n\nsee\n'
            f'--b1\nContent-Type: application/octet-stream; name="a.{kind}"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="a.{kind}"\n\n{body}\n--b1--\n'
        )
    return path


def _text_file(size: int) -> Path:
    """Prose: smtp-source's own lines are one unbroken run of X, which could be a file in base64."""
    path = Path(tempfile.gettempdir()) / f"congthu-bench-text-{size}.eml"
    if not path.exists():
        line = "The quick brown fox jumps over the lazy dog, and then it does so again.\n"
        head = "From: <nguon@nguon.example>\nTo: <an@tinh.example>\nSubject: text\n\n"
        path.write_text(head + line * (size // len(line)))
    return path


def send(peer: Peer, workload: Workload, messages: int) -> float:
    """Send and wait until all is passed on; seconds."""
    began = time.perf_counter()
    smtp_source(
        peer.port,
        messages=messages,
        sessions=min(workload.sessions, messages),
        length=workload.length,
        reuse=workload.reuse,
        file=mime_file(workload.length, workload.mime) if workload.mime else None,
        seconds=600,
    )
    peer.settle()
    return time.perf_counter() - began


def calibrate(peer: Peer, workload: Workload, seconds: float) -> int:
    """How many messages take about `seconds`; also warms the peer up."""
    took = send(peer, workload, workload.least)
    if took < seconds / 4:
        count = int(workload.least * seconds / 4 / took)
        return max(count, int(count / send(peer, workload, count) * seconds))
    return max(workload.least, int(workload.least / took * seconds))


def measure(peer: Peer, workload: Workload, messages: int) -> Run:
    """One measured run."""
    with PeakMemory(peer.head) as memory:
        idle = memory.peak
        with measured_cpu(peer.head) as cpu:
            took = send(peer, workload, messages)
            spent = cpu()
    return Run(messages / took, spent / messages * 1000, idle, memory.peak)
