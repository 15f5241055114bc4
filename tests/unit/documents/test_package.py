"""Packages: parts are found by what they are, read in bounds, and one that fails does not take the others with it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from gateway.contents import Why
from gateway.documents.document import DocumentError
from gateway.documents.limits import DocumentLimits
from gateway.documents.read import can_read, read
from tests.unit.documents.packages import (
    ODF,
    W,
    docx,
    open_document,
    pack,
    paragraph,
    pptx,
    read_bytes,
    read_parts,
    rels,
    shown,
    xlsx,
)

TEXT = paragraph("<w:t>x</w:t>")


def refused(data: bytes, limits: DocumentLimits | None = None) -> Why:
    with pytest.raises(DocumentError) as caught:
        read_bytes(data, limits=limits)
    return caught.value.reason


class TestFinding:
    def test_parts_under_any_name(self) -> None:
        parts = {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": rels(("rId1", "officeDocument", "/WORD/Document2.XML")),
            "Word\\document2.xml": f"<w:document {W}>{TEXT}</w:document>",
            "word/hidden².dat": f"<w:hdr {W}>{paragraph('<w:t>ẩn</w:t>')}</w:hdr>",
            "customXml/item1.xml": "<other>không</other>",
        }
        found = read_parts(parts)
        assert found.format == "docx"
        assert shown(found) == {"paragraph 1": "x", "header 1": "ẩn"}

    def test_relations_are_found_whatever_the_slashes_and_case(self) -> None:
        parts = xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>')
        parts["XL\\_rels\\Workbook.xml.rels"] = rels(("rId1", "worksheet", "Worksheets\\SHEET1.xml"))
        del parts["xl/_rels/workbook.xml.rels"]
        assert shown(read_parts(parts))["sheet 'Tháng 1' A1"] == "x"

    @pytest.mark.parametrize(
        ("parts", "kind"),
        [
            (docx(TEXT), "docx"),
            (xlsx(""), "xlsx"),
            (pptx(""), "pptx"),
            (open_document("text", ""), "odt"),
            (open_document("spreadsheet", ""), "ods"),
            (open_document("presentation", ""), "odp"),
        ],
    )
    def test_the_format(self, parts: dict[str, str | bytes], kind: str) -> None:
        assert read_parts(parts).format == kind
        assert read_parts(parts, text=False).format == kind

    def test_a_zip_that_is_no_document(self) -> None:
        assert refused(pack({"a.txt": "x", "b.xml": "<a/>"})) is Why.UNSUPPORTED
        assert refused(b"PK\x03\x04") is Why.DAMAGED
        assert refused(b"") is Why.DAMAGED

    def test_two_documents_in_one(self) -> None:
        parts = {**docx(TEXT), **open_document("text", "<text:p>y</text:p>")}
        assert [unit.text for unit in read_parts(parts).units] == ["x", "y"]

    def test_a_part_with_a_name_twice(self) -> None:
        file = io.BytesIO(pack(docx(TEXT)))
        with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
            archive.writestr("word/document.xml", f"<w:document {W}>{paragraph('<w:t>hai</w:t>')}</w:document>")
        assert [unit.text for unit in read_bytes(file.getvalue()).units] == ["x", "hai"]


class TestReading:
    def test_a_damaged_part_leaves_the_others(self) -> None:
        more = {"word/header1.xml": f"<w:hdr {W}>{TEXT}<w:p>", "word/footer1.xml": f"<w:ftr {W}>{TEXT}</w:ftr>"}
        found = read_parts(docx(TEXT, more))
        assert shown(found) == {"paragraph 1": "x", "header 1": "x", "footer 1": "x"}
        assert found.unchecked == [Why.DAMAGED]

    def test_xml_that_cannot_be_read_at_all_is_named(self) -> None:
        found = read_parts(docx(TEXT, {"word/footer1.xml": f"<w:ftr {W} <"}))
        assert (shown(found), found.unchecked) == ({"paragraph 1": "x"}, [Why.DAMAGED])

    def test_stored_parts_and_data_before_and_behind(self) -> None:
        data = pack(docx(TEXT), method=zipfile.ZIP_STORED)
        assert shown(read_bytes(b"before" + data + b"behind")) == {"paragraph 1": "x"}

    def test_a_lost_directory(self) -> None:
        data = pack(docx(TEXT))
        found = read_bytes(data[: data.index(b"PK\x01\x02")])
        assert (shown(found), found.unchecked) == ({"paragraph 1": "x"}, [Why.DAMAGED])

    @pytest.mark.parametrize("at", [1, 0xFFFFFFF0])
    def test_a_directory_that_leads_elsewhere(self, at: int) -> None:
        data = bytearray(pack(docx(TEXT)))
        struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 42, at)
        found = read_bytes(bytes(data))
        assert (shown(found), found.unchecked) == ({"paragraph 1": "x"}, [Why.DAMAGED])

    def test_sizes_that_lie(self) -> None:
        """The declared size of a part is too small: all of it is read."""
        data = bytearray(pack(docx(paragraph(f"<w:t>{'dài ' * 50_000}</w:t>"))))
        at = data.rindex(b"PK\x01\x02")
        struct.pack_into("<I", data, at + 24, 10)
        assert len(read_bytes(bytes(data)).units[0].text) == 200_000

    @pytest.mark.limit(20)
    @pytest.mark.parametrize("text", [True, False])
    def test_octets_behind_the_end_of_a_stream(self, text: bool) -> None:
        """zlib goes on calling them unconsumed: a few KB kept a process busy until its time was over."""
        junk = b"behind it"
        data = bytearray(pack(docx(paragraph(f"<w:t>{'dài ' * 50_000}</w:t>"))))
        end = data.rindex(b"PK\x05\x06")
        directory = struct.unpack_from("<I", data, end + 16)[0]
        struct.pack_into("<I", data, end + 16, directory + len(junk))
        entry = data.rindex(b"PK\x01\x02")
        packed, at = struct.unpack_from("<I", data, entry + 20)[0], struct.unpack_from("<I", data, entry + 42)[0]
        for place in (entry + 20, at + 18):
            struct.pack_into("<I", data, place, packed + len(junk))
        data[directory:directory] = junk
        found = read_bytes(bytes(data), text=text)
        assert (found.format, [len(unit.text) for unit in found.units]) == ("docx", [200_000] if text else [])

    def test_a_wrong_checksum_is_no_reason_not_to_read(self) -> None:
        data = bytearray(pack(docx(TEXT)))
        struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 16, 1)
        assert shown(read_bytes(bytes(data))) == {"paragraph 1": "x"}

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_methods_that_office_does_not_know(self, method: int) -> None:
        assert refused(pack(docx(TEXT), method=method)) is Why.UNSUPPORTED

    def test_encrypted_parts(self) -> None:
        data = bytearray(pack(docx(TEXT)))
        at = data.rindex(b"PK\x01\x02")
        data[at + 8] |= 1
        assert read_bytes(bytes(data)).encrypted

    def test_an_encrypted_open_document(self) -> None:
        manifest = (
            f"<manifest:manifest {ODF}><manifest:file-entry manifest:full-path='/' manifest:media-type="
            "'application/vnd.oasis.opendocument.text'/><manifest:file-entry manifest:full-path='content.xml'>"
            "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
        )
        parts = {"META-INF/manifest.xml": manifest, "content.xml": zlib.compress(b"x" * 99)}
        for text in (True, False):
            found = read_parts(parts, text=text)
            assert (found.format, found.encrypted, found.unchecked) == ("odt", True, [])


class TestDoor:
    @pytest.mark.parametrize("parts", [docx(TEXT), xlsx(""), pptx(""), open_document("text", "")])
    def test_a_package_is_known_without_name_and_kind(self, parts: dict[str, str | bytes]) -> None:
        data = pack(parts)
        assert can_read("application/zip", "a.zip", data[:2048])
        assert read(io.BytesIO(data), "", "", DocumentLimits()).format

    def test_other_archives_are_not_documents(self) -> None:
        assert not can_read("application/zip", "a.zip", pack({"a/word.txt": "x"}))
        assert can_read("application/zip", "a.docx", pack({"a/word.txt": "x"}))
        assert not can_read("image/png", "a.docx", b"\x89PNG\r\n")

    @pytest.mark.parametrize(
        ("head", "name", "kind", "format_"),
        [
            (b"<html><p>x", "a.xls", "text/html", "html"),
            (b"<p>x", "a.htm", "text/plain", "html"),
            (b"Subject: x\r\n\r\n", "ghi.txt", "text/plain", "txt"),
            (b"x,y", "a.csv", "text/plain", "csv"),
            (b"x", "", "text/plain", "txt"),
            (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", "html"),
            (b"<?xml version='1.0'?><a>x</a>", "a.xml", "text/xml", "txt"),
        ],
    )  # fmt: skip
    def test_content_comes_before_the_name(self, head: bytes, name: str, kind: str, format_: str) -> None:
        assert can_read(kind, name, head)
        assert read(io.BytesIO(head), kind, name, DocumentLimits()).format == format_

    def test_nothing_is_read_of_what_nobody_knows(self) -> None:
        with pytest.raises(DocumentError) as caught:
            read(io.BytesIO(b"\x00\x01"), "application/octet-stream", "a.bin", DocumentLimits())
        assert caught.value.reason is Why.UNSUPPORTED
