"""What holds for every input: any split gives the same outcome, and the facts are those of slow, obvious code."""

from __future__ import annotations

import base64
import binascii
import hashlib
import quopri
from email import message_from_bytes

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.message.lines import LEGAL
from gateway.message.part import Part
from tests.unit.message.mail import cut, entity, facts, multipart, scan, scan_pieces

# Words that lead a scanner astray, so that random input reaches every state.
_WORDS = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: multipart/digest; boundary=bb\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: text/plain; name*0*=utf-8''%C3; name*1*=%A9\r\n",
        b"Content-Type: application/pdf; name=x\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"Content-Disposition: attachment; filename=a\r\n",
        b"From x\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"\n\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"--bb\r\n",
        b"--b \t\r\n",
        b"--bx\r\n",
        b"\r\n--b",
        b"--",
        b".",
        b"..\r\n",
        b"=",
        b"==",
        b"=\r\n",
        b"= \r\n",
        b"=4",
        b"QUJD",
        b"QQ==",
        b"A",
        b"QUJDREVG\r\n" * 6,
        b"QUJD\r\n" * 5,
        b"-_",
        b"\xff\x00",
        b" folded\r\n",
        b"x: y\r\n",
        b"no field\r\n",
        b"\r",
        b"\n",
        b"Aa0+" * 14 + b"\r\n",
        b"\n" + b"Aa0+" * 20,
        b"\n.\r\n",
        b"-" * 300,
        b"a" * 9000,
        b"=" * 70,
        b" " * 70,
    ]
)
_MESSAGES = st.lists(st.one_of(_WORDS, st.binary(max_size=8)), max_size=40).map(b"".join)


@given(data=_MESSAGES, places=st.lists(st.integers(0, 1 << 20), max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_split_is_one_feed(data: bytes, places: list[int]) -> None:
    assert facts(scan_pieces(cut(data, places))) == facts(scan(data))


@given(data=_MESSAGES)
@settings(max_examples=60, deadline=None)
def test_byte_by_byte_is_one_feed(data: bytes) -> None:
    pieces = [data[at : at + 1] for at in range(len(data))]
    assert facts(scan_pieces(pieces)) == facts(scan(data))


@given(data=_MESSAGES, places=st.lists(st.integers(0, 1 << 20), max_size=5), batch=st.integers(1, 4000))
@settings(max_examples=100, deadline=None)
def test_batches_change_nothing(data: bytes, places: list[int], batch: int) -> None:
    assert facts(scan_pieces(cut(data, places), batch=batch)) == facts(scan(data))


@given(data=_MESSAGES)
@settings(max_examples=100, deadline=None)
def test_facts_of_the_whole_message(data: bytes) -> None:
    found = scan(data)
    lines = data.split(b"\n")
    assert found.size == len(data)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert found.leading_dots == sum(line.startswith(b".") for line in lines)
    longest = max(0, len(lines[-1]), *(len(line) - 1 for line in lines[:-1]))
    assert found.longest_line == (longest if longest > LEGAL else 0)
    assert found.has_8bit == any(octet > 127 for octet in data)
    assert found.ends_with_crlf == data.endswith(b"\r\n")
    assert found.attachment_bytes == sum(_weight(part) for part in found.parts if part.attachment)
    assert found.attachment_bytes == sum(attachment.weight for attachment in found.attachments)
    assert [attachment.part for attachment in found.attachments] == [p.path for p in found.parts if p.attachment]


def _weight(part: Part) -> int:
    """By the definition: a leaf's decoded size; of a message, what is left without its attachments' raw bodies."""
    if part.content_type not in ("message/rfc822", "message/global") or not part.children:
        return part.decoded_size
    return part.decoded_size - sum(inner.end - inner.header_end for inner in _outermost(part))


def _outermost(part: Part) -> list[Part]:
    return [found for child in part.children for found in ([child] if child.attachment else _outermost(child))]


@given(data=_MESSAGES)
@settings(max_examples=100, deadline=None)
def test_offsets_nest(data: bytes) -> None:
    found = scan(data)
    assert (found.root.start, found.root.end) == (0, len(data))
    for part in found.parts:
        assert 0 <= part.start <= part.header_end <= part.end <= len(data)
        at = part.header_end
        for child in part.children:
            assert at <= child.start and child.end <= part.end
            at = child.end
    for name, value, start, end in found.header_fields:
        assert data[start:end].lower().startswith(name) and data[start:end].endswith(value)


def _lines(text: bytes, width: int) -> bytes:
    return b"".join(text[at : at + width] + b"\r\n" for at in range(0, len(text), width))


@given(
    raw=st.binary(max_size=3000),
    width=st.one_of(st.sampled_from([4, 60, 64, 72, 76, 998]), st.integers(1, 1100)),
    places=st.lists(st.integers(0, 1 << 16), max_size=8),
    alone=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_base64_sizes_and_digests(raw: bytes, width: int, places: list[int], alone: bool) -> None:
    part = entity(
        "Content-Type: application/x-x\nContent-Transfer-Encoding: Base64", _lines(base64.b64encode(raw), width)
    )
    found = scan_pieces(cut(part if alone else multipart("q", part), places))
    (attachment,) = found.attachments
    assert attachment.decoded_size == len(raw)
    assert attachment.sha256 == hashlib.sha256(raw).hexdigest()
    assert not found.defects


@given(raw=st.binary(max_size=1500), binary=st.booleans(), places=st.lists(st.integers(0, 1 << 16), max_size=8))
@settings(max_examples=150, deadline=None)
def test_quoted_printable_sizes_and_digests(raw: bytes, binary: bool, places: list[int]) -> None:
    text = binascii.b2a_qp(raw.replace(b"\r", b"").replace(b"\n", b"\r\n"), istext=not binary)
    part = entity("Content-Type: application/x-x\nContent-Transfer-Encoding: quoted-printable", text)
    (attachment,) = scan_pieces(cut(multipart("q", part), places)).attachments
    expected = quopri.decodestring(text)
    assert attachment.decoded_size == len(expected)
    assert attachment.sha256 == hashlib.sha256(expected).hexdigest()


@given(raw=st.binary(max_size=600), encoding=st.sampled_from(["7bit", "8bit", "binary", ""]))
@example(raw=b"\r\n", encoding="binary")
@example(raw=b"", encoding="8bit")
def test_identity_sizes_and_digests(raw: bytes, encoding: str) -> None:
    part = entity(f"Content-Type: application/x-x\nContent-Transfer-Encoding: {encoding}", raw)
    (attachment,) = scan(multipart("no/such-line.in_it", part)).attachments
    assert attachment.decoded_size == len(raw)
    assert attachment.sha256 == hashlib.sha256(raw).hexdigest()


_LEAVES = st.builds(
    lambda kind, text: entity(f"Content-Type: {kind}\nContent-Disposition: inline", text),
    st.sampled_from(["text/plain", "application/x-y", "image/x-z"]),
    st.text("ab c.-\n", max_size=40).map(lambda text: text.replace("\n", "\r\n").encode()),
)
_NUMBER = st.integers(0, 1 << 30)


@given(
    tree=st.recursive(
        _LEAVES,
        lambda inner: st.builds(
            lambda parts, number: multipart(f"=_{number}", *parts), st.lists(inner, min_size=1, max_size=4), _NUMBER
        ),
        max_leaves=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_well_formed_trees_are_those_of_the_email_package(tree: bytes) -> None:
    theirs = [
        (part.get_content_type(), None if part.is_multipart() else part.get_payload(decode=True))
        for part in message_from_bytes(tree).walk()
    ]
    found = list(scan(tree).parts)
    assert [part.content_type for part in found] == [kind for kind, _body in theirs]
    for part, (_kind, body) in zip(found, theirs, strict=True):
        if body is not None:
            assert tree[part.header_end : part.end] == body
            assert part.decoded_size == len(body)
