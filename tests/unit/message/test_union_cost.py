"""The union's cost: bytes read and memory are bounded by the message's size, whatever a stranger sends."""

from __future__ import annotations

import tracemalloc

import pytest

from gateway.message.union import union
from tests.unit.message.mail import scan
from tests.unit.message.tricks.parts import B64, CR, TOP, b64, lines

_START = (
    TOP + b"Content-Type: multipart/mixed; boundary=b; boundary=a; boundary*0=c\r\n\r\n--b\r\n"
    b"Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
)
_UNITS = [
    b"--b\r\n", b"--bx\r\n", b"--b", b"--b\r\n\r\n--a\r\n\r\n--c\r\n\r\n", b"\n", b"\r", b"=", b"=\r\n", b"QQ==\r\n",
    b"\xff", b"a: b\r\n", b" x\r\n", b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n", b"x",
    b"--b\r\nContent-Type: message/rfc822\r\n\r\n", b"--b\r\nX\r\n", b"Content-Type: a/b\r\n\r\n--\r\n",
    b"begin 644 a\r\n",
    b"--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ=Q=\r\n", b"Content-Type: a/b\r\n\r\n",
    b"begin 644 a\r\n#86)C\r\n`\r\nend\r\n", b"=ybegin line=128 size=1 name=a\r\n", b"--b--\r\n--b\r\n\r\n",
    b"--a\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQ29udGVudC1UeXBlOiBhL2INCg0K\r\n",
]  # fmt: skip


class _Reader:
    """Counts what is read of a message."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.read = 0

    def __call__(self, offset: int, size: int) -> bytes:
        piece = self.data[offset : offset + size]
        self.read += len(piece)
        return piece


@pytest.mark.parametrize("unit", _UNITS)
def test_a_flood_is_read_a_few_times(unit: bytes) -> None:
    data = _START + unit * (1_500_000 // len(unit))
    found, reader = scan(data), _Reader(data)
    view = union(reader, found)
    # Read for the index and for three rounds of decoding, and the containers that are decoded (at most 300).
    assert reader.read < 6 * len(data) + 300 * 200
    assert view.attachment_bytes >= found.attachment_bytes


@pytest.mark.parametrize("unit", [_UNITS[2], _UNITS[3], _UNITS[16]])
def test_a_flood_takes_little_memory(unit: bytes) -> None:
    data = _START + unit * (300_000 // len(unit))
    found = scan(data)
    tracemalloc.start()
    try:
        union(_Reader(data), found)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


@pytest.mark.parametrize("size", [200_000, 6_000_000])
def test_memory_does_not_grow_with_a_file(size: int) -> None:
    line = b"QUJD" * 19 + CR
    data = TOP + b"Content-Type: application/x; name=a\r\n" + B64 + b"Content-Transfer-Encoding: 7bit\r\n\r\n"
    data += line * (size // len(line))
    found = scan(data)
    tracemalloc.start()
    try:
        view = union(lambda offset, count: data[offset : offset + count], found)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert view.attachment_bytes == size // len(line) * len(line)
    assert peak < 2 * 1024 * 1024


def test_containers_in_containers_are_not_read_again_and_again() -> None:
    """Each level of base64 is read from the message on: the bytes that may be decoded are counted."""
    body = b"Content-Type: application/x\r\n\r\n" + b"x" * 200_000
    for level in range(4):
        mark = b"d%d" % level
        head = b"Content-Type: multipart/mixed; boundary=" + mark + CR + B64 + CR
        body = head + b64(lines(body, body[:2000], mark=mark))
    data = TOP + body
    reader = _Reader(data)
    union(reader, scan(data))
    assert reader.read < 40 * len(data)
