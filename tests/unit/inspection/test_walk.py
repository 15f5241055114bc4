"""The walk, in this process: every file is listed, a container before what is in it, and everything has an end."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.archives.limits import ArchiveLimits
from gateway.contents import ContainedFile, Trait, Unchecked, Why
from gateway.inspection.forms import document_of, files_of, unchecked_of
from gateway.inspection.limits import WalkLimits
from gateway.inspection.listing import Listing
from gateway.inspection.reading import reading_of
from gateway.inspection.samples import samples
from gateway.inspection.walk import Walk
from gateway.inspection.wire import Frames, frame
from tests.unit.inspection.support import SNIFF, mail, part, zipped

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100)
TEXT = b"hello there\r\n" * 3
PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(200)
LIMITS = WalkLimits()


class Found:
    """What a walk sent."""

    def __init__(self) -> None:
        self.files: list[ContainedFile] = []
        self.unchecked: list[Unchecked] = []
        self.texts: dict[tuple[str, ...], list[str]] = {}
        self.bugs: list[str] = []
        self.raws: list[bytes] = []

    def take(self, fields: dict[str, Any]) -> None:
        frames = Frames()
        frames.feed(frame(fields))
        sent = frames.next()
        assert sent is not None
        self._take(sent)

    def _take(self, frame: dict[str, Any]) -> None:
        self.files += files_of(frame.get("files", []))
        self.unchecked += unchecked_of(frame.get("unchecked", []))
        self.bugs += frame.get("bugs", [])
        if "document" in frame:
            document = document_of(frame["document"])
            self.raws += [unit.raw for unit in document.units if unit.raw]
            self.texts.setdefault(document.names, []).extend(unit.text for unit in document.units)

    @property
    def names(self) -> list[str]:
        return ["/".join(file.names) for file in self.files]

    def traits(self, *names: str) -> tuple[Trait, ...]:
        return next(file.traits for file in self.files if file.names == names)

    def kind(self, *names: str) -> str:
        return next(file.kind for file in self.files if file.names == names)

    @property
    def missing(self) -> set[tuple[str, Why]]:
        return {("/".join(each.names), each.reason) for each in self.unchecked}


def walk(
    raw: bytes, limits: WalkLimits = LIMITS, *, text: bool = False, late: Callable[[], bool] = lambda: False
) -> Found:
    """Everything that is found in a message."""
    found = Found()

    def read(offset: int, size: int) -> bytes:
        return raw[offset : offset + size]

    _scanned, view = reading_of(read, len(raw), limits, SNIFF)
    walker = Walk(limits, SNIFF, Listing(limits, found.take), late, text=text)
    walker.message(read, len(raw), view.attachments, view.extracts)
    assert found.bugs == []
    return found


def tarred(files: Iterable[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


@pytest.mark.parametrize("encoding", ["base64", "8bit", "binary"])
def test_each_attachment_is_a_file_of_its_own(encoding: str) -> None:
    found = walk(mail(part(JPEG, "a.jpg", encoding=encoding), part(TEXT, "b.txt"), part(PROGRAM, "c.exe")))
    assert found.names == ["a.jpg", "b.txt", "c.exe"]
    assert [file.part for file in found.files] == ["1.2", "1.3", "1.4"]
    assert [file.size for file in found.files] == [len(JPEG), len(TEXT), len(PROGRAM)]
    assert found.files[0].kind == "image/jpeg"
    assert found.unchecked == []


@pytest.mark.parametrize("encoding", ["base64", "binary"])
def test_archives_in_archives(encoding: str) -> None:
    inner = zipped([("x.exe", PROGRAM), ("y.txt", TEXT)])
    outer = tarred([("a/inner.zip", inner), ("last.jpg", JPEG)])
    found = walk(mail(part(gzip.compress(outer), "o.tar.gz", encoding=encoding), part(TEXT, "n.txt")))
    assert found.names[0] == "o.tar.gz"
    assert found.names[-1] == "n.txt"
    ends = [name.rpartition("/")[2] for name in found.names]
    assert [end for end in ends if end in ("inner.zip", "x.exe", "y.txt", "last.jpg")] == [
        "inner.zip", "x.exe", "y.txt", "last.jpg",
    ]  # fmt: skip
    assert found.unchecked == []
    assert all(file.part == "1.2" for file in found.files[:-1])
    sizes = {file.names[-1]: file.size for file in found.files}
    assert (sizes["x.exe"], sizes["y.txt"], sizes["last.jpg"]) == (len(PROGRAM), len(TEXT), len(JPEG))


def test_content_decides_and_not_the_name() -> None:
    found = walk(mail(part(zipped([("x.txt", PROGRAM)]), "photo.jpg"), part(zipped([("y", TEXT)]), "note.txt")))
    assert found.names == ["photo.jpg", "photo.jpg/x.txt", "note.txt", "note.txt/y"]
    assert found.traits("photo.jpg") == (Trait.CONTAINER,)
    assert found.kind("photo.jpg") == "application/zip"


def test_a_zip_behind_something_else_is_found_by_its_end() -> None:
    found = walk(mail(part(bytes([0, 1, 2, 3, 200, 201]) * 99 + zipped([("x.exe", PROGRAM)]), "data")))
    assert found.names == ["data", "data/x.exe"]
    assert found.unchecked == []


ONENOTE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(1008)
STORED = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac") + len(PROGRAM).to_bytes(8, "little") + bytes(12) + PROGRAM


def cabinet(name: str, data: bytes) -> bytes:
    """A cabinet with one file, not packed ([MS-CAB] 2)."""
    entry = struct.pack("<IIHHHH", len(data), 0, 0, 0, 0, 0) + name.encode() + b"\0"
    block = struct.pack("<IHH", 0, len(data), len(data)) + data
    start = 36 + 8 + len(entry)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, start + len(block), 0, 36 + 8, 0, 3, 1, 1, 1, 0, 0, 0)
    return head + struct.pack("<IHH", start, 1, 0) + entry + block


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.one", ONENOTE + STORED),
        ("a", ONENOTE + STORED),
        ("a.zip", zipped([("b/a.one", ONENOTE + STORED)])),
        ("a.onepkg", cabinet("a.one", ONENOTE + STORED)),
    ],
)
def test_a_program_in_onenote(name: str, data: bytes) -> None:
    found = walk(mail(part(data, name)))
    assert found.files[-1].kind == SNIFF(PROGRAM)
    assert found.files[-1].names[-1] == "file 1"
    assert found.files[-2].kind == "application/onenote"
    assert Trait.CONTAINER in found.files[-2].traits
    assert found.unchecked == []


def test_macros_without_a_compound_file() -> None:
    workbook = bytes.fromhex("0908080000054000") + bytes(4) + b"\x0a\0\0\0"
    found = walk(mail(part(workbook, "a.csv"), part(b"ID;P\r\nO;E\r\nE\r\n", "b.csv")))
    assert found.traits("a.csv") == found.traits("b.csv") == (Trait.MACROS,)


def test_something_unknown_is_only_listed() -> None:
    found = walk(mail(part(bytes(range(256)) * 300, "data.bin")))
    assert (found.names, found.unchecked) == (["data.bin"], [])


@pytest.mark.parametrize("name", ["fw.eml", "fw", "fw.dat"])
def test_messages_in_messages(name: str) -> None:
    inner = mail(part(zipped([("x.exe", PROGRAM)]), "in.zip"), subject="inner", boundary="inner")
    middle = mail(part(inner, name, "message/rfc822"), part(JPEG, "p.jpg"), boundary="middle")
    found = walk(mail(part(middle, "outer.eml", "application/octet-stream")))
    expected = ["outer.eml", f"outer.eml/{name}", f"outer.eml/{name}/in.zip", f"outer.eml/{name}/in.zip/x.exe"]
    assert found.names == [*expected, "outer.eml/p.jpg"]
    assert found.traits("outer.eml") == (Trait.CONTAINER,)
    assert {file.part for file in found.files} == {"1.2"}
    assert found.unchecked == []


def test_the_words_of_a_message_that_is_attached() -> None:
    inner = (
        "Subject: =?utf-8?B?Q+G7mW5nIGjDsmE=?=\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="i"\r\n\r\n'
        "--i\r\nContent-Type: text/plain; charset=windows-1258\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "one =F0\r\ntwo\r\n--i\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>ba</p><p>bốn</p>\r\n"
        '--i\r\nContent-Type: text/plain; name="n.txt"\r\nContent-Disposition: attachment\r\n\r\nnăm\r\n--i--\r\n'
    ).encode()
    found = walk(mail(part(inner, "fw.eml", "message/rfc822")), text=True)
    assert found.texts[("fw.eml",)] == ["Cộng hòa", "one đ", "two", "ba", "bốn"]
    assert found.texts[("fw.eml", "n.txt")] == ["năm"]
    assert found.unchecked == []


@pytest.mark.parametrize("text", [True, False])
def test_a_large_table_is_no_trouble(text: bool) -> None:
    table = b"".join(b"%d,a cell,another\r\n" % n for n in range(5000))
    found = walk(mail(part(table, "a.csv"), part(table + b"1,2,3\r\n", "b.csv")), text=text)
    assert found.unchecked == []
    assert len(found.texts) == (2 if text else 0)


def test_text_of_all_documents_together_is_bounded() -> None:
    texts = [part(b"line %d\r\n" % n * 2000, f"{n}.txt") for n in range(5)]
    found = walk(mail(*texts), replace(LIMITS, text=300_000), text=True)
    assert 0 < sum(len("".join(lines)) for lines in found.texts.values()) < 300_000
    assert {reason for _, reason in found.missing} == {Why.TOO_LARGE}
    assert len(found.files) == 5


def test_bytes_of_a_text_that_says_no_charset_are_kept() -> None:
    inner = "Subject: Céng\r\n\r\nCéng hoµ\r\n".encode("latin-1")
    found = walk(mail(part(inner, "fw.eml", "message/rfc822")), text=True)
    assert found.raws == ["Céng".encode("latin-1"), "Céng hoµ".encode("latin-1")]


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.odt"])
def test_a_document_is_told_more_precisely_by_its_reader(name: str) -> None:
    document = samples()[name]
    found = walk(mail(part(document, name), part(document, "photo.jpg")))
    assert found.kind(name) == found.kind("photo.jpg")
    assert found.kind(name) not in ("application/zip", "application/octet-stream")


def test_a_message_that_stands_in_a_message_as_it_is() -> None:
    inner = mail(part(JPEG, "p.jpg"), part(zipped([("x.exe", PROGRAM)]), "in.zip"), boundary="inner")
    raw = mail(part(inner, "fw.eml", "message/rfc822", encoding="7bit"), part(TEXT, "n.txt"))
    found = walk(raw)
    assert found.names == ["fw.eml", "p.jpg", "in.zip", "in.zip/x.exe", "n.txt"]
    assert found.traits("fw.eml") == (Trait.CONTAINER,)
    outer = walk(mail(part(raw, "outer.eml", "message/rfc822"), boundary="outer"))
    assert outer.names == ["outer.eml", *(f"outer.eml/{name}" for name in found.names)]


def test_a_package_that_is_no_document_is_an_archive_and_no_more_is_said() -> None:
    found = walk(mail(part(zipped([("META-INF/MANIFEST.MF", b"x"), ("a.class", b"y")]), "a.jar")))
    assert found.names == ["a.jar", "a.jar/META-INF/MANIFEST.MF", "a.jar/a.class"]
    assert found.missing == set()


def test_a_document_that_cannot_be_read_says_so() -> None:
    found = walk(mail(part(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40), "a.doc"), part(JPEG, "b.jpg")))
    assert found.names == ["a.doc", "b.jpg"]
    assert {name for name, _ in found.missing} == {"a.doc"}


@pytest.mark.parametrize("data", [zipped([("x.exe", PROGRAM)]), tarred([("x.exe", PROGRAM)])])
def test_what_is_declared_as_a_message_is_opened_by_its_content_too(data: bytes) -> None:
    found = walk(mail(part(data, "fw.eml", "message/rfc822")))
    assert "fw.eml/x.exe" in found.names


def test_a_damaged_archive_says_so_and_the_rest_goes_on() -> None:
    good = zipped([("x.txt", TEXT)])
    found = walk(mail(part(b"7z\xbc\xaf\x27\x1c" + bytes(50), "bad.7z"), part(good, "good.zip")))
    assert found.names == ["bad.7z", "good.zip", "good.zip/x.txt"]
    assert {name for name, _ in found.missing} == {"bad.7z"}


def nested(levels: int) -> bytes:
    data = TEXT
    for level in range(levels):
        data = zipped([(f"{level}.zip" if level else "deepest.txt", data)])
    return data


def test_depth_is_limited() -> None:
    limits = replace(LIMITS, archives=ArchiveLimits(depth=3))
    assert walk(mail(part(nested(3), "o.zip")), limits).unchecked == []
    found = walk(mail(part(nested(4), "o.zip"), part(nested(1), "p.zip")), limits)
    assert [reason for _, reason in found.missing] == [Why.TOO_DEEP]
    assert found.names[-1] == "p.zip/deepest.txt"
    assert found.names[:4] == ["o.zip", "o.zip/3.zip", "o.zip/3.zip/2.zip", "o.zip/3.zip/2.zip/1.zip"]


def test_depth_counts_messages_too() -> None:
    raw = mail(part(JPEG, "p.jpg"))
    for _ in range(12):
        raw = mail(part(raw, "m.eml", "message/rfc822"))
    found = walk(raw, replace(LIMITS, archives=ArchiveLimits(depth=4)))
    assert ("m.eml/" * 4 + "m.eml", Why.TOO_DEEP) in found.missing
    assert len(found.files) <= 13


def test_the_budget_is_the_whole_message_s() -> None:
    limits = replace(LIMITS, archives=ArchiveLimits(entries=10))
    archive, other = (zipped([(f"{n}.txt", text) for n in range(6)]) for text in (TEXT, TEXT * 2))
    found = walk(mail(part(archive, "a.zip"), part(other, "b.zip"), part(JPEG, "c.jpg")), limits)
    assert ("b.zip", Why.TOO_MANY) in found.missing
    assert len([name for name in found.names if name.startswith("a.zip/")]) == 6
    assert found.names[-1] == "c.jpg"


def test_a_bomb_costs_little() -> None:
    bomb = zipped([("zeros", bytes(40 << 20))])
    limits = replace(LIMITS, archives=ArchiveLimits(size=2 << 20))
    found = walk(mail(part(bomb, "bomb.zip")), limits)
    assert found.missing & {("bomb.zip/zeros", Why.TOO_LARGE), ("bomb.zip/zeros", Why.RATIO), ("bomb.zip", Why.RATIO)}


def test_files_and_names_are_bounded() -> None:
    limits = replace(LIMITS, files=20, name=30)
    archive = zipped([(f"{n}-{'n' * 500}.txt", TEXT) for n in range(60)])
    found = walk(mail(part(archive, "a.zip"), part(JPEG, "b.jpg"), part(JPEG, "c.jpg")), limits)
    assert len(found.files) == 20
    assert all(len(name) <= 30 for file in found.files for name in file.names)
    assert (*[each.reason for each in found.unchecked],) == (Why.TOO_MANY,) * 3
    assert [each.names for each in found.unchecked][-2:] == [("b.jpg",), ("c.jpg",)]


def test_long_names_of_nested_files_are_bounded_together() -> None:
    data = zipped([(f"{n}-{'n' * 240}", b"%d" % n) for n in range(900)])
    for name in "abc":
        data = zipped([(name * 240 + ".zip", data)])
    found = walk(mail(part(data, "o" * 240 + ".zip"), part(JPEG, "p.jpg")))
    assert 600_000 < sum(len(name) for file in found.files for name in file.names) <= 700_000
    assert {reason for _, reason in found.missing} == {Why.TOO_MANY}


def test_a_copy_is_listed_and_not_opened_again() -> None:
    archive = zipped([("b.zip", zipped([("c.txt", TEXT)]))])
    found = walk(mail(part(archive, "a.zip"), part(archive, "again.zip"), part(archive, "a.dat")))
    assert found.names == ["a.zip", "a.zip/b.zip", "a.zip/b.zip/c.txt", "again.zip", "a.dat"]
    assert found.traits("again.zip") == found.traits("a.zip") == (Trait.CONTAINER,)


def test_a_copy_nearer_to_the_surface_is_opened_again() -> None:
    limits = replace(LIMITS, archives=ArchiveLimits(depth=2))
    core = zipped([("x.zip", zipped([("y.txt", TEXT)]))])
    found = walk(mail(part(zipped([("core.zip", core)]), "a.zip"), part(core, "core.zip")), limits)
    assert found.missing == {("a.zip/core.zip/x.zip", Why.TOO_DEEP)}
    assert found.names[-1] == "core.zip/x.zip/y.txt"


def test_time_ends_the_walk_and_names_what_is_left() -> None:
    looks = iter([False, False, False])
    archive = zipped([(f"{n}.txt", TEXT) for n in range(5)])
    found = walk(mail(part(archive, "a.zip"), part(JPEG, "b.jpg")), late=lambda: next(looks, True))
    assert found.names == ["a.zip", "a.zip/0.txt", "a.zip/1.txt"]
    assert found.missing == {("a.zip", Why.TIME), ("b.jpg", Why.TIME)}


def test_encrypted_entries_and_their_archive_are_named() -> None:
    flagged = bytearray(zipped([("secret.txt", TEXT)]))
    flagged[6] |= 1
    flagged[flagged.index(b"PK\x01\x02") + 8] |= 1
    found = walk(mail(part(bytes(flagged), "a.zip")))
    assert found.names == ["a.zip", "a.zip/secret.txt"]
    assert Trait.ENCRYPTED in found.traits("a.zip")
    assert found.missing == {("a.zip/secret.txt", Why.ENCRYPTED)}


def test_hostile_names_are_made_safe() -> None:
    found = walk(mail(part(zipped([("a\nb\x00\u202ecod.exe", TEXT)]), "a.zip")))
    name = found.files[1].names[1]
    assert "\n" not in name and "\x00" not in name
    assert "\u202e" in name or "\ufffd" in name


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_nothing_is_raised_whatever_a_file_holds(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from([zipped([("a.txt", TEXT), ("b.zip", nested(1))]), tarred([("a", TEXT)]), TEXT]))
    broken = bytearray(start)
    for _ in range(data.draw(st.integers(0, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    name = data.draw(st.sampled_from(["a.zip", "a.tar", "a.docx", "a.eml", "a", "a.pdf", "a.rtf", "a.html"]))
    found = walk(mail(part(bytes(broken), name)), text=data.draw(st.booleans()))
    assert found.files[0].names == (name,)
