"""What holds for every input: nothing raises, everything is bounded, nothing is less than the strict reading's."""

from __future__ import annotations

import re
from dataclasses import asdict

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gateway.message.extract import open_extract
from gateway.message.readings.allowance import Allowance
from gateway.message.readings.content import Want, weigh
from gateway.message.readings.index import Index, index_of
from gateway.message.readings.limits import UnionLimits
from gateway.message.union import strict_view, union
from tests.unit.message.mail import cut, entity, multipart, scan
from tests.unit.message.tricks import tricks

# Words that lead a reader astray, so that random input reaches every state.
_WORDS = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: multipart/mixed; boundary=b; boundary=bb\r\n",
        b"Content-Type: multipart/digest; boundary=\"b\r\n",
        b"Content-Type: multipart/x; boundary*0=b; boundary*1=b\r\n",
        b"Content-Type: multipart/mixed\r\n", b"Content-Type: message/rfc822\r\n", b"Content_Type: application/x\r\n",
        b"Content-Type: application/pdf; name=x\r\n", b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n",
        b"Content-Transfer-Encoding : (x) base64 7bit\r\n", b"Content-Disposition: attachment; filename=a\r\n",
        b"From x\r\n", b"\r\n", b"\r\n\r\n", b"\n\n", b"--b\r\n", b"--b--\r\n", b"--bb\r\n", b"--b \t\r\n", b"--bx\r\n",
        b"-b\r\n", b" ---b\r\n", b"--\r\n", b"\r\n--b", b"--", b"=", b"=\r\n", b"=4", b"QUJD", b"QQ==", b"A",
        b"QUJDREVG\r\n" * 12, b"begin 644 a\r\n", b"#86)C\r\n", b"`\r\nend\r\n", b"=ybegin line=128 size=3 name=a\r\n",
        b"=yend size=3\r\n", b"\xff\x00", b" folded\r\n", b" \t\r\n", b"x: y\r\n", b"no field\r\n", b"\r", b"\n",
        b"Q29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PWINCg0KLS1iDQoNCkhpDQotLWItLQ0K\r\n",
    ]
)  # fmt: skip
_MESSAGES = st.lists(st.one_of(_WORDS, st.binary(max_size=6)), max_size=50).map(b"".join)
_TRICKS = tricks()
_TWICE = b"Content-Type: multipart/mixed; boundary=b\r\n"


def _read(data: bytes, offset: int, size: int) -> bytes:
    assert 0 <= offset <= len(data) and 0 < size <= 1 << 20
    return data[offset : offset + size]


@given(data=_MESSAGES)
@settings(max_examples=200, deadline=None)
@example(data=_TWICE + b"Content-Transfer-Encoding: quoted-printable\r\n--b\r\n" + _TWICE * 2 + b"--b\r\n")
def test_every_message_is_read(data: bytes) -> None:
    found, limits = scan(data), UnionLimits(extracts=40)
    view = union(lambda offset, size: _read(data, offset, size), found, union_limits=limits)
    assert view.attachment_bytes >= found.attachment_bytes
    assert view.attachments[: len(found.attachments)] == found.attachments
    assert len(set(view.defects)) == len(view.defects) and set(found.defects) <= set(view.defects)
    assert set(found.disputes) <= set(view.disputes)
    assert len(view.extracts) <= 40
    for extract in view.extracts:
        size = 0
        for piece in open_extract(lambda offset, count: _read(data, offset, count), extract, 10**6):
            assert piece
            size += len(piece)
        assert size <= max(1, len(data)) * 200
    assert union(lambda offset, size: data[offset : offset + size], found, union_limits=limits) == view


@given(data=_MESSAGES, size=st.integers(1, 3000))
@settings(max_examples=100, deadline=None)
def test_a_reader_may_give_small_pieces(data: bytes, size: int) -> None:
    """How the bytes come changes nothing."""
    found = scan(data)
    whole = union(lambda offset, count: data[offset : offset + count], found)
    assert union(lambda offset, count: data[offset : offset + min(count, size)], found) == whole


def _kept(index: Index) -> tuple[object, ...]:
    return (
        index.size, index.marks, [asdict(block) for block in index.blocks], index.regions, list(index.boundaries),
        index.lone_cr, index.full,
    )  # fmt: skip


@given(data=_MESSAGES, places=st.lists(st.integers(0, 1 << 20), max_size=12))
@settings(max_examples=100, deadline=None)
def test_an_index_does_not_depend_on_the_pieces(data: bytes, places: list[int]) -> None:
    limits = UnionLimits()
    assert _kept(index_of(cut(data, places), limits)) == _kept(index_of([data], limits))


@given(
    filler=st.sampled_from([b"x" * 76 + b"\r\n", b"\r\n", b"x: y\r\n", b"--b\r\n\r\n", b"\n", b"a\r"]),
    lengths=st.lists(st.integers(0, 70_000), min_size=1, max_size=3),
    words=st.lists(_WORDS, max_size=12),
    places=st.lists(st.integers(0, 1 << 22), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_an_index_of_more_than_a_window(
    filler: bytes, lengths: list[int], words: list[bytes], places: list[int]
) -> None:
    text = b"".join(words)
    data = text + b"".join((filler * 70_000)[: length * 6] + text for length in lengths)
    pieces = [data[at : at + 65536] for at in range(0, len(data), 65536)]
    limits = UnionLimits(marks=100_000)
    one, other = index_of(pieces, limits), index_of(cut(data, places), limits)
    assert one.size == other.size == len(data)
    if not one.full and not other.full:
        assert [mark.at for mark in one.marks] == [mark.at for mark in other.marks]


@given(
    data=_MESSAGES, places=st.lists(st.integers(0, 1 << 20), max_size=8), ends=st.tuples(st.integers(), st.integers())
)
@settings(max_examples=100, deadline=None)
def test_contents_do_not_depend_on_the_pieces(data: bytes, places: list[int], ends: tuple[int, int]) -> None:
    start, end = sorted(at % (len(data) + 1) for at in ends)
    wants = [
        Want(start, end, encoding, search=search)
        for encoding in ("", "base64", "quoted-printable", "x-uuencode")
        for search in (True, False)
    ]
    whole = weigh([data], 0, wants, Allowance(UnionLimits(), 10**6))
    pieces = weigh(cut(data, places), 0, wants, Allowance(UnionLimits(), 10**6))
    assert whole == pieces
    assert whole[wants[0]].size == end - start


_LEAVES = st.builds(
    lambda head, text: entity(head, text),
    st.sampled_from(
        [
            "Content-Type: text/plain", "Content-Type: text/html; charset=utf-8", "Content-Type: image/x-z; name=a.z",
            "Content-Type: application/x-y\nContent-Disposition: attachment; filename=b.y",
            "Content-Type: text/plain\nContent-Disposition: attachment; filename=c.txt",
        ]
    ),
    st.text("abc .-\n", max_size=60).map(lambda text: text.replace("\n", "\r\n").encode()),
)  # fmt: skip
_NUMBER = st.integers(10**6, 1 << 30)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda parts, number: multipart(f"=_{number}", *parts), st.lists(inner, min_size=1, max_size=4), _NUMBER
        ),
        inner.map(lambda part: entity("Content-Type: message/rfc822", b"Subject: x\r\n" + part)),
    ),
    max_leaves=12,
)


@given(tree=_TREES)
@settings(max_examples=100, deadline=None)
def test_well_formed_mail_has_one_reading(tree: bytes) -> None:
    boundaries = re.findall(rb'boundary="([^"]+)"', tree)
    assume(len(set(boundaries)) == len(boundaries))
    found = scan(tree)
    view, strict = union(lambda offset, size: tree[offset : offset + size], found), strict_view(found)
    assert (view.attachments, view.attachment_bytes) == (strict.attachments, strict.attachment_bytes)
    assert (view.defects, view.disputes) == (strict.defects, strict.disputes)
    assert {extract.steps for extract in view.extracts} <= {extract.steps for extract in strict.extracts}


@given(
    chosen=st.lists(st.sampled_from(_TRICKS), min_size=1, max_size=3),
    cuts=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 300)), max_size=4),
)
@settings(max_examples=100, deadline=None)
def test_damaged_tricks_are_read(chosen: list[object], cuts: list[tuple[int, int]]) -> None:
    data = b"".join(trick.raw[:6000] for trick in chosen)  # type: ignore[attr-defined]
    for at, size in cuts:
        at %= len(data) + 1
        data = data[:at] + data[at + size :]
    found = scan(data)
    view = union(lambda offset, size: data[offset : offset + size], found)
    assert view.attachment_bytes >= found.attachment_bytes
