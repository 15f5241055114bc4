"""Chuyển mã: a pasted text or a dropped document becomes Unicode, or is told what it is in. Open to everybody."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from starlette.responses import Response

from gateway.console.brakes import network_key
from gateway.console.converter import Converted, Rewritten, convert, rewritten
from gateway.console.errors import Refused
from gateway.console.visit import Visit
from gateway.rewriting.left_words import WORDS
from gateway.rewriting.refusal import Reason

PASTED: Final = 200_000  # characters
SHOWN: Final = 300_000  # characters of a result on the page
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BACK: Final = 4 * 2**20  # bytes of a form with that result
CHARSETS: Final = (
    ("tcvn3", "TCVN3 (ABC)"),
    ("vni", "VNI Windows"),
    ("viqr", "VIQR"),
    ("vps", "VPS"),
    ("viscii", "VISCII"),
    ("cp1258", "Windows-1258"),
    ("bkhcm1", "BK HCM 1"),
    ("bkhcm2", "BK HCM 2"),
    ("vietware_f", "Vietware F"),
    ("vietware_x", "Vietware X"),
    ("mojibake", "UTF-8 đọc sai / misread UTF-8"),
)


def form(visit: Visit) -> Response:
    """Where a text is pasted, or a document is dropped."""
    return _page(visit)


def work(visit: Visit) -> Response:
    """Read what was sent, and show it or give it as a file. Nothing of it is kept or logged."""
    services = visit.services
    if not services.conversion_brake.allows(network_key(visit.client), visit.now):
        raise _slower()
    if not services.conversions_brake.allows("", visit.now):
        raise _slower()
    file, pasted = visit.uploads.get("tep"), visit.form.get("van_ban", "")
    charset = visit.sent("bang_ma", 20)
    if charset not in dict(CHARSETS):
        charset = ""
    if file is not None and file.content:
        content, name, pasted = file.content, file.name, ""
    else:
        if not pasted.strip():
            raise Refused(400, "Paste a text, or choose a document.", "Hãy dán văn bản, hoặc chọn một tệp.")
        if len(pasted) > PASTED:
            raise Refused(413, "The text is too long; send it as a file.", "Văn bản quá dài; hãy gửi bằng tệp.")
        content, name = pasted.encode("utf-8", "replace"), "van-ban.txt"
    if visit.sent("lam", 20) == "docx":
        return _document(visit, content, name, charset, pasted)
    found = convert(content, name, charset)
    if visit.sent("lam", 20) == "tai-ve" and found is not None and found.text:
        return _file(found.text)
    return _page(visit, found=found, done=True, pasted=pasted, charset=charset)


def _document(visit: Visit, content: bytes, name: str, charset: str, pasted: str) -> Response:
    """The Word document itself in Unicode; a page, where some of it stays as it was or there is none."""
    made = rewritten(content, name, charset)
    if isinstance(made, Reason):
        return _page(visit, pasted=pasted, charset=charset, refused=made)
    if made.left:
        return _page(visit, pasted=pasted, charset=charset, rewritten=made)
    headers = {"content-disposition": 'attachment; filename="unicode.docx"'}
    return Response(made.data, media_type=_DOCX, headers=headers)


def download(visit: Visit) -> Response:
    """The text of the result as a file; only a form of ours can ask for it."""
    return _file(visit.form.get("ket_qua", ""))


def _file(text: str) -> Response:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    headers = {"content-disposition": 'attachment; filename="unicode.txt"'}
    content = b"\xef\xbb\xbf" + lines.encode("utf-8", "replace")  # old editors of Windows need the mark
    return Response(content, media_type="text/plain; charset=utf-8", headers=headers)


def _page(
    visit: Visit,
    *,
    found: Converted | None = None,
    done: bool = False,
    pasted: str = "",
    charset: str = "",
    refused: Reason | None = None,
    rewritten: Rewritten | None = None,
) -> Response:
    from gateway.rules.words import place_in_vietnamese  # brings all rules with it

    text = found.text[:SHOWN] if found is not None else ""
    whole = found is not None and found.whole and len(found.text) <= SHOWN
    values: dict[str, Any] = {
        "found": found,
        "done": done,
        "pasted": pasted,
        "charset": charset,
        "text": text,
        "whole": whole,
        "refused": refused,
        "left": [(count, WORDS[kind]) for kind, count in rewritten.left.items()] if rewritten is not None else [],
        "document": f"data:{_DOCX};base64,{b64encode(rewritten.data).decode()}" if rewritten is not None else "",
    }
    where = place_in_vietnamese if visit.language == "vi" else str
    return visit.page("conversion.html", **values, where=where, charsets=CHARSETS, most=PASTED)


def _slower() -> Refused:
    return Refused(429, "Too many requests; wait a few minutes.", "Quá nhiều yêu cầu; hãy đợi vài phút.")
