"""A journal report: what the envelope said as text, then the message as it goes on, untouched (message/rfc822).

The form that archives know from mail servers that journal: `Sender`, `Subject`, `Message-Id` and a `Recipient` line for
each forward-path in the first part, which no reader of the message itself ever sees. A recipient that the header does
not show (Bcc) stands there, too.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, make_msgid
from typing import Final

from gateway.explaining.values import plain
from gateway.model import Envelope, Message
from gateway.upstream.base import Content

_LONGEST: Final = 320  # octets of an address


@dataclass(frozen=True, slots=True)
class Report:
    """What stands around a message. Both are whole lines with CRLF."""

    head: bytes
    tail: bytes


def report_of(
    envelope: Envelope, message: Message, *, reference: str, to: str, hostname: str, now: datetime, eight_bit: bool
) -> Report:
    """The report about one message. `now` has a zone; `eight_bit`: the message has octets above 127."""
    boundary = f"congthu-{secrets.token_hex(16)}"  # no stranger can know it
    said = "\r\n".join(_said(envelope, message, reference, now)) + "\r\n"
    text = base64.encodebytes(said.encode("utf-8", "replace")).replace(b"\n", b"\r\n")
    fields = (
        f"From: <postmaster@{hostname}>",
        f"To: <{to}>",
        f"Subject: Journal report [{reference}]",
        f"Date: {format_datetime(now)}",
        f"Message-ID: {make_msgid(domain=hostname)}",
        "Auto-Submitted: auto-generated",
        "X-MS-Journal-Report:",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        "",
    )
    nested = (
        f"--{boundary}",
        "Content-Type: message/rfc822",
        f"Content-Transfer-Encoding: {'8bit' if eight_bit else '7bit'}",
        "",
        "",
    )
    head = "\r\n".join(fields).encode() + text + "\r\n".join(nested).encode()
    return Report(head, f"\r\n--{boundary}--\r\n".encode())


def _said(envelope: Envelope, message: Message, reference: str, now: datetime) -> Iterator[str]:
    session = envelope.session
    named = (
        ("Sender", envelope.reverse_path.text or "<>"),
        ("Subject", next(message.headers("Subject"), b"").decode("utf-8", "replace")),
        ("Message-Id", next(message.headers("Message-ID"), b"").decode("utf-8", "replace")),
        ("Reference", reference),
        ("Received", format_datetime(now)),
        ("Listener", session.listener),
        ("Client", f"{session.client_address} {session.client_name}"),
        ("Login", session.user),
    )
    yield from (f"{name}: {plain(value, 998)}" for name, value in named if value)
    yield from (f"Recipient: {plain(one.address.text, _LONGEST)}" for one in envelope.recipients)


class Enclosed:
    """A message with a tail, as the next hop's `Content`: byte ranges of the message stay what they are."""

    __slots__ = ("_content", "_tail", "ends_with_crlf", "leading_dots", "size")

    def __init__(self, content: Content, tail: bytes) -> None:
        self._content, self._tail = content, tail
        self.size = content.size + len(tail)
        self.leading_dots = content.leading_dots
        self.ends_with_crlf = True

    def in_memory(self) -> list[bytes] | None:
        """All of it, if the message never left memory."""
        chunks = self._content.in_memory()
        return None if chunks is None else [*chunks, self._tail]

    async def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        """All of it in order."""
        async for chunk in self._content.chunks(size):
            yield chunk
        yield self._tail
