"""Vietnamese written without its marks is told from every other text, and from Vietnamese with them."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.vietnamese.diacritics import MISSING, READ, SAMPLE, SHORTEST, diacritics
from gateway.vietnamese.unmarked import folded

MARKED = {
    "mail": "Chào anh, em gửi anh báo cáo tháng 9 của phòng. Anh xem giúp em số liệu đã đúng chưa nhé. Em cảm ơn anh.",
    "office": "Kính gửi các đơn vị, đề nghị các đơn vị gửi báo cáo về Văn phòng trước ngày 15 tháng này. Trân trọng.",
    "forward": "Em gửi lại cho anh bản dự thảo quyết định. Nội dung đã sửa theo ý kiến của sở. Anh ký giúp em.",
    "weather": "Hôm nay trời mưa rất to nên nhiều tuyến đường bị ngập, giao thông ùn tắc kéo dài hàng giờ liền.",
    "rule": "Người sử dụng phải đổi mật khẩu ngay lần đầu đăng nhập và không được cung cấp mật khẩu cho người khác.",
}
PEACE = {
    "english": "Please find attached the report for the third quarter. We would appreciate your comments before noon.",
    "indonesian": "Kami akan mengadakan rapat besok pagi di kantor pusat. Mohon semua peserta hadir tepat waktu.",
    "malay": "Saya tidak tahu mengapa dia tidak datang ke pejabat hari ini. Mungkin dia sakit atau ada hal lain.",
    "tagalog": "Ang mga tao ay nagpunta sa bayan upang bumili ng mga gamit. Hindi ko alam kung ano ang gagawin natin.",
    "hmong": "Peb yuav tsum ua hauj lwm ua ke kom tau zoo. Nej puas paub hais tias hnub no peb mus qhov twg?",
    "pinyin": "wo men zai zhe li gong zuo, da jia dou hen hao. ni men de gong si shi shen me? wo xiang qu bei jing "
    "kan wo de peng you, ta hen gao xing jian dao wo men. ming tian wo hai yao qu shang hai kai hui, bu zhi dao ni",
    "thai": "kho khwam ni khong rao mai dai bok wa khon thi pai nai ma nai pen khon thai. khong thi rao mi yu nai ban "
    "thang mot nan mai phai khong khun, tae pen khong khon thi nao ko mai ru",
    "lao": "khoi bo khao chai, khoi pai talat nyam sao ni. chao pai nai? khoi yak kin khao niao. mu ni hon lai",
    "cantonese": "ngo hai hoeng gong jan, nei hou maa? gam jat tin hei hou hou, ngo dei heoi bin dou sik faan aa?",
    "italian": "Gentile signore, le scrivo per chiedere se la riunione di domani si tiene ancora. Cordiali saluti.",
    "about": "In Vietnamese you say khong duoc for must not and co the for can, nguoi dung means user, thong tin means "
    "information, and that is all you should know about this language",
    "korean": "annyeong haseyo. jeoneun hanguk saram imnida. oneul nalssiga cham joayo. gong bu han da",
    "names": "Nguyen Van An, Tran Thi Binh, Le Hoang Chuong, Pham Minh Duc, Vo Thi Hong, Bui Quang Khai",
    "places": "ha noi, hai phong, da nang, can tho, hue, vinh, nha trang, quy nhon, vung tau, bien hoa, thu duc",
    "menu": "banh mi, bun bo, nuoc mam, thanh long, dau phong, hu tieu, mang cut, dua hau, che ba mau, ca phe, pho tai",
    "files": "bao-cao-cong-tac.docx, danh-sach-can-bo.xlsx, quyet-dinh-khen-thuong.doc, quy-che-cua-co-quan.pdf",
    "addresses": "https://a.vn/thu-tuong-yeu-cau-khong-duoc-de-nguoi-dan-thieu-dien.html van.phong@angiang.gov.vn "
    "http://b.vn/nhung-dieu-can-biet-ve-cac-quy-dinh-moi-cua-nha-nuoc.htm nhung_nguoi_dung@so.gov.vn",
    "code": "for cac in danh_sach: if cac.khong_hop_le(): raise LoiKhongTheMo(cac)\n    return du_lieu.gia_tri[cac]\n"
    * 6,
    "short": "da nhan duoc nhe",
    "signature": "Dear Mr Smith,\nThank you for the visit. We shall write again about the dates of the seminar.\n"
    "Best regards,\nNguyen Van Hung\nTruong phong Ke hoach\nUy ban nhan dan tinh An Giang\nThanh pho Long Xuyen",
    "table": "STT Ho ten Don vi So luong Ghi chu\n1 Nguyen Van A P1 12 0\n2 Tran Thi B P2 13 0\n" * 5,
    "empty": "",
    "blank": " \n\t ",
}


@pytest.mark.parametrize("text", MARKED.values(), ids=MARKED)
@pytest.mark.parametrize("upper", [False, True])
def test_prose_without_marks_is_found(text: str, upper: bool) -> None:
    plain = folded(text).upper() if upper else folded(text)
    seen = diacritics(plain)
    assert seen.vietnamese
    assert seen.missing
    assert seen.share == 1.0
    assert seen.syllables == seen.unmarked >= SHORTEST
    assert seen.sample
    assert plain.lower().startswith(seen.sample.lower()[:10])
    assert len(seen.sample) <= SAMPLE


@pytest.mark.parametrize("text", MARKED.values(), ids=MARKED)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_prose_with_marks_is_vietnamese_and_fine(text: str, form: Literal["NFC", "NFD"]) -> None:
    seen = diacritics(unicodedata.normalize(form, text))
    assert seen.vietnamese
    assert not seen.missing
    assert seen.share < 0.5
    assert seen.sample == ""


@pytest.mark.parametrize("text", PEACE.values(), ids=PEACE)
def test_everything_else_is_left_in_peace(text: str) -> None:
    for seen in (diacritics(text), diacritics(f"{text}\n" * 2)):
        assert not seen.missing
        assert not seen.vietnamese


def test_some_words_without_marks_in_a_marked_text_are_fine() -> None:
    text = "\n".join(MARKED.values()) + "\n" + folded(MARKED["mail"])
    seen = diacritics(text)
    assert seen.vietnamese
    assert not seen.missing
    assert seen.share < MISSING


def test_an_english_part_does_not_hide_the_unmarked_one() -> None:
    seen = diacritics(f"{PEACE['english']}\n{PEACE['english']}\n{folded(MARKED['mail'])}\n{folded(MARKED['office'])}\n")
    assert seen.missing
    assert seen.syllables < 60


def test_addresses_and_file_names_do_not_hide_it() -> None:
    links = "https://vidu.angiang.gov.vn/a/b.html bao_cao.docx so.lieu@angiang.gov.vn "
    assert diacritics(f"{links * 2}{folded(MARKED['mail'])} {links * 2}").missing


def test_a_long_text_is_judged_by_slices_from_its_beginning_to_its_end() -> None:
    unmarked = folded("\n".join(MARKED.values())) + "\n"
    assert diacritics(unmarked * 2000).missing
    late = PEACE["english"] * (READ // 50) + "\n" + unmarked * 200
    assert diacritics(late).missing
    assert diacritics(unmarked * 2000).syllables <= READ // 3


@pytest.mark.parametrize(
    "unit", ["nh ", "oi ", "a", "khong ", "ậ", "\n", "a\u0323", "khong duoc co the ", "\ud800", "."]
)
def test_no_text_is_read_beyond_the_bound(unit: str) -> None:
    """Megabytes of the worst pieces."""
    seen = diacritics(unit * (3_000_000 // len(unit)))
    assert 0 <= seen.unmarked <= seen.syllables <= READ


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(["khong", "duoc", "co", "the", "cua", "không", "A1", "b@c.vn", ".", "\n"])).map(" ".join)
)
def test_any_text_is_answered_and_the_figures_agree(text: str) -> None:
    seen = diacritics(text)
    assert 0 <= seen.unmarked <= seen.syllables
    assert seen.vietnamese == (seen.syllables >= SHORTEST)
    assert 0.0 <= seen.share <= 1.0
    assert len(seen.sample) <= SAMPLE
