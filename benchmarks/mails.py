"""Messages of several kinds to measure readers of mail with, the same ones in every run."""

from __future__ import annotations

import base64
import binascii
import quopri
import random
from collections.abc import Callable

_HEADER = (
    b"Received: from mail.so.tinh.example (mail.so.tinh.example [10.0.0.7])\r\n"
    b"\tby gw.tinh.example with ESMTPS id 4f2a1c; Mon, 2 Mar 2026 08:00:00 +0700\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=tinh.example; s=m1;\r\n"
    b"\th=from:to:subject:date; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n"
    b"\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR\r\n"
    b"From: Van phong <vp@tinh.example>\r\nTo: So Y te <syt@so.tinh.example>\r\n"
    b"Subject: =?UTF-8?B?QsOhbyBjw6Fv?=\r\nDate: Mon, 2 Mar 2026 08:00:00 +0700\r\n"
    b"Message-ID: <1@tinh.example>\r\nMIME-Version: 1.0\r\nUser-Agent: a client\r\n"
)
_LINE = b"The quick brown fox jumps over the lazy dog, and then it does so again.\r\n"
_VIETNAMESE = "<p>Kính gửi các đơn vị, Văn phòng xin gửi báo cáo tuần này để các đồng chí biết.</p>\n"


def _bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def _base64(data: bytes, end: bytes = b"\r\n") -> bytes:
    return base64.encodebytes(data).replace(b"\n", end)


def _multipart(boundary: bytes, *parts: bytes, subtype: bytes = b"mixed", closed: bool = True) -> bytes:
    """A Content-Type field and a body."""
    inside = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    end = b"--" + boundary + b"--\r\n" if closed else b""
    return b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype, boundary) + inside + end


def _text(body: bytes) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body


def _file(name: bytes, body: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    return (
        b'Content-Type: %s; name="%s"\r\nContent-Transfer-Encoding: base64\r\n' % (kind, name)
        + b'Content-Disposition: attachment; filename="%s"\r\n\r\n' % name
        + body
    )


def plain(size: int = 4096) -> bytes:
    """One text."""
    start = _HEADER + _text(b"")
    return start + _LINE * ((size - len(start)) // len(_LINE))


def attached(size: int, count: int = 1) -> bytes:
    """A text and files of equal size, all of it `size` bytes or a little less."""
    files = [_file(b"%d.bin" % at, _base64(_bytes(size // count * 57 // 79, at))) for at in range(count)]
    return _HEADER + _multipart(b"=_b1", _text(b"Hi.\r\n"), *files)


def newsletter() -> bytes:
    """Text and HTML in quoted-printable, pictures inside."""
    html = quopri.encodestring((_VIETNAMESE * 500).encode()).replace(b"\n", b"\r\n")
    quoted = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    pictures = [
        _file(b"%d.png" % at, _base64(b"\x89PNG\r\n\x1a\n" + _bytes(12_000, at)), b"image/png") for at in (1, 2)
    ]
    related = _multipart(
        b"=_rel", b"Content-Type: text/html; charset=utf-8\r\n" + quoted + html, *pictures, subtype=b"related"
    )
    text = b"Content-Type: text/plain; charset=utf-8\r\n" + quoted + html[: len(html) // 3]
    return _HEADER + _multipart(b"=_alt", text, related, subtype=b"alternative")


def forwarded(levels: int = 10) -> bytes:
    """Messages attached to messages, the innermost with a file."""
    message = attached(100_000)
    for level in range(levels):
        inner = b"Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" + message
        message = _HEADER + _multipart(b"=_f%d" % level, _text(_LINE * 5), inner)
    return message


def sloppy() -> bytes:
    """What broken software sends: no closing delimiter, fields twice, raw names, blanks in base64, uuencode."""
    raw = _bytes(60_000)
    lines = (binascii.b2a_uu(raw[at : at + 45], backtick=True)[:-1] + b"\r\n" for at in range(0, len(raw), 45))
    uuencoded = b"See the file.\r\nbegin 644 report one.doc\r\n" + b"".join(lines) + b"`\r\nend\r\n"
    twice = _file("báo cáo.doc".encode(), _base64(raw, b" \r\n")).replace(
        b"\r\n", b"\r\nContent-Type: text/plain\r\n", 1
    )
    return (
        _HEADER
        + b"Subject: again\r\n"
        + _multipart(b"=_b1", _text(uuencoded), twice, _file(b"b.doc", _base64(raw)), closed=False)
    )


def confused(size: int = 1_000_000) -> bytes:
    """Made to confuse: boundaries that begin alike, false delimiters, fields twice, beginnings of encoded runs."""
    fields = b"Content-Type: text/plain\r\nContent-Type: application/x; name=a\r\n\r\n"
    piece = b"--=_b\r\nbegin 644 a\r\n--=_b1 \r\n" + fields + b"TQ==\r\n=ybegin\r\n"
    inner = _multipart(b"=_b", piece * (size // len(piece) // 2), b":AAAAAAAAAAAA\r\n" * (size // 32))
    return _HEADER + _multipart(b"=_b1", _text(_LINE), inner, _file(b"a.exe", _base64(_bytes(5000))))


def nested(levels: int = 1200) -> bytes:
    """Multiparts in one another, deeper than a parser's stack."""
    message = _text(_LINE)
    for level in range(levels):
        message = _multipart(b"=_n%d" % level, message)
    return _HEADER + message


MAILS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "plain": ("4 KB, one text", plain),
    "small": ("100 KB, one attachment", lambda: attached(100_000)),
    "large": ("20 MB, one attachment", lambda: attached(20_000_000)),
    "many": ("20 MB, 10 attachments", lambda: attached(20_000_000, 10)),
    "newsletter": ("newsletter, alternative", newsletter),
    "forward": ("10 forwards in one another", forwarded),
    "sloppy": ("sloppy", sloppy),
    "confused": ("hostile: confusing", confused),
    "nested": ("hostile: 1,200 levels", nested),
}
"""What a message is, and the function that makes it, by a name for the command line."""
