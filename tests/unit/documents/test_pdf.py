"""PDF files made by hand: characters as the fonts' tables give them, dangers wherever they stand, files, notes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from gateway.contents import Why
from gateway.documents.document import DocumentError
from gateway.documents.limits import DocumentLimits
from tests.unit.documents.old_formats import NFC, damaged, parse, survives, texts
from tests.unit.documents.pdf_make import encrypted, lines, packed_objects, page, pdf, stream

SAME = {code: code for code in range(32, 256)}


class TestCharacters:
    def test_soft_hyphens_are_kept(self) -> None:
        (unit,) = parse(page(lines(b"n\xad\xedc t\xad\xad\xebng", b"x\xb7 hoi"))).units
        assert unit.text == "n\u00adíc t\u00ad\u00adëng\nx· hoi"
        assert unit.fonts == (".VnTime",)
        assert unit.place == "page 1"

    def test_a_soft_hyphen_at_the_end_of_a_line(self) -> None:
        """PDFium takes it for a divided word, and joins; the letter and the line's end come back."""
        (unit,) = parse(page(lines(b"t\xad v\xean, nghi ng\xad", b"dong hai"))).units
        assert unit.text == "t\u00ad vên, nghi ng\u00ad\ndong hai"

    def test_a_hyphen_at_the_end_of_a_line(self) -> None:
        (unit,) = parse(page(lines(b"exam-", b"ple"))).units
        assert unit.text == "exam-\nple"

    def test_as_the_font_s_table_says(self) -> None:
        (unit,) = parse(page(lines(b"n\xad\xedc gi\xe3"), to={**SAME, 0xAD: 0x2212, 0xE3: 0x2219})).units
        assert unit.text == "n\u2212íc gi\u2219"

    def test_unicode(self) -> None:
        to = {**SAME, **{0x80 + index: ord(letter) for index, letter in enumerate("ộủĩệ")}}
        (unit,) = parse(page(lines(b"C\x80ng h\xf2a x\xe3 h\x80i ch\x81 ngh\x82a Vi\x83t Nam"), to=to)).units
        assert unit.text == NFC


def test_other_places() -> None:
    more = (
        b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(\xfe\xff\x00n\x1e\xad\x00t)>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(field value)/Rect[0 0 9 9]>>",
        b"<</Title(Chapter)/Parent 10 0 R>>",
        b"<</Type/Outlines/First 9 0 R/Last 9 0 R/Count 1>>",
        b"<</Title(Ti\xeau)/Author(An)>>",
        stream(
            b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:title>M\xe1\xba\xadt &amp; x</dc:title></x:xmpmeta>',
            b"/Type/Metadata",
        ),
    )
    data = page(
        lines(b"text"),
        more=more,
        extra=b"/Annots[7 0 R 8 0 R]",
        catalog=b"/Outlines 10 0 R/AcroForm<</Fields[8 0 R]>>/Metadata 12 0 R",
    ).replace(b"/Root 1 0 R", b"/Root 1 0 R/Info 11 0 R")
    assert [(unit.place, unit.text) for unit in parse(data).units] == [
        ("property title", "Tiêu"),
        ("property author", "An"),
        ("property xmp", "Mật & x"),
        ("bookmark", "Chapter"),
        ("page 1", "text"),
        ("page 1 note", "nật"),
        ("page 1 field", "field value"),
    ]


class TestDangers:
    @pytest.mark.parametrize("text", [True, False])
    @pytest.mark.parametrize(
        "action",
        [
            b"<</S/JavaScript/JS(app.alert\\(1\\))>>",
            b"<< /Type /Action /S /Launch /F (calc.exe) >>",
            b"<</S/Java#53cript/JS(x)>>",
            b"<</S/GoTo/D[3 0 R]/Next<</S/#4caunch/F(x)>>>>",
        ],
    )
    def test_active(self, action: bytes, text: bool) -> None:
        assert parse(page(catalog=b"/OpenAction 7 0 R", more=[action]), text=text).active
        assert parse(page(extra=b"/AA<</O 7 0 R>>", more=[action]), text=text).active
        assert parse(packed_objects(action), text=text).active

    def test_named_scripts(self) -> None:
        names = b"/Names<</JavaScript<</Names[(a)7 0 R]>>>>"
        assert parse(page(catalog=names, more=[b"<</S/JavaScript/JS(x)>>"]), text=False).active

    def test_a_script_in_a_form_in_xml(self) -> None:
        form = b"/AcroForm<</Fields[]/XFA[(template)7 0 R]>>"
        assert parse(page(catalog=form, more=[stream(b"<template><script>x</script></template>")]), text=False).active
        found = parse(page(catalog=form, more=[stream("<template><text>Chữ</text></template>".encode())]))
        assert not found.active
        assert texts(found, "form") == ["Chữ"]

    def test_a_page_to_begin_with_is_not_active(self) -> None:
        data = page(lines(b"/S/JavaScript is what this is about"), catalog=b"/OpenAction[3 0 R/Fit]")
        assert parse(data, text=False).blank


class TestFiles:
    @pytest.mark.parametrize("text", [True, False])
    def test_attached_to_the_document_and_to_a_page(self, text: bool) -> None:
        more = (
            b"<</Type/Filespec/F(a.exe)/UF(a.exe)/EF<</F 8 0 R>>>>",
            stream(b"MZ one", b"/Type/EmbeddedFile"),
            b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 10 0 R>>",
            b"<</Type/Filespec/F(b.exe)/UF(b.exe)/EF<</F 11 0 R>>>>",
            stream(b"MZ two", b"/Type/EmbeddedFile"),
        )
        data = page(catalog=b"/Names<</EmbeddedFiles<</Names[(a.exe)7 0 R]>>>>", extra=b"/Annots[9 0 R]", more=more)
        found = parse(data, text=text)
        assert [(file.name, file.data, file.place) for file in found.embedded] == [
            ("a.exe", b"MZ one", "attachment"),
            ("b.exe", b"MZ two", "page 1"),
        ]

    def test_more_than_is_kept(self) -> None:
        more = (b"<</Type/Filespec/F(a)/EF<</F 8 0 R>>>>", stream(b"x" * 1000, b"/Type/EmbeddedFile"))
        data = page(catalog=b"/Names<</EmbeddedFiles<</Names[(a)7 0 R]>>>>", more=more)
        found = parse(data, limits=DocumentLimits(embedded=100))
        assert found.unchecked == [Why.TOO_LARGE]


class TestEncryption:
    def test_a_password_is_needed(self) -> None:
        found = parse(encrypted(b"secret", lines(b"x")))
        assert found.encrypted
        assert not found.units

    def test_only_an_owner_s_password(self) -> None:
        """It opens for everyone to read, and is looked through like any other."""
        found = parse(encrypted(b"", lines(b"t\xad v\xean"), catalog=b"/OpenAction<</S/JavaScript/JS<78>>>"))
        assert not found.encrypted
        assert found.active
        assert texts(found) == ["t\u00ad vên"]


class TestBounds:
    def test_streams_that_never_end(self) -> None:
        """PDFium looks through the rest of the file for each: 200 KB of them took ten seconds."""
        with pytest.raises(DocumentError) as caught:
            parse(b"%PDF-1.4\n" + b"1 0 obj<<>>stream\n" * 11_000)
        assert caught.value.reason is Why.TOO_MANY
        with pytest.raises(DocumentError) as caught:
            parse(b"%PDF-1.4\n" + b"1 0 obj<<>>stream\n" * 900)
        assert caught.value.reason is Why.DAMAGED
        assert "words" in texts(parse(page(lines(b"words")) + b"\n%" + b" stream" * 5000))

    @pytest.mark.parametrize(
        "data", [b"%PDF-1.4", b"%PDF-1.4\n" + b"1 0 obj<<>>endobj " * 50, pdf(b"<</Type/Catalog>>")]
    )
    def test_no_pages(self, data: bytes) -> None:
        with pytest.raises(DocumentError) as caught:
            parse(data)
        assert caught.value.reason is Why.DAMAGED

    def test_bookmarks_in_a_circle(self) -> None:
        more = (
            b"<</Title(a)/Parent 8 0 R/Next 7 0 R/First 7 0 R>>",
            b"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>",
        )
        found = parse(page(catalog=b"/Outlines 8 0 R", more=more))
        assert 1 <= len(texts(found, "bookmark")) <= 10_000

    @pytest.mark.parametrize(
        "data",
        [b"<x:xmpmeta " * 300_000, b"<x:xmpmeta >" + b"a" * 3_000_000 + b"></x:xmpmeta>", b"</x:xmpmeta><x:xmpmeta>"],
    )
    def test_metadata_without_end(self, data: bytes) -> None:
        """A search that goes back for each beginning would not come to an end here."""
        assert texts(parse(page(lines(b"x"), more=[stream(data)]))) == ["x"]

    def test_text(self) -> None:
        found = parse(page(lines(*[b"x" * 60] * 30)), limits=DocumentLimits(text=500))
        assert sum(map(len, texts(found))) <= 500


_SAMPLE = page(lines(b"n\xad\xedc", b"hai"), catalog=b"/OpenAction 7 0 R", more=[b"<</S/JavaScript/JS(x)>>"])


@settings(max_examples=100, deadline=None)
@given(damaged(_SAMPLE))
def test_damage(data: bytes) -> None:
    survives(data, "x.pdf")
