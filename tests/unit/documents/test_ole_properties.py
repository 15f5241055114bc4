"""Metadata in property sets ([MS-OLEPS]), and the code pages that they and other old formats name."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import codepages
from gateway.documents.document import Unit
from gateway.documents.limits import DocumentLimits
from gateway.documents.propertyset import _CUSTOM, _DOCUMENT, _SUMMARY
from tests.unit.documents.old_formats import NFC, compound, damaged, parse, survives
from tests.unit.documents.test_doc import word_streams


def lpstr(data: bytes) -> bytes:
    data += b"\x00"
    return struct.pack("<II", 30, len(data)) + data.ljust(-(-len(data) // 4) * 4, b"\x00")


def lpwstr(text: str) -> bytes:
    data = text.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<II", 31, len(data) // 2) + data.ljust(-(-len(data) // 4) * 4, b"\x00")


def page(number: int) -> bytes:
    return struct.pack("<IHH", 2, number, 0)


def section(values: dict[int, bytes]) -> bytes:
    table, body = b"", b""
    for number, value in values.items():
        table += struct.pack("<II", number, 8 + 8 * len(values) + len(body))
        body += value
    return struct.pack("<II", 8 + len(table) + len(body), len(values)) + table + body


def stream(*sections: tuple[bytes, dict[int, bytes]]) -> bytes:
    head, body = struct.pack("<HHI16sI", 0xFFFE, 0, 2, b"", len(sections)), b""
    for format_id, values in sections:
        head += format_id + struct.pack("<I", 28 + 20 * len(sections) + len(body))
        body += section(values)
    return head + body


def properties(summary: bytes = b"", more: bytes = b"", **limits: int) -> list[Unit]:
    streams = {**word_streams(""), "\x05SummaryInformation": summary, "\x05DocumentSummaryInformation": more}
    return parse(compound(streams), limits=DocumentLimits(**limits)).units


def test_texts_in_unicode_and_in_a_known_code_page() -> None:
    units = properties(
        stream((_SUMMARY, {1: page(1258), 2: lpstr(b"\xf0\xfe"), 4: lpwstr(NFC), 19: b"\x03\x00\x00\x00"}))
    )
    assert [(unit.place, unit.text, unit.raw) for unit in units] == [
        ("property title", "đ₫", b""),
        ("property author", NFC, b""),
    ]


@pytest.mark.parametrize("values", [{1: page(1252)}, {}, {1: page(42)}])
def test_a_page_that_declares_nothing_keeps_the_bytes(values: dict[int, bytes]) -> None:
    (unit,) = properties(stream((_SUMMARY, {**values, 2: lpstr(b"n\xad\xedc")})))
    assert (unit.text, unit.raw) == ("n\u00adíc", b"n\xad\xedc")


def test_utf8_as_a_page() -> None:
    (unit,) = properties(stream((_SUMMARY, {1: page(65001), 2: lpstr(NFC.encode())})))
    assert unit.text == NFC


def test_vectors_and_names_of_one_s_own() -> None:
    parts = struct.pack("<II", 0x101E, 2) + lpstr(b"one")[4:] + lpstr(b"three")[4:]
    pairs = struct.pack("<II", 0x100C, 2) + lpstr(b"Title") + struct.pack("<II", 3, 1)
    names = struct.pack("<III", 1, 2, 7) + "Số hiệ".encode("cp1258", "replace")[:6] + b"\x00"
    units = properties(
        more=stream(
            (_DOCUMENT, {1: page(1252), 13: parts, 15: lpstr(b"Company"), 12: pairs}),
            (_CUSTOM, {1: page(1252), 0: names, 2: lpstr(b"123")}),
        )
    )
    assert [unit.text for unit in units[:3]] == ["one", "three", "Company"]
    assert units[-1].text == "123"
    assert units[-1].place == f"property {units[-2].text}"


def test_a_vector_without_end() -> None:
    vector = struct.pack("<II", 0x101E, 0xFFFFFFFF) + lpstr(b"x")[4:] * 1000
    assert len(properties(stream((_SUMMARY, {2: vector})), parts=50)) == 50


@given(damaged(stream((_SUMMARY, {1: page(1258), 2: lpstr(b"abc"), 4: lpwstr(NFC)}))))
def test_damage(data: bytes) -> None:
    survives(compound({**word_streams("x\r"), "\x05SummaryInformation": data}))


class TestCodePages:
    @given(
        st.binary(max_size=100),
        st.sampled_from([0, 42, 1250, 1252, 1253, 1255, 1257, 1258, 874, 437, 850, 10000, 28605]),
    )
    def test_no_byte_is_lost_in_a_page_of_single_bytes(self, data: bytes, number: int) -> None:
        text = codepages.decode(data, number)
        assert len(text) == len(data)
        assert len({codepages.decode(bytes((byte,)), number) for byte in data}) == len(set(data))

    def test_what_a_page_does_not_define_stays_as_it_is(self) -> None:
        assert codepages.decode(b"\x81\x93\xad", 1252) == "\x81“\u00ad"
        assert codepages.decode(b"\xd2\xf0", 1258) == "\u0309đ"

    @pytest.mark.parametrize("number", [0, 42, -1, 99999, 9999, 1200000])
    def test_unknown(self, number: int) -> None:
        assert not codepages.known(number)
        assert codepages.decode(b"\x81\xad", number) == "\x81\u00ad"

    @pytest.mark.parametrize("number", sorted(codepages._CODECS))
    def test_every_page_of_the_table_is_one(self, number: int) -> None:
        assert codepages.known(number)
        codepages.decode(bytes(range(256)), number)
