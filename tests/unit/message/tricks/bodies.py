"""Bodies that different clients decode differently."""

from __future__ import annotations

import base64

from tests.unit.message.tricks.parts import (
    B64,
    CR,
    EXE,
    FILE,
    NAME,
    QP,
    TEXT,
    TOP,
    Trick,
    b64,
    lines,
    many,
    part,
    qp,
    uu,
    yenc,
)


def encodings() -> list[Trick]:
    """Encodings that are declared oddly, and bodies that are something else."""

    def named(value: bytes, body: bytes | None = None) -> bytes:
        return part(EXE + NAME + b"Content-Transfer-Encoding: " + value + CR, body)

    cut = b64(FILE[:3000]), b64(FILE[3000:])
    third = len(FILE) // 3 * 3
    single = base64.b64encode(FILE[:third]) if third != len(FILE) else base64.b64encode(FILE)
    values = [
        b"base64 (x)",
        b"(x) base64",
        b"base64;",
        b"base64; charset=utf-8",
        b"base64 junk",
        b'"base64"',
        b"junk base64",
        b"8bit base64",
        b"base64, 8bit",
        b"BASE64",
        b"base-64",
        b"x-base64",
        b"=?us-ascii?q?base64?=",
        b"\r\n base64",
        b"base64\0",
        b"x-unknown",
        b"'base64'",
        b"base64\xa0",
    ]
    found = [Trick("encoding-" + ascii(value)[2:-1].strip(), named(value)) for value in values]
    return [
        *found,
        Trick("encoding-missing", part(EXE + NAME), unlikely=True),
        Trick("encoding-unknown-quoted", named(b"x-unknown", qp())),
        Trick("encoding-other-quoted-in-base64", named(b"base64", qp())),
        Trick("encoding-other-base64-in-quoted", named(b"quoted-printable")),
        Trick("encoding-other-plain-in-base64", named(b"base64", FILE)),
        Trick("base64-junk", named(b"base64", b64().replace(b"\r\n", b"!\r\n-*-\r\n"))),
        Trick("base64-blank-lines", named(b"base64", b64().replace(b"\r\n", b"\r\n\r\n \r\n"))),
        Trick("base64-no-padding", named(b"base64", b64().rstrip(b"=\r\n") + CR)),
        Trick("base64-stops-at-padding", named(b"base64", b64() + b64(b"more" * 40))),
        Trick("base64-goes-on-after-padding", named(b"base64", cut[0] + cut[1])),
        Trick(
            "base64-goes-on-after-padding-in-chunks",
            named(b"base64", b"".join(b64(FILE[at : at + 40]) for at in range(0, len(FILE), 40))),
        ),
        Trick(
            "base64-padding-as-junk",
            named(b"base64", single[:1001] + b"=\r\n" + single[1001:] + base64.b64encode(FILE[third:]) + CR),
        ),
        Trick("base64-one-character-a-line", named(b"base64", b64(width=1))),
        Trick("base64-dashes-in-it", named(b"base64", b64().replace(b"\r\n", b"\r\n--\r\n"))),
        Trick("base64-false-delimiters-in-it", named(b"base64", b64().replace(b"\r\n", b"\r\n--*\r\n", 9))),
        Trick("quoted-soft-breaks-with-blanks", named(b"quoted-printable", qp().replace(b"=\r\n", b"= \t\r\n"))),
        Trick("quoted-lower-case", named(b"quoted-printable", qp().replace(b"=5", b"=5").lower())),
        Trick(
            "quoted-soft-break-each",
            named(b"quoted-printable", qp().replace(b"=", b"=\r\n=").replace(b"=\r\n=\r\n", b"=\r\n")),
        ),
    ]


def runs() -> list[Trick]:
    """Encoded runs wherever they stand."""
    text = TOP + b"Content-Type: text/plain; charset=us-ascii\r\n"
    html = TOP + b"Content-Type: text/html\r\n\r\n<pre>\r\n"
    start = TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    return [
        Trick("uuencode-in-text", text + b"\r\nHello.\r\n\r\n" + uu() + b"Bye.\r\n"),
        Trick("uuencode-in-html", html + uu() + b"</pre>\r\n"),
        Trick("uuencode-in-quoted-text", text + QP + CR + b"Hello.=\r\n\r\n" + uu().replace(b"=", b"=3D")),
        Trick("uuencode-in-base64-text", text + B64 + CR + b64(b"Hello.\r\n" + uu())),
        Trick("uuencode-in-preamble", start + uu() + lines(TEXT)),
        Trick("uuencode-in-epilogue", start + lines(TEXT) + uu()),
        Trick("uuencode-declared", part(EXE + NAME + b"Content-Transfer-Encoding: x-uuencode\r\n", uu())),
        Trick("uuencode-declared-uue", part(EXE + NAME + b"Content-Transfer-Encoding: x-uue\r\n", uu())),
        Trick("yenc-in-text", text + CR + yenc()),
        Trick("yenc-in-base64-text", text + B64 + CR + b64(yenc())),
        Trick(
            "base64-in-text",
            text + CR + b"Decode this:\r\n\r\n" + b64() + b"\r\nBye.\r\n",
            counted=False,
            unlikely=True,
        ),
        Trick("uuencode-without-header", uu()),
        Trick(
            "uuencode-in-a-part-of-a-message",
            TOP + many(TEXT, b"Content-Type: message/rfc822\r\n\r\n" + text + CR + uu()),
        ),
    ]
