"""A message that another reader may see differently is suspicious, ordinary mail is not, whichever way it is read."""

from __future__ import annotations

import base64
import hashlib

import pytest

from gateway.message.defects import Flaw
from gateway.message.doubts import Doubts
from gateway.message.limits import ScanLimits
from gateway.message.result import ScannedMessage
from tests.unit.message.mail import cut, entity, facts, multipart, scan_pieces

_PDF = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64"
_DATA = base64.encodebytes(bytes(range(256)) * 3).replace(b"\n", b"\r\n")
_TEXT = entity("Content-Type: text/plain; charset=utf-8", b"Xin chao\r\n")
_FILE = entity(_PDF, _DATA)
_UU = b"begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"


def scanned(data: bytes) -> ScannedMessage:
    """The same however it is cut and whichever way it is read."""
    found = scan_pieces([data])
    for pieces in (
        [data[:at] for at in (len(data),)],
        cut(data, range(0, len(data), 97)),
        cut(data, [1, len(data) // 2]),
    ):
        assert facts(scan_pieces(pieces)) == facts(found)
    assert facts(scan_pieces([data], batch=1 << 20)) == facts(found)
    return found


def text(body: bytes, headers: str = "Content-Type: text/plain; charset=utf-8") -> bytes:
    """A message that is one text."""
    return entity("From: a@so.example\nMIME-Version: 1.0\n" + headers, body)


def headed(*lines: bytes) -> bytes:
    """A part whose header has these lines, in a multipart."""
    return multipart("=_b", _TEXT, b"".join(line + b"\r\n" for line in lines) + b"\r\n" + _DATA)


_CT, _B64 = b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64"

ODD_LINES: dict[str, tuple[bytes, ...]] = {
    "a blank before the colon": (_CT, b"Content-Transfer-Encoding : base64"),
    "the same of any field": (b"X-A : b", _CT, _B64),
    "a comment glued to the name": (_CT, b"Content-Transfer-Encoding(x): base64"),
    "an underscore in the name": (_CT, _B64, b"Content_Type: text/plain"),
    "a line of blanks": (_CT, b" ", _B64),
    "a line of a tab": (b"Content-Disposition: attachment", b"\t", _CT, _B64),
    "a field in a continuation": (b"Subject: x", b" Content-Type: text/plain", _CT, _B64),
    "a lone CR": (_CT, b"X: y\rContent-Type: text/plain", _B64),
    "a NUL": (_CT, _B64, b"X: a\0b"),
    "a form feed": (_CT, _B64, b"X: a\x0cContent-Type: text/plain"),
    "a field beyond the legal length": (_CT, _B64, b"X: " + b"y" * 1000 + b"Content-Type: text/plain"),
    "two types": (_CT, _B64, b"Content-Type: text/plain"),
    "two encodings": (_CT, _B64, b"Content-Transfer-Encoding: 7bit"),
    "two dispositions": (_CT, _B64, b"Content-Disposition: inline", b"Content-Disposition: attachment; filename=a"),
    "no field": (_CT, b"nonsense", _B64),
    "a type that is none": (b"Content-Type: pdf", _B64),
    "no type": (b"Content-Type:", _B64),
    "a comment in the type": (b"Content-Type: application/pdf (x)", _B64),
    "a blank in the type": (b"Content-Type: application /pdf", _B64),
    "a fold in the type": (b"Content-Type: application/\r\n pdf", _B64),
    "a quoted type": (b'Content-Type: "application/pdf"', _B64),
    "a missing semicolon": (b"Content-Type: application/pdf name=a", _B64),
    "a missing semicolon after a name": (b"Content-Type: application/pdf; name=a charset=b", _B64),
    "something behind a parameter": (b'Content-Type: application/pdf; name="a" b', _B64),
    "a quoted pair": (b'Content-Type: application/pdf; name="a\\"; charset=b; x="', _B64),
    "an open quote": (b'Content-Type: application/pdf; name="a', _B64),
    "another parameter twice": (b"Content-Type: application/pdf; charset=a; charset=b", _B64),
    "a name of another field": (b"Content-Type: application/pdf; filename=a.exe", _B64),
    "two names that end differently": (
        (b"Content-Type: application/pdf; name=a.pdf", b"Content-Disposition: x; filename=a.js")
    ),
    "a name in two forms": (_CT, _B64, b"Content-Disposition: attachment; filename=a.txt; filename*=utf-8''a.js"),
    "a name with a comment behind its ending": (_CT, _B64, b"Content-Disposition: attachment; filename=a.js (.png)"),
    "a name in single quotes": (_CT, _B64, b"Content-Disposition: attachment; filename='a.js'"),
    "a name with an escaped NUL": (_CT, _B64, b"Content-Disposition: attachment; filename*=utf-8''a.js%00.png"),
    "a name whose pieces begin with one": (_CT, _B64, b"Content-Disposition: attachment; filename*1=a.js"),
    "a name with a piece left out": (_CT, _B64, b"Content-Disposition: attachment; filename*0=a.; filename*2=js"),
    "a name numbered with zeros": (_CT, _B64, b"Content-Disposition: attachment; filename*00=a.js"),
    "an encoding with a comment": (_CT, b"Content-Transfer-Encoding: base64 (x)"),
    "an encoding of two words": (_CT, b"Content-Transfer-Encoding: base64 7bit"),
    "an encoding in quotes": (_CT, b'Content-Transfer-Encoding: "base64"'),
    "an encoding with a semicolon": (_CT, b"Content-Transfer-Encoding: base64;"),
    "an encoding with a blank behind it": (_CT, b"Content-Transfer-Encoding: base64 "),
    "an old encoding": (_CT, b"Content-Transfer-Encoding: x-uuencode"),
    "an unknown disposition": (_CT, _B64, b"Content-Disposition: form-data; filename=a"),
    "a type that is an encoding": (b"Content-Type: application/mac-binhex40", b"Content-Transfer-Encoding: 7bit"),
    "an old kind of message": (b"Content-Type: message/news",),
}  # fmt: skip


@pytest.mark.parametrize("lines", ODD_LINES.values(), ids=ODD_LINES.keys())
def test_odd_headers(lines: tuple[bytes, ...]) -> None:
    assert scanned(headed(*lines)).suspicious
    # The same in the message's own header, and where the message would be a plain text.
    own = b"From: a@so.example\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    assert scanned(own + _DATA).suspicious
    assert scanned(own.replace(b"application/pdf", b"text/html").replace(b"base64", b"binary") + b"Hi\r\n").suspicious


@pytest.mark.parametrize(
    "boundary",
    [
        *(b"boundary*=b", b"boundary*0=b", b"boundary*0*=''b", b'boundary="=?us-ascii?q?b?="', b'boundary="b "'),
        *(b'boundary=" b"', b'boundary="\\b"', b"boundary=b=c", b"boundary='b'", b"boundary = b", b'boundary=""', b""),
        *(b"boundary=", b"charset=x b", b'boundary="b\r\n c"', b"boundary=b; boundary=c", b"boundary=(x)b"),
        *(b"boundary=b,", b"boundary=" + b"b" * 71),
    ],
)
def test_odd_boundaries(boundary: bytes) -> None:
    for mark in (b"b", b"c"):
        body = b"--" + mark + b"\r\n" + _FILE + b"\r\n--" + mark + b"--\r\n"
        assert scanned(b"A: b\r\nContent-Type: multipart/mixed; " + boundary + b"\r\n\r\n" + body).suspicious


_LINE = b"QUJDREVGR0hJSktMTU5P0" * 3  # 63 characters
_HIDDEN = b"content-Disposition: attachment\r\n"
ODD_BODIES: dict[str, bytes] = {
    "a field in a text": text(b"Hi\r\n--x\r\n" + _HIDDEN + b"\r\nabc\r\n"),
    "a field that begins a text": text(_HIDDEN + b"\r\nabc\r\n"),
    "a field in a part's text": multipart("b", entity("A: b", b"--B\r\n" + _HIDDEN)),
    "a field in a file": multipart("b", entity("Content-Type: application/x", b"--B\r\nCONTENT-TYPE: a/b\r\n")),
    "base64 in a file that says nothing": multipart("b", entity("Content-Type: application/x", _DATA)),
    "a short line of it": (
        multipart("b", entity("Content-Type: application/x\nContent-Transfer-Encoding: 8bit", b"YWJj"))
    ),
    "the same behind empty lines": multipart("b", entity("Content-Type: application/x", b"\r\n\r\nYWJjZA==\r\n")),
    "a field in a preamble": (
        entity("Content-Type: multipart/mixed; boundary=b", _HIDDEN + b"--b\r\n\r\nx\r\n--b--\r\n")
    ),
    "a delimiter in a preamble": (
        entity("Content-Type: multipart/mixed; boundary=b", b"--c\r\n\r\n--b\r\n\r\n--b--\r\n")
    ),
    "a field in an epilogue": multipart("b", _TEXT) + _HIDDEN,
    "parts after the end": multipart("b", _TEXT) + b"--b\r\n\r\nx\r\n--b--\r\n",
    "parts after an inner end": multipart("o", multipart("b", _TEXT) + b"--b\r\n\r\nx", _FILE),
    "a delimiter with a blank": multipart("b", _TEXT, _FILE).replace(b"\r\n--b\r\n", b"\r\n--b \r\n"),
    "a delimiter that goes on": multipart("b", _TEXT, b"\r\n--bb\r\n", _FILE),
    "a delimiter after a lone CR": multipart("b", entity("A: b", b"x\r--b\r\rabc")),
    "a delimiter after a bare LF": multipart("b", _TEXT, _FILE).replace(b"\r\n--b", b"\n--b"),
    "a delimiter before a bare LF": multipart("b", _TEXT, _FILE).replace(b"--b\r\n", b"--b\n"),
    "nothing but an end": entity("Content-Type: multipart/mixed; boundary=b", b"abc\r\n--b--\r\n"),
    "an end that is missing": multipart("o", multipart("i", _TEXT, closed=False), _FILE),
    "a boundary of two": multipart("b", multipart("b", _TEXT), _FILE),
    "a boundary that never appears": entity("Content-Type: multipart/mixed; boundary=b", _DATA),
    "an encoded container": (
        multipart("b", _FILE).replace(b"Content-Type", b"Content-Transfer-Encoding: base64\r\nContent-Type", 1)
    ),
    "an encoded message": entity("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", _DATA),
    "uuencode": text(b"Hi\r\n" + _UU),
    "uuencode in the first line": text(_UU),
    "uuencode without a mode": text(b"begin  a.txt\r\n#86)C\r\n"),
    "uuencode in its base64 form": text(b"begin-base64 644 a\r\nYWJj\r\n====\r\n"),
    "uuencode in a quotation": text(b"> begin 644 a\r\n> #86)C\r\n"),
    "uuencode in base64": text(base64.encodebytes(_UU), "Content-Type: text/plain\nContent-Transfer-Encoding: base64"),
    "uuencode in quoted-printable": text(
        b"Hi=0Abe=\r\ngin 644 a\r\n", "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable"),
    "uuencode in a part": multipart("b", _TEXT, entity("A: b", _UU)),
    "yEnc": text(b"=ybegin line=128 size=3 name=a\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n"),
    "BinHex": text(b"(This file must be converted with BinHex 4.0)\r\n\r\n:abc:\r\n"),
    "BinHex without its first line": text(b":" + b"%" * 63 + b"\r\n"),
    "PGP": text(b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n"),
    "base64 in a text": text(base64.b64encode(bytes(60_000)).replace(b"AAA" * 30, b"AAA" * 30 + b"\r\n")),
    "one line of base64 in a text": text(b"Hi\r\n" + _LINE + b"\r\n"),
    "a text that is such a line": text(_LINE),
    "base64 in a preamble": entity("Content-Type: multipart/mixed; boundary=b", _LINE + b"\r\n--b\r\n\r\n--b--\r\n"),
    "base64 in an epilogue": multipart("b", _TEXT) + _LINE + b"\r\n",
    "base64 in a text of headers": entity("Content-Type: text/rfc822-headers", b"A: b\r\n" + _LINE + b"\r\n"),
    "base64 in quoted-printable": text(
        b"Hi=0A=\r\n" + _LINE[:40] + b"=\r\n" + _LINE[40:],
        "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable"),
    "base64 in a decoded text": text(
        base64.b64encode(base64.b64encode(bytes(60_000))),
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64"),
    "a NUL in a text": text(b"MZ\0\1\r\n"),
    "a NUL in a decoded text": (
        text(base64.b64encode(b"MZ\0\1"), "Content-Type: text/plain\nContent-Transfer-Encoding: base64")
    ),
    "foreign characters in base64": entity(_PDF, _DATA[:40] + b"*" + _DATA[40:]),
    "text after the padding": entity(_PDF, b"QQ==\r\nQUJD\r\n"),
    "padding too early": entity(_PDF, b"QQ==QUJD\r\n"),
    "padding that is missing": entity(_PDF, b"QUJDQQ\r\n"),
    "padding that is too much": entity(_PDF, b"QUJD=\r\n"),
    "escapes that are none": entity("Content-Transfer-Encoding: quoted-printable", b"a =ZZ b\r\n"),
    "the same in a file": entity("Content-Type: a/b\nContent-Transfer-Encoding: quoted-printable", b"a =ZZ b\r\n"),
    "a delimiter in a text of headers": multipart("b", entity("Content-Type: text/rfc822-headers", b"A: b\r\n--c\r\n")),
}  # fmt: skip


@pytest.mark.parametrize("data", ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_odd_bodies(data: bytes) -> None:
    assert scanned(data).suspicious


def named(value: str, kind: str = "application/pdf") -> bytes:
    """A file in a multipart with this disposition."""
    header = f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\nContent-Disposition: {value}"
    return multipart("----=_NextPart_000_01", _TEXT, entity(header, _DATA))


PLAIN: dict[str, bytes] = {
    "a text": text(b"Xin chao\r\n.\r\n-- \r\nVan phong\r\n"),
    "no MIME at all": (
        entity("From: a@so.example\nSubject: x", b"Hi\r\n-----Original Message-----\r\nFrom: b\r\n> quoted\r\n")
    ),
    "a text that talks about it": text(b"Please begin the content - types\r\nbegins well\r\nthe content-type: x\r\n"),
    "no charset": text(b"\xc3\xa1\r\n", "Content-Type: text/plain"),
    "a last semicolon": text(b"x\r\n", "Content-Type: text/plain;"),
    "flowed": text(b"x\r\n", 'Content-Type: text/plain; charset="utf-8"; format=flowed; delsp=yes'),
    "8bit in old words": text(b"\xe1\r\n", "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8-bit"),
    "raw 8-bit header": text(b"x\r\n").replace(b"From: a", "Subject: Công văn\r\nFrom: a".encode()),
    "long lines": text(b"y " * 5000 + b"\r\n"),
    "a long header line": text(b"x\r\n").replace(b"From:", b"X: " + b"y" * 2000 + b"\r\nFrom:"),
    "an mbox line": b"From a@so.example Mon Mar  2 08:00:00 2026\r\n" + text(b"x\r\n"),
    "no line end": text(b"x\r\nlast"),
    "no body": b"From: a@so.example\r\nSubject: x\r\n",
    "quoted-printable": (
        text(b"C=C3=B4ng =\r\nv=C4=83n=\r\n", "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable")
    ),
    "base64 text": (
        text(base64.b64encode("Công văn\n".encode() * 9),
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64")
    ),
    "a wide charset": text(
        base64.b64encode("Công".encode("utf-16")),
        "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64"),
    "a file": multipart("=_b1", _TEXT, _FILE),
    "a file as Outlook sends it": (
        named('attachment;\n\tfilename="a.pdf"; size=768;\n\tcreation-date="Mon, 02 Mar 2026 01:00:00 GMT"')
    ),
    "a name in pieces": named("attachment; filename*0*=utf-8''C%C3%B4ng%20;\n filename*1*=v%C4%83n.pdf"),
    "encoded words": named('attachment; filename="=?UTF-8?B?Q8O0bmcgdsSDbi5wZGY=?="',
                           'application/pdf; name="=?UTF-8?Q?C=C3=B4ng_v=C4=83n.pdf?="'),
    "the name in two ways": named("attachment; filename*=UTF-8''C%C3%B4ng.pdf", 'application/pdf; name="Cong van.PDF"'),
    "a raw name": named('attachment; filename="Công văn số 5 (1).pdf"'),
    "a bare name": named("attachment; filename=Cong van so 5(1).pdf"),
    "a boundary with blanks": multipart("=_alternative 0053F5C8C1257A8F_=", _TEXT, _TEXT, subtype="alternative"),
    "a boundary of marks": multipart("'()+_,-./:=?x", _TEXT, _FILE),
    "a usual preamble": entity(
        "Content-Type: multipart/mixed; boundary=b",
        b"This is a multi-part message in MIME format.\r\n\r\n--b\r\n" + _TEXT + b"\r\n--b--\r\n",
    ),
    "an epilogue": multipart("b", _TEXT) + b"\r\n_____\r\nList: https://x.example\r\n",
    "a last boundary that is missing": multipart("b", _TEXT, _FILE, closed=False),
    "a message cut short": multipart("o", multipart("i", _TEXT, _FILE, closed=False), closed=False),
    "the same field twice": headed(_CT, _B64, _CT),
    "the same parameter twice": headed(_CT + b"; charset=a; charset=a", _B64),
    "DKIM that names fields": b"DKIM-Signature: v=1; h=from:to:\r\n\tcontent-type:mime-version;\r\n" + text(b"x\r\n"),
    "a forwarded message": multipart("b", _TEXT, entity("Content-Type: message/rfc822", multipart("c", _TEXT, _FILE))),
    "a bounce": multipart(
        "b", _TEXT, entity("Content-Type: message/delivery-status", b"Reporting-MTA: dns; x.example\r\n"),
        entity("Content-Type: text/rfc822-headers", b"Content-Type: text/plain\r\nSubject: x\r\n"), subtype="report"),
    "signed": multipart("b", _TEXT, entity('Content-Type: application/pkcs7-signature; name="smime.p7s"\n'
                                           "Content-Transfer-Encoding: base64", _DATA), subtype="signed"),
    "a signature in an armour": multipart(
        "b", _TEXT, entity('Content-Type: application/pgp-signature; name="signature.asc"',
                           b"-----BEGIN PGP SIGNATURE-----\r\n\r\n" + _LINE + b"\r\n-----END PGP SIGNATURE-----\r\n"),
        subtype="signed"),
    "digests": text(hashlib.sha256(b"x").hexdigest().encode() + b"  x.iso\r\n" + b"A" * 90 + b"\r\n"),
    "a short line of base64": text(b"key:\r\n" + _LINE[:59] + b"\r\n"),
    "LF alone": multipart("b", _TEXT, _FILE).replace(b"\r\n", b"\n"),
}  # fmt: skip


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN.keys())
def test_ordinary_and_sloppy_mail(data: bytes) -> None:
    found = scanned(data)
    assert not found.suspicious
    assert found.disputes == ()


@pytest.mark.parametrize("kind", ["message/partial; id=x; number=1", "message/external-body; access-type=URL"])
def test_what_stands_elsewhere_is_disputed(kind: str) -> None:
    found = scanned(multipart("b", _TEXT, entity(f"Content-Type: {kind}", b"A: b\r\n\r\n")))
    name = kind.partition(";")[0].removeprefix("message/")
    assert [(d.name.removeprefix("message-"), d.where) for d in found.disputes] == [(name, "1.2")]
    assert found.suspicious


def test_limits_are_disputed() -> None:
    deep = multipart("a", multipart("b", multipart("c", _FILE)))
    crowd = multipart("b", *[_TEXT] * 9)
    large = multipart("b", entity("X: " + "y" * 300, b""))
    names = [
        [defect.name for defect in scan_pieces([data], limits=limits).disputes]
        for data, limits in (
            (deep, ScanLimits(depth=2)),
            (crowd, ScanLimits(parts=5)),
            (large, ScanLimits(part_header_bytes=99)),
            (large, ScanLimits(header_count=1)),
        )
    ]
    assert names == [["too-deep"], ["too-many-parts"], ["header-too-large"], ["header-too-many"]]


def test_many_raw_names_are_no_dispute() -> None:
    """A full list of harmless defects hides nothing; a grave one that is lost does."""
    raw = [
        entity(f'Content-Type: image/png; name="ả{n}.png"\nContent-Transfer-Encoding: base64', _DATA) for n in range(90)
    ]
    found = scan_pieces([multipart("b", *raw)])
    assert found.defects[-1].name == "more-defects" and (found.disputes, found.suspicious) == ((), False)
    found = scan_pieces(
        [multipart("b", *raw, entity("Content-Type: image/png\nContent-Transfer-Encoding: base64", b"Q*Q=="))]
    )
    assert [defect.name for defect in found.disputes] == ["more-defects"] and found.suspicious


def test_disputes_are_bounded() -> None:
    doubts = Doubts(4)
    for number in range(99):
        doubts.add(Flaw.MESSAGE_PARTIAL, str(number))
    assert len(doubts.defects) == len(doubts.disputes) == 4
    assert doubts.disputes[-1].name == "more-defects"
