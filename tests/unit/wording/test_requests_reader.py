"""A message's texts, one after the other: what it asks for. The corpus' letters are told from other mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway.regulations
from benchmarks.requests import all_read, share
from benchmarks.requests_letters import letters
from gateway.contents import NO_REQUEST, MailboxList, RequestSigns, Source
from gateway.documents.document import Unit
from gateway.vietnamese.codec import encode
from gateway.vietnamese.family import Family
from gateway.wording.bodies import Body, read_body
from gateway.wording.judge import Origin
from gateway.wording.reader import ALL, REQUEST, WANTS, Reader
from gateway.wording.requests import THRESHOLD

TEXTS = Path(gateway.regulations.__file__).parent / "text"
ASKS = "Kính gửi Văn phòng, phường 3 đề nghị cấp mới hộp thư điện tử công vụ cho 02 cán bộ do mới được tuyển dụng."
ORDINARY = "Kính gửi Văn phòng, phường 3 gửi báo cáo tháng 5. Mọi ý kiến xin gửi về hộp thư p3.q4@tphcm.gov.vn."


def read(*texts: tuple[Source, str | bytes]) -> RequestSigns:
    reader = Reader(frozenset((REQUEST,)))
    for source, text in texts:
        reader.text(source, text, part="1.2", names=("a.docx",))
    return reader.words.request


def test_a_request_and_an_ordinary_letter() -> None:
    found = read((Source.HEADER, "V/v cấp hộp thư"), (Source.BODY, ASKS))
    assert found.score >= THRESHOLD
    assert (found.kinds, found.reason) == (("create",), True)
    assert read((Source.HEADER, "Báo cáo"), (Source.BODY, ORDINARY)).score < THRESHOLD


@pytest.mark.parametrize("source", [Source.BODY, Source.DOCUMENT, Source.HEADER])
def test_wherever_it_stands(source: Source) -> None:
    assert read((source, ASKS)).score >= THRESHOLD


def test_a_file_s_name_with_its_list() -> None:
    reader = Reader(frozenset((REQUEST,)))
    reader.text(Source.NAME, "DS_de_nghi_cap_moi_hop-thu.xlsx", part="1.2", names=("x.xlsx",))
    rows = ["Nguyễn Văn An", "an.q4@tphcm.gov.vn", "Trần Thị Bé", "be.q4@tphcm.gov.vn"]
    units = [Unit(f"sheet 'DS' {'AB'[at % 2]}{at // 2 + 1}", text) for at, text in enumerate(rows)]
    reader.document("1.2", ("x.xlsx",), units)
    found = reader.words.request
    assert found.lists == (MailboxList("1.2", ("x.xlsx",), "sheet 'DS'", 2),)
    assert found.kinds == ("create",)
    assert found.score >= THRESHOLD


@pytest.mark.parametrize("family", [Family.TCVN3, Family.VNI, Family.VIQR, Family.VISCII])
def test_in_legacy_charsets(family: Family) -> None:
    raw = encode(ASKS, family)
    assert read((Source.BODY, raw if family is not Family.VIQR else raw.decode())).score >= THRESHOLD


def test_what_is_quoted_counts_less() -> None:
    assert read((Source.QUOTED, ASKS)).score < read((Source.BODY, ASKS)).score


def test_a_request_that_is_forwarded() -> None:
    cover, reply = "Anh xử lý giúp.", "Tuần sau phòng họp lúc 8 giờ, mời anh dự cùng các phòng. " * 3
    assert read((Source.BODY, cover), (Source.QUOTED, ASKS)).score >= THRESHOLD
    assert read((Source.BODY, reply), (Source.QUOTED, ASKS)).score < THRESHOLD
    answer = "Văn phòng đã tạo xong 2 hộp thư, mời phòng kiểm tra.\n" + ASKS
    assert read((Source.BODY, "Dạ em cảm ơn anh."), (Source.QUOTED, answer)).score < THRESHOLD


def test_the_subject_of_a_message_inside_the_message() -> None:
    reader = Reader(frozenset((REQUEST,)))
    reader.units(Origin(Source.QUOTED, "1.2", where="Subject"), [Unit("", "V/v cấp hộp thư")])
    assert reader.words.request.score >= THRESHOLD


def test_lines_numbered_like_articles_rule_nothing() -> None:
    lines = "Điều 1. Căn cứ\nĐiều 2. Theo\nĐiều 3. Nội dung\nĐiều 4. Như sau\n"
    assert read((Source.BODY, lines + ASKS)).score >= THRESHOLD
    article = "Khi cần hộp thư, đơn vị gửi đề nghị cấp mới hộp thư điện tử.\n"
    assert read((Source.BODY, "QUY CHẾ\n" + lines + article)).score < THRESHOLD
    assert read((Source.BODY, "QUY CHẾ\n" + lines + "Nhờ anh cấp mới hộp thư cho bà Hoa.")).score >= THRESHOLD


def test_a_name_beside_an_address_asks_for_nothing() -> None:
    reader = Reader(frozenset((REQUEST,)))
    reader.units(Origin(Source.HEADER, where="From"), [Unit("", ASKS)], free=False)
    assert reader.words.request is NO_REQUEST


def test_nothing_is_read_for_it_where_it_is_not_asked() -> None:
    reader = Reader(WANTS)
    reader.text(Source.BODY, ASKS)
    assert reader.words.request is NO_REQUEST
    assert not reader.is_thorough
    assert Reader(ALL).is_thorough


def test_what_is_fresh_is_all_that_was_found_where_there_is_more() -> None:
    reader = Reader(frozenset((REQUEST,)))
    reader.text(Source.BODY, ASKS)
    first = reader.fresh().request
    assert first.score >= THRESHOLD
    assert reader.fresh().request is NO_REQUEST
    reader.text(Source.BODY, "Đề nghị hủy hộp thư a@b.vn.")
    assert set(first.signs) < set(reader.fresh().request.signs)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", f"<p>{ASKS}</p>"),
        ("text/html", "<p>Đề nghị thu hồi</p><table><tr><td>Nguyễn Văn An<td>an@b.vn<tr><td>Lê Bé<td>be@b.vn</table>"),
        ("text/plain", f"{ASKS}\r\n\r\nOn Monday A <a@b.vn> wrote:\r\n> Xin chào\r\n"),
    ],
)
def test_bodies(kind: str, body: str) -> None:
    reader = Reader(frozenset((REQUEST,)))
    read_body(reader, Body("1", kind, "utf-8"), body.encode())
    found = reader.words.request
    assert found.lists or found.score >= THRESHOLD


def test_so_much_of_a_message_and_no_more() -> None:
    filler = "xin chào các bạn. " * 2000
    few, many = ([(Source.DOCUMENT, filler)] * count for count in (2, 40))
    assert read(*few, (Source.DOCUMENT, ASKS)).score >= THRESHOLD
    assert read(*many, (Source.DOCUMENT, ASKS)) is NO_REQUEST


def test_letters_split_by_what_cannot_be_seen() -> None:
    hidden = ASKS.replace("hộp", "h\u200bộp").replace("cấp", "c\u00adấp")
    assert read((Source.BODY, hidden)).score >= THRESHOLD


@pytest.mark.parametrize("name", ["tphcm-q4-03-2013", "angiang-50-2009"])
@pytest.mark.parametrize("source", [Source.BODY, Source.DOCUMENT])
def test_the_regulation_that_says_how_to_ask_asks_for_nothing(name: str, source: Source) -> None:
    assert read((source, (TEXTS / f"{name}.txt").read_text("utf-8"))).score < THRESHOLD


def test_a_letter_that_cites_rules_asks_all_the_same() -> None:
    cites = (
        "Căn cứ Luật Công nghệ thông tin;\nCăn cứ Nghị định số 64;\nCăn cứ Thông tư số 39;\nTheo Điều 6 của Quy chế,\n"
    )
    assert read((Source.BODY, cites + ASKS)).score >= THRESHOLD


def test_the_corpus() -> None:
    told = all_read(letters("train", 1, ("plain", "unmarked")))
    assert share([one for one in told if one.letter.made == "request"], THRESHOLD) > 0.95
    assert share([one for one in told if one.letter.made == "other"], THRESHOLD) < 0.02
    assert all(one.signs.lists for one in told if one.letter.made == "request" and b"danh sach.xlsx" in one.letter.raw)


@pytest.mark.parametrize(
    "text",
    [
        "đề nghị " * 40_000,
        "a@b.vn " * 40_000,
        "hộp thư bị khóa, " * 20_000,
        "\n" * 300_000,
        "." * 300_000,
        "x" * 300_000,
        "a.b" * 100_000,
        "@" * 300_000,
        "\ufdfa" * 300_000,
        "1. " * 100_000,
        "Nguyễn " * 50_000,
        "\n".join(["Nguyễn Văn An\ta@b.vn"] * 30_000),
    ],
)
def test_hostile_texts_are_bounded(text: str) -> None:
    found = read((Source.BODY, text), (Source.DOCUMENT, text))
    assert len(found.signs) <= 60


@given(st.lists(st.tuples(st.sampled_from(list(Source)), st.text(max_size=200)), max_size=5))
def test_any_texts(texts: list[tuple[Source, str]]) -> None:
    assert 0 <= read(*texts).score <= 1
