"""Words beside the walk: every text is read, in its place; and whatever happens to words, the files are the same."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.contents import (
    NO_WORDS,
    ContainedFile,
    LegacyText,
    MailboxList,
    Passage,
    SecretMarking,
    Source,
    Unchecked,
    UnmarkedText,
    Why,
    Words,
)
from gateway.documents import read as documents
from gateway.documents.limits import DocumentLimits
from gateway.errors import CongThuError
from gateway.inspection.forms import files_of, unchecked_of
from gateway.inspection.limits import WalkLimits
from gateway.inspection.listing import Listing
from gateway.inspection.reading import reading_of
from gateway.inspection.texts import Texts, known_bodies
from gateway.inspection.walk import Walk
from gateway.inspection.wire import Frames, frame
from gateway.inspection.words_forms import bodies_of, body_rows, words_form, words_of
from gateway.wording.bodies import Body
from gateway.wording.kept import merged
from gateway.wording.reader import WANTS
from gateway.wording.requests import judged
from tests.unit.documents.packages import W, docx, fonts, pack, paragraph, xlsx
from tests.unit.inspection.support import SNIFF, mail, part, zipped
from tests.unit.wording.mail import GOOD, TCVN3, UNMARKED

RAW = TCVN3.encode("latin-1")
LIMITS = WalkLimits()


class Found:
    """What a walk with words sent, through the wire."""

    def __init__(self) -> None:
        self.files: list[ContainedFile] = []
        self.unchecked: list[Unchecked] = []
        self.words: Words = NO_WORDS
        self.failed = "no word"
        self.bugs: list[str] = []

    def take(self, fields: dict[str, Any]) -> None:
        frames = Frames()
        frames.feed(frame(fields))
        sent = frames.next()
        assert sent is not None
        self.files += files_of(sent.get("files", []))
        self.unchecked += unchecked_of(sent.get("unchecked", []))
        self.bugs += sent.get("bugs", [])
        if "words" in sent:
            self.words = merged(self.words, words_of(sent["words"]))
        self.failed = sent.get("words_failed", self.failed)

    @property
    def legacy(self) -> list[tuple[Source, str, tuple[str, ...]]]:
        return [(one.source, one.part, one.names) for one in self.words.legacy]


def walk(
    raw: bytes, wants: frozenset[str] = WANTS, limits: WalkLimits = LIMITS, late: Callable[[], bool] = lambda: False
) -> Found:
    """Everything that is found in a message, with the words of its files."""
    found = Found()

    def read(offset: int, size: int) -> bytes:
        return raw[offset : offset + size]

    _scanned, view = reading_of(read, len(raw), limits, SNIFF)
    texts = Texts(wants, limits, found.take, late)
    walker = Walk(limits, SNIFF, Listing(limits, found.take), late, text=False, texts=texts if texts.wanted else None)
    walker.message(read, len(raw), view.attachments, view.extracts)
    texts.end()
    return found


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (RAW, "a.txt"),
        (b"name;text\r\n1;" + RAW, "a.csv"),
        (b"<html><body><p>" + RAW + b"</p></body></html>", "a.html"),
        (
            b"{\\rtf1\\ansi {\\fonttbl{\\f0 .VnTime;}}\\f0 "
            + b"".join(b"\\'%02x" % c if c > 127 else bytes([c]) for c in RAW)
            + b"\\par}",
            "a.rtf",
        ),
        (TCVN3.encode(), "a.txt"),
        (RAW, "notes"),
        (b"BEGIN:VCALENDAR\r\nSUMMARY:" + TCVN3.encode() + b"\r\nEND:VCALENDAR\r\n", "a.ics"),
    ],
)
def test_each_kind_of_document(data: bytes, name: str) -> None:
    found = walk(mail(part(data, name)))
    assert found.legacy == [(Source.DOCUMENT, "1.2", (name,))]
    assert found.words.legacy[0].family == "tcvn3"
    assert (found.failed, found.unchecked) == ("", [])


def test_a_word_document_s_fonts_and_places() -> None:
    body = "".join(
        paragraph(fonts(name) + f"<w:t>{text}</w:t>")
        for name, text in (("Times New Roman", GOOD), (".VnTime", TCVN3), (".VnTime", "ViÖt Nam"), (".VnTimeH", GOOD))
    )
    header = f"<w:hdr {W}>{paragraph('<w:t>TUYỆT MẬT</w:t>')}</w:hdr>"
    found = walk(mail(part(pack(docx(body, {"word/header1.xml": header})), "Tờ trình.docx")))
    (legacy,) = found.words.legacy
    assert (legacy.source, legacy.names, legacy.family) == (Source.DOCUMENT, ("Tờ trình.docx",), "tcvn3")
    assert [(one.place, one.font) for one in legacy.passages] == [
        ("paragraph 2", ".VnTime"),
        ("paragraph 3", ".VnTime"),
    ]
    assert legacy.damaged == sum(one.damaged for one in legacy.passages)
    assert legacy.notes == ("legacy-font",)
    (marking,) = found.words.markings
    assert (marking.where, marking.level, marking.form) == ("header 1", "tuyệt mật", "stamp")
    assert (found.unchecked, found.failed) == ([], "")


def test_a_workbook_s_cells() -> None:
    texts = {1: GOOD, 2: TCVN3, 7: "Hµ Néi, ngµy 20 th¸ng 5"}
    rows = "".join(
        f'<row r="{row}"><c r="B{row}" t="inlineStr"><is><t>{text}</t></is></c></row>' for row, text in texts.items()
    )
    (legacy,) = walk(mail(part(pack(xlsx(rows)), "a.xlsx"))).words.legacy
    assert [one.place for one in legacy.passages] == ["sheet 'Tháng 1' B2", "sheet 'Tháng 1' B7"]
    assert legacy.passages[1].understood == "Hà Nội, ngày 20 tháng 5"


def test_files_in_archives_and_their_names() -> None:
    inner = zipped([("b.txt", RAW), (f"{TCVN3}.txt", GOOD.encode())])
    found = walk(mail(part(zipped([("inner.zip", inner)]), "o.zip")))
    assert found.legacy == [
        (Source.DOCUMENT, "1.2", ("o.zip", "inner.zip", "b.txt")),
        (Source.NAME, "1.2", ("o.zip", "inner.zip", f"{TCVN3}.txt")),
    ]


def test_a_message_that_is_a_file_is_quoted() -> None:
    inner = b"Subject: " + RAW + b"\r\nMIME-Version: 1.0\r\n\r\n" + RAW + b"\r\n"
    found = walk(mail(part(inner, "a.eml")))
    assert found.legacy == [(Source.QUOTED, "1.2", ("a.eml",))] * 2
    assert [one.where for one in found.words.legacy] == ["Subject", ""]


def test_markings_and_prose() -> None:
    page = f"<html><body><p>TUYỆT MẬT</p><p>{UNMARKED}</p></body></html>"
    found = walk(mail(part(page.encode(), "a.html")))
    assert [(one.source, one.names, one.level) for one in found.words.markings] == [
        (Source.DOCUMENT, ("a.html",), "tuyệt mật")
    ]
    assert [(one.source, one.names) for one in found.words.unmarked] == [(Source.DOCUMENT, ("a.html",))]


def test_without_wants_nothing_is_said() -> None:
    found = walk(mail(part(RAW, "a.txt")), frozenset({"files"}))
    assert (found.words, found.failed) == (NO_WORDS, "no word")


MESSAGES = [
    mail(
        part(RAW, "a.txt"), part(b"\x01\x02" * 500, "b.txt"), part(zipped([("c.txt", RAW), ("d.exe", b"MZ")]), "e.zip")
    ),
    mail(part(b"%PDF-1.4 broken", "a.pdf"), part(b"PK\x03\x04broken", "a.docx"), part(b"x" * 40_000, "a.html")),
    mail(part(b"a,b\n" * 30_000, "a.csv"), part(b"<a>" * 9000, "b.html"), part(b"line\n" * 50_000, "c.log")),
]
SMALL = replace(LIMITS, documents=DocumentLimits(text=1000, units=50))


@pytest.mark.parametrize("raw", MESSAGES)
@pytest.mark.parametrize("limits", [LIMITS, SMALL])
def test_files_and_what_was_not_checked_are_the_same_with_words_and_without(raw: bytes, limits: WalkLimits) -> None:
    without, with_words = walk(raw, frozenset(), limits), walk(raw, WANTS, limits)
    assert (with_words.files, with_words.unchecked) == (without.files, without.unchecked)


def test_a_damaged_text_in_an_archive_is_no_damaged_file() -> None:
    archive = bytearray(zipped([("a.txt", RAW * 50)]))
    archive[60] ^= 255
    without, with_words = (walk(mail(part(bytes(archive), "a.zip")), wants) for wants in (frozenset(), WANTS))
    assert (with_words.files[0], with_words.unchecked) == (without.files[0], without.unchecked)


@pytest.mark.parametrize(
    ("error", "failed"),
    [(ZeroDivisionError, "ZeroDivisionError at "), (MemoryError, "too-large"), (RecursionError, "RecursionError at ")],
)
def test_a_bug_costs_the_words_only(error: type[Exception], failed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    raw = mail(part(zipped([(f"{TCVN3}.txt", RAW)]), "a.zip"))
    without = walk(raw, frozenset())
    monkeypatch.setattr(documents, "read", broken)
    found = walk(raw)
    assert found.failed.startswith(failed)
    assert [one.source for one in found.words.legacy] == [Source.NAME]
    assert (found.files, found.unchecked, found.bugs) == (without.files, without.unchecked, [])


def test_words_that_time_cut_off_say_so() -> None:
    ticks = iter([False] * 3 + [True] * 1000)
    found = walk(mail(part(RAW, "a.txt"), part(RAW, "b.txt")), late=lambda: next(ticks))
    assert found.failed == Why.TIME.value


def test_bodies_that_are_too_large_for_the_worker() -> None:
    raw = mail(part(b"x", "a.txt")).replace(b"hello", RAW)

    def read(offset: int, size: int) -> bytes:
        return raw[offset : offset + size]

    found = Found()
    scanned, view = reading_of(read, len(raw), LIMITS, SNIFF)
    bodies = bodies_of([list(row) for row in body_rows(known_bodies(scanned))])
    texts = Texts(WANTS, LIMITS, found.take, lambda: False)
    texts.bodies(read, [(one, body) for one in view.extracts for body in bodies if body.part == one.part])
    texts.end()
    assert found.legacy == [(Source.BODY, "1.1", ())]


def test_forms_there_and_back() -> None:
    passage = Passage("sheet 'Tháng 1' B7", "tcvn3", 3, 0.875, "ViÖt", "Việt", ".VnTime")
    words = Words(
        (LegacyText(Source.DOCUMENT, "1.2", ("a", "b"), "", "tcvn3", 12, 0.5, (passage,), ("eth",)),),
        (SecretMarking(Source.HEADER, "", (), "Subject", "mật", "stamp"),),
        (UnmarkedText(Source.BODY, "1", (), "", 100, 90, "khong co"),),
        judged(["asks-create", "reason"], [MailboxList("1.2", ("a.zip", "b.xlsx"), "sheet 'DS'", 7)]),
    )
    frames = Frames()
    frames.feed(frame({"words": words_form(words)}))
    sent = frames.next()
    assert sent is not None
    assert words_of(sent["words"]) == words
    assert bodies_of([["1.1", "text/plain", "viscii", True]]) == [Body("1.1", "text/plain", "viscii", True)]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["body", "legacy"]),
    lambda inner: (
        st.lists(inner, max_size=9)
        | st.dictionaries(st.sampled_from(["legacy", "markings", "unmarked", "request"]), inner)
    ),
    max_leaves=20,
)


@given(_JSON)
def test_a_form_that_is_not_as_agreed_is_an_error_of_its_own(value: object) -> None:
    with contextlib.suppress(CongThuError, ValueError):
        assert isinstance(words_of(value), Words)


def test_only_text_is_kept_of_a_long_text(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    real = documents.read

    def measured(file: io.BytesIO, *rest: Any) -> object:
        kept.append(len(file.getvalue()))
        return real(file, *rest)

    monkeypatch.setattr(documents, "read", measured)
    limits = replace(LIMITS, documents=DocumentLimits(text=50_000))
    found = walk(mail(part(zipped([("a.txt", b"long line\n" * 500_000)]), "a.zip")), WANTS, limits)
    assert kept
    assert max(kept) < 1_000_000
    assert (found.unchecked, found.failed) == ([], "")
    assert found.files[-1].size == 5_000_000
