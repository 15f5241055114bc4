"""Well-formed messages, as many as hypothesis likes: by Python's email package, and by hand in all that the RFCs allow.

Well-formed: RFC 5322, 2045-2047, 2183, 2231, with CRLF line ends. Boundaries never occur in bodies.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from hypothesis import strategies as st

_KINDS = (
    "application/pdf",
    "application/octet-stream",
    "image/png",
    "application/zip",
    "audio/mpeg",
    "application/x-test",
)
_LETTERS = "abcxyzABC019._- ()[]'àảãáạăằâấđèéêệìíòóôơờợùúưứỳỵ€"
NAMES = st.text(_LETTERS, min_size=1, max_size=40).map(str.strip).filter(bool).map(lambda name: f"{name}.pdf")
ASCII_NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,30}\.[a-z]{3}", fullmatch=True)
BODIES = st.binary(max_size=400)
_LINES = st.lists(st.text("abc xyz=.-ấ", max_size=30), max_size=6)


@st.composite
def by_email_package(draw: st.DrawFn, depth: int = 2) -> bytes:
    """What Python's own generator writes; boundaries by number, or it would ask for chance."""
    message = _message(draw, depth)
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{number}_b")
    return message.as_bytes()


def _message(draw: st.DrawFn, depth: int) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "an@so.example", "vp@tinh.example", draw(NAMES)
    message.set_content("\n".join(draw(_LINES)) + "\n")
    if draw(st.booleans()):
        message.add_alternative("<p>Xin chào</p>\n", subtype="html")
    for _ in range(draw(st.integers(0, 3))):
        main, sub = draw(st.sampled_from(_KINDS)).split("/")
        disposition = draw(st.sampled_from(("attachment", "inline")))
        name = draw(NAMES)
        message.add_attachment(draw(BODIES), maintype=main, subtype=sub, disposition=disposition, filename=name)
    if depth and draw(st.booleans()):
        message.add_attachment(_message(draw, depth - 1))
    return message


@st.composite
def by_hand(draw: st.DrawFn, *, names: st.SearchStrategy[str] = NAMES) -> bytes:
    """Fields in any order and case, folded anywhere, every encoding, names in every form, boundaries quoted or not."""
    top = b"From: an@so.example\r\nTo: vp@tinh.example\r\nMIME-Version: 1.0\r\n"
    return top + _entity(draw, names, 3)


def _entity(draw: st.DrawFn, names: st.SearchStrategy[str], depth: int) -> bytes:
    what = draw(st.sampled_from(("file", "file", "text", "multipart", "multipart", "message"))) if depth else "file"
    if what == "file":
        return _file(draw, names)
    if what == "text":
        return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "\r\n".join(draw(_LINES)).encode() + b"\r\n"
    if what == "message":
        return b"Content-Type: message/rfc822\r\n\r\nSubject: inside\r\n" + _entity(draw, names, depth - 1)
    return _multipart(draw, names, depth)


def _multipart(draw: st.DrawFn, names: st.SearchStrategy[str], depth: int) -> bytes:
    mark = f"=_{depth}.{draw(st.integers(0, 10**9))}_b"
    subtype = draw(st.sampled_from(("mixed", "related", "alternative", "x-other")))
    fold = draw(st.sampled_from((" ", "\r\n ", "\r\n\t")))
    entities = [_entity(draw, names, depth - 1) for _ in range(draw(st.integers(1, 3)))]
    preamble = draw(st.sampled_from((b"", b"This is a message in MIME format.\r\n")))
    padding = draw(st.sampled_from((b"", b" ", b"\t ")))
    delimiter = b"--" + mark.encode()
    head = f'Content-Type: multipart/{subtype};{fold}boundary="{mark}"\r\n\r\n'.encode()
    body = b"".join(delimiter + padding + b"\r\n" + entity + b"\r\n" for entity in entities)
    return (
        head + preamble + body + delimiter + b"--" + padding + b"\r\n" + draw(st.sampled_from((b"", b"epilogue\r\n")))
    )


def _file(draw: st.DrawFn, names: st.SearchStrategy[str]) -> bytes:
    kind, name = draw(st.sampled_from(_KINDS)), draw(names)
    encoding, body = _encoded(draw, draw(BODIES))
    cases: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper)
    case = draw(st.sampled_from(cases))
    fields = [
        f"{case('Content-Type')}: {kind}",
        f"{case('Content-Transfer-Encoding')}: {case(encoding)}",
        f"{case('Content-Disposition')}: {draw(st.sampled_from(('attachment', 'inline')))};{written(draw, name)}",
    ]
    return "\r\n".join([*draw(st.permutations(fields)), "", ""]).encode() + body


def _encoded(draw: st.DrawFn, body: bytes) -> tuple[str, bytes]:
    if draw(st.booleans()):
        return "quoted-printable", binascii.b2a_qp(body, istext=False).replace(b"=\n", b"=\r\n")
    text, width = base64.b64encode(body), draw(st.sampled_from((4, 60, 72, 76)))
    return "base64", b"".join(text[at : at + width] + b"\r\n" for at in range(0, len(text), width))


def written(draw: st.DrawFn, name: str) -> str:
    """The parameter of a file name, in a form that its characters allow (RFC 2183, RFC 2231)."""
    plain = f' filename="{name}"'
    coded = quote(name, safe="")
    forms = [f" filename*=utf-8''{coded}", f" filename*=utf-8'vi'{coded}"]
    if len(name) > 2:
        head, tail = quote(name[:2], safe=""), quote(name[2:], safe="")
        forms.append(f"\r\n filename*0*=utf-8''{head};\r\n filename*1*={tail}")
    return draw(st.sampled_from([plain, f"\r\n\t{plain.strip()}", *forms] if name.isascii() else forms))
