"""The short way for plain messages finds what the strict reading finds, and is taken where it should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.message.limits import ScanLimits
from gateway.message.lines import LineFacts, longest_line
from gateway.message.plain import PlainMessage
from gateway.message.result import ScannedMessage
from tests.corpus import build
from tests.fuzz.test_scan import mutated
from tests.unit.message.mail import cut, entity, facts, multipart, scan_pieces

_BATCH = 32 * 1024
_NAMES = ("received", "Message-ID", "CONTENT-TYPE", "content-transfer-encoding", "x", "subject", "", " x", "a:b", "é")


def short(data: bytes, places: list[int] | None = None, limits: ScanLimits | None = None) -> ScannedMessage:
    """A scan that may take the short way."""
    return scan_pieces(cut(data, places or []), limits=limits, batch=_BATCH)


def agree(data: bytes, places: list[int] | None = None, limits: ScanLimits | None = None) -> bool:
    """Both ways find the same; True if the short one was taken."""
    ours, strict = short(data, places, limits), scan_pieces([data], limits=limits)
    assert not isinstance(strict, PlainMessage)
    for name in _NAMES:  # before `facts`, which reads all fields
        assert list(ours.headers(name)) == list(strict.headers(name)), name
        assert ours.count(name) == strict.count(name) == len(list(strict.headers(name))), name
    assert facts(ours) == facts(strict)
    return isinstance(ours, PlainMessage)


_LINES = st.sampled_from(
    [
        b"Received: from a\r\n",
        b"received : by b\r\n\tfolded\r\n",
        b"Subject: x\r\n",
        b"SUBJECT:\r\n \r\n",
        b"Message-ID:\r\n <1@x>\r\n",
        b"X:" + b"y" * 997 + b"\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\n",
        b"content-type:text/html;\r\n\tcharset=x\r\n",
        b"CONTENT-TYPE \t: Text/Plain\r\n",
        b"Content-Type: text/plain; name=x\r\n",
        b"Content-Type: text/plain; a=1; a=2\r\n",
        b"Content-Type: application/pdf\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: nonsense\r\n",
        b"Content-Type-X: message/rfc822\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: 8BIT\r\n",
        b"Content-Transfer-Encoding: x-y\r\n",
        b"Content-Disposition: inline\r\n",
        b"Content-Disposition: attachment\r\n",
        b"Content-Disposition: inline; filename=a\r\n",
        b"From someone\r\n",
        b"From: a\r\n",
        b" continued\r\n",
        b"no field\r\n",
        b": no name\r\n",
        b"n\xc3\xa9: raw\r\n",
        b"a" * 257 + b": long name\r\n",
        b"b" + b" " * 65 + b": far colon\r\n",
        b"bare: lf\n",
        b"two: crs\r\r\n",
        b"bare: cr\rcontent-type: text/html\r\n",
        b"\n",
        b"\0: nul\r\n",
    ]
)
_BODIES = st.lists(
    st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [b"\r\n", b".", b"..\r\n", b"=", b"=4", b"=41", b"= \r\n", b"=\r\n", b"=\r", b"==", b"\n.", b"--b\r\n"]
            + [b"x" * size for size in (990, 998, 999, 9000)]
        ),
    ),
    max_size=14,
).map(b"".join)
_HEADERS = st.lists(_LINES, max_size=9).map(b"".join)
_PLACES = st.lists(st.integers(0, 1 << 16), max_size=3)


@given(header=_HEADERS, gap=st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b""]), body=_BODIES, places=_PLACES)
@settings(max_examples=250, deadline=None)
@example(header=b"", gap=b"", body=b"", places=[])
@example(header=b"", gap=b"\r\n", body=b"\r\n", places=[])
@example(header=b"a: b\n\nx: y\r\n", gap=b"\r\n", body=b"", places=[])
def test_both_ways_find_the_same(header: bytes, gap: bytes, body: bytes, places: list[int]) -> None:
    agree(header + gap + body, places)


@given(header=_HEADERS, count=st.integers(1, 9), octets=st.integers(0, 400))
@settings(max_examples=150, deadline=None)
def test_under_tight_limits(header: bytes, count: int, octets: int) -> None:
    agree(header + b"\r\nbody\r\n", limits=ScanLimits(header_count=count, header_bytes=octets))


@pytest.mark.parametrize(
    "path", sorted(build.FOLDER.rglob("*.eml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_the_corpus(path: Path) -> None:
    agree(path.read_bytes())


@pytest.mark.parametrize("block", range(4))
def test_damaged_messages(block: int) -> None:
    for seed in range(10_000 + block * 100, 10_100 + block * 100):
        agree(mutated(seed))


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ("From: a\nTo: b", True),
        ("Subject: x\n folded\nContent-Type: text/plain;\n charset=utf-8\nContent-Transfer-Encoding: 8bit", True),
        ("Content-Type: text/html\nContent-Transfer-Encoding: Quoted-Printable", True),
        ("Content-Type: text/plain\nContent-Disposition: inline", True),
        ("Content-Type: text/plain\nContent-Disposition: attachment", False),
        ("Content-Type: text/plain; name=a", False),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: base64", False),
        ("Content-Type: text/plain\nContent-Type: text/plain", False),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: x-y", False),
        ("Content-Type: image/png", False),
        ("From a\nTo: b", False),
    ],
)
def test_which_way_is_taken(headers: str, taken: bool) -> None:
    assert agree(entity(headers, b"a=41=\r\n.b\r\n")) == taken


def test_a_large_or_a_composed_message_is_streamed() -> None:
    assert not agree(multipart("b", entity("Content-Type: text/plain", b"x")))
    assert not agree(entity("From: a", b"x" * _BATCH))
    assert agree(entity("From: a", b"x" * (_BATCH - 50)))


@given(data=st.lists(st.sampled_from([b".", b"\n", b"\r\n", b"\xff", b"x" * 990, b"y" * 7, b"\n."]), min_size=1))
@settings(max_examples=150, deadline=None)
def test_the_longest_line_at_once(data: list[bytes]) -> None:
    whole = b"".join(data)
    slow = LineFacts()
    slow.feed(whole, 0, len(whole))
    slow.finish()
    assert longest_line(whole) == slow.longest
