"""What broken but honest software sends, and what the readings of it show: never a dispute."""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.message.tricks.parts import B64, CR, EXE, FILE, NAME, QP, TEXT, TOP, attached, b64, lines, many, uu


@dataclass(frozen=True)
class Sloppy:
    """One message. `total`: bytes of attachments that clients show at most; None where no exact number is due."""

    name: str
    raw: bytes
    total: int | None = len(FILE)


def sloppy() -> list[Sloppy]:
    """Every one."""
    return [*_structure(), *_headers(), *_bodies()]


def _structure() -> list[Sloppy]:
    whole = TOP + many(TEXT, attached())
    inner = many(TEXT, b"Content-Type: text/html\r\n\r\n<p>Hi</p>", mark=b"bb")
    bounced = TOP + b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + TEXT + b"--c\r\n" + attached()[:900]
    report = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
    status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.example\r\n"
    quoted = CR + b"On Monday somebody wrote:\r\n\r\n" + TOP + many(TEXT, attached(), mark=b"q")
    return [
        Sloppy("no-last-delimiter", whole[:-7]),
        Sloppy("cut-off", whole[:-3000], None),
        Sloppy("list-footer-in-epilogue", whole + b"_______\r\nA list\r\nhttp://list.example/\r\n-- \r\nsent by x\r\n"),
        Sloppy(
            "disclaimer-part-after-end", whole + b"--b\r\nContent-Type: text/plain\r\n\r\nConfidential\r\n--b--\r\n"
        ),
        Sloppy("prefix-of-another", TOP + many(inner, attached())),
        Sloppy("inner-without-end", TOP + many(many(TEXT, mark=b"i", end=CR), attached()), None),
        Sloppy("junk-after-last-delimiter", whole[:-2] + b" scanned by x\r\n", None),
        Sloppy("boundary-with-blank", whole.replace(b"boundary=b", b'boundary="b "')),
        Sloppy(
            "signature-dashes", TOP + many(TEXT + b"\r\n-- \r\nAn\r\n----\r\n--b is no boundary\r\n", attached()), None
        ),
        Sloppy(
            "preamble", whole.replace(CR + CR + b"--b", CR + CR + b"This is a multi-part message.\r\n-- \r\n--b", 1)
        ),
        Sloppy(
            "bounce-with-headers",
            TOP
            + many(
                TEXT,
                status,
                b"Content-Type: text/rfc822-headers\r\n\r\n" + TOP + b"Content-Type: multipart/mixed; boundary=c\r\n",
                head=report,
            ),
            None,
        ),
        Sloppy(
            "bounce-cut-off",
            TOP + many(TEXT, status, b"Content-Type: message/rfc822\r\n\r\n" + bounced, head=report),
            None,
        ),
        Sloppy(
            "bounce-as-text",
            TOP
            + CR
            + b"Your message was not delivered:\r\n\r\n"
            + TOP
            + b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n"
            + TEXT
            + b"--c--\r\n",
            0,
        ),
        Sloppy("message-quoted-in-text", TOP + quoted),
        Sloppy("message-quoted-in-a-part", TOP + many(b"Content-Type: text/plain\r\n" + quoted, TEXT)),
        Sloppy(
            "words-about-mime", TOP + CR + b"See:\r\n\r\nContent-Type: text/html\r\n\r\nand\r\nContent type: a/b\r\n", 0
        ),
        Sloppy("message-base64", TOP + many(TEXT, b"Content-Type: message/rfc822\r\n" + B64 + CR + b64(whole)), None),
        Sloppy("multipart-says-base64", whole.replace(b"1.0\r\n", b"1.0\r\n" + B64)),
        Sloppy("multipart-says-quoted", whole.replace(b"1.0\r\n", b"1.0\r\n" + QP), None),
        Sloppy("boundary-lost", whole.replace(b"boundary=b", b"boundary=lost"), None),
    ]


def _headers() -> list[Sloppy]:
    whole = TOP + many(TEXT, attached())
    typed = b"Content-Type: multipart/mixed; boundary=b\r\n"
    long = b'Content-Disposition: attachment; filename="a very long\r\nname.exe"\r\n'
    return [
        Sloppy("type-twice-the-same", whole.replace(typed, typed + typed)),
        Sloppy("encoding-twice-the-same", whole.replace(B64, B64 + B64)),
        Sloppy("disposition-twice", whole.replace(NAME, NAME + b"Content-Disposition: attachment\r\n")),
        Sloppy("text-type-first", TOP + b"Content-Type: text/plain\r\n" + many(TEXT, attached()), None),
        Sloppy(
            "8bit-names", TOP + many(TEXT, attached(head=EXE + B64 + NAME.replace(b"a.exe", b"C\xf4ng v\xc4\x83n.pdf")))
        ),
        Sloppy("8bit-field", TOP + b"Subject\xe9: x\r\n" + many(TEXT, attached()), None),
        Sloppy("field-folded-wrongly", TOP + b"To: a@b.example,\r\nc@d.example\r\n" + many(TEXT, attached())),
        Sloppy("name-folded-wrongly", TOP + many(TEXT, EXE + long + B64 + CR + b64()), None),
        Sloppy("line-of-blanks-in-header", TOP + b"X: y\r\n \r\n" + many(TEXT, attached()), None),
        Sloppy("mbox-line", b"From a@b Mon Mar  2 08:00:00 2026\r\n>From a@b\r\n" + whole, None),
        Sloppy("encoding-with-charset", whole.replace(b": base64", b": base64; charset=utf-8")),
        Sloppy("unquoted-blanks", whole.replace(b'"a.exe"', b"a name.exe")),
        Sloppy(
            "missing-semicolon",
            TOP + b"Content-Type: multipart/mixed boundary=b\r\n\r\n" + lines(TEXT, attached()),
            None,
        ),
    ]


def _bodies() -> list[Sloppy]:
    def with_body(body: bytes) -> bytes:
        return TOP + many(TEXT, attached(body))

    return [
        Sloppy("base64-junk-behind", with_body(b64() + b"\r\n\r\n-- \r\nsent by a list\r\n"), None),
        Sloppy("base64-blank-lines", with_body(b64().replace(CR, CR + CR))),
        Sloppy("base64-no-padding", with_body(b64().rstrip(b"=\r\n") + CR)),
        Sloppy("base64-padded-pieces", with_body(b64(FILE[:1000]) + b64(FILE[1000:]))),
        Sloppy("encoding-unknown", TOP + many(TEXT, EXE + NAME + b"Content-Transfer-Encoding: utf-8\r\n\r\n" + FILE)),
        Sloppy("quoted-says-base64", TOP + B64 + b"Content-Type: text/plain\r\n\r\nCh=C3=A0o b=E1=BA=A1n\r\n", 0),
        Sloppy("begin-in-prose", TOP + CR + b"We shall\r\nbegin 644 things today\r\nand end\r\nend\r\n", 0),
        Sloppy("uuencode", TOP + CR + b"See:\r\n\r\n" + uu() + b"\r\nRegards\r\n"),
    ]
