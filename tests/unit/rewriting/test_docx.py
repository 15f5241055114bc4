"""A document comes back in Unicode: its words, in every place; its formats; nothing else of it is touched."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.rewriting.ask import rewritten
from gateway.rewriting.docx import rewrite
from gateway.rewriting.left_words import english, vietnamese
from gateway.rewriting.refusal import NotRewrittenError, Reason
from gateway.vietnamese import Family
from tests.unit.documents.packages import pack, rels, xlsx
from tests.unit.rewriting.support import (
    MORE,
    STYLES,
    TABLE,
    THEME,
    UNICODE,
    A,
    R,
    W,
    body,
    legacy,
    made,
    paragraph,
    parts,
    run,
    texts,
    units,
)  # fmt: skip

FONTS = {Family.TCVN3: ".VnTime", Family.VNI: "VNI-Times", Family.VPS: "VPS Times", Family.VISCII: "VI Times"}


@pytest.mark.parametrize("family", FONTS)
def test_text_and_font(family: Family) -> None:
    found = rewrite(made(paragraph(run(legacy(UNICODE, family), FONTS[family])), paragraph(run(legacy(MORE, family)))))
    assert texts(found.data) == [UNICODE, MORE]
    assert FONTS[family] not in body(found.data)
    assert body(found.data).count('"Times New Roman"') == 3 == found.fonts
    assert (found.charsets, found.texts, found.embedded) == ((family.label,), 2, False)


@pytest.mark.parametrize("family", [Family.TCVN3, Family.VNI])
@given(cuts=st.lists(st.integers(0, 40), max_size=6))
@settings(max_examples=30)
def test_a_word_that_is_cut_into_runs_is_read_whole(family: Family, cuts: list[int]) -> None:
    text = legacy(f"{UNICODE} và {UNICODE}", family)
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    runs = [run(text[a:b], FONTS[family]) for a, b in pairwise(edges)]
    found = rewrite(made(paragraph(*runs)))
    assert "".join(texts(found.data)) == f"{UNICODE} và {UNICODE}"
    assert len(texts(found.data)) == len(runs), "the runs stay"


def test_formats_stay_with_their_words() -> None:
    bold = run(legacy("chủ nghĩa"), ".VnTime", "<w:b/>")
    found = rewrite(
        made(paragraph(run(legacy("Cộng hòa xã hội "), ".VnTime"), bold, run(legacy(" Việt Nam"), ".VnTime")))
    )
    assert texts(found.data) == ["Cộng hòa xã hội ", "chủ nghĩa", " Việt Nam"]
    assert "<w:b/>" in body(found.data)


def test_capitals_that_the_font_drew() -> None:
    found = rewrite(made(paragraph(run(legacy(), ".VnTime")), paragraph(run(legacy("ủy ban nhân dân"), ".VnTimeH"))))
    assert texts(found.data) == [UNICODE, "ỦY BAN NHÂN DÂN"]


def test_words_too_short_to_tell_follow_the_rest_under_their_font() -> None:
    short = [legacy("Số:"), legacy("Sở"), legacy("ở"), "ABC"]
    found = rewrite(made(paragraph(run(legacy(), ".VnTime")), *(paragraph(run(one, ".VnTime")) for one in short)))
    assert texts(found.data) == [UNICODE, "Số:", "Sở", "ở", "ABC"]


def test_unicode_stays_even_under_a_legacy_font() -> None:
    mixed = made(
        paragraph(run(MORE, ".VnTime")), paragraph(run(legacy(), ".VnTime")), paragraph(run("Größe, café", "Arial"))
    )
    found = rewrite(mixed)
    assert texts(found.data) == [MORE, UNICODE, "Größe, café"]
    assert ".VnTime" not in body(found.data) and '"Arial"' in body(found.data)
    only = rewrite(made(paragraph(run(MORE, "VNI-Times"))))
    assert (texts(only.data), only.charsets, only.texts, only.fonts) == ([MORE], (), 0, 3)


def test_fonts_of_styles_and_themes_and_the_table() -> None:
    data = made(
        paragraph(run(legacy()), style="Con"),
        paragraph(run(legacy("Số"))),
        **{"word/styles.xml": STYLES, "word/theme/theme1.xml": THEME, "word/fontTable.xml": TABLE},
    )
    found = rewrite(data)
    assert texts(found.data) == [UNICODE, "Số"], "both under fonts that the runs do not name"
    there = parts(found.data)
    everything = b"".join(there.values()).decode()
    assert ".Vn" not in everything and "VNI" not in everything
    assert there["word/fontTable.xml"].count(b"<w:font ") == 1
    assert b'w:val="C\xc5\xa9"' in there["word/styles.xml"]


def test_every_place_where_words_stand() -> None:
    story = paragraph(run(legacy(), ".VnTime"))
    box = (
        f'<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="font-family:&quot;.VnTime&quot;;x:y">'
        f"<v:textbox><w:txbxContent>{story}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    deleted = f"<w:del><w:r><w:delText>{legacy()}</w:delText></w:r></w:del>"
    drawing = f'<w:r><w:drawing><a:p {A}><a:r><a:rPr><a:latin typeface=".VnTime"/></a:rPr><a:t>{legacy()}</a:t></a:r></a:p></w:drawing></w:r>'  # noqa: E501
    field = "<w:r><w:instrText>TOC \\h</w:instrText></w:r>"
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{legacy()}</dc:title></cp:coreProperties>'
    )
    level = f'<w:lvl><w:lvlText w:val="{legacy("Điều")} %1."/><w:rPr><w:rFonts w:hAnsi=".VnTime"/></w:rPr></w:lvl>'
    data = made(
        f"<w:p>{run(legacy(MORE), '.VnTime')}{box}{run(legacy(MORE), '.VnTime')}{deleted}{drawing}{field}</w:p>",
        f'<w:tbl><w:tr><w:tc>{story}</w:tc></w:tr></w:tbl><w:sdt><w:sdtContent>{story}</w:sdtContent></w:sdt>',
        **{
            "word/header1.xml": f"<w:hdr {W}>{story}</w:hdr>",
            "word/footer1.xml": f"<w:ftr {W}>{story}</w:ftr>",
            "word/footnotes.xml": f'<w:footnotes {W}><w:footnote w:id="1">{story}</w:footnote></w:footnotes>',
            "word/comments.xml": f'<w:comments {W}><w:comment w:id="1">{story}</w:comment></w:comments>',
            "word/numbering.xml": f"<w:numbering {W}><w:abstractNum>{level}</w:abstractNum></w:numbering>",
            "docProps/core.xml": core,
        },
    )  # fmt: skip
    found = rewrite(data)
    read = units(found.data)
    assert set(read.values()) <= {UNICODE, MORE, f"{MORE}{MORE}", "Điều %1."}, read
    assert len(read) == 12
    assert "font-family:'Times New Roman';x:y" in body(found.data) and "TOC \\h" in body(found.data)


def test_what_is_no_text_is_carried_over_byte_for_byte() -> None:
    kept: dict[str, str | bytes] = {
        "word/media/image1.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "word/settings.xml": f'<w:settings {W}><w:zoom w:percent="100"/></w:settings>',
        "word/_rels/document.xml.rels": rels(("rId1", "image", "media/image1.png")),
        "word/embeddings/sheet1.xlsx": pack(xlsx("<row/>")),
        "docProps/app.xml": b"<Properties/>",
    }
    data = made(paragraph(run(legacy(), ".VnTime")), **kept)
    found = rewrite(data)
    before, after = parts(data), parts(found.data)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {"word/document.xml"}
    assert found.embedded


def test_what_stays_as_it_was_is_counted_by_kind() -> None:
    symbols = '<w:r><w:sym w:font=".VnTime" w:char="F0B5"/><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
    kept: dict[str, str | bytes] = {
        "word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0",
        "word/embeddings/sheet1.xlsx": pack(xlsx("<row/>")),
        "word/header1.xml": f"<w:hdr {W}><w:p>{symbols}</w:p></w:hdr>",
    }
    data = made(f"<w:p>{run(legacy(), '.VnTime')}{symbols}</w:p>", "<w:altChunk/>", **kept)
    found = rewrite(data)
    assert found.left == {"objects": 2, "symbols": 2, "inserted": 1}
    assert body(found.data).count('<w:sym w:font=".VnTime" w:char="F0B5"/>') == 1
    assert english(found.left).startswith("2 embedded objects (")
    assert vietnamese(found.left).endswith("2 ký hiệu chèn bằng phông chữ cũ, 1 tệp khác chèn nguyên vào văn bản")
    assert rewritten(data).left == found.left  # through the confined process


def test_nothing_is_left_of_a_plain_document() -> None:
    found = rewrite(made(paragraph(run(legacy(), ".VnTime"))))
    assert (found.left, english(found.left), vietnamese(found.left)) == ({}, "", "")


def test_word_art_is_text_that_stands_in_an_attribute() -> None:
    style = 'style="font-family:&quot;.VnTime&quot;"'
    shape = f'<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath {style} string="{legacy()}"/></v:shape>'
    found = rewrite(made(f"<w:p>{run(legacy(MORE), '.VnTime')}<w:r><w:pict>{shape}</w:pict></w:r></w:p>"))
    assert f'string="{UNICODE}"' in body(found.data) and ".VnTime" not in body(found.data)
    assert found.left == {}


def test_tabs_and_breaks_hold_words_apart() -> None:
    words = "".join(f"<w:t>{legacy(one)}</w:t><w:tab/>" for one in ("Nơi nhận", "Độc lập", UNICODE))
    assert texts(rewrite(made(f'<w:p><w:r>{words}<w:br/><w:t> </w:t></w:r></w:p>')).data) == [
        "Nơi nhận", "Độc lập", UNICODE, " ",
    ]  # fmt: skip


def test_a_soft_hyphen_that_is_a_letter() -> None:
    """Word keeps TCVN3's ư as an element; a real one stays."""

    def as_word_does(text: str) -> str:
        return "".join(f"<w:t>{part}</w:t><w:softHyphen/>" for part in legacy(text).split("\xad")).removesuffix(
            "<w:softHyphen/>"
        )

    properties = '<w:rPr><w:rFonts w:ascii=".VnTime" w:hAnsi=".VnTime"/></w:rPr>'
    words = "phường Mười Ba, hộp thư điện tử, ưu tiên, tự ứng cử, thư"
    kept = "<w:r><w:t>Donau</w:t><w:softHyphen/><w:t>dampf</w:t></w:r>"
    found = rewrite(made(f"<w:p><w:r>{properties}{as_word_does(words)}</w:r></w:p>", f"<w:p>{kept}</w:p>"))
    assert "".join(texts(found.data)) == f"{words}Donaudampf"
    assert kept in body(found.data) and body(found.data).count("softHyphen") == 1
    assert units(found.data)["paragraph 1"] == words


def test_what_its_owner_says() -> None:
    data = made(paragraph(run(legacy("Số"))), paragraph(run("Plain")))
    assert texts(rewrite(data, Family.TCVN3).data) == ["Số", "Plain"]


def test_strict_documents() -> None:
    strict = W.replace(
        "schemas.openxmlformats.org/wordprocessingml/2006/main", "purl.oclc.org/ooxml/wordprocessingml/main"
    )
    text = paragraph(run(legacy(), ".VnTime"))
    data = made(**{"word/document.xml": f"<w:document {strict}><w:body>{text}</w:body></w:document>"})
    assert texts(rewrite(data).data) == [UNICODE]


def test_nothing_to_do() -> None:
    for text in (UNICODE, "plain ASCII", ""):
        with pytest.raises(NotRewrittenError) as told:
            rewrite(made(paragraph(run(text, "Arial"))))
        assert told.value.reason is Reason.NOTHING


def test_twice_is_once() -> None:
    once = rewrite(made(paragraph(run(legacy(), ".VnTime")))).data
    with pytest.raises(NotRewrittenError) as told:
        rewrite(once)
    assert told.value.reason is Reason.NOTHING


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
            st.sampled_from(["", ".VnTime", "VNI-Times", ".VnTimeH"]),
        ),
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_in_as_many_runs(given: list[tuple[str, str]]) -> None:
    escaped = [(text.replace("&", "").replace("<", "").replace(">", ""), font) for text, font in given]
    data = made(paragraph(*(run(text, font) for text, font in escaped)), paragraph(run(legacy(), ".VnTime")))
    found = texts(rewrite(data).data)
    assert found[-1] == UNICODE
    assert len(found) == len([text for text, _ in escaped]) + 1 or "" in [text for text, _ in escaped]
    assert R  # the namespaces of the support stay in use
