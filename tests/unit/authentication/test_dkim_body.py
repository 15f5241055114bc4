"""The body's hash: as dkimpy's canonicalizations give it, whatever the pieces, in bounded memory."""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64decode

import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.authentication.dkim_body import SLICE, BodyHash, Wanted, body_hashes, hashes
from tests.unit.authentication.dkim_support import Kept

_BODIES = st.lists(
    st.sampled_from([b" ", b"\t", b"\r\n", b"\r\n", b"a", b"bc", b".", b"\r", b"\x00"]), max_size=24
).map(b"".join)


def _expected(body: bytes, *, relaxed: bool) -> bytes:
    """By definition (RFC 6376 3.4.3, 3.4.4), on the whole of it at once."""
    if relaxed:
        body = re.sub(rb"[ \t]+", b" ", body)
        body = re.sub(rb" (?=\r\n|\Z)", b"", body)
    while body.endswith(b"\r\n" * 1000):
        body = body[:-2000]
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body or not relaxed else b""


@example(b"\r\n\r\r", False, [], [])
@example(b"\r\n\r ", True, [], [])
@settings(max_examples=150)
@given(_BODIES, st.booleans(), st.lists(st.integers(0, 30), max_size=5), st.lists(st.integers(0, 30), max_size=2))
def test_pieces_do_not_matter(body: bytes, relaxed: bool, cuts: list[int], lengths: list[int]) -> None:
    hasher = BodyHash(relaxed=relaxed, lengths=lengths)
    at = 0
    for cut in sorted(min(cut, len(body)) for cut in cuts):
        hasher.feed(body[at:cut])
        at = cut
    hasher.feed(body[at:])
    found = hasher.finish()
    canonical = _expected(body, relaxed=relaxed)
    assert {one.total for one in found.values()} == {len(canonical)}
    assert found[None].digest == hashlib.sha256(canonical).digest()
    for length in lengths:
        assert found[length].digest == hashlib.sha256(canonical[:length]).digest()


@given(_BODIES.filter(lambda body: re.search(rb"\r(?!\n)|\x00", body) is None), st.booleans())
def test_as_dkimpy_has_it(body: bytes, relaxed: bool) -> None:
    body += b"\r\n"  # as DATA carries it
    kind = Relaxed if relaxed else Simple
    wanted = Wanted(relaxed)
    expected = kind.canonicalize_body(body)
    if relaxed and not expected.strip(b"\r\n"):
        expected = b""
    assert hashes([body], [wanted])[wanted].digest == hashlib.sha256(expected).digest()


@pytest.mark.parametrize(
    ("relaxed", "digest"),
    [  # the hashes of an empty body: RFC 6376 3.4.3 and 3.4.4
        (False, "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="),
        (True, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ],
)
@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n" * 100_000])
def test_nothing(relaxed: bool, digest: str, body: bytes) -> None:
    wanted = Wanted(relaxed)
    assert hashes([body], [wanted])[wanted].digest == b64decode(digest)


@pytest.mark.parametrize("relaxed", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        b" " * 300_000 + b"x",
        b"\t " * 150_000 + b"\r\n",
        b"\r\n" * 150_000 + b"x",
        b"\r" * 300_000,
        b"\n" * 300_000,
        b"\r\r\n" * 100_000 + b"x",
        b"a  b\t\t" * 60_000,
    ],
)
def test_hostile_bodies_are_held_in_a_few_octets(relaxed: bool, body: bytes) -> None:
    hasher = BodyHash(relaxed=relaxed)
    for at in range(0, len(body), 1000):
        hasher.feed(body[at : at + 1000])
        assert len(hasher._held) <= 2
    assert hasher.finish()[None].digest == hashlib.sha256(_expected(body, relaxed=relaxed)).digest()


@pytest.mark.parametrize("file", [False, True])
@pytest.mark.parametrize("size", [10, SLICE, 3 * SLICE + 7])
async def test_wherever_it_is_kept(file: bool, size: int) -> None:
    message = b"h" * 100 + bytes(range(256)) * (size // 256 + 1)
    whole, short = Wanted(False), Wanted(True, 5)
    found = await body_hashes(Kept(message, 999, file=file), 100, [whole, short])
    assert found == hashes([message[100:]], [whole, short])


async def test_nothing_wanted_reads_nothing() -> None:
    assert await body_hashes(Kept(b"x", file=True, lost=1), 0, []) == {}


async def test_a_lost_file_is_an_oserror() -> None:
    with pytest.raises(OSError, match="shorter"):
        await body_hashes(Kept(b"x" * 10, file=True, lost=3), 0, [Wanted(True)])


async def test_a_large_body_leaves_the_loop_free() -> None:
    content = Kept(b"Dear  reader, \r\n" * 1_000_000, SLICE)
    task = asyncio.ensure_future(body_hashes(content, 0, [Wanted(True), Wanted(False)]))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
