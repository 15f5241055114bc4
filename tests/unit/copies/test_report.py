"""The report around a message: any reader of MIME finds the envelope and the very bytes of the message."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.copies.report import Enclosed, report_of
from gateway.model import Envelope
from tests.unit.rules.make import FakeMessage, envelope
from tests.unit.upstream.fake import Text

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
TO = "luu-tru@tinh.example"


def made(there: Envelope, content: bytes, *, eight_bit: bool = False, **fields: bytes) -> bytes:
    message = FakeMessage(fields={name.replace("_", "-"): value for name, value in fields.items()})
    report = report_of(there, message, reference="R1", to=TO, hostname="gw.tinh.example", now=NOW, eight_bit=eight_bit)
    chunks = Enclosed(Text(content), report.tail).in_memory()
    assert chunks is not None
    return report.head + b"".join(chunks)


def read(raw: bytes) -> tuple[EmailMessage, list[str], bytes]:
    """The report, the envelope's lines, and the enclosed bytes as they stand there."""
    whole = message_from_bytes(raw, policy=policy.default)
    assert isinstance(whole, EmailMessage)
    said, nested = whole.iter_parts()
    assert (said.get_content_type(), nested.get_content_type()) == ("text/plain", "message/rfc822")
    boundary = whole.get_boundary()
    assert boundary is not None
    part = raw.split(f"--{boundary}\r\n".encode())[2]
    inner = part.partition(b"\r\n\r\n")[2]
    assert inner.endswith(f"\r\n--{boundary}--\r\n".encode())
    return whole, said.get_content().splitlines(), inner.removesuffix(f"\r\n--{boundary}--\r\n".encode())


def test_the_envelope_goes_along() -> None:
    there = envelope("an@tinh.example", "a@x.example", "giau@x.example", user="an@tinh.example", client_name="pc.tinh")
    content = b"Subject: Bao cao\r\nTo: a@x.example\r\n\r\nxin chao\r\n"
    whole, said, inner = read(made(there, content, subject=b" Bao cao", message_id=b" <1@tinh.example>"))
    assert inner == content
    for line in (
        "Sender: an@tinh.example",
        "Subject: Bao cao",
        "Message-Id: <1@tinh.example>",
        "Reference: R1",
        "Login: an@tinh.example",
        "Client: 192.0.2.1 pc.tinh",
        "Recipient: a@x.example",
        "Recipient: giau@x.example",
    ):
        assert line in said
    assert (whole["To"], whole["Auto-Submitted"]) == (TO, "auto-generated")
    assert whole["X-MS-Journal-Report"] == ""


def test_the_null_path_is_named() -> None:
    assert "Sender: <>" in read(made(envelope("", "a@x.example"), b"\r\nx\r\n"))[1]


def test_two_reports_have_two_boundaries() -> None:
    one, two = (read(made(envelope(), b"\r\nx\r\n"))[0].get_boundary() for _ in range(2))
    assert one != two


@given(st.text(max_size=60), st.text(max_size=60), st.binary(max_size=200), st.binary(max_size=200))
def test_nothing_a_stranger_says_adds_a_line(sender: str, recipient: str, subject: bytes, body: bytes) -> None:
    content = b"X: y\r\n\r\n" + body + b"\r\n"
    there = envelope(f"{sender}@x", f"{recipient}@x", f"a\r\nRecipient: evil@x\r\n{recipient}@x")
    raw = made(there, content, eight_bit=True, subject=subject, message_id=subject)
    whole, said, inner = read(raw)
    assert inner == content
    assert sum(line.startswith("Recipient: ") for line in said) == 2
    assert len(said) <= 6 + 2 + 1
    assert len(whole.keys()) == 9
    head = raw[: raw.index(content)] if content in raw else raw[:400]
    assert b"\n" not in head.replace(b"\r\n", b"")


@pytest.mark.parametrize("chunks", [(b"Subject: a\r\n\r\n.", b"b\r\n"), ()])
def test_a_message_on_disk_is_streamed(chunks: Sequence[bytes]) -> None:
    enclosed = Enclosed(Text(b"".join(chunks), chunks=chunks), b"\r\n--x--\r\n")

    async def all_of_it() -> bytes:
        return b"".join([chunk async for chunk in enclosed.chunks()])

    whole = asyncio.run(all_of_it())
    assert whole == b"".join(chunks) + b"\r\n--x--\r\n"
    assert (enclosed.in_memory(), enclosed.size, enclosed.ends_with_crlf) == (None, len(whole), True)
