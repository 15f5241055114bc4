"""Writes the corpus: hard messages by class, and beside each what a scan must find in it.

Run: python -m tests.corpus.build. What is expected is written down here by hand (types, attachments, defects) or
counted by obvious code (lines); nothing of it comes from the scanner. All messages were made up for this corpus.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent

TOP = "From: An <an@so.tinh.example>\nTo: vp@tinh.example\nSubject: =?UTF-8?B?VGjhu60=?=\nMIME-Version: 1.0\n"
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 3 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(100)
NOTE = "Kính gửi Sở Y tế,\r\nXin chuyển văn bản.\r\n".encode()


DISPUTED = ("header-too-large", "header-too-many", "message-partial", "external-body", "too-deep", "too-many-parts")

# Those that some client may read in another way than strictly, and then see another file, size or content.
SUSPICIOUS = {
    *("plain/uuencode-in-text", "line-ends/dot-everywhere", "long-lines/body-70000"),
    *("headers/duplicate-content-type", "headers/blank-before-colon", "headers/huge-field", "headers/too-many"),
    *("headers/line-without-colon", "headers/invalid-content-type", "headers/unknown-encoding"),
    *("multipart/preamble-and-epilogue", "rfc822/encoded", "rfc822/partial", "rfc822/external-body"),
    *("limits/too-deep", "limits/too-many-parts"),
    *("boundaries/padding-after", "boundaries/prefix-of-another", "boundaries/reused", "boundaries/never-appears"),
    *("boundaries/not-given", "boundaries/too-long", "boundaries/in-header", "boundaries/inner-unterminated"),
    *("boundaries/dots-and-dashes", "boundaries/after-the-end", "encodings/on-multipart"),
    *("encodings/base64-no-padding", "encodings/base64-junk", "encodings/base64-concatenated"),
    *("encodings/base64-upper-case-name", "encodings/qp-malformed", "encodings/qp-blanks-after-soft-break"),
    *("names/escaped-quote", "names/unterminated-quote", "names/rfc2231-beats-plain", "names/duplicate"),
    "names/control-characters",
}


@dataclass(frozen=True)
class Case:
    """One message: where it goes, its bytes, and what must be found (attachments: name, type, decoded bytes)."""

    group: str
    name: str
    raw: bytes
    types: tuple[str, ...]
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    defects: tuple[str, ...] = ()
    total: int = -1  # of the attachments' bytes, where that is not the sum

    def expected(self) -> dict[str, object]:
        """The JSON beside the message."""
        lines = self.raw.split(b"\n")
        widths = [len(line) - 1 + (at == len(lines) - 1) for at, line in enumerate(lines)]
        return {
            "types": self.types,
            "attachments": [
                {"filename": n, "declared_type": t, "decoded_size": len(b), "sha256": hashlib.sha256(b).hexdigest()}
                for n, t, b in self.attachments
            ],
            "attachment_bytes": sum(len(b) for _name, _kind, b in self.attachments) if self.total < 0 else self.total,
            "defects": self.defects,
            "disputes": [defect for defect in self.defects if defect.split("@")[0] in DISPUTED],
            "suspicious": f"{self.group}/{self.name}" in SUSPICIOUS,
            "size": len(self.raw),
            "sha256": hashlib.sha256(self.raw).hexdigest(),
            "leading_dots": sum(line.startswith(b".") for line in lines),
            "longest_line": max((octets for octets in widths if octets > 998), default=0),
            "has_8bit": any(octet > 127 for octet in self.raw),
            "ends_with_crlf": self.raw.endswith(b"\r\n"),
        }


def wire(text: str | bytes) -> bytes:
    """CRLF line ends."""
    raw = text if isinstance(text, bytes) else text.encode()
    return raw.replace(b"\n", b"\r\n")


def b64(body: bytes, width: int = 76) -> bytes:
    """base64 in lines of a width."""
    text = base64.b64encode(body)
    return b"".join(text[at : at + width] + b"\r\n" for at in range(0, len(text), width))


def part(headers: str, body: bytes) -> bytes:
    """An entity."""
    return wire(headers.strip("\n") + "\n\n") + body


def many(boundary: str, *parts: bytes, subtype: str = "mixed", top: str = "", end: bytes = b"--\r\n") -> bytes:
    """A multipart entity; bodies carry their own last line end, and the delimiter another."""
    mark = b"--" + boundary.encode()
    head = wire(f'{top}Content-Type: multipart/{subtype}; boundary="{boundary}"\n\n')
    return head + b"".join(mark + b"\r\n" + body + b"\r\n" for body in parts) + mark + end


TEXT = part("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit", NOTE)
HTML = part("Content-Type: text/html; charset=utf-8", b"<p>Xin ch&agrave;o</p>\r\n")
B64 = "Content-Transfer-Encoding: base64\n"
QP = "Content-Transfer-Encoding: quoted-printable\n"


def pdf(name: str = "a.pdf", body: bytes | None = None, extra: str = "") -> bytes:
    """A PDF attached as usual."""
    head = f'Content-Type: application/pdf\n{B64}Content-Disposition: attachment; filename="{name}"\n{extra}'
    return part(head, b64(PDF) if body is None else body)


def named(parameter: str, field: str = "Content-Disposition: attachment", tail: str = "") -> bytes:
    """A message with one attachment whose name is written in this way (latin-1 stands for raw bytes)."""
    head = f"{TOP}Content-Type: application/octet-stream\n{B64}{field}; {parameter}\n{tail}\n"
    return head.replace("\n", "\r\n").encode("latin-1") + b64(b"x")


MIXED = ("multipart/mixed", "text/plain")
ONE_PDF = (("a.pdf", "application/pdf", PDF),)
STREAM = ("application/octet-stream",)


def _one(name: str) -> tuple[tuple[str, str, bytes], ...]:
    return ((name, "application/octet-stream", b"x"),)


def plain() -> list[Case]:
    """No MIME at all, or next to none."""
    text, top = ("text/plain",), wire(TOP)
    return [
        Case("plain", "simple", top + b"\r\nXin chao.\r\n", text),
        Case("plain", "no-mime", wire("From: a@b.example\nSubject: x\n\nOne line.\n"), text),
        Case("plain", "8bit-body", part(TOP + "Content-Transfer-Encoding: 8bit", NOTE), text),
        Case("plain", "binary-type", part(TOP + "Content-Transfer-Encoding: binary", b"\x80\x81 \x01\r\n"), text),
        Case("plain", "quoted-printable", part(TOP + QP, b"Ch=C3=A0o =\r\nanh\r\n=\r\n"), text),
        Case("plain", "uuencode-in-text", part(TOP, b"begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n"), text),
        Case("empty", "empty-body", top + b"\r\n", text),
        Case("empty", "headers-only", top, text),
        Case("empty", "one-field-no-line-end", b"Subject: x", text),
        Case("empty", "blank-line-only", b"\r\n", text),
        Case("empty", "no-header", b"\r\nbody only\r\n", text),
        Case("line-ends", "no-final-crlf", top + b"\r\nLast line", text),
        Case("line-ends", "only-blank-lines", top + b"\r\n" * 20, text),
        Case("line-ends", "dots", top + b"\r\n.\r\n..\r\n...x\r\n .\r\n.", text),
        Case(
            "line-ends", "dot-everywhere", b".From: a\r\n.\r\n" + b".line\r\n" * 50, text, (), ("header-malformed@1",)
        ),
        Case("long-lines", "body-1000", top + b"\r\n" + b"x" * 1000 + b"\r\n", text),
        Case("long-lines", "body-70000", top + b"\r\n" + b"abc.-=" * 12000 + b"\r\n.tail\r\n", text),
        Case("long-lines", "header-9000", top + b"X-Long: " + b"y" * 9000 + b"\r\n\r\nbody\r\n", text),
    ]


def headers() -> list[Case]:
    """Header fields that are large, broken, raw or twice."""
    text, top = ("text/plain",), wire(TOP)
    ct = "Content-Type: application/pdf\n"
    pdf_top = part(TOP + "Content-Type: text/plain\n" + ct + B64, b64(b"abc"))
    many_fields = b"".join(b"X-%d: v\r\n" % number for number in range(1500))
    huge = wire(TOP) + b"X-Huge: " + (b"z" * 900 + b"\r\n ") * 300 + b"\r\n"
    # A header that is too large to be read may say anything, so all that follows it counts as one file.
    unread = ("application/octet-stream",)
    whole = (("", "application/octet-stream", b"body\r\n"),)
    return [
        Case("headers", "8bit", wire("Subject: Công văn số 5\nFrom: Sở Y tế <s@so.example>\n\nbody\n"), text),
        Case("headers", "latin1", b"Subject: C\xf4ng v\xe3n\r\nFrom: a@b.example\r\n\r\nbody\r\n", text),
        Case("headers", "duplicate-subject", top + b"Subject: again\r\nSubject: and again\r\n\r\nx\r\n", text),
        Case("headers", "duplicate-content-type", pdf_top, text, (), ("duplicate-field@1",)),
        Case("headers", "folded-many", top + b"X-F: a\r\n" + b"\tb\r\n c\r\n" * 200 + b"\r\nx\r\n", text),
        Case("headers", "blank-before-colon", wire("From : a@b.example\nContent-Type : text/html\n\nx\n"),
             ("text/html",)),
        Case("headers", "huge-field", huge + b"\r\nbody\r\n", unread, whole, ("header-too-large@1",)),
        Case("headers", "too-many", top + many_fields + b"\r\nbody\r\n", unread, whole, ("header-too-many@1",)),
        Case("headers", "mbox-from", b"From an@so.example Mon Mar  2 08:00:00 2026\r\n" + top + b"\r\nx\r\n", text, (),
             ("mbox-from@1",)),
        Case("headers", "mbox-from-in-body", top + b"\r\nFrom here on\r\n>From there\r\n", text),
        Case("headers", "line-without-colon", top + b"this is no field\r\nX: y\r\n\r\nx\r\n", text, (),
             ("header-malformed@1",)),
        Case("headers", "invalid-content-type", part(TOP + "Content-Type: text", b"x\r\n"), text, (),
             ("content-type-invalid@1",)),
        Case("headers", "unknown-encoding", part(TOP + "Content-Transfer-Encoding: x-rot13", b"x\r\n"), text, (),
             ("encoding-unknown@1",)),
        Case("headers", "folded-content-type",
             wire(TOP + "Content-Type:\n application/pdf;\n\tname=\"a\n b.pdf\"\n" + B64 + "\n") + b64(PDF),
             ("application/pdf",), (("a b.pdf", "application/pdf", PDF),)),
    ]  # fmt: skip


def trees() -> list[Case]:
    """Multiparts that are well-formed, and messages within messages."""
    inner = many("in", TEXT, pdf(), top=TOP)
    forwarded = part("Content-Type: message/rfc822\nContent-Disposition: attachment", inner)
    # A nested message counts without the raw bodies of its own attachments, which count by themselves.
    left = len(inner) - len(b64(PDF))
    twice = many("two", TEXT, forwarded, top=TOP)
    digested = b"\r\n" + wire(TOP + "\n") + b"one\r\n"
    elsewhere = wire("Content-Type: application/zip\nContent-ID: <1@x.example>\n\n")
    alternative = many("alt", TEXT, HTML, subtype="alternative")
    related = many("rel", alternative, part(f"Content-Type: image/png\n{B64}", b64(PNG)), subtype="related")
    nested = TEXT
    for depth in range(20):
        nested = many(f"d{depth}", nested)
    deep = TEXT
    for depth in range(40):
        deep = many(f"d{depth}", deep)
    rest = b"\r\n\r\n" + b"".join(b"--p\r\n\r\nx\r\n" for _ in range(201)) + b"--p--\r\n"
    crowd = wire(f"{TOP}Content-Type: multipart/mixed; boundary=p") + b"\r\n\r\n" + b"--p\r\n\r\nx\r\n" * 999
    return [
        Case("multipart", "mixed", many("b1", TEXT, pdf(), top=TOP), (*MIXED, "application/pdf"), ONE_PDF),
        Case("multipart", "related-in-mixed", many("b1", related, pdf(), top=TOP),
             ("multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png",
              "application/pdf"), (("", "image/png", PNG), *ONE_PDF)),
        Case("multipart", "preamble-and-epilogue",
             many("b", TEXT, top=TOP).replace(b"\r\n\r\n--b", b"\r\n\r\npreamble\r\n-- b\r\n--b", 1)
             + b"epilogue\r\n--b\r\n", MIXED),
        Case("multipart", "nested-20", many("top", nested, top=TOP), ("multipart/mixed",) * 21 + ("text/plain",)),
        Case("multipart", "empty-parts", many("b", b"\r\n", part("Content-Type: text/html", b""), top=TOP),
             ("multipart/mixed", "text/plain", "text/html")),
        Case("multipart", "digest", many("b", part("", wire(TOP + "\n") + b"one\r\n"), subtype="digest", top=TOP),
             ("multipart/digest", "message/rfc822", "text/plain"), (("", "message/rfc822", digested),)),
        Case("multipart", "text-as-attachment",
             many("b", TEXT, part("Content-Type: text/csv; name=a.csv", b"1,2\r\n"),
                  part("Content-Type: text/plain\nContent-Disposition: attachment", b"log\r\n"), top=TOP),
             (*MIXED, "text/csv", "text/plain"), (("a.csv", "text/csv", b"1,2\r\n"), ("", "text/plain", b"log\r\n"))),
        Case("multipart", "many-parts", many("b", *[TEXT] * 200, top=TOP), ("multipart/mixed", *["text/plain"] * 200)),
        Case("rfc822", "forwarded", many("out", TEXT, forwarded, top=TOP),
             (*MIXED, "message/rfc822", *MIXED, "application/pdf"), (("", "message/rfc822", inner), *ONE_PDF), (),
             left + len(PDF)),
        Case("rfc822", "message-is-a-message", part(TOP + "Content-Type: message/rfc822", inner),
             ("message/rfc822", *MIXED, "application/pdf"), (("", "message/rfc822", inner), *ONE_PDF), (),
             left + len(PDF)),
        Case("rfc822", "forwarded-twice",
             part(TOP + "Content-Type: message/rfc822; name=\"a.eml\"", twice),
             ("message/rfc822", *MIXED, "message/rfc822", *MIXED, "application/pdf"),
             (("a.eml", "message/rfc822", twice), ("", "message/rfc822", inner), *ONE_PDF), (),
             len(twice) - len(inner) + left + len(PDF)),
        Case("rfc822", "encoded", part(TOP + "Content-Type: message/rfc822\n" + B64, b64(inner)), ("message/rfc822",),
             (("", "message/rfc822", inner),), ("encoded-message@1",)),
        Case("rfc822", "empty", part(TOP + "Content-Type: message/rfc822", b""), ("message/rfc822", "text/plain"),
             (("", "message/rfc822", b""),)),
        Case("rfc822", "partial",
             part(TOP + 'Content-Type: message/partial; id="x"; number=1; total=2', b"piece\r\n"), ("message/partial",),
             (("", "message/partial", b"piece\r\n"),), ("message-partial@1",)),
        Case("rfc822", "external-body",
             part(TOP + 'Content-Type: message/external-body; access-type=URL; url="http://x.example/a"', elsewhere),
             ("message/external-body",), (("", "message/external-body", elsewhere),), ("external-body@1",)),
        Case("limits", "too-deep", deep, ("multipart/mixed",) * 33, (("", "multipart/mixed", _below(deep, 7)),),
             ("too-deep@1" + ".1" * 32,)),
        Case("limits", "too-many-parts", crowd + rest[4:], ("multipart/mixed", *["text/plain"] * 999, *STREAM),
             (("", *STREAM, rest[4:].split(b"--p\r\n", 1)[1]),), ("too-many-parts@1.1000",)),
    ]  # fmt: skip


def _below(deep: bytes, depth: int) -> bytes:
    """The body of the multipart with boundary dN inside the next outer one."""
    body = deep.split(b'boundary="d%d"\r\n\r\n' % depth, 1)[1]
    return body.split(b"\r\n--d%d--" % (depth + 1), 1)[0]


def boundaries() -> list[Case]:
    """Delimiters that are missing, odd or ambiguous."""
    whole = many("b", TEXT, pdf(), top=TOP)
    other = whole.replace(b"--b", b"--c")
    cut_pdf = (("a.pdf", "application/pdf", PDF),)
    kinds = (*MIXED, "application/pdf")
    inner = many("same", TEXT, top="")
    odd = "'()+_,-./:=? x"
    return [
        Case("boundaries", "unterminated", whole[:-7], kinds, cut_pdf, ("multipart-unended@1",)),
        Case("boundaries", "padding-after", whole.replace(b"--b\r\n", b"--b \t \r\n"), kinds, ONE_PDF),
        Case("boundaries", "no-final-crlf", whole[:-2], kinds, ONE_PDF),
        Case("boundaries", "odd-characters", many(odd, TEXT, pdf(), top=TOP), kinds, ONE_PDF),
        Case("boundaries", "prefix-of-another", many("b", many("bb", TEXT), TEXT, top=TOP),
             ("multipart/mixed", *MIXED, "text/plain"), (), ("boundary-suffix@1",)),
        Case("boundaries", "reused", many("same", inner, top=TOP), ("multipart/mixed", "multipart/mixed", "text/plain"),
             (("", "multipart/mixed", b""),), ("boundary-reused@1.1", "multipart-empty@1.1")),
        Case("boundaries", "never-appears", other, ("multipart/mixed",),
             (("", "multipart/mixed", other.split(b"\r\n\r\n", 1)[1]),), ("multipart-empty@1",)),
        Case("boundaries", "after-the-end", many("b", TEXT, top=TOP) + b"--b\r\n" + pdf() + b"\r\n--b--\r\n", MIXED),
        Case("boundaries", "not-given", part(TOP + "Content-Type: multipart/mixed", b"--b\r\n\r\nx\r\n--b--\r\n"),
             ("multipart/mixed",), (("", "multipart/mixed", b"--b\r\n\r\nx\r\n--b--\r\n"),), ("boundary-missing@1",)),
        Case("boundaries", "too-long", many("q" * 300, TEXT, top=TOP), ("multipart/mixed",),
             (("", "multipart/mixed", many("q" * 300, TEXT).split(b"\r\n\r\n", 1)[1]),), ("boundary-too-long@1",)),
        Case("boundaries", "in-header", wire(TOP + "Content-Type: multipart/mixed; boundary=b\n\n--b\nX: y\n--b--\n"),
             MIXED, (), ("header-unended@1.1",)),
        Case("boundaries", "inner-unterminated", many("o", many("i", TEXT, end=b"\r\n\r\nlast"), pdf(), top=TOP),
             ("multipart/mixed", *MIXED, "text/plain", "application/pdf"), ONE_PDF, ("multipart-unended@1.1",)),
        Case("boundaries", "dots-and-dashes",
             many("b", part("", b"--\r\n--bx\r\n.\r\n--\r\n"), top=TOP), MIXED, (), ("boundary-suffix@1",)),
    ]  # fmt: skip


def encodings() -> list[Case]:
    """Bodies in base64 and quoted-printable, well and badly made."""

    def one(head: str, raw: bytes, body: bytes, *defects: str) -> tuple[bytes, bytes, tuple[str, ...]]:
        return part(f"{TOP}Content-Type: {STREAM[0]}\n{head}", raw), body, defects

    data = bytes(range(256)) * 8
    made = {
        "base64-76": one(B64, b64(data), data),
        "base64-odd-lines": one(B64, b64(data, 61), data),
        "base64-one-line": one(B64, b64(data, 100000), data),
        "base64-lines-of-one": one(B64, b64(data[:50], 1), data[:50]),
        "base64-no-padding": one(B64, b64(data[:2048])[:-2].rstrip(b"=") + b"\r\n", data, "base64-padding@1"),
        "base64-junk": one(B64, b64(data).replace(b"\r\n", b" *\r\n\r\n"), data, "base64-junk@1"),
        "base64-concatenated": one(B64, b64(b"a") + b64(b"bc"), b"abc", "base64-padding@1"),
        "base64-empty": one(B64, b"", b""),
        "base64-upper-case-name": one("Content-Transfer-Encoding: BASE64 \n", b64(data), data),
        "qp-soft-breaks": one(QP, b"a=\r\nb=3D=20\r\n=\r\nc", b"ab= \r\nc"),
        "qp-lower-case": one(QP, b"=c3=a9\r\n", b"\xc3\xa9\r\n"),
        "qp-malformed": one(QP, b"=G0 =\xff = x =\r\n", b"=G0 =\xff = x ", "quoted-printable-malformed@1"),
        "qp-blanks-after-soft-break": one(QP, b"a= \t\r\nb\r\n", b"ab\r\n", "quoted-printable-malformed@1"),
        "8bit": one("Content-Transfer-Encoding: 8bit\n", b"\xe1\xbb\x99\r\n", b"\xe1\xbb\x99\r\n"),
        "binary": one("Content-Transfer-Encoding: binary\n", b"\x01\x80\r\n\x02", b"\x01\x80\r\n\x02"),
    }
    cases = [
        Case("encodings", name, raw, STREAM, (("", STREAM[0], body),), defects)
        for name, (raw, body, defects) in made.items()
    ]
    container = many("b", pdf(), top=TOP + B64)
    cases.append(
        Case("encodings", "on-multipart", container, ("multipart/mixed", "application/pdf"), ONE_PDF,
             ("encoded-container@1",))
    )  # fmt: skip
    return cases


def names() -> list[Case]:
    """File names in every way that they are written in the wild."""
    want = "Công văn số 5.pdf"
    raw = want.encode().decode("latin-1")
    pct = "C%C3%B4ng%20v%C4%83n%20s%E1%BB%91%205.pdf"
    word = base64.b64encode(want.encode()).decode()
    split = base64.b64encode(want.encode()[:14]).decode(), base64.b64encode(want.encode()[14:]).decode()
    made: dict[str, tuple[bytes, str, tuple[str, ...]]] = {
        "quoted": (named('filename="a b.pdf"'), "a b.pdf", ()),
        "token": (named("filename=a.pdf"), "a.pdf", ()),
        "blanks-unquoted": (named("filename=a b.pdf"), "a b.pdf", ()),
        "escaped-quote": (named(r'filename="a\"b.pdf"'), 'a"b.pdf', ()),
        "unterminated-quote": (named('filename="a.pdf'), "a.pdf", ()),
        "semicolon-inside": (named('filename="a;b=c.pdf"; size=1'), "a;b=c.pdf", ()),
        "rfc2231": (named(f"filename*=UTF-8'vi'{pct}"), want, ()),
        "rfc2231-latin1": (named("filename*=iso-8859-1''C%F4ng.pdf"), "Công.pdf", ()),
        "rfc2231-continued": (named(f"filename*0*=UTF-8''{pct[:9]};\n filename*1*={pct[9:]}"), want, ()),
        "rfc2231-mixed": (named("filename*0*=UTF-8''C%C3%B4; filename*1=\"ng.pdf\""), "Công.pdf", ()),
        "rfc2231-beats-plain": (named(f"filename=x; filename*=UTF-8''{pct}"), want, ()),
        "rfc2047-b": (named(f'filename="=?UTF-8?B?{word}?="'), want, ()),
        "rfc2047-q": (named('filename="=?utf-8?q?C=C3=B4ng_v=C4=83n.pdf?="'), "Công văn.pdf", ()),
        "rfc2047-split-character": (
            named(f'filename="=?UTF-8?B?{split[0]}?=\n =?UTF-8?B?{split[1]}?="'), want, ()),
        "rfc2047-unquoted": (named(f"filename==?UTF-8?B?{word}?="), want, ()),
        "raw-utf8": (named(f'filename="{raw}"'), want, ("filename-raw@1",)),
        "raw-latin1": (named('filename="C\xf4ng.pdf"'), "Công.pdf", ("filename-invalid@1", "filename-raw@1")),
        "unknown-charset": (named("filename*=x-none''C%F4ng.pdf"), "Công.pdf", ("filename-invalid@1",)),
        "codec-that-is-none": (named("filename*=idna''xn--a.pdf"), "xn--a.pdf", ()),
        "control-characters": (named("filename*=utf-8''a%0D%0AX%00.pdf"), "a\ufffd\ufffdX\ufffd.pdf", ()),
        "content-type-name": (named("x=y", "Content-Disposition: inline", "").replace(
            b"octet-stream\r\n", b"octet-stream; name=a.bin\r\n"), "a.bin", ()),
        "duplicate": (named("filename=a.pdf; filename=b.exe"), "a.pdf", ("duplicate-parameter@1",)),
        "very-long": (named(f'filename="{"n" * 400}.pdf"'), "n" * 251 + ".pdf", ("filename-too-long@1",)),
        "case": (named("FileName=a.pdf"), "a.pdf", ()),
    }  # fmt: skip
    return [Case("names", key, raw, STREAM, _one(name), flaws) for key, (raw, name, flaws) in made.items()]


def cases() -> list[Case]:
    """Every message of the corpus."""
    return [*plain(), *headers(), *trees(), *boundaries(), *encodings(), *names()]


def main() -> None:
    """Write every message and its JSON."""
    for case in cases():
        folder = FOLDER / case.group
        folder.mkdir(exist_ok=True)
        (folder / f"{case.name}.eml").write_bytes(case.raw)
        text = json.dumps(case.expected(), ensure_ascii=False, indent=2)
        (folder / f"{case.name}.json").write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(cases())} messages\n")


if __name__ == "__main__":
    main()
