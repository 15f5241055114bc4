"""Markings of secrecy: what is a stamp or a field, and what is a word, a list or a decree that speaks of the levels."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.marking import MARKINGS, Form, Kind, Level, find_markings

LEVELS = {"MẬT": Level.SECRET, "TỐI MẬT": Level.TOP, "TUYỆT MẬT": Level.HIGHEST}
PROSE = (
    "\nThực hiện chỉ đạo của cấp trên, đơn vị báo cáo như sau.\n1. Công tác bảo mật được bảo đảm, mật khẩu đã đổi.\n"
    "Nơi nhận:\n- Như trên;\n- Lưu: VT.\n"
)


def found(text: str, kind: Kind = "document") -> list[tuple[Level, Form]]:
    return [(marking.level, marking.form) for marking in find_markings(text, kind=kind)]


STAMPS = [
    "{}",
    "ỦY BAN NHÂN DÂN TỈNH\n{}\nSố: 12/BC-UBND",
    "TỈNH ỦY\n*\nSố 120-CV/TU\n{}\nĐẢNG CỘNG SẢN VIỆT NAM",
    "Số: 77/BC-PV01          {}          An Giang, ngày 01 tháng 02 năm 2022",
    "Số: 5/KH-BCH\t{}\tBản số: 02",
    "Số: 5/KH-BCH | {} | Bản số: 02",
    "Số: 12/BC-UBND ({})",
    "HỎA TỐC\n{}\nBản số: 01",
    "{} - HỎA TỐC\nSố: 9/CĐ-BCH",
    "KHẨN, {}",
    "{} CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "  *** {} ***  ",
    "| {} |",
    "-- {} --",
    "__{}__",
    "[{}]",
    "🔒 {}",
    "{}\u200b\u00a0",
    "> {}\n> Số: 12/BC-STTTT",
    "Trang 3/12   {}",
    "{} - KẾ HOẠCH DIỄN TẬP NĂM 2024",
    "KẾ HOẠCH DIỄN TẬP KHU VỰC PHÒNG THỦ ({})",
    "[{}] Kế hoạch phòng thủ năm 2024",
    "TÀI LIỆU {}",
    "CÔNG ĐIỆN {}",
    "{}\nKhẩu trang và vật tư",
    "{}\nTuy nhiên vẫn còn khó khăn",
    "{}\nTHỜI HẠN BẢO VỆ: 10 năm",
]


@pytest.mark.parametrize("written", LEVELS)
@pytest.mark.parametrize("layout", STAMPS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_stamp_is_found(layout: str, written: str, form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, layout.format(written) + PROSE)
    assert found(text) == [(LEVELS[written], Form.STAMP)]
    assert found(text, "body") == [(LEVELS[written], Form.STAMP)]


@pytest.mark.parametrize("written", LEVELS)
@pytest.mark.parametrize("gap", [" ", "\u00a0", "\u2009", ".", "  "])
def test_a_letter_spaced_stamp_is_found(written: str, gap: str) -> None:
    spaced = "   ".join(gap.join(word) for word in written.split())
    assert found(f"Số: 4/BC\n{spaced}\n{PROSE}") == [(LEVELS[written], Form.SPACED)]


@pytest.mark.parametrize("written", ["Mật", "Tối mật", "Tối Mật", "TUYỆT mật"])
def test_mixed_case_is_a_stamp_in_a_letterhead_only(written: str) -> None:
    level = LEVELS[written.upper()]
    assert found(f"UBND TỈNH\n{written}\nSố: 14/BC-UBND{PROSE}") == [(level, Form.STAMP)]
    assert found(f"{PROSE * 3}{written}\n{PROSE}") == []


def test_mixed_case_at_the_very_head_is_a_stamp_unless_the_text_is_about_it() -> None:
    letter = "\nThực hiện chỉ đạo của cấp trên, đơn vị báo cáo kết quả trong tháng như sau.\n" * 3
    assert found(f"Mật{letter}") == [(Level.SECRET, Form.STAMP)]
    assert found(f"Tối mật{letter}") == [(Level.TOP, Form.STAMP)]
    assert found(f"Mật\nMật là thứ nước ngọt do ong làm ra.{letter}") == []
    assert found("Mật") == []


FIELDS = [
    "Độ mật: {}",
    "Mức độ mật : {}",
    "ĐỘ MẬT: {}",
    "Độ khẩn: Thường; Độ mật: {}; Số trang: 4",
    "Độ mật: {} - Độ khẩn: Hỏa tốc",
    "Độ mật | {}",
    "| Độ mật | {} |",
    "Độ mật\t{}",
    "Độ mật\n{}\nĐộ khẩn\nKhẩn",
    "Độ mật (nếu có): {}.",
    "Độ mật của văn bản: {}",
    "**Độ mật:** {}",
    "Độ mật: “{}”",
    "Mức độ mật/khẩn: {}/Khẩn",
    "Dấu chỉ độ mật: {}",
    "Phân loại thông tin: {}",
    "☐ Thường ☒ {}",
]


@pytest.mark.parametrize("written", LEVELS)
@pytest.mark.parametrize("layout", FIELDS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_field_is_found(layout: str, written: str, form: Literal["NFC", "NFD"]) -> None:
    for value in (written.capitalize(), written):
        text = unicodedata.normalize(form, f"PHIẾU XỬ LÝ\n{layout.format(value)}\nNgười ký: A{PROSE}")
        assert found(text) == [(LEVELS[written], Form.FIELD)]


WORDS = [
    "Mật khẩu:\nQuên mật khẩu?\nMẬT KHẨU\nMật Khẩu mới",
    "CHÍNH SÁCH BẢO MẬT\nBẢO MẬT\nBÍ MẬT\nCƠ MẬT\nGIẢI MẬT",
    "MẬT ONG RỪNG NGUYÊN CHẤT\nMẬT ĐỘ DÂN SỐ\nMẬT MÃ",
    "CHÍNH SÁCH BẢO\nMẬT\nChúng tôi cam kết",
    "QUY CHẾ BẢO VỆ BÍ\nMẬT\nNHÀ NƯỚC",
    "MẬT\nKHẨU\nMỚI",
    "MẬT\nĐỘ\nDÂN\nSỐ",
    "ĐÊM HỘI TRĂNG\nMẬT\nNGỌT",
    "B Ả O  M Ậ T\nM Ậ T  K H Ẩ U\nQ U Ê N    M Ậ T    K H Ẩ U",
    "tập tin _MẬT_KHẨU_ và $MẬT_KHẨU",
    "KẾT QUẢ SIÊU ÂM\nGan: không to\nMẬT\nKhông sỏi\nTúi mật: bình thường",
    "Văn bản có đóng dấu MẬT phải được gửi bằng bì kín, không gửi qua thư điện tử.",
    "In ấn: đóng dấu “MẬT”, đếm số lượng\nKhông gửi tài liệu có dấu MẬT, TỐI MẬT qua hệ thống này.",
    "đóng dấu\n“MẬT”\ntrên bì thư",
    "có dòng chữ đỏ\n“TỐI MẬT”\ntrên bì thư",
    "BẢO     MẬT\nMẬT     KHẨU",
    "MẬT - TỤY - DẠ DÀY",
    "Siêu âm\nMẬT\nBình thường",
    "MẬT\nKHẨU TRANG",
    "- MẬT",
    "1. TỐI MẬT",
    "• TUYỆT MẬT",
    "MẬT,",
    "Độ mật: MẬT KHẨU",
    "Độ mật: Mật Ong",
    "Kính gửi: Công an tỉnh\nMật danh của chiến dịch là Sao Mai.",
    "Kính gửi: chị Lan\nChị mua giúp:\nĐường\nMật\nBánh",
    "Kính gửi: chị Lan\nMật\nBánh",
    "Wifi: VNPT_TANG2\nMẬT: 12345678",
    "Wifi\nMẬT : Abc12345",
    "Hồ sơ\ntuyệt mật\ncủa CIA",
    "1. Khi nào đóng dấu TỐI MẬT:\nMức độ TỐI MẬT do Thủ tướng quy định.",
    "Họ và tên: PHẠM VĂN MẬT",
    "Món: trà sữa, mật, đường đen\nTopping\nMật\nThạch",
    'const level = "MẬT",\n  other = "X"',
    "label:'[MẬT]', title:'Khối hồ sơ mật'",
    "[Mật] Từ An: hẹn gặp 7 giờ",
]
LISTS = [
    "Điều 8. Phân loại bí mật nhà nước\na) Tuyệt mật\nb) Tối mật;\nc) Mật.",
    "MẬT\nTỐI MẬT\nTUYỆT MẬT",
    "MẬT | TỐI MẬT | TUYỆT MẬT",
    "- MẬT\n- TỐI MẬT",
    "1. MẬT\n2. TỐI MẬT",
    "- MẬT: thông tin chỉ dùng nội bộ\n- TỐI MẬT: thông tin của lãnh đạo",
    "Mẫu số 02\nDẤU CHỈ ĐỘ MẬT\n1. Độ Tuyệt mật\nTUYỆT MẬT\nGhi chú\nTỐI MẬT\nGhi chú\nMẬT\nGhi chú",
    "Độ mật\nThường\nMật\nTối mật\nTuyệt mật",
    "Độ mật: Thường, Mật, Tối mật, Tuyệt mật",
    "Độ mật: Mật / Tối mật / Tuyệt mật",
    "Độ mật: ☐ Mật ☐ Tối mật ☐ Tuyệt mật",
    "- Độ mật: chọn Mật, Tối mật hoặc Tuyệt mật",
    "Độ mật: Không\nĐộ khẩn: Khẩn\nĐộ mật: Bình thường",
    "STT\tTên văn bản\tĐộ mật\n1\tBáo cáo\tMật\n2\tKế hoạch\tTối mật",
    "SECRET | MẬT\nTOP SECRET | TUYỆT MẬT",
    "Câu 5. Các độ mật gồm:\nA. Mật\nB. Tối mật\nC. Tuyệt mật\nD. Cả ba",
]


@pytest.mark.parametrize("text", WORDS + LISTS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_words_and_lists_are_no_markings(text: str, form: Literal["NFC", "NFD"]) -> None:
    assert found(unicodedata.normalize(form, text)) == []
    assert found(unicodedata.normalize(form, PROSE + text + PROSE), "body") == []


def test_a_text_about_state_secrets_shows_a_stamp_and_is_none() -> None:
    treatise = "Công tác bảo vệ bí mật nhà nước được duy trì.\n" * 12
    shown = "Hình dạng như sau:\nTỐI MẬT\nKích thước 30mm x 8mm\n"
    assert found(f"{treatise}{shown}{treatise}") == []
    assert found(f"{PROSE * 3}{shown}{PROSE * 3}") == [(Level.TOP, Form.STAMP)]
    head = "UBND TỈNH\nSố: 1/BC-UBND\nTỐI MẬT\nBÁO CÁO\n"
    assert found(head + treatise) == [(Level.TOP, Form.STAMP)]


def test_three_levels_far_apart_are_a_list_too() -> None:
    pages = [f"{PROSE * 3}{written}\n{PROSE * 3}" for written in LEVELS]
    assert found("".join(pages)) == []
    assert found("".join(pages[:2])) == [(Level.SECRET, Form.STAMP), (Level.TOP, Form.STAMP)]


@pytest.mark.parametrize("title", ["TUYỆT MẬT - KẾ HOẠCH DIỄN TẬP", "KẾ HOẠCH: TUYỆT MẬT", "CÔNG ĐIỆN MẬT"])
def test_a_title_is_marked_at_the_head_of_a_text_only(title: str) -> None:
    assert len(found(title + PROSE)) == 1
    assert found(PROSE * 3 + title + PROSE) == []


def test_a_declassified_document_bears_no_marking() -> None:
    assert found(f"TỐI MẬT\nSố: 1/BC{PROSE}") == [(Level.TOP, Form.STAMP)]
    assert found(f"TỐI MẬT\nSố: 1/BC{PROSE}GIẢI MẬT\nTừ: 12/3/2024") == []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("TUYET MAT", Level.HIGHEST),
        ("TOI MAT\nSo: 12/BC-UBND", Level.TOP),
        ("MAT\nSo: 12/BC-UBND", Level.SECRET),
        ("Do mat: Tuyet mat", Level.HIGHEST),
        ("Do mat: Mat", Level.SECRET),
    ],
)
def test_without_marks_it_says_so(text: str, level: Level) -> None:
    assert found(text) == [(level, Form.UNMARKED)]


@pytest.mark.parametrize(
    "text", ["MAT", "MAT 101\nFORMAT", "toi mat vi roi", "MAT TRAN TO QUOC", "BAO MAT", "mat khau"]
)
def test_without_marks_other_words_are_left_alone(text: str) -> None:
    assert found(text) == []


TITLES = [
    "[{0}] Báo cáo tháng 9",
    "{0} - Kế hoạch",
    "{0}: kế hoạch",
    "Fwd: {0}: phương án",
    "Re: Re: [{0}] Kế hoạch",
    "Kế hoạch ({1})",
    "({1}) Báo cáo",
    "HỎA TỐC - {0}",
    "Báo cáo tuần 12 - {0}",
    "Công văn {1} số 12/CV",
    "V/v gửi công văn {1}",
    "CV {0} số 5",
    "{0}\tTrang 2/5",
    "{0} - Gần - Tuy nhiên",
    "UBND tỉnh An Giang – {0}",
]


@pytest.mark.parametrize("written", LEVELS)
@pytest.mark.parametrize("layout", TITLES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_header_is_marked(layout: str, written: str, form: Literal["NFC", "NFD"]) -> None:
    title = unicodedata.normalize(form, layout.format(written, written.lower()))
    assert found(title, "header") == [(LEVELS[written], Form.STAMP)]


@pytest.mark.parametrize(
    "title",
    [
        "Mật khẩu của bạn sắp hết hạn",
        "[BẢO MẬT] Cập nhật",
        "MẬT KHẨU: ĐÃ ĐỔI",
        "Mật ong giảm giá 50%",
        "Giải mật hồ sơ JFK",
        "Tài liệu mật của CIA bị rò rỉ",
        "Hồ sơ mật - Tập 5",
        "V/v rà soát, tiêu hủy tài liệu mật",
        "Hướng dẫn xử lý văn bản mật",
        "Phân loại độ mật: Mật, Tối mật, Tuyệt mật",
        "Mật",
        "Trần Văn Mật",
        "TRẦN VĂN MẬT",
        "Re: Mật độ xây dựng khu A",
        "Khoa Gan - Mật - Tụy",
        "Điệp viên 007: Tuyệt mật",
        "Thông báo mất điện",
        "MAT DIEN KHU VUC 3",
        "Toi mat vi roi",
        "Báo cáo khoa Gan - Mật - Tụy",
        "HỘI NGHỊ KHOA HỌC GAN - MẬT - TỤY",
        "Mời dự Hội nghị GAN - MẬT - TỤY toàn quốc",
        "KHOA NGOẠI GAN - MẬT",
        "Kết quả siêu âm GAN - MẬT - LÁCH",
    ],
)
def test_other_titles_are_left_alone(title: str) -> None:
    assert found(title, "header") == []


NAMES = [
    "[{0}] bao cao.docx",
    "{0} - kế hoạch.pdf",
    "{0}_ke hoach 2024.pdf",
    "Kế hoạch ({0}).docx",
    "Báo cáo {0}.doc",
    "công văn {1} số 5.pdf",
    "12-BC-UBND ({1}).pdf",
    "KH dien tap_{0}.pdf",
    "thư mục/{0} - a.docx",
]


@pytest.mark.parametrize("written", LEVELS)
@pytest.mark.parametrize("layout", NAMES)
def test_a_name_is_marked_with_and_without_diacritics(layout: str, written: str) -> None:
    name = layout.format(written, written.lower())
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter)
    ).translate({0x111: "d", 0x110: "D"})
    assert found(name, "name") == [(LEVELS[written], Form.STAMP)]
    assert found(unicodedata.normalize("NFD", name), "name") == [(LEVELS[written], Form.STAMP)]
    assert found(plain, "name") == [(LEVELS[written], Form.UNMARKED)]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("[MAT] bao cao.docx", Level.SECRET),
        ("TUYET MAT - ke hoach.pdf", Level.HIGHEST),
        ("cong-van-mat.pdf", Level.SECRET),
        ("TuyetMat_KeHoach.docx", Level.HIGHEST),
        ("2023.03.05 - MẬT - KH.pdf", Level.SECRET),
        ("KH 2024 Mật.docx", Level.SECRET),
        ("DANH SACH CAN BO_Mật.doc", Level.SECRET),
    ],
)
def test_names_of_clerks(name: str, level: Level) -> None:
    assert [marking.level for marking in find_markings(name, kind="name")] == [level]


@pytest.mark.parametrize(
    "name",
    [
        "mat khau.xlsx",
        "mật khẩu wifi.txt",
        "BAO MAT THONG TIN.docx",
        "MẬT_KHẨU.txt",
        "MAT BANG TANG 1.dwg",
        "MAT_CAT_A-A.pdf",
        "Lê Văn Mật.jpg",
        "Ho so NGUYEN VAN MAT.pdf",
        "CV_Pham_Van_Mat.pdf",
        "quy che quan ly tai lieu mat.docx",
        "Sổ đăng ký văn bản mật đến.xlsx",
        "mau dau mat, toi mat, tuyet mat.doc",
        "thong bao mat dien.pdf",
        "Bao cao GAN - MẬT.bin",
        "HỘI CHẨN - GAN - MẬT - TỤY.docx",
        "Bệnh lý gan_tụy - Mật.pptx",
        "Báo cáo mô hình nuôi ong mật.docx",
        "Điệp vụ tuyệt mật.mp4",
        "toi mat xe.mp3",
        "Hồ sơ mật.mp3",
        "Kế hoạch tuyệt mật.mkv",
        "Quy chế quản lý tài liệu MẬT.docx",
        "data.mat",
        "mat.png",
        "",
        ".",
        "/",
    ],
)
def test_other_names_are_left_alone(name: str) -> None:
    assert found(name, "name") == []


def test_place_is_the_offset_and_the_line_and_nothing_else_is_told() -> None:
    text = f"Kính gửi anh,\n\n   TỐI MẬT\n{PROSE}"
    (marking,) = find_markings(text, kind="body")
    assert text[marking.start :].startswith("TỐI MẬT")
    assert marking.paragraph == 3
    assert "Kính" not in repr(marking)
    name = "a/b/[TỐI MẬT] c.docx"
    assert find_markings(name, kind="name")[0].start == name.index("TỐI")


def test_a_word_broken_over_two_lines_keeps_its_level() -> None:
    assert found("TUYỆT\nMẬT\nSố: 12/BC") == [(Level.HIGHEST, Form.STAMP)]


def test_many_markings_are_bounded() -> None:
    assert len(find_markings("MẬT\n" * 10_000)) == MARKINGS


RUNS = ["SỐ: " + "-" * 150 + "Ă  MẬT\n", "SỐ: " + "/ " * 70 + "Ă MẬT\n", "A " * 70 + "MẬT\n", "> " * 90 + "MẬT\n"]


@pytest.mark.parametrize(
    "unit", ["M ", " Ậ", "M Ậ ", "MẬT", "Mật\n", "TỐI MẬT - ", "[MẬT", "Độ mật: ", "A\u0323\u0302", "(", *RUNS]
)
def test_no_text_makes_the_patterns_run_away(unit: str) -> None:
    """A megabyte of the worst pieces: more than linear time would run into the suite's limit."""
    text = unit * (1_000_000 // len(unit))
    kind: Kind
    for kind in ("document", "header", "name"):
        assert len(find_markings(text, kind=kind)) <= MARKINGS


_PIECES = st.sampled_from(
    ["MẬT", "TỐI", "TUYỆT", "M Ậ T", "mật", "MAT", "Độ mật:", "Số: 1/BC", "GIẢI MẬT", "Kính gửi", "a", ".", "-"]
)
_MARKS = st.sampled_from(
    [" ", "\n", "\t", "\r", "\x85", "|", "[", "]", "(", ")", "\u0323", "\u0302", "\u200b", "\ud800"]
)


@given(
    st.lists(_PIECES | _MARKS | st.text(max_size=3), max_size=40).map("".join),
    st.sampled_from(["body", "document", "header", "name"]),
)
def test_any_text_is_answered_and_every_place_holds_a_level(text: str, kind: Kind) -> None:
    for marking in find_markings(text, kind=kind):
        assert text[marking.start].upper() in "MT"
        assert 1 <= marking.paragraph <= text.count("\n") + 1
