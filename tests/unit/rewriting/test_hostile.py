"""What is not rewritten, and why: nothing that acts, nothing that grows, nothing that a name could lead astray."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.rewriting import ask, parts
from gateway.rewriting.ask import rewritten
from gateway.rewriting.docx import rewrite
from gateway.rewriting.refusal import NotRewrittenError, Reason
from gateway.vietnamese import Family
from tests.unit.documents.packages import pack, rels, xlsx
from tests.unit.rewriting.support import UNICODE, W, legacy, made, paragraph, run, texts

GOOD = paragraph(run(legacy(), ".VnTime"))
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTITIES = f'<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'  # noqa: E501
_FILE = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document {W}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>'  # noqa: E501

_RELS = "word/_rels/document.xml.rels"
_TEMPLATE = rels(("r", "attachedTemplate", "https://evil.example/a.dotm"), external=True)
_MACROS: dict[str, str | bytes] = {
    "word/vbaProject.bin": _OLE + bytes(4000),
    _RELS: rels(("r", "vbaProject", "vbaProject.bin")),
}


def twice() -> bytes:
    made_ = io.BytesIO(made(GOOD))
    with zipfile.ZipFile(made_, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<other/>")
    return made_.getvalue()


def reason(work: Callable[[], object]) -> Reason:
    with pytest.raises(NotRewrittenError) as told:
        work()
    assert told.value.reason.english and told.value.reason.vietnamese
    return told.value.reason


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Reason.NOT_DOCX),
        (b"%PDF-1.7", Reason.NOT_DOCX),
        (_OLE + bytes(2000), Reason.NOT_DOCX),
        (pack({"a.txt": "x"}), Reason.NOT_DOCX),
        (pack(xlsx("<row/>")), Reason.NOT_DOCX),
        (b"PK\x03\x04" + b"\xff" * 500, Reason.DAMAGED),
        (made(GOOD)[:-40], Reason.DAMAGED),
        (made(GOOD, **_MACROS), Reason.MACROS),
        (made(GOOD, **{_RELS: _TEMPLATE}), Reason.REMOTE),
        (made(GOOD, **{"_xmlsignatures/sig1.xml": "<x/>"}), Reason.SIGNED),
        (made(GOOD, **{"../../etc/cron.d/x": "x"}), Reason.DAMAGED),
        (made(GOOD, **{"word/a\nb.png": "x"}), Reason.DAMAGED),
        (made(**{"word/document.xml": _ENTITIES}), Reason.NOT_DOCX),
        (made(**{"word/document.xml": _FILE}), Reason.NOT_DOCX),
        (made(**{"word/document.xml": f"<w:document {W}><w:body><w:p>"}), Reason.DAMAGED),
        (made("<w:p>" * 300 + "</w:p>" * 300), Reason.TOO_LARGE),
    ],
    ids=["empty", "pdf", "ole", "zip", "xlsx", "noise", "cut", "macros", "template", "signed", "path", "name",
         "entities", "file", "open", "deep"],
)  # fmt: skip
def test_refused(data: bytes, why: Reason) -> None:
    assert reason(lambda: rewrite(data)) is why


def test_a_bomb() -> None:
    blanks = {f"word/media/{number}.bin": bytes(2**20) for number in range(100)}
    assert reason(lambda: rewrite(made(GOOD, **blanks))) is Reason.TOO_LARGE


def test_two_parts_of_one_name() -> None:
    assert reason(lambda: rewrite(twice())) is Reason.DAMAGED


def test_a_document_with_a_password_is_no_document_here() -> None:
    data = bytearray(made(GOOD))
    data[6] |= 1  # the flag of the first part's header; the directory says so, too
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert reason(lambda: rewrite(bytes(data))) is Reason.ENCRYPTED


def test_more_than_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PARSED", 300)
    assert reason(lambda: rewrite(made(GOOD * 20))) is Reason.TOO_LARGE


@given(st.binary(max_size=300), st.integers(0, 600))
@settings(max_examples=80, deadline=None)
def test_any_bytes_in_a_document(noise: bytes, at: int) -> None:
    data = made(GOOD)
    broken = data[:at] + noise + data[at + len(noise) :]
    with contextlib.suppress(NotRewrittenError):
        rewrite(broken)


def test_in_the_confined_process() -> None:
    found = rewritten(made(GOOD))
    assert texts(found.data) == [UNICODE] and found.charsets == ("TCVN3/ABC",)
    assert texts(rewritten(made(paragraph(run("Sè"))), Family.TCVN3).data) == ["Số"]
    assert reason(lambda: rewritten(made(paragraph(run("plain"))))) is Reason.NOTHING


def test_a_process_that_takes_too_long_or_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reason(lambda: rewritten(made(GOOD), seconds=0.0)) is Reason.FAILED
    monkeypatch.setattr(ask, "_MEMORY", 1024)
    assert reason(lambda: rewritten(made(GOOD * 20_000))) in (Reason.FAILED, Reason.TOO_LARGE)
    monkeypatch.setattr(ask, "LARGEST", 10)
    assert reason(lambda: rewritten(made(GOOD))) is Reason.TOO_LARGE


_SAID = {"charsets": [], "texts": 1, "fonts": 1, "size": 2, "left": {"objects": 2}}


def _answer(**other: object) -> bytes:
    return json.dumps(_SAID | other).encode() + b"\nPK"


def test_what_a_child_says() -> None:
    made = ask._read(_answer(left={"objects": 2, "symbols": 0, "inserted": -1, "other": 5}))
    assert (made.data, made.left) == (b"PK", {"objects": 2})
    assert ask._read(_answer(left={"objects": 10**40})).left == {"objects": 10**9}


@pytest.mark.parametrize(
    "answer",
    [b"", b"\n", b"{}\nPK", b"[]\nPK", b'{"refused":"made up"}\n', b'{"refused":7}\n', b"\xff\n", b"[" * 4000 + b"\n",
     _answer(size=3), _answer().replace(b"PK", b"XX"), _answer(charsets=7), _answer(texts="x"), _answer(left=[]),
     _answer(left=None), _answer(left={"objects": "x"}), _answer(left={"objects": []}), _answer(texts=float("inf")),
     _answer(left={"symbols": float("inf")})],
)  # fmt: skip
def test_what_a_child_that_was_taken_over_may_say(answer: bytes) -> None:
    assert reason(lambda: ask._read(answer)) is Reason.FAILED
