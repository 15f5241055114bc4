"""Compound files: what is whole comes back whole, also packed anew; what a stranger bent costs little and says so."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from olefile import OleFileIO

from gateway.contents import Why
from gateway.documents.compound import Compound, open_compound
from gateway.documents.document import DocumentError, Sink
from gateway.documents.limits import DocumentLimits
from gateway.documents.repack import ROOT, STREAM, Entry, compound_file, repacked
from tests.unit.documents.old_formats import compound, damaged, parse, streams_of

NAMES = st.text(
    st.characters(codec="utf-16-le", exclude_characters="/\\:!\x00", exclude_categories=["Cs"]), min_size=1, max_size=15
)
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=9000), min_size=1, max_size=6
)


def opened(data: bytes, **limits: int) -> Compound:
    return open_compound(io.BytesIO(data), Sink(DocumentLimits(**limits)))


def is_tree(streams: dict[str, bytes]) -> bool:
    """No name is a stream and a storage at once, and none differs by case only."""
    lower = {path.lower() for path in streams}
    return len(lower) == len(streams) and not any(other.startswith(path + "/") for path in lower for other in lower)


@settings(max_examples=60, deadline=None)
@given(TREES.filter(is_tree))
def test_what_is_written_is_read_by_others_and_by_us(streams: dict[str, bytes]) -> None:
    data = compound(streams)
    assert streams_of(data) == streams
    root = opened(data)
    for path, content in streams.items():
        *storages, name = path.split("/")
        at: Compound | None = root
        for storage in storages:
            assert at is not None
            at = at.storage(storage)
        assert at is not None
        assert at.read(name) == content
        assert at.read(name, 10) == content[:10]
    assert streams_of(repacked(root, Sink(DocumentLimits()))) == streams


def test_a_large_file_has_tables_beyond_its_header() -> None:
    big = bytes(range(256)) * 32 * 1024
    data = compound({"big": big, "small": b"x"})
    assert struct.unpack_from("<I", data, 72)[0] > 0
    assert opened(data).read("big") == big
    assert streams_of(data) == {"big": big, "small": b"x"}


def test_a_storage_packed_anew() -> None:
    root = opened(compound({"A/b/c": b"1" * 5000, "A/d": b"2", "e": b"3"}))
    inner = root.storage("a")
    assert inner is not None
    assert streams_of(repacked(inner, Sink(DocumentLimits()), {"d": b"new"})) == {"b/c": b"1" * 5000, "d": b"new"}


def test_a_storage_too_large_to_be_kept() -> None:
    sink = Sink(DocumentLimits(embedded=1000))
    assert repacked(open_compound(io.BytesIO(compound({"a": b"1" * 5000})), sink), sink) == b""
    assert sink.document.unchecked == [Why.TOO_LARGE]


class TestHostile:
    @pytest.mark.parametrize(
        ("at", "value"),
        [
            (30, struct.pack("<H", 2)),  # sectors of four bytes
            (30, struct.pack("<H", 0xFFFF)),  # and of 2 ** 65535
            (32, struct.pack("<H", 0xFFFF)),
            (44, struct.pack("<I", 0xFFFFFFFF)),  # tables without end
            (72, struct.pack("<I", 0x00FFFFFF)),
            (0, b"\x00"),
        ],
    )
    def test_headers_that_ask_for_too_much(self, at: int, value: bytes) -> None:
        data = bytearray(compound({"WordDocument": b"x" * 9000}))
        data[at : at + len(value)] = value
        with pytest.raises(DocumentError) as caught:
            opened(bytes(data))
        assert caught.value.reason is Why.DAMAGED

    def test_a_chain_in_a_circle_is_read_once_round_at_most(self) -> None:
        data = bytearray(compound({"loop": b"x" * 9000}))
        with OleFileIO(io.BytesIO(bytes(data))) as file:
            start = file.root.kids[0].isectStart
            table = struct.unpack_from("<I", data, 76)[0]
        struct.pack_into("<I", data, (table + 1) * 512 + 4 * start, start)
        at = data.index("loop".encode("utf-16-le")) + 120
        struct.pack_into("<I", data, at, 0xFFFFFFF0)
        assert len(opened(bytes(data)).read("loop")) <= len(data)

    def test_the_small_streams_own_stream_is_no_longer_than_the_file(self) -> None:
        data = bytearray(compound({"a": b"x"}))
        struct.pack_into("<I", data, data.index("Root Entry".encode("utf-16-le")) + 120, 0xFFFFFFF0)
        struct.pack_into("<I", data, 64, 0xFFFFFFF0)
        file = opened(bytes(data))._file
        assert file.root.size <= len(data)
        assert file.num_mini_fat_sectors * 512 <= len(data)

    def test_a_directory_like_a_ladder(self) -> None:
        """Ten thousand entries, each the left neighbour of the one before: no recursion."""
        root = Entry("Root Entry", ROOT, kids=[Entry(f"s{number}", STREAM, b"x") for number in range(10_000)])
        data = bytearray(compound_file(root))
        first = data.index("Root Entry".encode("utf-16-le"))
        for number in range(1, 10_001):
            left = number + 1 if number < 10_000 else 0xFFFFFFFF
            struct.pack_into("<II", data, first + 128 * number + 68, left, 0xFFFFFFFF)
        struct.pack_into("<I", data, first + 76, 1)
        assert sum(1 for _ in opened(bytes(data)).names()) == 10_000

    def test_more_entries_than_are_read(self) -> None:
        sink = Sink(DocumentLimits(parts=3))
        root = open_compound(io.BytesIO(compound({f"s{number}": b"x" for number in range(100)})), sink)
        assert sum(1 for _ in root.names()) == 30
        assert sink.document.unchecked == [Why.TOO_MANY]

    def test_entries_in_a_circle(self) -> None:
        data = bytearray(compound({"a/b": b"x"}))
        first = data.index("Root Entry".encode("utf-16-le"))
        for number in range(3):
            struct.pack_into("<III", data, first + 128 * number + 68, 1, 2, 1)
        assert [name for name, _ in opened(bytes(data)).walk()] == ["a"]

    def test_storages_too_deep(self) -> None:
        with pytest.raises(DocumentError) as caught:
            list(opened(compound({"/".join(["s"] * 80): b"x"})).walk())
        assert caught.value.reason is Why.TOO_DEEP

    def test_streams_count_as_unpacked(self) -> None:
        root = opened(compound({"a": b"x" * 9000}), expanded=10_000)
        root.read("a")
        with pytest.raises(DocumentError):
            root.read("a")

    def test_many_streams_in_one_place_take_linear_time(self) -> None:
        """olefile looks every stream's first sector up in a list; here nothing does."""
        data = compound({f"s{number}": b"x" for number in range(20)})
        file = opened(data)._file
        assert file._used_streams_fat == []
        assert file._used_streams_minifat == []


@settings(max_examples=150, deadline=None)
@given(damaged(compound({"a/b": b"1" * 5000, "a/c": b"2" * 70, "d": b"3" * 9000})))
def test_damage(data: bytes) -> None:
    try:
        root = opened(data)
        for _, storage in [("", root), *root.walk()]:
            for name in storage.streams():
                assert len(storage.read(name)) <= len(data)
        repacked(root, Sink(DocumentLimits()))
    except DocumentError:
        return


def test_another_program_s_file() -> None:
    with pytest.raises(DocumentError) as caught:
        parse(compound({"Quill": b"x" * 100}))
    assert caught.value.reason is Why.UNSUPPORTED
