"""Headers that different clients read differently."""

from __future__ import annotations

from tests.unit.message.tricks.parts import (
    B64,
    CR,
    EXE,
    NAME,
    QP,
    TEXT,
    TOP,
    Trick,
    attached,
    b64,
    lines,
    many,
    part,
    typed,
)


def headers() -> list[Trick]:
    """Content- fields that are duplicate, odd, or stand where only some look for them."""
    two = lines(TEXT, TEXT, mark=b"a", end=b"\r\n")
    typical = b"Content-Type: multipart/mixed; boundary=b\r\n"
    plain = b"Content-Type: text/plain\r\n"
    body = lines(TEXT, attached())
    octets = b"Content-Disposition: attachment\r\n"
    return [
        Trick("type-twice-last", TOP + plain + typical + CR + body),
        Trick("type-twice-first", TOP + typical + plain + CR + body),
        Trick(
            "type-twice-other-boundary",
            TOP + b"Content-Type: multipart/mixed; boundary=a\r\n" + typical + CR + two + body,
            disputed=True,
        ),
        Trick(
            "type-and-boundary-in-two-fields",
            TOP + b"Content-Type: multipart/mixed\r\nContent-Type: text/plain; boundary=b\r\n\r\n" + body,
        ),
        Trick("boundary-of-text", TOP + b"Content-Type: text/plain; boundary=b\r\n\r\n" + body),
        Trick("encoding-twice-last", part(EXE + NAME + b"Content-Transfer-Encoding: 7bit\r\n" + B64), disputed=True),
        Trick("encoding-twice-first", part(EXE + NAME + B64 + QP), disputed=True),
        Trick("encoding-thrice", part(EXE + NAME + QP + b"Content-Transfer-Encoding: 8bit\r\n" + B64), disputed=True),
        Trick("disposition-twice", part(plain + B64 + b"Content-Disposition: inline\r\n" + octets)),
        Trick(
            "blank-before-colon",
            part(b"Content-Type : application/octet-stream\r\nContent-Transfer-Encoding\t: base64\r\n" + NAME),
        ),
        Trick("underscores", part(b"Content_Type: application/x-x\r\nContent_Transfer_Encoding: base64\r\n")),
        Trick("odd-case", part(b"cONTENT-tYPE: application/x-x\r\ncontent-TRANSFER-encoding: BASE64\r\n")),
        Trick("nul-in-name", part(EXE + NAME + b"Content-Transfer-Encoding\0: base64\r\n")),
        Trick("nul-inside-name", part(EXE + NAME + b"Content\0-Transfer-Encoding: base64\r\n")),
        Trick("8bit-in-name", part(EXE + NAME + b"Content-Transfer\xa0-Encoding: base64\r\n")),
        Trick("8bit-before-name", part(NAME + b"\xef\xbb\xbfContent-Transfer-Encoding: base64\r\n")),
        Trick("blank-inside-name", part(EXE + NAME + b"Content-Transfer -Encoding: base64\r\n")),
        Trick("blank-before-first-name", part(b" Content-Transfer-Encoding: base64\r\n" + EXE + NAME)),
        Trick("line-that-is-no-field", TOP + b"this is no field\r\n" + typical + CR + body),
        Trick("line-that-is-no-field-in-part", part(b"this is no field\r\n" + EXE + B64 + NAME)),
        Trick("line-that-is-no-field-between", part(EXE + b"no field\r\n" + B64 + NAME)),
        Trick("line-of-blanks-continues", TOP + b"X: y\r\n \t\r\n" + typical + CR + body),
        Trick("line-of-blanks-ends", TOP + typical + b" \r\nX-Y: z\r\n" + body),
        Trick("line-of-blanks-ends-part", part(EXE + B64 + NAME + b" \r\n" + b64()[:76] + CR, b64()[78:])),
        Trick(
            "folded-everywhere",
            part(
                b"Content-Type:\r\n application/octet-stream\r\nContent-Transfer-Encoding:\r\n\t\r\n base64\r\n" + NAME
            ),
        ),
        Trick("no-blank-line", part(EXE + B64 + NAME[:-2], b64())),
        Trick("mbox-line", b"From a@b Mon Mar  2 08:00:00 2026\r\n" + TOP + typical + CR + body),
        Trick("mbox-line-quoted", TOP + b">From a@b Mon Mar  2 08:00:00 2026\r\n" + typical + CR + body),
        Trick("blank-lines-before-part-header", TOP + many(TEXT, CR + attached())),
        Trick("type-missing", part(B64 + NAME)),
        Trick("header-only-encoding", part(B64), counted=False),
        Trick("long-header", part(b"X-Long: " + b"y" * 60_000 + CR + EXE + B64 + NAME)),
    ]


def parameters() -> list[Trick]:
    """Ways to write a boundary, or a type."""
    values = {
        "twice-last": b"multipart/mixed; boundary=a; boundary=b",
        "twice-first": b"multipart/mixed; boundary=b; boundary=a",
        "rfc2231": b"multipart/mixed; boundary*=us-ascii''b",
        "rfc2231-percent": b"multipart/mixed; boundary*=us-ascii''%62",
        "rfc2231-pieces": b"multipart/mixed; boundary*0=b; boundary*1=c",
        "rfc2231-pieces-percent": b"multipart/mixed; boundary*0*=us-ascii''%62; boundary*1=c",
        "rfc2231-over-plain": b"multipart/mixed; boundary=a; boundary*=us-ascii''b",
        "rfc2231-pieces-over-plain": b"multipart/mixed; boundary=a; boundary*0=b; boundary*1=c",
        "comment-before": b"multipart/mixed; (x) boundary=b",
        "comment-after": b"multipart/mixed; boundary=b (x)",
        "comment-in-type": b"multipart (x) / (y) mixed; boundary=b",
        "comment-with-quote": b'multipart/mixed; (") boundary=b; (")',
        "comment-nested": b"multipart/mixed; ((x) boundary=a;) boundary=b",
        "comment-with-boundary": b"multipart/mixed (; boundary=a); boundary=b",
        "encoded-word": b"multipart/mixed; boundary==?us-ascii?q?b?=",
        "encoded-word-quoted": b'multipart/mixed; boundary="=?us-ascii?b?Yg==?="',
        "encoded-word-type": b"=?us-ascii?q?multipart/mixed?=; boundary=b",
        "quoted-pair": b'multipart/mixed; boundary="\\b"',
        "single-quotes": b"multipart/mixed; boundary='b'",
        "unclosed-quote": b'multipart/mixed; boundary="b',
        "semicolon-missing": b"multipart/mixed boundary=b",
        "semicolon-missing-between": b"multipart/mixed; charset=utf-8 boundary=b",
        "comma-for-semicolon": b"multipart/mixed, boundary=b",
        "blanks-around-equals": b"multipart/mixed; boundary = b",
        "blank-after": b"multipart/mixed; boundary=b c",
        "quoted-blank-after": b'multipart/mixed; boundary="b "',
        "upper-case": b"MULTIPART/MIXED; BOUNDARY=b",
        "folded": b"multipart/mixed;\r\n\tboundary=b",
        "folded-by-blank-line": b"multipart/mixed;\r\n \r\n boundary=b",
        "in-other-parameter": b'multipart/mixed; x="; boundary=a"; boundary=b',
        "in-other-parameter-unclosed": b'multipart/mixed; x="; boundary=b',
        "nul-after": b"multipart/mixed; boundary=b\0c",
        "subtype-missing": b"multipart; boundary=b",
        "type-in-quotes": b'"multipart/mixed"; boundary=b',
        "type-unknown": b"multipart/x-unheard-of; boundary=b",
        "type-with-junk": b"text/plain multipart/mixed; boundary=b",
        "dashes-in-it": b"multipart/mixed; boundary=--b",
        "octets-after": b"multipart/mixed; boundary=b\xa0",
    }
    pieces = ("rfc2231-pieces", "rfc2231-pieces-percent", "rfc2231-pieces-over-plain")
    found = [
        Trick(f"boundary-{name}", typed(value, b"bc" if name in pieces else b"b")) for name, value in values.items()
    ]
    raw = rb'multipart/mixed; boundary="x\b"'
    return [
        *found,
        Trick("boundary-quoted-pair-kept", typed(raw, rb"x\b")),
        Trick("boundary-quote-kept", typed(b'multipart/mixed; boundary="b', b'"b')),
        Trick("boundary-empty", typed(b'multipart/mixed; boundary=""', b"")),
        Trick("boundary-missing", typed(b"multipart/mixed")),
        Trick("boundary-elsewhere", typed(b"multipart/mixed; boundary=elsewhere")),
        Trick("boundary-very-long", typed(b"multipart/mixed; boundary=" + b"q" * 900, b"q" * 900)),
        Trick(
            "boundary-twice-both",
            TOP
            + b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n"
            + lines(TEXT, TEXT, mark=b"a")
            + lines(TEXT, attached()),
            disputed=True,
        ),
    ]
