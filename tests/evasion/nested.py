"""Messages in messages, containers by other names, and what the part says that it is (RFC 2046 5.2, RFC 2183, TNEF)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.evasion.payload import (
    BASE64,
    COVER,
    EICAR,
    KIND,
    PLACES,
    QP,
    SAVED,
    TOP,
    Hidden,
    attachment,
    b64,
    mixed,
    multipart,
    parts,
    quoted,
    uu_file,
)

_INNER = TOP + multipart(COVER, attachment(), boundary="in")
_ONE = TOP + attachment()


def tnef(name: str = "eicar.com", data: bytes = EICAR) -> bytes:
    """A winmail.dat with one attachment ([MS-OXTNEF] 2.1)."""

    def attribute(level: int, kind: int, value: bytes) -> bytes:
        return (
            bytes([level])
            + kind.to_bytes(4, "little")
            + len(value).to_bytes(4, "little")
            + value
            + (sum(value) % 65536).to_bytes(2, "little")
        )

    render = (1).to_bytes(2, "little") + b"\xff\xff\xff\xff" + bytes(8)
    out = (
        b"\x78\x9f\x3e\x22\x01\x00"
        + attribute(1, 0x00089006, b"\x00\x00\x01\x00")
        + attribute(1, 0x00069007, b"\xe9\xfd\x00\x00\x00\x00\x00\x00")
    )
    out += attribute(2, 0x00069002, render) + attribute(2, 0x00018010, name.encode() + b"\0")
    return out + attribute(2, 0x0006800F, data)


def _rfc822() -> Iterator[Hidden]:
    types = (
        b"message/rfc822",
        b"message/global",
        b"message/news",
        b"message/http",
        b"message/s-http",
        b"message/x-rfc822",
        b"MESSAGE/RFC822",
        b"message/delivery-status",
        b"message/feedback-report",
        b"message/disposition-notification",
        b"message/global-headers",
        b"text/rfc822-headers",
        b"text/rfc822",
        b"message/unknown",
        b"message",
    )
    for kind in types:
        name = kind.decode().lower().replace("/", "-") + ("-upper" if kind.isupper() else "")
        head = b"Content-Type: " + kind + b"\r\n"
        for place, frame in PLACES.items():
            yield Hidden("message", f"{name}-{place}", frame(head + b"\r\n" + _INNER))
            yield Hidden("message-encoded", f"{name}-base64-{place}", frame(head + BASE64 + b"\r\n" + b64(_INNER)))
            yield Hidden("message-encoded", f"{name}-qp-{place}", frame(head + QP + b"\r\n" + quoted(_INNER)))
    head = b"Content-Type: message/rfc822\r\n"
    uu = b"Content-Transfer-Encoding: x-uuencode\r\n\r\n"
    yield Hidden("message-encoded", "uuencode", PLACES["part"](head + uu + uu_file(data=_INNER)))
    yield Hidden("message-encoded", "base64-one", PLACES["part"](head + BASE64 + b"\r\n" + mixed(_ONE)))
    yield Hidden("message-encoded", "base64-named", PLACES["part"](head + BASE64 + SAVED + b"\r\n" + mixed(_ONE)))
    yield Hidden("message-encoded", "base64-says-so-only", PLACES["part"](head + BASE64 + b"\r\n" + _INNER))
    yield Hidden("message-encoded", "qp-says-so-only", PLACES["part"](head + QP + b"\r\n" + _INNER))
    twice = head + BASE64 + b"\r\n" + b64(head + BASE64 + b"\r\n" + b64(_INNER))
    yield Hidden("message-encoded", "base64-in-base64", PLACES["part"](twice))
    deeper = head + BASE64 + b"\r\n" + b64(TOP + multipart(COVER, twice, boundary="mid"))
    yield Hidden("message-encoded", "base64-three-deep", PLACES["part"](deeper))
    yield Hidden(
        "message-encoded", "unknown-encoding", PLACES["part"](head + b"Content-Transfer-Encoding: x\r\n\r\n" + _INNER)
    )


def _odd_messages() -> Iterator[Hidden]:
    head = b"Content-Type: message/rfc822\r\n\r\n"
    digest = b"Content-Type: multipart/digest; boundary=dg\r\n\r\n"
    forms = {
        "no-header": head + b"\r\n" + b64(),
        "header-only-type": head + KIND + BASE64 + b"\r\n" + mixed(),
        "blank-line-first": head + b"\r\n" + _INNER,
        "mbox-line-first": head + b"From a@b.example Mon Mar  2 08:00:00 2026\r\n" + _INNER,
        "digest": digest + parts(b"dg", b"\r\n" + _INNER),
        "digest-says-type": digest + parts(b"dg", head + _INNER),
        "digest-of-attachment": digest + parts(b"dg", attachment()),
        "digest-header-in-part": digest + parts(b"dg", TOP + attachment()),
        "in-message-in-message": head + TOP + head + TOP + head + _INNER,
        "deep-30": head * 30 + _ONE,
        "deep-100": head * 100 + _ONE,
        "text-plain-holds-message": b"Content-Type: text/plain\r\n\r\n" + _INNER,
        "octets-hold-message": KIND + b"\r\n" + _INNER,
        "cited-message": b"Content-Type: text/plain\r\n\r\n> " + _INNER.replace(b"\r\n", b"\r\n> "),
        "forwarded-in-text": b"Content-Type: text/plain\r\n\r\nsee below\r\n\r\n---------- Forwarded message\r\n"
        + _INNER,
        "dsn-returns-it": multipart(
            COVER,
            b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a.example\r\n\r\n",
            b"Content-Type: message/rfc822\r\n\r\n" + _INNER,
            boundary="dsn",
            subtype="report",
        ),
        "bounce-in-text": b"\r\nThe mail system\r\n\r\n--- The message follows:\r\n\r\n" + _INNER,
    }
    for name, entity in forms.items():
        for place, frame in PLACES.items():
            yield Hidden("message-odd", f"{name}-{place}", frame(entity))


def _disputed() -> Iterator[Hidden]:
    """Ways to bring a file in that no single message shows whole."""
    half = b64()[:48]
    forms = {
        "partial-1-of-2": b'Content-Type: message/partial; id="x"; number=1; total=2\r\n\r\n'
        + KIND
        + BASE64
        + b"\r\n"
        + half,
        "partial-1-of-1": b'Content-Type: message/partial; id="x"; number=1; total=1\r\n\r\n' + _ONE,
        "partial-2-of-2": b'Content-Type: message/partial; id="x"; number=2; total=2\r\n\r\n' + b64()[48:],
        "partial-no-parameters": b"Content-Type: message/partial\r\n\r\n" + _ONE,
        "partial-base64": b'Content-Type: message/partial; id="x"; number=1; total=1\r\n'
        + BASE64
        + b"\r\n"
        + b64(_ONE),
        "partial-comment": b'Content-Type: message(x)/partial; id="x"; number=1; total=2\r\n\r\n' + half,
        "partial-blank": b'Content-Type: message / partial; id="x"; number=1; total=2\r\n\r\n' + half,
        "partial-twice": b'Content-Type: text/plain\r\nContent-Type: message/partial; id="x"; number=1; total=2\r\n\r\n'
        + half,
        "partial-name-blank": b'Content-Type : message/partial; id="x"; number=1; total=2\r\n\r\n' + half,
        "external-url": b'Content-Type: message/external-body; access-type=URL; URL="http://a.example/e.com"\r\n\r\n'
        + KIND
        + b"\r\n",
        "external-ftp": b"Content-Type: message/external-body; access-type=anon-ftp; site=a.example; name=e.com\r\n\r\n"
        + KIND
        + b"\r\n",
        "external-local": b'Content-Type: message/external-body; access-type=local-file; name="/e.com"\r\n\r\n'
        + KIND
        + b"\r\n",
    }
    for name, entity in forms.items():
        for place, frame in PLACES.items():
            yield Hidden("in-pieces", f"{name}-{place}", frame(entity))


def _tnef() -> Iterator[Hidden]:
    for kind in (b"application/ms-tnef", b"application/vnd.ms-tnef", b"application/octet-stream", b"text/plain"):
        name = kind.decode().replace("/", "-")
        for file in (b"winmail.dat", b"win.dat", b"a.txt"):
            head = b"Content-Type: " + kind + b"; name=" + file + b"\r\n" + BASE64 + b"\r\n"
            yield Hidden("tnef", f"{name}-{file.decode()}", PLACES["part"](head + b64(tnef())))
    yield Hidden(
        "tnef", "unnamed-top", PLACES["top"](b"Content-Type: application/ms-tnef\r\n" + BASE64 + b"\r\n" + b64(tnef()))
    )
    uu = b"Content-Type: text/plain\r\n\r\n" + uu_file(b"begin 600 winmail.dat", data=tnef())
    yield Hidden("tnef", "uuencoded", PLACES["top"](uu))


def _dispositions() -> Iterator[Hidden]:
    """What the part says that it is, or does not."""
    d = b"Content-Disposition: "
    says = {
        "none": b"",
        "inline": d + b"inline\r\n",
        "inline-named": d + b"inline; filename=e.com\r\n",
        "empty": d + b"\r\n",
        "unknown": d + b"x-hidden\r\n",
        "only-filename": d + b"filename=e.com\r\n",
        "semicolon-first": d + b"; filename=e.com\r\n",
        "form-data": d + b"form-data; name=x; filename=e.com\r\n",
        "twice": d + b"inline\r\n" + d + b"attachment; filename=e.com\r\n",
        "upper": d.upper() + b"ATTACHMENT; FILENAME=E.COM\r\n",
        "quoted": d + b'"attachment"; filename=e.com\r\n',
        "comment": d + b"(inline) attachment; filename=e.com\r\n",
        "cid": b"Content-ID: <1@a.example>\r\n" + d + b"inline\r\n",
        "size-zero": d + b"attachment; size=0; filename=e.com\r\n",
        "rfc2231": d + b"attachment; filename*=utf-8''e.com\r\n",
        "rfc2231-language": d + b"attachment; filename*=utf-8'en-US'e.com\r\n",
        "encoded-word": d + b'attachment; filename="=?utf-8?Q?e=2Ecom?="\r\n',
        "empty-name": d + b'attachment; filename=""\r\n',
        "nul-name": d + b"attachment; filename*=''e%00.com\r\n",
        "path": d + b'attachment; filename="../../e.com"\r\n',
        "rlo": d + 'attachment; filename="e\u202egpj.com"\r\n'.encode(),
    }
    types = {
        "octets": KIND,
        "image": b"Content-Type: image/png\r\n",
        "text": b"Content-Type: text/plain\r\n",
        "none": b"",
        "empty": b"Content-Type:\r\n",
        "multipart": b"Content-Type: multipart/mixed\r\n",
        "multipart-boundary": b"Content-Type: multipart/mixed; boundary=zz\r\n",
    }
    for name, disposition in says.items():
        for kind, field in types.items():
            if kind in ("octets", "multipart-boundary") or name in ("none", "inline", "inline-named", "only-filename"):
                raw = PLACES["part"](field + disposition + BASE64 + b"\r\n" + mixed())
                yield Hidden("disposition", f"{name}-{kind}", raw)


def messages() -> Iterator[Hidden]:
    """All of them."""
    for group in (_rfc822, _odd_messages, _disputed, _tnef, _dispositions):
        yield from group()
