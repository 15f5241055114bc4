"""Outlook messages made by hand ([MS-OXMSG]): bodies in every form, attachments, messages in messages."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents.document import DocumentError
from gateway.documents.msg_rtf import unpacked
from tests.unit.documents.old_formats import NFC, compound, damaged_streams, parse, streams_of, survives, texts

# [MS-OXRTFCP] 4.1.1 and 4.1.2
SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def stream(tag: int, kind: int) -> str:
    return f"__substg1.0_{tag:04X}{kind:04X}"


def wide(**properties: str) -> dict[str, bytes]:
    return {stream(int(tag[1:], 16), 0x1F): text.encode("utf-16-le") for tag, text in properties.items()}


def values(*pairs: tuple[int, int], head: int = 32) -> bytes:
    """The stream of fixed properties: (tag, value) of 32-bit numbers."""
    return bytes(head) + b"".join(struct.pack("<HHII4x", 3, tag, 6, value) for tag, value in pairs)


def inside(storage: str, streams: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{storage}/{name}": data for name, data in streams.items()}


MESSAGE = {
    "__properties_version1.0": values((0x3FFD, 1258)),
    **wide(_0037="Chủ đề", _0C1A="Ông An", _0E04="Bà Bình", _1000=f"{NFC}\r\nhai\r\n"),
}


def test_texts() -> None:
    recipient = inside("__recip_version1.0_#00000000", {"__properties_version1.0": bytes(8), **wide(_3001="Bà Bình")})
    found = parse(compound({**MESSAGE, **recipient}))
    assert found.format == "msg"
    assert [(unit.place, unit.text) for unit in found.units] == [
        ("subject", "Chủ đề"),
        ("sender", "Ông An"),
        ("to", "Bà Bình"),
        ("recipient 1", "Bà Bình"),
        ("paragraph 1", NFC),
        ("paragraph 2", "hai"),
    ]


class TestEightBits:
    @pytest.mark.parametrize(
        ("page", "text", "raw"),
        [(1258, "đ₫", b""), (0, "\xf0\xfe", b"\xf0\xfe"), (1252, "\xf0\xfe", b"\xf0\xfe"), (65001, "��", b"")],
    )
    def test_by_the_message_s_code_page(self, page: int, text: str, raw: bytes) -> None:
        message = {"__properties_version1.0": values((0x3FFD, page)), stream(0x0037, 0x1E): b"\xf0\xfe\x00"}
        (unit,) = parse(compound(message)).units
        assert (unit.text, unit.raw) == (text, raw)

    def test_lines_of_a_body_keep_their_bytes(self) -> None:
        message = {"__properties_version1.0": values(), stream(0x1000, 0x1E): b"n\xad\xedc\r\nplain\r\n\xe9"}
        assert [(unit.text, unit.raw) for unit in parse(compound(message)).units] == [
            ("n\u00adíc", b"n\xad\xedc"),
            ("plain", b""),
            ("é", b"\xe9"),
        ]


class TestBodies:
    def test_rtf(self) -> None:
        found = parse(compound({**MESSAGE, stream(0x1009, 0x102): SIMPLE}))
        assert "hello world" in texts(found)
        assert found.format == "msg"

    @pytest.mark.parametrize("text", [True, False])
    def test_an_object_in_rtf(self, text: bool) -> None:
        body = rb"{\rtf1{\object\objemb{\*\objdata 01}}}"
        plain = struct.pack("<IIII", 0, len(body), 0x414C454D, 0) + body
        assert parse(compound({**MESSAGE, stream(0x1009, 0x102): plain}), text=text).active

    def test_html(self) -> None:
        html = "<html><body><p>Thân <b>thư</b></p></body></html>".encode()
        found = parse(compound({**MESSAGE, stream(0x1013, 0x102): html}))
        assert any("Thân" in text for text in texts(found))
        assert found.format == "msg"

    def test_rtf_that_cannot_be_unpacked_leaves_the_rest(self) -> None:
        found = parse(compound({**MESSAGE, stream(0x1009, 0x102): b"x" * 40}))
        assert found.unchecked == [Why.DAMAGED]
        assert NFC in texts(found)


class TestPackedRtf:
    @pytest.mark.parametrize(
        ("data", "text"),
        [(SIMPLE, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"), (CROSSING, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}")],
    )
    def test_the_examples_of_the_specification(self, data: bytes, text: bytes) -> None:
        assert unpacked(data, 1000) == text
        assert unpacked(data, 5) == text[:5]

    def test_plain(self) -> None:
        assert unpacked(struct.pack("<IIII", 0, 4, 0x414C454D, 0) + b"{x} rest", 100) == b"{x} "

    @pytest.mark.parametrize("data", [b"", b"x" * 16])
    def test_no_form(self, data: bytes) -> None:
        with pytest.raises(DocumentError):
            unpacked(data, 100)

    @given(st.binary(max_size=300), st.integers(0, 2000))
    def test_anything(self, data: bytes, limit: int) -> None:
        made = unpacked(SIMPLE[:16] + data, limit)
        assert len(made) <= min(limit, 17 * len(data))


class TestAttachments:
    @pytest.mark.parametrize("text", [True, False])
    def test_a_file(self, text: bool) -> None:
        file = {stream(0x3701, 0x102): b"MZ program", **wide(_3704="LONG~1.EXE", _3707="Văn bản.exe")}
        found = parse(compound({**MESSAGE, **inside("__attach_version1.0_#00000000", file)}), text=text)
        assert [(file.name, file.data, file.place) for file in found.embedded] == [
            ("Văn bản.exe", b"MZ program", "attachment 1")
        ]

    def test_a_message_is_a_file_that_can_be_read(self) -> None:
        file = {stream(0x3701, 0x102): b"inner", **wide(_3707="a.txt")}
        inner = {
            "__properties_version1.0": values((0x3FFD, 1258), head=24),
            stream(0x0037, 0x1E): b"\xf0\xfe",
            **wide(_1000="bên trong"),
            **inside("__attach_version1.0_#00000000", file),
        }
        outer = inside("__attach_version1.0_#00000000/__substg1.0_3701000D", inner)
        (embedded,) = parse(compound({**MESSAGE, **outer})).embedded
        assert embedded.name.endswith(".msg")
        assert streams_of(embedded.data)["__properties_version1.0"] == values((0x3FFD, 1258))
        found = parse(embedded.data, embedded.name)
        assert texts(found) == ["đ₫", "bên trong"]
        assert [(file.name, file.data) for file in found.embedded] == [("a.txt", b"inner")]

    def test_an_object(self) -> None:
        outer = inside("__attach_version1.0_#00000000/__substg1.0_3701000D", {"Package": b"PK\x03\x04"})
        assert [file.data for file in parse(compound({**MESSAGE, **outer})).embedded] == [b"PK\x03\x04"]


_WHOLE = {
    **MESSAGE,
    stream(0x1009, 0x102): SIMPLE,
    **inside("__attach_version1.0_#00000000", {stream(0x3701, 0x102): b"x" * 30}),
}


@settings(max_examples=150, deadline=None)
@given(damaged_streams(_WHOLE))
def test_damage(data: bytes) -> None:
    survives(data)
