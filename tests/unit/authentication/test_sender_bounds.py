"""Hostile headers: bounded work and answers, never an exception. Costs are held by counting, not by the clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.heading import read_heading
from gateway.authentication.sender import read_sender
from gateway.authentication.sender_shown import MOST, addresses_in, flattened
from gateway.authentication.sender_strict import LONGEST, read_strictly
from gateway.authentication.sender_words import read_name

MIB = 2**20
HOSTILE = {
    "20,000 addresses": b"From: " + b", ".join(b"a%d@b.example" % n for n in range(20_000)),
    "20,000 folded addresses": b"From: " + b",\r\n ".join(b"a%d@b.example" % n for n in range(20_000)),
    "20,000 From": b"\r\n".join(b"From: a%d@b.example" % n for n in range(20_000)),
    "20,000 Resent-From": b"\r\n".join(b"Resent-From: a%d@b.example" % n for n in range(20_000)),
    "20,000 continuations": b"X: y\r\n" + b"\r\n".join(b" From: a%d@b.example" % n for n in range(20_000)),
    "a megabyte of letters": b"From: " + b"a" * MIB,
    "a megabyte of at signs": b"From: " + b"@" * MIB,
    "a megabyte of brackets": b"From: " + b"<" * MIB,
    "a megabyte of comments": b"From: " + b"(" * MIB,
    "a megabyte of quotes": b"From: " + b'"' * MIB,
    "a megabyte of escaped quotes": b'From: "' + b'\\"' * (MIB // 2),
    "a megabyte of folds": b"From:" + b"\r\n " * (MIB // 3),
    "a megabyte of blank lines": b"X:" + b"\r\n \t" * (MIB // 4),
    "a megabyte of NUL": b"From: " + b"\0" * MIB,
    "a megabyte of CR": b"From: " + b"\r" * MIB,
    "a megabyte of words": b"From: " + b"=?utf-8?q?a?= " * (MIB // 14),
    "a megabyte of unended words": b"From: " + b"=?utf-8?q?" * (MIB // 10),
    "a megabyte of labels": b"From: a@" + b"a." * (MIB // 2),
    "a megabyte of hyphens": b"From: a@" + b"a-" * (MIB // 2),
    "a megabyte of octets": b"From: " + b"\xff" * MIB,
    "a megabyte of long ligatures": b"From: " + "\ufdfa".encode() * (MIB // 3),
    "a megabyte of names": b"From:from:" * (MIB // 10),
    "a megabyte of junk before a name": b"\xa0" * MIB + b"From: a@b.example",
    "a quoted name to the limit": b'From: "' + b"\\\"" * 400 + b"\x01" + b'" <a@b.example>',
}  # fmt: skip


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_header_is_disputed_and_bounded(header: bytes) -> None:
    fields = read_sender(header + b"\r\n", header + b"\r\n")
    assert fields.disputes
    assert len(fields.mentions) <= MOST
    assert all(len(mention) <= 1000 for mention in fields.mentions)
    assert len(fields.author) + len(fields.sender) + len(fields.reply_to) + len(fields.resent) <= 100
    assert len(fields.disputes) <= 40


def test_too_many_addresses_are_said_to_be() -> None:
    fields = read_sender(b"Reply-To: " + b",\r\n ".join(b"a%d@b.example" % n for n in range(200)) + b"\r\n")
    assert "too-many" in fields.disputes
    assert len(fields.mentions) == MOST


@pytest.mark.parametrize(("count", "disputes"), [(MOST - 1, ()), (MOST, ("too-many",))])
def test_too_many_addresses_of_all_fields_together(count: int, disputes: tuple[str, ...]) -> None:
    answers = b",\r\n ".join(b"a%d@b.example" % n for n in range(count))
    fields = read_sender(b"From: x@b.example\r\nReply-To: " + answers + b"\r\n")
    assert (fields.disputes, len(fields.mentions)) == (disputes, MOST)


def test_the_work_on_a_value_ends_at_its_limit() -> None:
    assert read_strictly(b"a@b.example," * LONGEST).problem == "too-long"
    assert read_strictly(b"a@b.example,\r\n " * (LONGEST // 10) + b"a@b.example", LONGEST).problem == "too-long"
    assert len(flattened("\ufdfa" * MIB)) <= 128 * 1024
    assert len(addresses_in("a@b.example " * MIB)) == 1
    assert len(addresses_in(" ".join(f"a{n}@b.example" for n in range(10_000)))) == MOST


@given(st.binary(max_size=300), st.binary(max_size=60), st.booleans())
def test_any_octets(header: bytes, after: bytes, whole: bool) -> None:
    fields = read_sender(header, after, whole=whole)
    assert fields.disputes or len(fields.author) == 1


PIECES = [b"From", b"sender", b"reply-to", b"Date", b"To", b":", b" ", b"\r\n", b"@", b"<", b">", b"a", b'"', b"\x00"]
PIECES += [b"\\", b"(", b"=?", b"?=", b"utf-8?B?", b"\xe1\xbb\x85"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
def test_any_pieces(header: bytes) -> None:
    fields = read_sender(header)
    assert fields.disputes or len(fields.author) == 1
    heading = read_heading(header)
    assert heading.date is None or heading.date == heading.date
    assert isinstance(heading.named, frozenset)
    assert isinstance(heading.message_id, str)


@given(st.binary(max_size=200))
def test_any_name(raw: bytes) -> None:
    name = read_name(raw)
    assert all(len(reading) <= 4 * len(raw) + 4 for reading in name.readings)
