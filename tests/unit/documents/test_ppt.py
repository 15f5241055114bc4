"""Presentations made by hand: what is in force and what is not, fonts of runs, objects, macros, encryption."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings

from gateway.contents import Why
from tests.unit.documents.old_formats import NFC, TCVN3, compound, damaged_streams, parse, survives, texts
from tests.unit.documents.test_ole_objects import BUSY, module
from tests.unit.documents.test_rtf import package


def atom(kind: int, data: bytes = b"", instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4, kind, len(data)) + data


def container(kind: int, *inside: bytes, instance: int = 0) -> bytes:
    data = b"".join(inside)
    return struct.pack("<HHI", instance << 4 | 0xF, kind, len(data)) + data


def chars(text: str) -> bytes:
    return atom(0x0FA0, text.encode("utf-16-le"))


def font(number: int, name: str) -> bytes:
    return atom(0x0FB7, name.encode("utf-16-le").ljust(64, b"\x00") + bytes(4), number)


def runs(*pairs: tuple[int, int]) -> bytes:
    """StyleTextPropAtom: one run of paragraphs, then runs of (characters, font)."""
    total = sum(count for count, _ in pairs)
    data = struct.pack("<IHIH", total, 0, 0x800, 1)
    return atom(0x0FA1, data + b"".join(struct.pack("<IIHH", count, 0x10001, 0, number) for count, number in pairs))


def ppt(
    objects: dict[int, bytes], document: int = 1, *, token: int = 0xE391C05F, old: dict[int, bytes] | None = None
) -> bytes:
    return compound(ppt_streams(objects, document, token=token, old=old))


def ppt_streams(
    objects: dict[int, bytes], document: int = 1, *, token: int = 0xE391C05F, old: dict[int, bytes] | None = None
) -> dict[str, bytes]:
    """Objects by their number, saved once, or twice with other ones before."""
    stream, edit = b"", 0
    for saved in (old, objects) if old else (objects,):
        table = b""
        for number, data in saved.items():
            table += struct.pack("<II", 1 << 20 | number, len(stream))
            stream += data
        directory, last = len(stream), edit
        stream += atom(0x1772, table)
        edit = len(stream)
        stream += atom(0x0FF5, struct.pack("<IIIIIIHH", 0, 0, last, directory, document, 9, 0, 0))
    user = atom(0x0FF6, struct.pack("<III", 20, token, edit) + bytes(12))
    return {"PowerPoint Document": stream, "Current User": user}


DOCUMENT = container(
    1000,
    container(1010, container(0x07D5, font(0, "Arial"), font(1, ".VnTime"))),
    container(
        0x0FF0, atom(0x03F3, struct.pack("<IIIII", 3, 0, 0, 256, 0)), chars("dàn ý"), atom(0x03F3, struct.pack("<I", 2))
    ),
    container(0x0FF0, atom(0x03F3, struct.pack("<I", 4)), instance=2),
    container(0x0FD9, atom(0x0FBA, "chân".encode("utf-16-le"), 2)),
)


def slide(*inside: bytes) -> bytes:
    return container(1006, container(0x040C, container(0xF002, container(0xF004, container(0xF00D, *inside)))))


def test_slides_in_their_order() -> None:
    tags = container(
        0x1388,
        container(
            0x138A,
            atom(0x0FBA, "___PPT10".encode("utf-16-le")),
            atom(0x138B, container(0x2EE0, atom(0x0FBA, "nhận xét".encode("utf-16-le"), 1))),
        ),
    )
    art_text = "chữ nghệ thuật".encode("utf-16-le") + b"\x00\x00"
    art = atom(0xF00B, struct.pack("<HIHI", 0x80C0, len(art_text), 0x0181, 5) + art_text, 2)
    notes = container(1008, chars("ghi chú"))
    found = parse(
        ppt({1: DOCUMENT, 2: slide(atom(0x0FA8, b"h\xe0i")), 3: slide(chars(f"{NFC}\rb\x0bc"), art), 4: notes})
    )
    assert [(unit.place, unit.text) for unit in found.units] == [
        ("slide 1", "dàn ý"),
        ("presentation header", "chân"),
        ("slide 1", NFC),
        ("slide 1", "b\nc"),
        ("slide 1", "chữ nghệ thuật"),
        ("slide 2", "hài"),
        ("notes 1", "ghi chú"),
    ]
    assert not found.unchecked
    found = parse(ppt({1: DOCUMENT, 2: container(1006, tags)}))
    assert texts(found, "slide 2 comment") == ["nhận xét"]


def test_fonts_of_runs() -> None:
    text = f"{TCVN3}\rplain\rboth"
    lengths = (len(TCVN3) + 1, 0), (6, 0), (2, 0), (3, 1)
    data = runs((lengths[0][0], 1), (6, 0), (2, 0), (3, 1))
    found = parse(ppt({1: DOCUMENT, 3: slide(chars(text), data)}))
    assert [(unit.text, unit.fonts) for unit in found.units[-3:]] == [
        (TCVN3, (".VnTime",)),
        ("plain", ("Arial",)),
        ("both", ("Arial", ".VnTime")),
    ]


def test_without_fonts_of_its_own_a_text_has_all() -> None:
    assert parse(ppt({1: DOCUMENT, 3: slide(chars("x"))})).units[-1].fonts == ("Arial", ".VnTime")


def test_only_what_is_in_force() -> None:
    old = {1: DOCUMENT, 2: slide(chars("before")), 3: slide(chars("kept"))}
    found = parse(ppt({1: DOCUMENT, 2: slide(chars("now"))}, old=old))
    assert sorted(texts(found, "slide")) == sorted(["dàn ý", "kept", "now"])


def test_a_file_whose_table_makes_no_sense_is_read_whole() -> None:
    found = parse(ppt({1: DOCUMENT, 2: slide(chars("seen"))}, document=77))
    assert "seen" in texts(found)
    assert found.unchecked == [Why.DAMAGED]


@pytest.mark.parametrize("token", [0xF3D1C4DF])
def test_encrypted(token: int) -> None:
    assert parse(ppt({1: DOCUMENT}, token=token)).encrypted


class TestDangers:
    @staticmethod
    def with_object(data: bytes, *, packed: bool) -> bytes:
        stored = struct.pack("<I", len(data)) + zlib.compress(data) if packed else data
        return ppt({1: DOCUMENT, 5: atom(0x1011, stored, int(packed))})

    @pytest.mark.parametrize("packed", [True, False])
    @pytest.mark.parametrize("text", [True, False])
    def test_macros(self, packed: bool, text: bool) -> None:
        found = parse(
            self.with_object(compound({"VBA/Module1": module(BUSY), "PROJECT": b"x"}), packed=packed), text=text
        )
        assert found.macros
        assert not found.active

    @pytest.mark.parametrize("packed", [True, False])
    def test_objects(self, packed: bool) -> None:
        data = package(b"run.exe", b"MZ")
        found = parse(self.with_object(compound({"\x01Ole10Native": bytes(4) + data}), packed=packed), text=False)
        assert found.active
        assert [(file.name, file.data) for file in found.embedded] == [("run.exe", b"MZ")]

    def test_an_object_that_unpacks_without_end(self) -> None:
        bomb = ppt({1: DOCUMENT, 5: atom(0x1011, bytes(4) + zlib.compress(bytes(50_000_000), 9), 1)})
        assert parse(bomb).unchecked == [Why.RATIO]

    def test_a_damaged_object_may_be_anything(self) -> None:
        found = parse(ppt({1: DOCUMENT, 5: atom(0x1011, b"junk")}), text=False)
        assert found.active
        assert found.unchecked == [Why.DAMAGED]

    @pytest.mark.parametrize(
        "inside",
        [atom(0x0FF3, bytes(8) + b"\x02" + bytes(7)), container(0x0FEE, atom(0x0FFB))],
        ids=["program", "control"],
    )
    def test_active(self, inside: bytes) -> None:
        assert parse(ppt({1: DOCUMENT, 3: slide(inside)}), text=False).active

    def test_a_jump_to_another_slide_is_not(self) -> None:
        assert not parse(ppt({1: DOCUMENT, 3: slide(atom(0x0FF3, bytes(8) + b"\x03" + bytes(7)))}), text=False).active


class TestBounds:
    def test_depth(self) -> None:
        data = b""
        for _ in range(400):
            data = container(0xF003, data)
        found = parse(ppt({1: DOCUMENT, 3: data}))
        assert found.unchecked == [Why.TOO_DEEP]

    def test_objects_over_one_another(self) -> None:
        """A thousand slides, each of which holds the next: the stream is read twice, no more."""
        data, sizes = b"", []
        for number in range(100):
            data = slide(chars(f"text {number}" + " x" * 500)) + data
            sizes.append(len(data))
        streams = ppt_streams({1: DOCUMENT, 2: container(1006, data)})
        stream = bytearray(streams["PowerPoint Document"])
        end = stream.index(data) + len(data)
        table = struct.pack("<II", 1 << 20 | 1, 0)
        for number, size in enumerate(sizes):
            struct.pack_into("<I", stream, end - size + 4, size - 8)
            table += struct.pack("<II", 1 << 20 | number + 2, end - size)
        directory = len(stream)
        stream += atom(0x1772, table)
        edit = len(stream)
        stream += atom(0x0FF5, struct.pack("<IIIIIIHH", 0, 0, 0, directory, 1, 9, 0, 0))
        user = atom(0x0FF6, struct.pack("<III", 20, 0xE391C05F, edit) + bytes(12))
        found = parse(compound({"PowerPoint Document": bytes(stream), "Current User": user}))
        assert found.unchecked == [Why.TOO_MANY]
        assert len(found.units) < 300


_WHOLE = ppt_streams({1: DOCUMENT, 2: slide(chars("a"), runs((2, 1))), 5: atom(0x1011, b"\x00" * 20)})


@settings(max_examples=100, deadline=None)
@given(damaged_streams(_WHOLE))
def test_damage(data: bytes) -> None:
    survives(data)
