"""RTF: words, charsets, destinations, objects, all written out; LibreOffice's files are in test_ole_office."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents import rtf as rtf_reader
from gateway.documents.limits import DocumentLimits
from gateway.documents.rtf import _TOKEN
from tests.unit.documents.old_formats import damaged, parse, survives, texts

FONTS = (
    rb"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fnil\fcharset0 .VnTime;}{\f2\fnil\fcharset163 Arial Viet;}"
    rb"{\f3\fnil\fcharset2 Symbol;}{\f4\fnil Plain;}{\f5\fnil\fcharset128 Mincho;}{\f6\fnil\fcharset0\cpg1251 Cyr;}"
    rb"{\f7\fnil\fcharset0 {\*\falt Other}VNI-Times{\*\panose 0202};}}"
)


def rtf(body: bytes) -> bytes:
    return rb"{\rtf1\ansi\ansicpg1252\deff0" + FONTS + body + b"}"


def body(data: bytes) -> list[str]:
    return texts(parse(rtf(data)), "paragraph")


class TestCharacters:
    @pytest.mark.parametrize(
        ("written", "text"),
        [
            (rb"a\-b", "a\u00adb"),
            (rb"a\~b\_c", "a\u00a0b\u2011c"),
            (rb"\'e9\'80\'81", "é€\x81"),
            (rb"\f1 n\'ad\'edc", "n\u00adíc"),
            (rb"\f1 n\-\'edc t\'ad\-\'ebng \'ad", "n\u00adíc t\u00ad\u00adëng \u00ad"),
            (rb"\u7897?", "ộ"),
            (rb"\u7897\'3fng", "ộng"),
            (rb"\uc0\u7897ng", "ộng"),
            (rb"\uc2\u7897\'3f?ng", "ộng"),
            (rb"{\uc3\u7897 abc}d", "ộd"),
            (rb"\u7897\tab x", "ộx"),
            (rb"{\u7897}ng", "ộng"),
            (rb"\u-10179?\u-8704?", "\U0001f600"),
            (rb"\u55357\'3f\u56832\'3f!", "\U0001f600!"),
            (rb"\u-65431?", "i"),
            (rb"\u-10179?x", "\ufffdx"),
            (rb"a\tab b\line c\emdash d", "a\tb\nc\u2014d"),
            (rb"\{\}\\", "{}\\"),
            (b"a\r\nb\x00c", "abc"),
            (rb"\f2 C\'f4ng", "Công"),
            (rb"\f2 Vi\'ea\'f2t", "Viê\u0323t"),
            (rb"\f5 \'93\'fa\'96\'7b", "日本"),
            (rb"\f5 \'83\\", "\u30bd"),
            (rb"\f6 \'cf\'f0", "Пр"),
            (rb"\b bold\b0  \i x\i0", "bold x"),
            (rb"{\upr{ans\'ed}{\*\ud{uni \u7897?}}}", "uni ộ"),
        ],
    )
    def test_a_paragraph(self, written: bytes, text: str) -> None:
        assert body(written) == [text]

    def test_the_document_s_code_page_is_for_fonts_without_charset(self) -> None:
        data = rb"{\rtf1\ansi\ansicpg1258" + FONTS + rb"\f4 \'f0\'fe \f0 \'fe}"
        assert texts(parse(data)) == ["đ₫ þ"]

    def test_mac(self) -> None:
        assert texts(parse(rb"{\rtf1\mac{\fonttbl{\f0\fnil Geneva;}}\f0 caf\'8e}")) == ["café"]


class TestRawBytes:
    """8-bit text whose charset nobody declares keeps its bytes; `text` is them as Latin-1."""

    @pytest.mark.parametrize("font", [rb"\f0", rb"\f1", rb"\f3", rb"\f4"])
    def test_kept(self, font: bytes) -> None:
        (unit,) = parse(rtf(font + rb" C\'e9ng ho\'b5 n\-\'edc")).units
        assert unit.raw == b"C\xe9ng ho\xb5 n\xad\xedc"
        assert unit.text == unit.raw.decode("latin-1")

    @pytest.mark.parametrize(
        "written", [rb"\f2 C\'f4ng", rb"\u233? \'e9", rb"ascii", rb"\'93quoted\'94", rb"\f6 \'e9", rb"\'e9\emdash"]
    )
    def test_not_kept(self, written: bytes) -> None:
        (unit,) = parse(rtf(written)).units
        assert unit.raw == b""


class TestFonts:
    def test_names_in_order_of_use(self) -> None:
        (unit,) = parse(rtf(rb"\f0 a{\f1 b}\f7 c{\plain d}")).units
        assert unit.fonts == ("Times New Roman", ".VnTime", "VNI-Times")

    def test_the_default_font_needs_no_word(self) -> None:
        assert parse(rtf(rb"\pard a")).units[0].fonts == ("Times New Roman",)

    def test_a_flat_table(self) -> None:
        data = rb"{\rtf1\ansi\deff1{\fonttbl\f0\fnil One;\f1\fnil .VnTime;}\f1 x\f0 y}"
        assert parse(data).units[0].fonts == (".VnTime", "One")

    def test_a_name_in_bytes_of_its_charset(self) -> None:
        data = rb"{\rtf1{\fonttbl{\f0\fcharset128 \'82\'6c\'82\'72;}}\f0 x}"
        assert parse(data).units[0].fonts == ("ＭＳ",)


class TestPlaces:
    def test_every_destination(self) -> None:
        found = parse(
            rtf(
                rb"{\info{\title T}{\author A}{\*\company C}{\doccomm D}}{\*\userprops{\propname N}\proptype30"
                rb"{\staticval V}}{\header H\par}{\footerf F\par}one{\footnote note}\par two{\*\atnauthor who}"
                rb"{\*\annotation{\*\atndate 1}said}\par {\field{\*\fldinst HYPERLINK x}{\fldrslt shown}}\par"
                rb"{\trowd a\cell b\cell\row}{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv art}}{\sp{\sn n}{\sv 1}}"
                rb"{\shptxt box\par}}}{\stylesheet{\s0 Normal;}}{\*\unknown hidden}{\pict 00ff}{\*\listtable x}"
                rb"{\listtext 1.\tab}end"
            )
        )
        assert [(unit.place, unit.text) for unit in found.units] == [
            ("property title", "T"),
            ("property author", "A"),
            ("property company", "C"),
            ("property comments", "D"),
            ("property name", "N"),
            ("property value", "V"),
            ("header 1", "H"),
            ("footer 1", "F"),
            ("footnote 1", "note"),
            ("paragraph 1", "one"),
            ("comment author 1", "who"),
            ("comment 1", "said"),
            ("paragraph 2", "two"),
            ("field 1", "HYPERLINK x"),
            ("paragraph 3", "shown"),
            ("paragraph 4", "a"),
            ("paragraph 5", "b"),
            ("drawing 1", "art"),
            ("text box 1", "box"),
            ("paragraph 7", "end"),
        ]

    def test_an_unknown_word_that_is_not_marked_shows_its_text(self) -> None:
        assert body(rb"{\unknown shown}") == ["shown"]

    def test_what_is_open_at_the_end_is_read(self) -> None:
        assert texts(parse(rb"{\rtf1 a{\footnote b")) == ["b", "a"]

    def test_braces_too_many(self) -> None:
        assert texts(parse(rb"{\rtf1 a}}} b")) == ["a b"]


def ole1(name: bytes, native: bytes, kind: int = 2) -> bytes:
    """An OLE 1 object ([MS-OLEDS] 2.2.5)."""
    name += b"\x00"
    return (
        struct.pack("<III", 0x501, kind, len(name))
        + name
        + struct.pack("<II", 0, 0)
        + struct.pack("<I", len(native))
        + native
    )


def package(name: bytes, data: bytes) -> bytes:
    """A Packager object with a file."""
    path = b"C:\\x\\" + name + b"\x00"
    head = b"\x02\x00" + name + b"\x00" + path + b"\x00\x00\x03\x00" + struct.pack("<I", len(path)) + path
    return head + struct.pack("<I", len(data)) + data + b"\x00" * 8


class TestDangers:
    @pytest.mark.parametrize("text", [True, False])
    @pytest.mark.parametrize(
        "template",
        [
            rb"{\object\objemb{\*\objclass Package}{\*\objdata %s}{\result shown}}",
            rb"{\*\anything{\object\objemb{\*\objdata %s}}}",
            rb"{\pict{\*\objdata{\*\skipped}%s}}",
            rb"{\*\objdata" + b"\r\n" + rb" %s",
        ],
    )
    def test_an_object_wherever_it_stands(self, template: bytes, text: bool) -> None:
        digits = ole1(b"Package", package(b"run.exe", b"MZ program")).hex().encode()
        found = parse(rtf(template % b"\r\n".join(digits[at : at + 7] for at in range(0, len(digits), 7))), text=text)
        assert found.active
        assert [(file.name, file.data) for file in found.embedded] == [("run.exe", b"MZ program")]

    def test_an_object_in_binary(self) -> None:
        data = ole1(b"Word.Document.8", b"\xd0\xcf{}\\ native")
        found = parse(rtf(rb"{\*\objdata\bin%d " % len(data) + data + rb"}after"))
        assert [(file.name, file.data) for file in found.embedded] == [("Word.Document.8", b"\xd0\xcf{}\\ native")]
        assert texts(found) == ["after"]

    def test_an_object_that_makes_no_sense_is_kept_as_it_is(self) -> None:
        found = parse(rtf(rb"{\*\objdata 0105000002}"))
        assert found.active
        assert found.embedded[0].data == b"\x01\x05\x00\x00\x02"

    @pytest.mark.parametrize("text", [True, False])
    @pytest.mark.parametrize(
        "written",
        [
            rb"{\field{\*\fldinst DDEAUTO c:\\\\x}{\fldrslt}}",
            rb"{\field{\*\fldinst {\b D}{D}{E x}}{\fldrslt}}",
            rb"{\field{\*\fldinst \'44DE x}}",
            rb"{\*\template http://x.example/t.dotm}",
            rb"{\*\template \u104?ttp://x.example/t}",
            rb"{\*\template \\\\\\\\server\\\\t}",
            rb"{\object\objupdate}",
            rb"{\object\objautlink{\*\objclass Word}}",
        ],
    )
    def test_active(self, written: bytes, text: bool) -> None:
        found = parse(rtf(written), text=text)
        assert found.active
        assert found.remote is (b"template" in written)

    @pytest.mark.parametrize("text", [True, False])
    @pytest.mark.parametrize(
        "written",
        [
            rb"{\field{\*\fldinst HYPERLINK http://x.example/}{\fldrslt x}}",
            rb"{\*\template C:\\\\Normal.dot}",
            rb"DDEAUTO is a word",
            rb"{\pict\pngblip 89504e47}",
        ],
    )
    def test_not_active(self, written: bytes, text: bool) -> None:
        found = parse(rtf(written), text=text)
        assert not found.active
        assert not found.embedded

    def test_objects_over_the_limit_are_named(self) -> None:
        found = parse(rtf(rb"{\*\objdata " + b"41" * 500 + b"}x"), limits=DocumentLimits(embedded=100))
        assert found.active
        assert Why.TOO_LARGE in found.unchecked
        assert texts(found) == ["x"]


class TestBounds:
    def test_depth(self) -> None:
        found = parse(rtf(b"first\\par" + b"{" * 100_000 + b"deep"))
        assert found.unchecked == [Why.TOO_DEEP]
        assert texts(found) == ["first"]

    @pytest.mark.parametrize(
        "written", [rb"\bin99999999999 x", rb"\bin-5 x", rb"\u99999999999999? x", rb"\f" + b"9" * 5000]
    )
    def test_numbers_beyond_measure(self, written: bytes) -> None:
        survives(rtf(b"a" + written + b" b"))

    @pytest.mark.parametrize("text", [True, False])
    def test_words(self, text: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rtf_reader, "_TOKENS", 1000)
        found = parse(rtf(rb"{\object" + b"{}" * 5000 + b"}"), text=text)
        assert Why.TOO_MANY in found.unchecked

    def test_a_paragraph_that_never_ends_is_taken_in_pieces(self) -> None:
        found = parse(rtf(rb"\uc0" + rb"\u7897" * 120_000))
        assert "".join(texts(found)) == "ộ" * 120_000
        assert len(found.units) == 3

    def test_long_runs(self) -> None:
        assert "".join(body(rb"\'e9" * 5000 + rb"\u7897\'3fb" * 5000)) == "é" * 5000 + "ộb" * 5000

    def test_units(self) -> None:
        found = parse(rtf(rb"x\par " * 50), limits=DocumentLimits(units=10))
        assert len(found.units) == 10
        assert found.unchecked == [Why.TOO_MANY]

    def test_tokens_take_every_byte_once(self) -> None:
        """The regular expression passes over nothing and goes nowhere back, whatever the bytes are."""
        data = rb"{\u1\'4\u-\bin\'zz\ \*\1" + bytes(range(256)) * 3 + b"\\"
        assert b"".join(match[0] for match in _TOKEN.finditer(data)) == data


@settings(max_examples=150, deadline=None)
@given(damaged(rtf(rb"{\info{\title T}}{\header H}a\'e9\u7897?{\*\objdata 0105}{\field{\*\fldinst X}}\bin3 abc\par b")))
def test_damage(data: bytes) -> None:
    survives(data, "x.rtf")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"\\*",
                b"\\'e9",
                b"\\u99?",
                b"\\bin2 ",
                b"\\objdata ",
                b"a ",
                b"\\uc2",
                b"\\f1",
                b"\\fldinst ",
                b"\\upr",
                b"\\ud",
                b"\\fonttbl",
                b"\\par",
                b"\\",
                b"\\info",
                b"\\title ",
            ]
        ),
        max_size=60,
    )
)
def test_any_order_of_words(words: list[bytes]) -> None:
    survives(b"{\\rtf1" + b"".join(words), "x.rtf")
