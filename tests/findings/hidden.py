"""Hostile forms, TNEF, S/MIME and PGP: a file that must be found, or a reason not to judge."""

from __future__ import annotations

import base64

from tests.evasion.nested import tnef
from tests.evasion.payload import binhex, uu_file, yenc_file
from tests.findings.sample import B64, NOTE, PDF, TEXT, TOP, Sample, attached, b64, many, mixed, part, pdf, wire

_PDF = ("a.pdf", len(PDF))


def hostile() -> list[Sample]:
    """Built to be read in two ways."""
    two = pdf().replace(
        b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64"
    )
    inner = many("in", TEXT, pdf(), top=TOP)
    deep = pdf()
    for level in range(40):
        deep = many(f"d{level}", deep)
    partial = part(TOP + 'Content-Type: message/partial; id="x"; number=1; total=2', b"piece\r\n")
    external = mixed(
        part(
            'Content-Type: message/external-body; access-type=URL; URL="http://a.example/x.exe"',
            wire("Content-Type: application/octet-stream\n\n"),
        )
    )
    return [
        Sample(
            "hostile",
            "two-encodings",
            mixed(two),
            suspicious=True,
            kinds={"a.pdf": "application/pdf"},
            disputes=("encodings-conflict",),
        ),
        Sample(
            "hostile",
            "part-after-close",
            mixed() + b"--=_1\r\n" + pdf() + b"\r\n--=_1--\r\n",
            suspicious=True,
            disputes=("part-outside",),
            kinds={"a.pdf": "application/pdf"},
        ),
        Sample(
            "hostile",
            "part-in-preamble",
            mixed().replace(b"\r\n\r\n--=_1", b"\r\n\r\n--x\r\n" + pdf() + b"--x--\r\n--=_1", 1),
            suspicious=True,
            disputes=("part-outside",),
            kinds={"a.pdf": "application/pdf"},
        ),
        Sample(
            "hostile",
            "two-boundaries",
            wire(TOP + "Content-Type: multipart/mixed; boundary=b1; boundary=b2\n\n")
            + b"--b1\r\n\r\nhi\r\n--b2\r\n"
            + pdf()
            + b"--b2--\r\n--b1--\r\n",
            suspicious=True,
            disputes=("readings-conflict",),
            kinds={"a.pdf": "application/pdf"},
        ),
        Sample(
            "hostile",
            "encoded-message",
            mixed(part(f"Content-Type: message/rfc822\n{B64}", b64(inner))),
            suspicious=True,
            kinds={" › a.pdf": "application/pdf"},
        ),
        Sample(
            "hostile",
            "encoded-multipart",
            wire(TOP + f"Content-Type: multipart/mixed; boundary=in\n{B64}\n")
            + b64(b"--in\r\n" + pdf() + b"\r\n--in--\r\n"),
            suspicious=True,
            kinds={"a.pdf": "application/pdf"},
        ),
        Sample(
            "hostile",
            "uuencode-in-html",
            part(TOP + "Content-Type: text/html", b"<p>hi</p>\r\n" + uu_file(b"begin 644 a.pdf", data=PDF)),
            suspicious=True,
            kinds={"a.pdf": "application/pdf"},
        ),
        Sample(
            "hostile",
            "yenc-in-text",
            part(TOP, yenc_file(PDF)),
            suspicious=True,
            kinds={"eicar.com": "application/pdf"},
        ),
        Sample(
            "hostile",
            "binhex-in-text",
            part(TOP, b"(This file must be converted with BinHex 4.0)\r\n\r\n" + binhex(PDF)),
            suspicious=True,
            kinds={"eicar.com": "application/pdf"},
        ),
        Sample(
            "hostile",
            "no-boundary",
            wire(TOP + "Content-Type: multipart/mixed\n\n") + b"--b\r\n" + pdf() + b"\r\n--b--\r\n",
            suspicious=True,
            kinds={"a.pdf": "application/pdf"},
        ),
        Sample(
            "hostile",
            "name-of-field",
            mixed(pdf().replace(b"Content-Transfer-Encoding:", b"Content-Transfer-Encoding :")),
            kinds={"a.pdf": "application/pdf"},
        ),
        Sample("hostile", "deep", many("top", deep, top=TOP), suspicious=True, disputes=("too-deep",)),
        Sample("hostile", "partial", partial, disputes=("message-partial",)),
        Sample("hostile", "external-body", external, disputes=("external-body",)),
    ]


def tnef_mail() -> list[Sample]:
    """winmail.dat: the container and what is in it, counted once."""
    whole = tnef("a.pdf", PDF)
    kind = "application/ms-tnef"
    return [
        Sample(
            "tnef",
            "winmail",
            mixed(attached("winmail.dat", whole, kind)),
            (("winmail.dat", len(whole)),),
            traits={"winmail.dat": ("container",)},
            kinds={"winmail.dat › a.pdf": "application/pdf"},
        ),
        Sample(
            "tnef", "as-octets", mixed(attached("winmail.dat", whole)), kinds={"winmail.dat › a.pdf": "application/pdf"}
        ),
        Sample(
            "tnef",
            "no-name",
            mixed(part(f"Content-Type: {kind}\n{B64}", b64(whole))),
            kinds={" › a.pdf": "application/pdf"},
        ),
        Sample(
            "tnef",
            "long-name",
            mixed(attached("winmail.dat", tnef("bao cao " * 12 + ".pdf", PDF), kind)),
            kinds={"winmail.dat › " + "bao cao " * 12 + ".pdf": "application/pdf"},
        ),
        Sample("tnef", "cut", mixed(attached("winmail.dat", whole[:-60], kind)), unchecked={"winmail.dat": "damaged"}),
        Sample("tnef", "empty", mixed(attached("winmail.dat", whole[:6], kind))),
    ]


def _der(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED = bytes.fromhex("06092a864886f70d010702")
_ENVELOPED = bytes.fromhex("06092a864886f70d010703")
_AES = bytes.fromhex("060960864801650304012a")


def signed_data(content: bytes) -> bytes:
    """CMS signed-data without signatures around a content (RFC 5652 5)."""
    inside = _der(0x30, _DATA, _der(0xA0, _der(0x04, content)))
    return _der(0x30, _SIGNED, _der(0xA0, _der(0x30, b"\x02\x01\x01", _der(0x31), inside, _der(0x31))))


def enveloped_data(size: int) -> bytes:
    """CMS enveloped-data for nobody (RFC 5652 6)."""
    secret = bytes(at * 37 % 256 for at in range(size))
    inside = _der(0x30, _DATA, _der(0x30, _AES, _der(0x04, bytes(16))), _der(0x80, secret))
    return _der(0x30, _ENVELOPED, _der(0xA0, _der(0x30, b"\x02\x01\x00", _der(0x31), inside)))


def smime() -> list[Sample]:
    """S/MIME and PGP containers: one attachment as a whole."""
    opaque, closed = signed_data(TEXT), enveloped_data(256)
    seen = _der(0x30, _SIGNED, _der(0xA0, _der(0x30, b"\x02\x01\x01", _der(0x31), _der(0x30, _DATA), _der(0x31))))
    detached = part(f"Content-Type: application/pkcs7-signature; name=smime.p7s\n{B64}", b64(seen))
    clear = many("sig", TEXT, detached, subtype="signed", top=TOP)
    armour = (
        b"-----BEGIN PGP MESSAGE-----\r\n\r\n"
        + base64.b64encode(bytes(range(48)))
        + b"\r\n=AAAA\r\n-----END PGP MESSAGE-----\r\n"
    )
    pgp = many(
        "enc",
        part("Content-Type: application/pgp-encrypted", b"Version: 1\r\n"),
        part('Content-Type: application/octet-stream; name="encrypted.asc"', armour),
        subtype="encrypted",
        top=TOP,
    )
    mime = "Content-Type: application/pkcs7-mime; name=smime.p7m; smime-type="
    return [
        Sample(
            "smime", "opaque-signed", part(f"{TOP}{mime}signed-data\n{B64}", b64(opaque)), (("smime.p7m", len(opaque)),)
        ),
        Sample(
            "smime",
            "enveloped",
            part(f"{TOP}{mime}enveloped-data\n{B64}", b64(closed)),
            (("smime.p7m", len(closed)),),
            traits={"smime.p7m": ("encrypted",)},
        ),
        Sample(
            "smime",
            "x-enveloped",
            part(f"{TOP}{mime}enveloped-data\n{B64}".replace("pkcs7", "x-pkcs7"), b64(closed)),
            (("smime.p7m", len(closed)),),
            traits={"smime.p7m": ("encrypted",)},
        ),
        Sample("smime", "clear-signed", clear, (("smime.p7s", len(seen)),)),
        Sample("smime", "pgp-encrypted", pgp, None),
        Sample("smime", "pgp-inline", part(TOP, armour), None),
        Sample(
            "smime",
            "pgp-signed-inline",
            part(
                TOP,
                b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n"
                + NOTE[:0]
                + b"hi\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n=aaaa\r\n-----END PGP SIGNATURE-----\r\n",
            ),
            None,
        ),
    ]
