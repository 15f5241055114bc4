"""Which parts are shown as text, and reading one: plain, HTML, quoted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.contents import NO_WORDS, Source, Words
from gateway.wording.bodies import Body, leaves_of, read_body, shown_texts
from gateway.wording.reader import WANTS, Reader
from tests.unit.wording.mail import GOOD, TCVN3, UNMARKED, attachment, mail, multipart, scanned, text

PAGE = "<!DOCTYPE html><html><head><style>p {{color: red}}</style></head><body>{}</body></html>"


def read(data: bytes, kind: str = "text/html", charset: str = "utf-8", *, quoted: bool = False) -> Words:
    reader = Reader(WANTS)
    read_body(reader, Body("1.1", kind, charset, quoted), data)
    return reader.words


def leaves(raw: bytes) -> list[tuple[str, bool]]:
    return [(part.path, quoted) for part, quoted in leaves_of(scanned(raw))]


def test_the_texts_of_a_message() -> None:
    assert leaves(mail(b"hello")) == [("1", False)]
    assert leaves(mail(b"{}", "application/json")) == []
    parts = (text(b"a"), text(b"<p>b", kind="html"), attachment(b"c", b"c.txt", b"text/plain"))
    assert leaves(multipart(*parts)) == [("1.1", False), ("1.2", False)]


def test_texts_of_a_message_inside_are_quoted() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\n" + mail(b"inside")
    assert leaves(multipart(text(b"a"), inner, text(b"b"))) == [("1.1", False), ("1.2.1", True), ("1.3", False)]
    found = read(TCVN3.encode("latin-1"), "text/plain", "", quoted=True)
    assert [one.source for one in found.legacy] == [Source.QUOTED]


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "text/enriched"])
def test_a_clean_body(kind: str) -> None:
    assert read(f"{GOOD}\r\nMeeting &amp; more".encode(), kind) == NO_WORDS


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{GOOD}</p><p>{TCVN3}</p>",
        f"<p>{GOOD}</p><p>" + "".join(f"<span style='x'>{letter}</span>" for letter in TCVN3) + "</p>",
        f"<p>{GOOD}</p><p>" + "".join(f"&#{ord(letter)};" for letter in TCVN3) + "</p>",
        f"<p>{GOOD}</p><p>" + TCVN3.encode("ascii", "xmlcharrefreplace").decode() + "</p>",
        f"<p>{GOOD}</p><img alt='{TCVN3}'><p></p>",
        f"<p>{GOOD}</p><STYLE>a</style><!--><p>{TCVN3}</p>",
        f"<p>{GOOD}</p><style>a</STYLE><p>{TCVN3}</p>",
        f"<p>{GOOD}</p><!-- a --!><p>{TCVN3}</p>",
    ],
)
def test_legacy_text_in_a_page(page: str) -> None:
    (found,) = read(PAGE.format(page).encode()).legacy
    assert (found.source, found.part, found.family) == (Source.BODY, "1.1", "tcvn3")


def test_a_page_s_paragraphs_are_places_and_its_fonts_are_named() -> None:
    (found,) = read(PAGE.format(f"<p>{GOOD}</p><p style='font-family:.VnTime'>{TCVN3}</p>").encode()).legacy
    assert (found.passages[0].place, found.passages[0].font) == ("paragraph 2", ".VnTime")


def test_a_legacy_font_over_good_letters() -> None:
    page = PAGE.format(f'<p style=\'font-family: ".VnTime", serif\'>{GOOD}</p><p><font face="Arial">{GOOD}</font></p>')
    (found,) = read(page.encode()).legacy
    assert (found.family, found.damaged, found.notes) == ("", 0, ("legacy-font",))
    assert read(page.replace(".VnTime", "Times").encode()) == NO_WORDS


@pytest.mark.parametrize(
    "page",
    [
        f"<p>{GOOD}</p><blockquote>{TCVN3}</blockquote><p>{GOOD}</p>",
        f"<p>{GOOD}</p><div class='gmail_quote'><div>On Monday A wrote:</div><div>{TCVN3}</div></div>",
        f"<p>{GOOD}</p><div id='divRplyFwdMsg'><b>From:</b> A</div><p>{TCVN3}</p>",
        f"<p>{GOOD}</p><p><b>From:</b> A<br><b>Sent:</b> Monday</p><p>{TCVN3}</p>",
        f"<p>{GOOD}</p><p>-----Original Message-----</p><p>{TCVN3}</p>",
    ],
)
def test_a_page_s_quotations(page: str) -> None:
    assert [one.source for one in read(PAGE.format(page).encode()).legacy] == [Source.QUOTED]
    turned = PAGE.format(page.replace(TCVN3, "@").replace(GOOD, TCVN3, 1).replace("@", GOOD))
    assert [one.source for one in read(turned.encode()).legacy] == [Source.BODY]


def test_what_only_indents_is_no_quotation() -> None:
    page = f"<p>{GOOD}</p><blockquote style='margin:0 0 0 40px;border:none;padding:0'>{TCVN3}</blockquote>"
    assert [one.source for one in read(PAGE.format(page).encode()).legacy] == [Source.BODY]


def test_prose_without_marks_above_a_quotation_with_marks() -> None:
    page = PAGE.format(f"<p>{UNMARKED}</p><blockquote>" + f"<p>{GOOD}</p>" * 30 + "</blockquote>")
    assert [one.source for one in read(page.encode()).unmarked] == [Source.BODY]


def test_charsets_of_a_page() -> None:
    page = PAGE.format(f"<p>{TCVN3}</p>").encode("latin-1")
    for charset in ("", "x-viet-tcvn", "iso-8859-1", "utf-8"):
        assert [one.family for one in read(page, charset=charset).legacy] == ["tcvn3"]
    meta = "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'><p>Привет, как дела?</p>"
    assert read(meta.encode("windows-1251"), charset="") == NO_WORDS


def test_what_a_page_shows() -> None:
    page = "<p>one <b>t</b>wo&nbsp;&lt;</p>\n<!-- no --><script>no</script><td>three<blockquote><p>four</blockquote>"
    own, quoted = shown_texts(page)
    assert own.split() == ["one", "two", "<", "three"]
    assert quoted.split() == ["four"]


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<!--", "<style>", "</style", "&", "&#", "<blockquote>", "-", "'", "face=", "font:"]
)
def test_long_pages_take_little_time(piece: str) -> None:
    assert isinstance(read((piece * 100_000).encode()), Words)


@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "<p>",
                "</p>",
                "<!--",
                "-->",
                "<style>",
                "&#181;",
                "&nbsp;",
                "<blockquote>",
                "a ",
                "µ",
                "Ö",
                "'",
                '"',
                "=",
            ]
        )
    ).map("".join)
)
@settings(deadline=None)
def test_any_page_is_read(page: str) -> None:
    assert isinstance(read(page.encode()), Words)
