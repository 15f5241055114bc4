"""HTML: what a reader sees of it, its fonts, its charsets, and script."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import Why
from gateway.documents import html
from gateway.documents.css import StyleSheets, fonts_in
from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.htmltokens import Comment, End, Raw, Start, Text, Token, tokens, unescape
from gateway.documents.limits import DocumentLimits
from tests.unit.documents.packages import shown, units

LEGACY = "Céng hoµ x· héi"


def parse(source: str | bytes, limits: DocumentLimits | None = None) -> Document:
    data = source if isinstance(source, bytes) else b'<meta charset="utf-8">' + source.encode()
    sink = Sink(limits or DocumentLimits())
    html.read(io.BytesIO(data), sink)
    return sink.document


def texts(source: str) -> list[str]:
    return [unit.text for unit in parse(source).units]


@pytest.mark.parametrize(
    ("source", "quoted"),
    [
        ("<p>a</p><blockquote><p>b</p><blockquote>c</blockquote>d</blockquote>e", "bcd"),
        ("<p>a</p><blockquote type=cite>b</blockquote></blockquote><p>c</p>", "b"),
        ("<p>a</p><blockquote style='border:none'>b<blockquote>c</blockquote>d</blockquote>e", "c"),
        ("a<div class='x gmail_quote'>b</div><p>c</p>", "bc"),
        ("a<div id=divRplyFwdMsg>b</div><p>c</p>", "bc"),
        ("a<p class=quote>b</p><p id=x>c</p>", ""),
    ],
)
def test_places_of_quoted_paragraphs_say_so(source: str, quoted: str) -> None:
    found = [unit for unit in parse(source).units if unit.place.startswith("quoted paragraph ")]
    assert "".join(unit.text for unit in found) == quoted


class TestText:
    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ("<p>a <b>b</b>c</p><div>d</div>e", ["a bc", "d", "e"]),
            ("a\n  b\t c", ["a b c"]),
            ("a<br>b<BR/>c", ["a\nb\nc"]),
            ("<pre>a\n  b</pre>", ["a\n  b"]),
            ("<td>a<td>b<li>c<li>d", ["a", "b", "c", "d"]),
            ("mu\xadêi &shy;&#173;&#xAD;", ["mu\xadêi \xad\xad\xad"]),
            ("a&nbsp;b\xa0c\u3000d", ["a\xa0b\xa0c\u3000d"]),
            ("&lt;b&gt; &amp;amp; &Acirc;&#7897;&#x1ED9; &khong; &", ["<b> &amp; Âộộ &khong; &"]),
            ("&#2;\x02\x1e&#150;&#0;&#xD800;&#99999999;", ["\x02\x02\x1e–\ufffd\ufffd\ufffd"]),
            ("<!-- x --><!--><!---->a<!DOCTYPE x><?y z?></ q>b", ["ab"]),
            ("a < b <3 c<", ["a < b <3 c<"]),
            ("<script>var a = '<p>x</p>'</script>y<style>p {}</style>z", ["yz"]),
            ("<textarea> <p>a\n</textarea>b", ["<p>a", "b"]),
            ('<p title="x>y">a</p><p title=\'"\'>b</p><p title=c>d</p>', ["x>y", "a", '"', "b", "c", "d"]),
            ('a<p title="b>c</p>d', ["a", '"b', "c", "d"]),
            ("<input type=submit value=Gửi><img alt=ảnh><option>x", ["Gửi", "ảnh", "x"]),
            ("<!--[if mso]><p>Outlook</p><![endif]-->x<![if !mso]>y<![endif]>", ["Outlook", "xy"]),
            ("<xmp><b>a</b></xmp><noscript>b</noscript><iframe>c</iframe>", ["<b>a</b>", "b", "c"]),
            ("<svg><text>a</text></svg>", ["a"]),
        ],
    )
    def test_by_block(self, source: str, found: list[str]) -> None:
        assert texts(source) == found

    def test_the_title_and_what_is_said_of_the_document(self) -> None:
        found = parse("<title> Tờ\n trình &amp; </title><meta name=Keywords content='a, b'><p>x")
        assert shown(found) == {"property title": "Tờ trình &", "property keywords": "a, b", "paragraph 1": "x"}


class TestFonts:
    def fonts(self, source: str) -> list[tuple[str, ...]]:
        return [unit.fonts for unit in parse(source).units]

    @pytest.mark.parametrize(
        ("source", "fonts"),
        [
            ("<font face='.VnTime, Arial'>x</font>", (".VnTime", "Arial")),
            ("<p style='font-family: \".VnTime\", serif'>x", (".VnTime",)),
            ("<p style=\"FONT: bold 12pt/14pt '.VnTime', Arial; color: red\">x", (".VnTime", "Arial")),
            ("<p style='font-size: 9pt; font-family: A !important'>x", ("A",)),
            (("<style>.c, td {font-family: C} #i {font-family: I} b{} p.c {font-family: P}</style>"
             "<div class='a c'>x"), ("C",)),
            ("<style>.c {font-family: C} p.c {font-family: P}</style><p class=c>x", ("P",)),
            ("<style>@media print { div p {font-family: M} }</style><p>x", ("M",)),
            (("<style><!-- /* Font */ p.MsoNormal\n{margin:0; font-family:\"Times New Roman\";} -->"
             "</style><p class=MsoNormal>x"), ("Times New Roman",)),
            ("<body style='font-family:B'><table><td>x", ("B",)),
            ("<font face=A>x<font face=B>y</font>z</font>", ("A", "B")),
            ("<b><font face=A>x</b>y</font>", ("A",)),
        ],
    )  # fmt: skip
    def test_where_they_come_from(self, source: str, fonts: tuple[str, ...]) -> None:
        assert self.fonts(source) == [fonts]

    def test_a_font_goes_on_behind_the_block_in_which_it_began(self) -> None:
        assert self.fonts("<p><font face=A>x</p><p>y</font><p>z") == [("A",), ("A",), ()]

    def test_fonts_end_with_their_elements(self) -> None:
        assert self.fonts("<div style='font-family:A'><p>x</div><p>y") == [("A",), ()]

    def test_selectors_and_declarations_that_say_nothing(self) -> None:
        sheets = StyleSheets()
        sheets.add(
            "} { font-family: A } p { font-family: inherit } p,, > {font:} a:hover[b] , .x::after {font-family:'L'}"
        )
        assert sheets.of("p", {}) == ()
        assert sheets.of("a", {}) == sheets.of("b", {"class": "x"}) == ("L",)
        assert fonts_in("font: ; font-family:") == ()


class TestCharsets:
    @pytest.mark.parametrize(
        ("data", "text", "raw"),
        [
            (b"<p>\xe1\xbb\x99", "ộ", b""),
            (b"<meta charset=utf-8><p>\xe1\xbb\x99 \xb5\xdc", "á»\x99 µÜ", b"\xe1\xbb\x99 \xb5\xdc"),
            (b"<p>C\xe9ng ho\xb5 m\xad", "Céng hoµ m\xad", b"C\xe9ng ho\xb5 m\xad"),
            (b"<meta charset='x-viet-tcvn'><p>ho\xb5", "hoµ", b"ho\xb5"),
            ((b"<meta http-equiv=Content-Type content='text/html; charset=windows-1252'><p>ho\xb5"
             b" \x93\x81"), "hoµ “\x81", b""),
            (b"<meta charset=iso-8859-1><p>\x93", "“", b""),
            (b"<meta charset=windows-1258><p>\xe2\xf2", "â\u0323", b""),
            ("<p>ộ".encode("utf-16"), "ộ", b""),
            ("<p>ộ và</p>".encode("utf-16-le"), "ộ và", b""),
            (b"\xef\xbb\xbf<meta charset=windows-1252><p>\xe1\xbb\x99", "ộ", b""),
            (b"<meta charset=utf-7><p>+AGE-\xb5", "+AGE-µ", b"+AGE-\xb5"),
        ],
    )  # fmt: skip
    def test_by_what_is_declared(self, data: bytes, text: str, raw: bytes) -> None:
        (unit,) = parse(data).units
        assert (unit.text, unit.raw) == (text, raw)

    def test_each_block_by_itself_in_undeclared_bytes(self) -> None:
        found = parse(b"<p>ho\xb5&nbsp;\xb5\xb5\xb5\xb5<p>\xe1\xbb\x99<p>\xb5 &#7897;")
        assert [(unit.text, unit.raw) for unit in found.units] == [
            ("hoµ\xa0µµµµ", b"ho\xb5\xa0\xb5\xb5\xb5\xb5"),
            ("ộ", b""),
            ("µ ộ", b""),
        ]

    def test_each_block_by_itself_in_utf8_with_foreign_bytes(self) -> None:
        data = b"<meta charset=utf-8>" + "<p>Việt Nam".encode() + b"<p>ho\xb5"
        found = parse(data)
        assert [(unit.text, unit.raw) for unit in found.units] == [("Việt Nam", b""), ("hoµ", b"ho\xb5")]


class TestScript:
    @pytest.mark.parametrize(
        "source",
        [
            "<script>x</script>",
            "<SCRIPT SRC=x>",
            "<body onload=x>",
            "<img src=x onerror='y'>",
            "<a href=' java\nscript:x'>",
            "<a href='&#106;avascript:x'>",
            "<iframe srcdoc='&lt;b>'>",
            "<iframe src='data:text/html,x'>",
            "<svg><script>x",
            "<script type=module>x</script>",
            "<applet>",
            "<!--[if IE]><script>x</script><![endif]-->",
        ],
    )
    def test_is_active(self, source: str) -> None:
        assert parse(source).active
        sink = Sink(DocumentLimits(), text=False)
        html.read(io.BytesIO(source.encode()), sink)
        assert sink.document.active
        assert not sink.document.units

    @pytest.mark.parametrize(
        "source",
        [
            "<p>script</p>",
            "<a href='http://a/javascript:x'>",
            "<script type='application/ld+json'>{}</script>",
            "<b on=x>",
            "&lt;script>",
        ],
    )
    def test_is_not_there(self, source: str) -> None:
        assert not parse(source).active


def joined(found: list[Token]) -> str:
    return "".join(token.data for token in found if isinstance(token, Text | Raw | Comment))


class TestHostile:
    """Linear in steps: the tokens of any shape are no more than its characters, and doubling it doubles them."""

    SHAPES = (
        "<", "<a", "<a>", "</", "</p>", "<b><p>", "</i><b>", "<!--", "--!", "<!-- -->", "<![CDATA[", "<?x", "&", "&#",
        "&#x", "&amp", "<a b=", '<a b="', "<a b='", "<a b = ", "<script>", "</script", "<textarea>", "<title>",
        "<style>{", "/*", "<table><tr><td>", "<font face=a>", "<p style=font:", "<p class=a>", " ", "\t=",
        "<a " + "b=c " * 50,
        "<style>a{font-family:x}</style>",
    )  # fmt: skip

    @pytest.mark.parametrize("shape", SHAPES)
    def test_repeated(self, shape: str) -> None:
        source = shape * (400_000 // len(shape))
        found = list(tokens(source))
        assert len(found) <= 2 * len(source)
        assert len(joined(found)) <= len(source)
        limits = DocumentLimits(references=50_000)
        try:
            parse(source, limits)
        except DocumentError as error:
            assert error.reason is Why.TOO_MANY

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.sampled_from([*SHAPES, "x", ">", '"', "'", "\x00", "é", "-->", "</script>", "</font>", "\udc80"]),
            max_size=60,
        )
    )
    def test_any_mixture(self, pieces: list[str]) -> None:
        source = "".join(pieces)
        found = list(tokens(source))
        assert all(isinstance(token, Start | End | Text | Comment | Raw) for token in found)
        assert len(joined(found)) <= len(source)

    @settings(max_examples=100, deadline=None)
    @given(st.binary(max_size=300))
    def test_any_bytes(self, data: bytes) -> None:
        try:
            found = parse(b"<html>" + data)
        except DocumentError as error:
            assert error.reason is Why.DAMAGED
        else:
            for unit in found.units:
                unit.text.encode()
                assert not unit.raw or unit.raw.decode("latin-1") == unit.text

    @given(st.text(max_size=50))
    def test_entities_never_raise(self, text: str) -> None:
        unescape("&#" + text)
        unescape("&" + text)


def test_no_more_fonts_than_the_limit() -> None:
    found = parse("".join(f"<font face=F{number}>x</font>" for number in range(100)))
    assert len(units(found)[0][2]) == DocumentLimits().fonts
