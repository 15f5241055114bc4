"""What runs or fetches something by itself is reported, with text and without; honest documents report nothing."""

from __future__ import annotations

import base64

import pytest

from gateway.documents.ooxml.fields import FieldCodes
from gateway.documents.ooxml.relations import is_remote
from tests.unit.documents.old_formats import compound, parse
from tests.unit.documents.packages import (
    ODF,
    XLINK,
    P,
    Parts,
    R,
    W,
    X,
    docx,
    open_document,
    pack,
    paragraph,
    pptx,
    read_parts,
    rels,
    shape,
    xlsx,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SOURCE = b'Attribute VB_Name = "M"\r\nSub AutoOpen()\r\nShell "calc"\r\nEnd Sub\r\n'


def project() -> bytes:
    """A VBA project with one module of code, compressed without any copies; its compiled form is left out."""
    groups = b"".join(b"\x00" + SOURCE[at : at + 8] for at in range(0, len(SOURCE), 8))
    chunk = (0xB000 | (len(groups) - 1)).to_bytes(2, "little") + groups
    return compound({"VBA/dir": b"\x01", "VBA/_VBA_PROJECT": b"\xcc\x61", "VBA/M": b"\x01" + chunk})


def facts(parts: Parts) -> tuple[bool, bool]:
    """(macros, active), the same with text and without."""
    found = [read_parts(parts, text=text) for text in (True, False)]
    assert [(one.macros, one.active, one.encrypted) for one in found[:1]] == [
        (one.macros, one.active, one.encrypted) for one in found[1:]
    ]
    assert [file.data for file in found[0].embedded] == [file.data for file in found[1].embedded]
    return found[0].macros, found[0].active


MACROS, ACTIVE, NOTHING = (True, False), (False, True), (False, False)


class TestMacros:
    @pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/media/image1.png", "x"])
    def test_a_project_under_any_name(self, name: str) -> None:
        assert facts(docx("", {name: project()})) == MACROS

    def test_a_project_in_one_xml_file(self) -> None:
        data = base64.b64encode(project()).decode()
        text = (
            '<?xml version="1.0"?><pkg:package'
            ' xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part'
            f' pkg:name="/word/vba.bin"><pkg:binaryData>{data}</pkg:binaryData></pkg:part></pkg:package>'
        )
        for text_too in (True, False):
            assert parse(text.encode(), "a.xml", text=text_too).macros

    def test_a_macro_sheet(self) -> None:
        sheet = '<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>'
        assert facts(xlsx("", {"xl/macrosheets/sheet1.xml": sheet})) == MACROS

    def test_basic(self) -> None:
        module = f"<!DOCTYPE script:module PUBLIC '-//x' 'module.dtd'><script:module {ODF}>{{}}</script:module>"
        idle = "REM  *****  BASIC  *****\n\nSub Main\n\nEnd Sub\n"
        for source, expected in ((idle, NOTHING), ("Sub Main\nShell(&quot;x&quot;)\nEnd Sub", MACROS)):
            assert facts(open_document("text", "", {"Basic/Standard/M.xml": module.format(source)})) == expected

    def test_other_scripts_of_an_open_document(self) -> None:
        assert facts(open_document("text", "", {"Scripts/python/a.py": "print()"})) == MACROS
        event = (
            "<office:event-listeners><script:event-listener"
            ' xlink:href="vnd.sun.star.script:a.py$b"/></office:event-listeners>'
        )
        assert facts(open_document("text", event)) == MACROS


class TestFetching:
    @pytest.mark.parametrize("kind", ["attachedTemplate", "oleObject", "frame", "subDocument", "externalLinkPath"])
    @pytest.mark.parametrize(
        ("target", "remote"),
        [
            ("https://a.example/x.dotm", True),
            (r"\\a.example\x", True),
            ("file:///C:\\Users\\x.dotm", False),
            ("x.dotm", False),
        ],
    )
    def test_a_target_on_another_machine(self, kind: str, target: str, remote: bool) -> None:
        more = {"word/_rels/settings.xml.rels": rels(("a", kind, target), external=True)}
        assert facts(docx("", more)) == (ACTIVE if remote else NOTHING)
        loads = remote and kind != "externalLinkPath"  # a linked workbook gives figures, not a template's macros
        assert read_parts(docx("", more), text=False).remote is loads

    def test_links_and_pictures_are_not_fetched_to_be_run(self) -> None:
        for kind in ("hyperlink", "image"):
            more = {"word/_rels/document.xml.rels": rels(("a", kind, "https://a.example/"), external=True)}
            assert facts(docx("", more)) == NOTHING

    @pytest.mark.parametrize(
        ("target", "remote"),
        [
            ("http://a", True),
            (" HTTP://a", True),
            ("mhtml:http://a!x", True),
            ("ms-msdt:/id", True),
            ("//a/b", True),
            ("\\\\a\\b", True),
            ("file://a/b", True),
            ("file:////a/b", True),
            ("file:\\\\a\\b", True),
            ("file:///C:/a", False),
            ("file:///C|/a", False),
            ("file://C:/a", False),
            ("file:///a/b", False),
            ("C:\\a", False),
            ("/xl/a.xlsx", False),
            ("a.xlsx", False),
            ("", False),
        ],
    )
    def test_what_is_remote(self, target: str, remote: bool) -> None:
        assert is_remote(target) is remote


class TestPrograms:
    def test_a_program_in_an_object(self) -> None:
        native = b"\x02\x00a.exe\x00C:\\a.exe\x00\x00\x00\x03\x00\x05\x00\x00\x00a.ex\x00"
        stream = native + len(b"MZ program").to_bytes(4, "little") + b"MZ program"
        data = compound({"\x01Ole10Native": len(stream).to_bytes(4, "little") + stream})
        parts = docx("", {"word/embeddings/oleObject1.bin": data})
        assert facts(parts) == ACTIVE
        assert read_parts(parts).embedded

    def test_a_formula_is_no_program(self) -> None:
        data = compound({"Equation Native": b"x" * 30, "\x01CompObj": b"x"})
        assert facts(docx("", {"word/embeddings/oleObject1.bin": data})) == NOTHING

    def test_a_control(self) -> None:
        ocx = '<ax:ocx xmlns:ax="http://schemas.microsoft.com/office/2006/activeX"/>'
        assert facts(docx("", {"word/activeX/activeX1.xml": ocx})) == ACTIVE
        assert facts(docx("", {"word/_rels/document.xml.rels": rels(("a", "control", "x.xml"))})) == ACTIVE

    def test_a_click_that_starts_a_program(self) -> None:
        click = '<a:r><a:rPr><a:hlinkClick action="ppaction://program"/></a:rPr><a:t>x</a:t></a:r>'
        assert facts(pptx(shape(click))) == ACTIVE
        assert facts(pptx(shape(click.replace("program", "hlinksldjump")))) == NOTHING

    def test_connections_that_ask_when_the_file_is_opened(self) -> None:
        connection = f'<connections {X}><connection refreshOnLoad="{{}}"/></connections>'
        assert facts(xlsx("", {"xl/connections.xml": connection.format(1)})) == ACTIVE
        assert facts(xlsx("", {"xl/connections.xml": connection.format(0)})) == NOTHING

    @pytest.mark.parametrize(
        "body",
        [
            '<text:dde-connection-decl/>',
            '<draw:applet/>',
            '<text:section><text:section-source xlink:href="http://a.example/x"/></text:section>',
            '<draw:floating-frame xlink:href="//a.example/x"/>',
        ],
    )  # fmt: skip
    def test_in_an_open_document(self, body: str) -> None:
        assert facts(open_document("text", body)) == ACTIVE

    def test_objects_of_an_open_document_itself(self) -> None:
        assert facts(open_document("text", '<draw:object xlink:href="./Object 1"/>')) == NOTHING


class TestDde:
    @pytest.mark.parametrize(
        "field",
        [
            '<w:fldSimple w:instr=" DDEAUTO c:\\cmd.exe &quot;/k calc&quot;"><w:r/></w:fldSimple>',
            (
                "<w:r><w:fldChar/></w:r><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO"
                " cmd</w:instrText></w:r>"
            ),
            (
                "<w:r><w:instrText>D</w:instrText></w:r><w:r><w:instrText>D</w:instrText></w:r><w:r>"
                "<w:instrText>E cmd</w:instrText></w:r>"
            ),
            "<w:r><w:instrText> QUOTE 68 68 69 65 85 84 79 32 99 </w:instrText></w:r>",
        ],
    )
    def test_a_field(self, field: str) -> None:
        assert facts(docx(f"<w:p>{field}</w:p>")) == ACTIVE

    def test_in_a_header(self) -> None:
        more = {"word/header1.xml": f"<w:hdr {W}><w:p><w:r><w:instrText>DDEAUTO x</w:instrText></w:r></w:p></w:hdr>"}
        assert facts(docx("", more)) == ACTIVE

    @pytest.mark.parametrize("codec", ["utf-16", "utf-8"])
    def test_in_any_encoding(self, codec: str) -> None:
        body = f"<w:document {W}><w:p><w:r><w:instrText>DDEAUTO x</w:instrText></w:r></w:p></w:document>"
        assert facts({**docx(""), "word/document.xml": body.encode(codec)}) == ACTIVE

    @pytest.mark.parametrize("code", ["PAGE", "TOC \\o", "ADDED", "HYPERLINK dde.html", "QUOTE 1 2", "REF DDEX"])
    def test_other_fields(self, code: str) -> None:
        field = f"<w:p><w:r><w:instrText>{code}</w:instrText></w:r></w:p>"
        assert facts(docx(field)) == (ACTIVE if "dde." in code else NOTHING)

    def test_a_link_of_a_workbook(self) -> None:
        link = f'<externalLink {X} {R}><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
        assert facts(xlsx("", {"xl/externalLinks/externalLink1.xml": link})) == ACTIVE

    def test_codes_are_kept_within_bounds(self) -> None:
        codes = FieldCodes()
        for _ in range(1000):
            codes.add("x" * 1000)
        assert not codes.dde()


class TestEmbedded:
    def test_documents_programs_and_chunks(self) -> None:
        inner = pack(docx(paragraph("<w:t>trong</w:t>")))
        parts = docx(
            "",
            {
                "word/embeddings/Microsoft_Word.docx": inner,
                "word/embeddings/data.xyz": b"unknown",
                "word/media/image1.png": b"MZ\x90\x00 program",
                "word/media/image2.png": b"\x89PNG\r\n\x1a\n",
                "word/printerSettings1.bin": b"P\x00r\x00",
                "word/afchunk.htm": "<html><p>đoạn</html>",
                "word/chunk2": "plain",
                "word/_rels/document.xml.rels": rels(("a", "aFChunk", "chunk2")),
            },
        )
        found = read_parts(parts)
        assert {file.place: file.data for file in found.embedded} == {
            "word/embeddings/Microsoft_Word.docx": inner,
            "word/embeddings/data.xyz": b"unknown",
            "word/media/image1.png": b"MZ\x90\x00 program",
            "word/afchunk.htm": "<html><p>đoạn</html>".encode(),
            "word/chunk2": b"plain",
        }

    def test_a_damaged_object_is_kept_and_named(self) -> None:
        found = read_parts(docx("", {"word/embeddings/o.bin": OLE + b"x" * 600}))
        assert found.active
        assert found.unchecked
        assert len(found.embedded) == 1


def test_honest_documents_report_nothing() -> None:
    slide = f"<p:sld {P}><p:sp/></p:sld>"
    flat = f'<draw:frame {XLINK}><draw:image xlink:href="Pictures/a.png"/></draw:frame>'
    for parts in (
        docx(paragraph("<w:t>x</w:t>")),
        xlsx(""),
        pptx(""),
        open_document("text", flat),
        pptx("", {"s.xml": slide}),
    ):
        assert facts(parts) == NOTHING
