"""OneNote's files, made by hand: the files inside, their names, and lengths that lie."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents.document import DocumentError
from gateway.documents.limits import DocumentLimits
from gateway.documents.read import can_read
from tests.unit.documents.old_formats import damaged, parse, survives

SECTION = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
NOTEBOOK = bytes.fromhex("a12fff43d9ef764c9ee210ea5722765f")
REVISIONS = bytes.fromhex("3fdd9a101b91f549a5d01791edc8aed8")
PACKAGED = bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7")
FILE, FILE_END = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac"), bytes.fromhex("22a7fb71790f0b4abb13899256426b24")
NAME, PICTURE_NAME, CONTAINER, WIDTH, SETS = 0x1C001D9C, 0x1C001DD7, 0x20001D9B, 0x14001C1B, 0x40001C00
PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(200)


def stored(data: bytes, size: int = -1) -> bytes:
    """A FileDataStoreObject ([MS-ONESTORE] 2.6.13)."""
    size = len(data) if size < 0 else size
    return FILE + struct.pack("<QIQ", size, 0, 0) + data + bytes(-len(data) % 8) + FILE_END


def text(value: str) -> bytes:
    data = f"{value}\0".encode("utf-16-le")
    return struct.pack("<I", len(data)) + data


def properties(values: Mapping[int, bytes]) -> bytes:
    """A PropertySet (2.6.7)."""
    return struct.pack(f"<H{len(values)}I", len(values), *values) + b"".join(values.values())


def named(name: str) -> bytes:
    return properties({CONTAINER: b"", WIDTH: bytes(4), PICTURE_NAME: text("x.png"), NAME: text(name)})


def onenote(*parts: bytes, kind: bytes = SECTION, form: bytes = REVISIONS) -> bytes:
    return kind + bytes(range(16)) + kind + form + bytes(960) + b"".join(parts)


def found(data: bytes, limits: DocumentLimits | None = None) -> list[tuple[str, bytes]]:
    return [(each.name, each.data) for each in parse(data, limits=limits, text=False).embedded]


@pytest.mark.parametrize("kind", [SECTION, NOTEBOOK])
def test_a_file_in_it(kind: bytes) -> None:
    document = parse(onenote(b"some", stored(PROGRAM), b"more", kind=kind), "x.txt")
    assert document.format == "one"
    assert [(each.name, each.data, each.place) for each in document.embedded] == [("", PROGRAM, "file 1")]
    assert not (document.unchecked or document.encrypted or document.macros or document.active)


def test_by_name() -> None:
    assert can_read("application/octet-stream", "a.ONE", b"????")
    assert not can_read("application/octet-stream", "a.two", b"????")


def test_one_name_for_one_file() -> None:
    assert found(onenote(named("hóa đơn.hta"), stored(b"<script>"))) == [("hóa đơn.hta", b"<script>")]


def test_names_that_cannot_be_told_apart_stand_alone() -> None:
    data = onenote(stored(b"picture"), named("a.vbs"), stored(b"script"), named("b.cmd"), named("a.vbs"))
    assert found(data) == [("", b"picture"), ("", b"script"), ("a.vbs", b""), ("b.cmd", b"")]


@pytest.mark.parametrize(
    "values",
    [
        {NAME: text("")},
        {NAME: text("a\n")},
        {NAME: struct.pack("<I", 3) + b"abc"},
        {NAME: struct.pack("<I", 5000)},
        {SETS: bytes(8), NAME: text("a.vbs")},
        {PICTURE_NAME: struct.pack("<I", 1 << 31), NAME: text("a.vbs")},
    ],
)
def test_no_name(values: Mapping[int, bytes]) -> None:
    assert found(onenote(properties(values), stored(b"x"))) == [("", b"x")]


def test_a_length_beyond_the_end_takes_the_rest() -> None:
    document = parse(onenote(stored(PROGRAM, size=1 << 62)))
    assert document.embedded[0].data.startswith(PROGRAM)
    assert document.unchecked == [Why.DAMAGED]


def test_a_length_hides_nothing_behind_it() -> None:
    inner = stored(PROGRAM)
    assert PROGRAM in [data for _, data in found(onenote(stored(b"", size=len(inner)), inner))]


def test_limits() -> None:
    many = parse(onenote(*(stored(bytes((n,))) for n in range(9))), limits=DocumentLimits(embedded_files=4))
    assert len(many.embedded) == 4
    assert many.unchecked == [Why.TOO_MANY]
    large = parse(onenote(stored(bytes(99)), stored(b"small")), limits=DocumentLimits(embedded=50))
    assert [each.data for each in large.embedded] == [b"small"]
    assert large.unchecked == [Why.TOO_LARGE]


def test_lies_take_no_memory() -> None:
    """Each of these claims everything behind it: together they would be a thousand times the file."""
    data = onenote(*[stored(b"", size=1 << 20)] * 40_000)
    tracemalloc.start()
    try:
        document = parse(data, limits=DocumentLimits(embedded=1 << 21))
        assert tracemalloc.get_traced_memory()[1] < 4 * len(data)
    finally:
        tracemalloc.stop()
    assert sum(len(each.data) for each in document.embedded) <= 1 << 21
    assert Why.TOO_LARGE in document.unchecked


def test_too_many_names() -> None:
    assert Why.TOO_MANY in parse(onenote(struct.pack("<I", NAME) * 2000, stored(b"x"))).unchecked


def test_the_other_packaging_is_not_read() -> None:
    with pytest.raises(DocumentError) as caught:
        parse(onenote(form=PACKAGED))
    assert caught.value.reason is Why.UNSUPPORTED
    assert parse(onenote(stored(b"x"), form=PACKAGED)).unchecked == [Why.UNSUPPORTED]


def test_one_without_files() -> None:
    assert parse(onenote()).embedded == []


@settings(max_examples=100, deadline=None)
@given(damaged(onenote(named("a.vbs"), stored(PROGRAM), stored(b"x" * 50), named("b.cmd"))))
def test_damage(data: bytes) -> None:
    survives(data, "a.one")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=64), st.binary(min_size=1, max_size=64))
def test_any_file_comes_out_as_it_is(before: bytes, data: bytes) -> None:
    assert ("", data) in found(onenote(before, stored(data)))
