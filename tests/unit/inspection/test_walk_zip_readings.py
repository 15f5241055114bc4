"""A document in a zip with several directories: every program's reading of it is judged, and an ordinary one once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from gateway.contents import Trait
from tests.findings.document_files import docx
from tests.support.mime import PROGRAM
from tests.unit.inspection.support import mail, part, zipped
from tests.unit.inspection.test_walk import walk

_TEMPLATE = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a"
 TargetMode="External" Target="http://x.example/a.dotm"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>"""
_CLEAN, _MACROS, _REMOTE = docx(), docx(macros=True), docx(extra={"word/_rels/settings.xml.rels": _TEMPLATE})
_TEXT = zipped([("a.txt", b"harmless")])

Join = Callable[[bytes, bytes], bytes]


def in_comment(outer: bytes, inner: bytes) -> bytes:
    """A zip whose comment another one is: some programs open the one, and some the other."""
    return outer[:-2] + len(inner).to_bytes(2, "little") + inner


def behind(first: bytes, second: bytes) -> bytes:
    """A zip behind another, whose end says that the directory stands where the first one's does."""
    at = first.rindex(b"PK\5\6")
    return first[:at] + second[:-6] + first[at + 16 : at + 20] + second[-2:]


@pytest.mark.parametrize("join", [in_comment, behind])
@pytest.mark.parametrize(
    ("first", "second", "trait"),
    [
        (_MACROS, _CLEAN, Trait.MACROS),
        (_CLEAN, _MACROS, Trait.MACROS),
        (_REMOTE, _CLEAN, Trait.REMOTE),
        (_CLEAN, _REMOTE, Trait.REMOTE),
        (_TEXT, _REMOTE, Trait.REMOTE),
        (_REMOTE, _TEXT, Trait.REMOTE),
    ],
)
def test_each_reading_is_judged(join: Join, first: bytes, second: bytes, trait: Trait) -> None:
    seen = walk(mail(part(join(first, second), "cong_van.docx")))
    assert trait in seen.traits("cong_van.docx")


@pytest.mark.parametrize("join", [in_comment, behind])
@pytest.mark.parametrize("turned", [False, True])
def test_a_program_in_the_other_reading(join: Join, turned: bool) -> None:
    both = _CLEAN, zipped([("a.exe", PROGRAM)])
    seen = walk(mail(part(join(*both[:: -1 if turned else 1]), "cong_van.docx")))
    assert seen.kind("cong_van.docx", "a.exe") == "application/x-dosexec"


def test_the_words_of_each_reading_are_found() -> None:
    data = in_comment(docx("mot hai"), docx("ba bon"))
    words = [text for texts in walk(mail(part(data, "a.docx")), text=True).texts.values() for text in texts]
    assert {"mot hai", "ba bon"} <= set(words)


def test_a_document_with_one_reading_is_read_once() -> None:
    """Also one that holds another as it is, and one with a comment."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_CLEAN)) as source, zipfile.ZipFile(packed, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, source.read(name))
        archive.writestr("word/embeddings/a.docx", docx("trong"))
    for data in (_CLEAN, packed.getvalue(), _CLEAN[:-2] + b"\4\0abcd"):
        seen = walk(mail(part(data, "a.docx")), text=True)
        assert not [name for name in seen.names if name.endswith(".xml")]
        assert not seen.missing
        assert len(seen.texts[("a.docx",)]) == 1
