"""Files made to cost much: answered within the limits, with the reason named. No time is measured: work is counted."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.contents import Why
from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.limits import DocumentLimits
from gateway.documents.xml import Handler, parse
from tests.unit.documents.packages import W, X, docx, open_document, pack, paragraph, pptx, read_bytes, read_parts, xlsx

MIB = 1024 * 1024
LIMITS = DocumentLimits(expanded=8 * MIB, text=MIB, units=1000)


def why(found: Document) -> list[Why]:
    return list(found.unchecked)


def outcome(data: bytes, limits: DocumentLimits = LIMITS) -> list[Why]:
    """Why something was not read; as the door gives it."""
    try:
        return why(read_bytes(data, limits=limits))
    except DocumentError as error:
        return [error.reason]


class TestXml:
    @staticmethod
    def body(content: str) -> bytes:
        return pack({**docx(""), "word/document.xml": content})

    def test_billion_laughs(self) -> None:
        entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        text = (
            f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">{entities}]><w:document {W}><w:p>&j;</w:p></w:document>'
        )
        assert outcome(self.body(text)) == [Why.UNSUPPORTED]  # its root was never reached: it is no document of ours

    def test_entities_in_a_part_beside_the_document(self) -> None:
        text = (
            f'<!DOCTYPE w [<!ENTITY a "{"x" * 1000}">]><w:hdr'
            f" {W}>{paragraph('<w:t>' + '&a;' * 1000 + '</w:t>')}</w:hdr>"
        )
        found = read_parts(docx(paragraph("<w:t>x</w:t>"), {"word/header1.xml": text}), limits=LIMITS)
        assert [unit.text for unit in found.units] == ["x"]
        assert why(found) == [Why.DAMAGED]

    def test_declarations_are_refused_even_where_nothing_uses_them(self) -> None:
        text = f'<!DOCTYPE w [<!ENTITY a "x">]><w:hdr {W}>{paragraph("<w:t>x</w:t>")}</w:hdr>'
        found = read_parts(docx("", {"word/header1.xml": text}), limits=LIMITS)
        assert (found.units, why(found)) == ([], [Why.DAMAGED])

    def test_a_doctype_behind_other_things(self) -> None:
        for before in ("<!-- -->" * 10_000, "<?x y?>", "<!DOCTYPE x>"):
            text = f'{before}<!DOCTYPE w [<!ENTITY a "x">]><w:hdr {W}><w:p>&a;</w:p></w:hdr>'
            found = read_parts(docx(paragraph("<w:t>x</w:t>"), {"word/header1.xml": text}), limits=LIMITS)
            assert why(found) == [Why.DAMAGED]

    @pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
    def test_external_entities_are_never_fetched(self, codec: str) -> None:
        text = (
            f'<?xml version="1.0" encoding="{codec}"?><!DOCTYPE w SYSTEM "file:///etc/passwd">'
            f"<w:hdr {W}><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:hdr>"
        )
        found = read_parts(docx("", {"word/header1.xml": text.encode(codec)}), limits=LIMITS)
        assert not found.units

    def test_elements_inside_one_another(self) -> None:
        assert outcome(self.body(f"<w:document {W}>{'<w:p>' * 100_000}")) == [Why.TOO_DEEP]
        assert (
            outcome(
                self.body(
                    f"<w:document {W}>{'<w:sdt>' * 200}{paragraph('<w:t>x</w:t>')}{'</w:sdt>' * 200}</w:document>"
                )
            )
            == []
        )

    def test_names_are_counted_over_all_parts(self) -> None:
        more = {
            f"word/header{part}.xml": f"<w:hdr {W}>{''.join(f'<w:n{part}x{name}/>' for name in range(2000))}</w:hdr>"
            for part in range(12)
        }
        assert outcome(pack(docx("", more))) == [Why.TOO_MANY]
        assert outcome(pack(docx("", dict.fromkeys(more, more["word/header1.xml"])))) == []

    def test_different_names_without_end(self) -> None:
        names = "".join(f"<w:n{number}/>" for number in range(60_000))
        assert outcome(self.body(f"<w:document {W}>{names}</w:document>")) == [Why.TOO_MANY]

    @pytest.mark.parametrize(
        "part", ["<w:p x='{}'/>", "<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "<!--{}-->", "<w:{}/>", "<?x {}?>"]
    )
    def test_one_huge_thing(self, part: str) -> None:
        whys = outcome(pack(docx(part.format("x" * (12 * MIB)))), replace(LIMITS, expanded=64 * MIB, ratio=10_000))
        assert whys in ([Why.DAMAGED], [Why.TOO_LARGE])

    def test_many_attributes(self) -> None:
        attributes = " ".join(f"a{number}=''" for number in range(100_000))
        assert set(outcome(pack(docx(f"<w:p {attributes}/>")))) <= {Why.DAMAGED, Why.TOO_LARGE}


class TestZip:
    def test_more_than_is_unpacked(self) -> None:
        text = "".join(f"{number:07}" for number in range(1_500_000))
        assert outcome(pack(docx(f"<w:x>{text}</w:x>"))) == [Why.TOO_LARGE]

    def test_a_ratio_that_no_honest_part_has(self) -> None:
        assert outcome(pack(docx(" " * (6 * MIB)))) == [Why.RATIO]

    def test_the_other_parts_are_still_read(self) -> None:
        found = read_parts(
            docx(paragraph("<w:t>x</w:t>"), {"word/header1.xml": f"<w:hdr {W}>{' ' * 3 * MIB}"}), limits=LIMITS
        )
        assert [unit.text for unit in found.units] == ["x"]
        assert why(found) == [Why.RATIO]

    def test_many_bombs_share_one_budget(self) -> None:
        more = {f"word/header{number}.xml": f"<w:hdr {W}>{number}{' ' * 990_000}</w:hdr>" for number in range(40)}
        assert outcome(pack(docx("", more))) == [Why.TOO_LARGE]

    def test_too_many_parts(self) -> None:
        assert outcome(pack({f"a{number}": "" for number in range(200)}), replace(LIMITS, parts=100)) == [Why.TOO_MANY]

    def test_a_directory_that_is_too_large_to_look_at(self) -> None:
        record = struct.pack("<4sHHHHLL", b"PK\x05\x06", 0, 0, 1, 1, 5 * MIB, 0)
        data = b"PK\x01\x02" + bytes(5 * MIB - 4) + record + bytes(2)
        assert outcome(data) == [Why.TOO_MANY]

    def test_entries_that_share_their_bytes(self) -> None:
        """Two entries of the directory are one part: what a bomb of overlapping files does a thousand times."""
        data = pack({"[Content_Types].xml": "<Types/>", "word/document.xml": "x" * 1000})
        at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
        first_end = data.index(b"PK\x01\x02", at + 1)
        directory = data[at:end] + data[first_end:end]
        tail = bytearray(data[end:])
        struct.pack_into("<HHL", tail, 8, 3, 3, len(directory))
        assert outcome(data[:at] + directory + bytes(tail)) == [Why.OVERLAP]

    def test_deflate_that_never_ends_well(self) -> None:
        data = bytearray(pack(docx(paragraph("<w:t>x</w:t>"))))
        at = data.index(b"word/document.xml") + len(b"word/document.xml")
        data[at : at + 4] = b"\xff\xff\xff\xff"
        assert Why.DAMAGED in outcome(bytes(data)) or outcome(bytes(data)) == [Why.UNSUPPORTED]

    def test_memory_does_not_grow_with_what_is_unpacked(self) -> None:
        rows = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
        small, large = (pack(xlsx(rows * count)) for count in (50, 500))
        peaks = []
        for data in (small, large):
            tracemalloc.start()
            read_bytes(data, limits=replace(DocumentLimits(), ratio=10_000))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < peaks[0] + MIB // 2


class TestText:
    def test_more_text_than_is_kept(self) -> None:
        found = read_parts(docx(paragraph(f"<w:t>{'dài ' * MIB}</w:t>")), limits=replace(LIMITS, ratio=10_000))
        assert sum(len(unit.text) for unit in found.units) == LIMITS.text
        assert why(found) == [Why.TOO_LARGE]

    def test_more_units_than_are_kept(self) -> None:
        found = read_parts(docx(paragraph("<w:t>x</w:t>") * 2000), limits=LIMITS)
        assert len(found.units) == LIMITS.units
        assert why(found) == [Why.TOO_MANY]

    def test_one_string_shown_a_million_times(self) -> None:
        more = {"xl/sharedStrings.xml": f"<sst {X}><si><t>{'x' * 10_000}</t></si></sst>"}
        found = read_parts(xlsx("<row>" + '<c t="s"><v>0</v></c>' * 20_000 + "</row>", more), limits=LIMITS)
        assert sum(len(unit.text) for unit in found.units) <= LIMITS.text
        assert why(found) == [Why.TOO_LARGE]

    def test_more_strings_than_are_remembered(self) -> None:
        more = {"xl/sharedStrings.xml": f"<sst {X}>{'<si><t>x</t></si>' * 300}</sst>"}
        found = read_parts(xlsx('<row><c t="s"><v>0</v></c></row>', more), limits=replace(LIMITS, references=100))
        assert found.units[-1].text == "x"
        assert why(found) == [Why.TOO_LARGE]

    def test_a_row_repeated_a_billion_times(self) -> None:
        body = (
            '<table:table table:name="x"><table:table-row table:number-rows-repeated="999999999"><table:table-cell'
            ' table:number-columns-repeated="999999999"><text:p>x</text:p></table:table-cell>'
            "</table:table-row></table:table>"
        )
        assert [unit.text for unit in read_parts(open_document("spreadsheet", body), limits=LIMITS).units] == ["x", "x"]

    def test_blanks_counted_in_billions(self) -> None:
        body = '<text:p>a<text:s text:c="999999999"/>b</text:p>'
        assert len(read_parts(open_document("text", body), limits=LIMITS).units[0].text) < 1000

    def test_more_embedded_files_than_are_kept(self) -> None:
        more = {f"word/embeddings/{number}.bin": b"MZ" + bytes(1000) for number in range(30)}
        found = read_parts(docx("", more), limits=replace(LIMITS, embedded=5000, embedded_files=10))
        assert len(found.embedded) == 4
        assert why(found) == [Why.TOO_LARGE]


class TestStyles:
    def test_long_chains_of_styles(self) -> None:
        styles = "".join(
            f'<w:style w:styleId="S{number}"><w:basedOn w:val="S{number + 1}"/></w:style>' for number in range(5000)
        )
        text = "".join(
            f'<w:p><w:pPr><w:pStyle w:val="S{number}"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>' for number in range(900)
        )
        found = read_parts(docx(text, {"word/styles.xml": f"<w:styles {W}>{styles}</w:styles>"}), limits=LIMITS)
        assert len(found.units) == 900

    def test_relations_in_a_circle(self) -> None:
        from tests.unit.documents.packages import rels

        more = {
            "ppt/slides/_rels/slide1.xml.rels": rels(
                ("l", "slideLayout", "slide1.xml"), ("m", "slideMaster", "slide1.xml")
            ),
        }
        assert read_parts(pptx("<p:sp><p:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></p:txBody></p:sp>", more)).units


class TestSteps:
    """Pieces are fed one after another and never looked at twice."""

    def test_what_is_fed_is_taken_once(self) -> None:
        fed = 0

        def pieces(count: int) -> Iterator[bytes]:
            nonlocal fed
            yield b"<a>"
            for _ in range(count):
                fed += 1
                yield b"<b>x</b>" * 1000
            yield b"</a>"

        class Count(Handler):
            def __init__(self) -> None:
                super().__init__()
                self.seen = 0
                self.opening[":b"] = self._count

            def _count(self, _: object) -> None:
                self.seen += 1

        handler = Count()
        parse(pieces(20), lambda _: handler, Sink(LIMITS))
        assert (fed, handler.seen) == (20, 20_000)


def test_the_directory_is_not_trusted_for_sizes() -> None:
    """A part that says it is empty and is not is read to its end, within the ratio."""
    data = bytearray(pack(docx(f"<w:x>{' ' * 4 * MIB}</w:x>")))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 0)
    assert outcome(bytes(data)) == [Why.RATIO]
    assert zlib.crc32(bytes(data)) and zipfile.is_zipfile(io.BytesIO(bytes(data)))
