"""Independent readers of mail, each made to say the same thing: the attachments of a message with name, type and bytes.

One definition for all, ours: a leaf with a disposition of attachment, with a file name, or that is no text; messages
inside are looked into. Nothing here is a judge: who is right where they differ is for a person to see.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from fast_mail_parser import parse_email

from gateway.message.decode import decoder_for
from gateway.message.part import Part
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner
from tests.support import mime_tools


@dataclass(frozen=True, slots=True, order=True)
class File:
    """An attachment: name ("" for none), declared type, size in bytes and digest of what it decodes to."""

    name: str
    type: str
    size: int
    sha256: str


def file_of(name: str, kind: str, body: bytes, *, lf: bool = False) -> File:
    """With `lf`, text is taken with bare line feeds, as readers have it that are made for Unix files."""
    if lf and kind.startswith("text/"):
        body = body.replace(b"\r\n", b"\n")
    return File(name, kind, len(body), hashlib.sha256(body).hexdigest())


def scan(raw: bytes) -> ScannedMessage:
    """Our strict scan."""
    scanner = Scanner()
    scanner.feed(raw)
    return scanner.finish()


def _is_file(disposition: str, name: str, kind: str) -> bool:
    return disposition == "attachment" or bool(name) or not kind.startswith("text/")


def ours(raw: bytes, *, lf: bool = False) -> list[File]:
    """The strict scan: names and decoded sizes as the rules get them, checked against the part tree."""
    scanned = scan(raw)
    leaves = {part.path: part for part in scanned.parts if not part.children and part.content_type != "message/rfc822"}
    said = [one for one in scanned.attachments if one.part in leaves]
    files = []
    for one in said:
        body = _body(raw, leaves[one.part])
        assert (len(body), hashlib.sha256(body).hexdigest()) == (one.decoded_size, one.sha256)
        files.append(file_of(one.filename, one.declared_type, body, lf=lf))
    return sorted(files)


def _body(raw: bytes, part: Part) -> bytes:
    decoder = decoder_for(part.encoding)
    return decoder.feed(raw[part.header_end : part.end]) + decoder.finish()


def python_email(policy: email.policy.Policy[Message]) -> Callable[[bytes], list[File]]:
    """Python's own parser under one of its policies."""

    def read(raw: bytes) -> list[File]:
        files = []
        for part in email.message_from_bytes(raw, policy=policy).walk():
            kind, name = part.get_content_type(), part.get_filename() or ""
            if part.is_multipart() or not _is_file(part.get_content_disposition() or "", name, kind):
                continue
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            files.append(file_of(name, kind, body))
        return sorted(files)

    return read


def fast_mail_parser(raw: bytes) -> list[File]:
    """fast-mail-parser (Rust's mailparse); it gives a message inside as one attachment, so it is asked again."""
    files: list[File] = []
    for one in parse_email(raw).attachments:
        body = bytes(one.content)
        if one.mimetype == "message/rfc822":
            files += fast_mail_parser(body)
        else:
            files.append(file_of(one.filename, one.mimetype, body))
    return sorted(files)


def perl_mime_tools(files: list[Path]) -> list[list[File]]:
    """Perl's MIME::Parser over many files; it has text with bare line feeds."""
    return [
        sorted(
            File(leaf.name, leaf.type, leaf.size, leaf.sha256)
            for leaf in leaves
            if _is_file(leaf.disposition, leaf.name, leaf.type)
        )
        for leaves in mime_tools.read(files)
    ]
