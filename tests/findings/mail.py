"""Ordinary mail: as the standards have it, and as broken as real senders send it. None of it may be disputed."""

from __future__ import annotations

from tests.findings.sample import (
    B64,
    HTML,
    NOTE,
    PDF,
    PNG,
    QP,
    TEXT,
    TOP,
    Names,
    Sample,
    b64,
    many,
    mixed,
    part,
    pdf,
    wire,
)

_PDF = ("a.pdf", len(PDF))
_DELIMITER = b"\r\n--=_1--\r\n"


def _well(name: str, raw: bytes, *attachments: tuple[str, int], suspicious: bool | None = False) -> Sample:
    return Sample("well-formed", name, raw, attachments, suspicious)


def _sloppy(name: str, raw: bytes, attachments: Names | None = (), suspicious: bool | None = None) -> Sample:
    return Sample("sloppy", name, raw, attachments, suspicious)


def well_formed() -> list[Sample]:
    """As the standards have it."""
    invite = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    calendar = part("Content-Type: text/calendar; charset=utf-8; method=REQUEST", invite)
    picture = part(f"Content-Type: image/png\n{B64}Content-ID: <1@so.example>\nContent-Disposition: inline", b64(PNG))
    newsletter = many("rel", many("alt", TEXT, HTML, subtype="alternative"), picture, subtype="related", top=TOP)
    shown = b"Final-Recipient: rfc822;vp@tinh.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"
    receipt = part("Content-Type: message/disposition-notification", shown)
    armour = b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n=aaaa\r\n-----END PGP SIGNATURE-----\r\n"
    signature = part('Content-Type: application/pgp-signature; name="signature.asc"', armour)
    signed = many("sig", TEXT, signature, subtype="signed", top=TOP).replace(
        b'boundary="sig"', b'micalg=pgp-sha256;\r\n protocol="application/pgp-signature"; boundary="sig"'
    )
    flowed = part(
        TOP + "Content-Type: text/plain; charset=utf-8; format=flowed",
        b"Kinh gui \r\nVan phong,\r\n\r\n> cited \r\n> text\r\n-- \r\nAn\r\n",
    )
    listed = part(
        TOP + "List-Id: <x.tinh.example>",
        NOTE + b"_______________________________________________\r\nx mailing list\r\n",
    )
    return [
        _well("clerk", mixed(pdf()), _PDF),
        _well("two-files", mixed(pdf("a.pdf"), pdf("b.pdf")), _PDF, ("b.pdf", len(PDF))),
        _well("newsletter", newsletter, ("", len(PNG))),
        _well("invitation", many("alt", TEXT, HTML, calendar, subtype="alternative", top=TOP)),
        _well("read-receipt", many("rep", TEXT, receipt, subtype="report", top=TOP), ("", len(shown)), suspicious=None),
        _well("pgp-signed", signed, ("signature.asc", len(armour)), suspicious=None),
        _well(
            "quoted-printable",
            part(TOP + "Content-Type: text/plain; charset=utf-8\n" + QP, b"K=C3=ADnh g=E1=BB=ADi =\r\nS=E1=BB=9F\r\n"),
        ),
        _well(
            "eight-bit", part(TOP + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit", NOTE)
        ),
        _well("format-flowed", flowed),
        _well("mailing-list", listed),
        _well(
            "long-name",
            mixed(pdf().replace(b'filename="a.pdf"', b"filename*0*=utf-8''C%C3%B4ng%20;\r\n filename*1*=v%C4%83n.pdf")),
            ("Công văn.pdf", len(PDF)),
        ),
        _well("plain", part(TOP, b"Xin chao.\r\n")),
        _well(
            "html-only", part(TOP + "Content-Type: text/html; charset=utf-8\n" + B64, b64("<p>Xin chào</p>".encode()))
        ),
    ]


def sloppy() -> list[Sample]:
    """As real senders send it: every one of these was seen in real mail, and none of it hides anything."""
    body = mixed(pdf())
    footer = b"\r\n_______________________________________________\r\nvp mailing list\r\nvp@tinh.example\r\n"
    cited = b"> Content-Type: application/pdf\r\n> Content-Transfer-Encoding: base64\r\n>\r\n> JVBERi0xLjQK\r\n"
    source = (
        wire(TOP)
        + b"Content-Type: text/plain\r\n\r\nThe message that I sent:\r\n\r\n"
        + b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    )
    original = (
        NOTE
        + b"\r\n-----Original Message-----\r\nFrom: B\r\nSent: Monday\r\n\r\nhi\r\n----------------------------\r\n"
    )
    return [
        _sloppy("never-closed", body[: -len(_DELIMITER)] + b"\r\n", (_PDF,)),
        _sloppy("footer-after-close", body + footer, (_PDF,)),
        _sloppy("blank-lines-after-close", body + b"\r\n\r\n\r\n", (_PDF,)),
        _sloppy("raw-name", mixed(pdf("Công văn.pdf")), (("Công văn.pdf", len(PDF)),)),
        _sloppy("name-with-blanks", mixed(pdf().replace(b'"a.pdf"', b"cong van.pdf")), (("cong van.pdf", len(PDF)),)),
        _sloppy("name-encoded-word", mixed(pdf("=?UTF-8?B?Q8O0bmcgdsSDbi5wZGY=?=")), (("Công văn.pdf", len(PDF)),)),
        _sloppy("no-mime-version", body.replace(b"MIME-Version: 1.0\r\n", b""), (_PDF,)),
        _sloppy("mime-version-twice", body.replace(b"MIME-Version", b"MIME-Version: 1.0\r\nMIME-Version"), (_PDF,)),
        _sloppy(
            "same-type-twice",
            body.replace(
                b"Content-Type: application/pdf", b"Content-Type: application/pdf\r\nContent-Type: application/pdf"
            ),
            (_PDF,),
        ),
        _sloppy(
            "same-encoding-twice",
            body.replace(
                b"Content-Transfer-Encoding: base64",
                b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: base64",
            ),
            (_PDF,),
        ),
        _sloppy("encoding-8bit-of-base64-case", body.replace(b"base64", b"Base64"), (_PDF,)),
        _sloppy("encoding-with-semicolon", body.replace(b"Encoding: base64", b"Encoding: base64;"), (_PDF,)),
        _sloppy("encoding-7-bit", part(TOP + "Content-Type: text/plain\nContent-Transfer-Encoding: 7-bit", b"hi\r\n")),
        _sloppy("encoding-is-charset", part(TOP + "Content-Type: text/plain\nContent-Transfer-Encoding: utf-8", NOTE)),
        _sloppy("mbox-line", b"From an@so.example Mon Mar  2 08:00:00 2026\r\n" + body, (_PDF,)),
        _sloppy("type-text-only", part(TOP + "Content-Type: text", b"hi\r\n")),
        _sloppy("type-empty", part(TOP + "Content-Type:", b"hi\r\n")),
        _sloppy("charset-unknown", part(TOP + "Content-Type: text/plain; charset=x-unknown", NOTE)),
        _sloppy("parameter-ends-with-semicolon", body.replace(b'"=_1"', b'"=_1";'), (_PDF,)),
        _sloppy("boundary-unquoted", body.replace(b'boundary="=_1"', b"boundary==_1"), (_PDF,)),
        _sloppy("long-lines", part(TOP + "Content-Type: text/html", b"<p>" + b"x" * 5000 + b"</p>\r\n")),
        _sloppy(
            "base64-lines-of-990",
            mixed(part(f'Content-Type: application/pdf; name="a.pdf"\n{B64}', b64(PDF, 988))),
            (_PDF,),
        ),
        _sloppy("base64-without-padding", mixed(pdf(body=b64(PDF).replace(b"=", b""))), (_PDF,)),
        _sloppy("base64-with-blank-lines", mixed(pdf(body=b64(PDF) + b"\r\n\r\n")), (_PDF,)),
        _sloppy("html-base64-footer", part(TOP + "Content-Type: text/html\n" + B64, b64(b"<p>hi</p>") + footer), None),
        _sloppy(
            "message-rfc822-in-base64",
            mixed(part(f"Content-Type: message/rfc822\n{B64}", b64(wire(TOP) + b"\r\nhi\r\n"))),
            None,
        ),
        _sloppy("dashes-in-text", part(TOP, original)),
        _sloppy("source-in-text", source),
        _sloppy("cited-mime-in-text", part(TOP, NOTE + cited)),
        _sloppy("begin-in-prose", part(TOP, b"Meetings:\r\nbegin 10 tomorrow morning\r\nend\r\n")),
        _sloppy(
            "diff-in-text", part(TOP, b"--- a/file\r\n+++ b/file\r\n@@ -1,2 +1,2 @@\r\n-old\r\n+new\r\n-- \r\n2.40\r\n")
        ),
        _sloppy(
            "key-in-text",
            part(
                TOP,
                b"-----BEGIN PUBLIC KEY-----\r\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL==\r\n-----END PUBLIC KEY-----\r\n",
            ),
        ),
        _sloppy(
            "preamble-of-words",
            many("=_1", TEXT, pdf(), top=TOP).replace(
                b"\r\n\r\n--=_1", b"\r\n\r\nThis is a multi-part message in MIME format.\r\n--=_1", 1
            ),
            (_PDF,),
        ),
        _sloppy("empty-multipart", wire(TOP + "Content-Type: multipart/mixed; boundary=x\n\n") + b"--x--\r\n"),
        _sloppy("lone-part", many("=_1", TEXT, top=TOP)),
        _sloppy(
            "uuencoded-by-scanner",
            part(TOP, b"Scan:\r\n\r\nbegin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"),
            (("a.txt", 3),),
            True,
        ),
    ]
