"""Dangers in compound files: VBA with and without code, objects, encryption that everyone can open."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from gateway.contents import Why
from gateway.documents import vba
from gateway.documents.document import DocumentError
from gateway.documents.encrypted import is_affordable
from tests.unit.documents.old_formats import compound, parse
from tests.unit.documents.test_rtf import package

IDLE = b'Attribute VB_Name = "Sheet1"\r\nAttribute VB_Exposed = True\r\nOption Explicit\r\n\' a remark\r\n\r\n'
BUSY = b'Attribute VB_Name = "Module1"\r\nSub AutoOpen()\r\nShell "x"\r\nEnd Sub\r\n'


def packed(source: bytes) -> bytes:
    """A compressed container of literals only ([MS-OVBA] 2.4.1)."""
    made = b"\x01"
    for start in range(0, len(source), 3600):
        tokens = b"".join(b"\x00" + source[at : at + 8] for at in range(start, min(start + 3600, len(source)), 8))
        made += struct.pack("<H", 0xB000 | len(tokens) - 1) + tokens
    return made


def module(source: bytes, lines: int = 0, cache: bytes = b"\x01\x16\x03" * 50) -> bytes:
    return cache + b"\xfe\xca\x01\x00" + struct.pack("<H", lines) + b"\xff" * 20 + packed(source)


class TestVba:
    @pytest.mark.parametrize("storage", ["Macros/VBA", "_VBA_PROJECT_CUR/VBA", "VBA", "x/y/vba"])
    @pytest.mark.parametrize(
        ("streams", "macros"),
        [
            ({"Module1": module(BUSY)}, True),
            ({"Module1": module(IDLE + b'Option Explicit: Sub AutoOpen(): Shell "x": End Sub\r\n')}, True),
            ({"Module1": module(IDLE + b"Attribute VB_Name = 1: Call x\r\n")}, True),
            ({"Module1": module(IDLE + b"' a remark: of two parts\r\nRem so: this\r\n")}, False),
            ({"ThisDocument": module(IDLE)}, False),
            ({"ThisDocument": module(IDLE), "Module1": module(BUSY)}, True),
            ({"ThisDocument": module(IDLE, lines=3)}, True),  # its source was taken out
            ({"ThisDocument": b"cache" + packed(IDLE)}, True),  # a cache that cannot be judged
            ({"ThisDocument": packed(IDLE)}, False),  # no cache: another program's
            ({"ThisDocument": packed(BUSY)}, True),
            ({"ThisDocument": module(BUSY) + packed(IDLE)}, True),  # a second source to look at
            ({"ThisDocument": b"nothing that is known"}, True),
            ({"__SRP_0": module(BUSY)}, True),  # a module by another's name
            ({"dir": b"\x01\x00", "_VBA_PROJECT": b"\xcc\x61", "__SRP_0": b"x"}, False),
        ],
    )
    def test_code(self, storage: str, streams: dict[str, bytes], macros: bool) -> None:
        data = compound({f"{storage}/{name}": content for name, content in streams.items()} | {"Quill": b"x"})
        if macros:
            assert parse(data, text=False).macros
        else:
            with pytest.raises(DocumentError):
                parse(data, text=False)

    def test_unpacking(self) -> None:
        """The examples of [MS-OVBA] 3.2.1 to 3.2.3."""
        none = bytes.fromhex("0119b000616263646566676800696a6b6c6d6e6f70007172737475762e")
        normal = bytes.fromhex(
            "012fb000236161616263646582660070616768696a013808616b6c00306d6e6f700671027004107273747576107778797a003c"
        )
        most = bytes.fromhex("0103b002614500")
        assert vba.decompressed(none, 100) == b"abcdefghijklmnopqrstuv."
        assert vba.decompressed(most, 100) == b"a" * 73
        assert vba.decompressed(normal, 100) == b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"

    @pytest.mark.parametrize(
        "data", [b"", b"\x02", b"\x01\x00\x00", b"\x01\x03\xb0\x01\x00\x00\x00", b"\x01\xff\xbf\x01\xff\xff"]
    )
    def test_unpacking_what_is_damaged(self, data: bytes) -> None:
        with pytest.raises(DocumentError):
            vba.decompressed(data, 100)

    def test_unpacking_without_end(self) -> None:
        chunk = b"\x03\xb0\x02a\xff\x0f"
        with pytest.raises(DocumentError) as caught:
            vba.decompressed(b"\x01" + chunk * 1000, 100_000)
        assert caught.value.reason is Why.TOO_LARGE


class TestObjects:
    """Objects stand in the same form in all programs' files; here in one that nobody reads further."""

    @staticmethod
    def word(streams: dict[str, bytes]) -> bytes:
        from tests.unit.documents.test_doc import word

        return word("x", extra={f"ObjectPool/_1/{name}": data for name, data in streams.items()})

    def test_a_packaged_file(self) -> None:
        data = package(b"run.exe", b"MZ program")
        found = parse(self.word({"\x01Ole10Native": struct.pack("<I", len(data)) + data}), text=False)
        assert found.active
        assert [(file.name, file.data, file.place) for file in found.embedded] == [
            ("run.exe", b"MZ program", "object 1")
        ]

    def test_a_document_is_a_file_of_its_own(self) -> None:
        found = parse(self.word({"Workbook": b"\x09\x08", "\x01CompObj": b"x"}), text=False)
        assert not found.active
        (file,) = found.embedded
        assert file.data.startswith(b"\xd0\xcf\x11\xe0")

    def test_a_package_of_the_newer_formats(self) -> None:
        found = parse(self.word({"Package": b"PK\x03\x04"}), text=False)
        assert not found.active
        assert [file.data for file in found.embedded] == [b"PK\x03\x04"]

    def test_a_formula_is_nothing(self) -> None:
        found = parse(self.word({"Equation Native": b"x", "\x01Ole": bytes(20)}), text=False)
        assert found.blank

    @pytest.mark.parametrize(
        "streams", [{"\x03OCXNAME": b"x", "contents": b"y"}, {"\x01Ole": struct.pack("<II", 1, 1)}, {"unknown": b"x"}]
    )
    def test_active(self, streams: dict[str, bytes]) -> None:
        assert parse(self.word(streams), text=False).active


def encrypted(password: str) -> bytes:
    """A package with one file, encrypted as Office does."""
    plain, made = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        space = "http://schemas.openxmlformats.org/package/2006/content-types"
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{space}">{"x" * 9000}</Types>')
    plain.seek(0)
    OOXMLFile(plain).encrypt(password, made)
    return made.getvalue()


class TestEncryption:
    def test_a_password_is_needed(self) -> None:
        found = parse(encrypted("secret"), "x.docx", text=False)
        assert found.encrypted
        assert not found.embedded

    def test_everyone_s_password(self) -> None:
        found = parse(encrypted("VelvetSweatshop"), "x.xlsx", text=False)
        assert not found.encrypted
        assert found.embedded[0].data.startswith(b"PK\x03\x04")

    @pytest.mark.parametrize(
        ("info", "affordable"),
        [
            (b'<e spinCount="100000">', True),
            (b"<e spinCount = '0100000'>", True),
            (b'<e spinCount="100001">', False),
            (b'<e spinCount="1"/><e spinCount="9000000">', False),
            (b'<e spinCount="1&#48;000000">', False),
            (b'<e spinCount="99999999999999999999">', False),
            ('<e spinCount="9000000">'.encode("utf-16"), False),
            (b'<!DOCTYPE e [<!ENTITY a "aa">]><e spinCount="1">', False),
        ],
    )
    def test_no_more_hashing_than_office_asks_for_and_no_declarations(self, info: bytes, affordable: bool) -> None:
        assert is_affordable(b"\x04\x00\x04\x00\x40\x00\x00\x00" + info) is affordable
        assert is_affordable(b"\x04\x00\x02\x00" + info)  # the binary kind says nothing of its hashing

    def test_what_is_not_affordable_counts_as_encrypted(self) -> None:
        data = encrypted("VelvetSweatshop").replace(b'spinCount="100000"', b'spinCount="900000"')
        assert parse(data, "x.xlsx").encrypted

    def test_no_information(self) -> None:
        assert parse(compound({"EncryptedPackage": b"x" * 100})).encrypted
