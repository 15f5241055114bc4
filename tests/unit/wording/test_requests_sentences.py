"""What a sentence wants done to a mailbox, and whether it asks for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wording.requests_phrases import readable
from gateway.wording.requests_sentences import Said, Sentences, sentences, woven
from gateway.wording.requests_words import KINDS


def said(text: str) -> list[Said]:
    reader = Sentences()
    return [reader.read(sentence) for sentence in sentences(readable(text))]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kính đề nghị Văn phòng cấp mới hộp thư điện tử công vụ cho bà Nguyễn Thị Bình.", "create"),
        ("nho anh tao giup em cai mail cong vu", "create"),
        ("Đề nghị Sở cung cấp thêm 03 hộp thư cho đơn vị.", "create"),
        ("Could you please set up a mailbox for our new clerk?", "create"),
        ("Đề nghị thu hồi hộp thư nva.q4@tphcm.gov.vn.", "remove"),
        ("Please delete the e-mail account of Mr. An.", "remove"),
        ("Hộp thư này không dùng nữa, xin hủy giúp.", "remove"),
        ("Đề nghị phòng Nội vụ TP. Thủ Đức xóa hộp thư này.", "remove"),
        ("xin cap lai mat khau hop thu cua truong", "reissue"),
        ("Please reset the password of my mailbox.", "reissue"),
        ("Hộp thư của phường đã bị khóa, đề nghị mở lại.", "unlock"),
        ("Đề nghị đổi tên hộp thư từ a@b.vn thành c@d.vn.", "change"),
        ("Kính nhờ cập nhật danh bạ thư điện tử.", "change"),
        ("Sở đăng ký 02 hộp thư cho 02 công chức mới về.", "create"),
        ("Bổ sung giúp sở 3 đồng chí vào hệ thống thư điện tử", "create"),
        ("Đề nghị cấp tài khoản cho công chức mới", "create"),
        ("Phòng CNTT cấp hộp thư cho bà Hoa, hạn 25/11", "create"),
        ("Anh làm hộp thư cho bà Hoa trước ngày đó", "create"),
        ("Sở gửi phòng danh sách nhân sự mới để khởi tạo thư công vụ", "create"),
        ("Anh tạo user cho bạn Hoa", "create"),
        ("Cần 2 mailbox mới: nthoa, tvbao", "create"),
        ("Gửi mật khẩu hộp thư sở vào số 0912345678", "reissue"),
        ("Xin đổi tên địa chỉ nthoa thành hoant", "change"),
        ("Tắt xác thực hai lớp", "change"),
    ],
)
def test_what_is_asked_for(text: str, kind: str) -> None:
    (only,) = said(text)
    assert kind in only.acts
    assert only.asks


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị các đơn vị gửi báo cáo về hộp thư q4@tphcm.gov.vn.",
        "Đề nghị cấp giấy phép và trả lời qua hộp thư điện tử của tôi.",
        "Kính đề nghị cấp trên xem xét, trả lời vào email này.",
        "Đề nghị cấp tài khoản phần mềm quản lý văn bản.",
        "Kính mời họp thứ hai tuần tới.",
        "moi anh hop thu hai tuan toi, de nghi chuan bi",
        "Đề nghị đồng chí bổ sung email và số điện thoại vào trang thông tin.",
        "Mẹ mở hộp thư ra xem nhé.",
        "Please send your comments by e-mail and close the document.",
        "Đề nghị thu hồi đất, đã gửi đơn vào hộp thư của cơ quan.",
    ],
)
def test_what_is_no_such_thing(text: str) -> None:
    assert not any(one.acts for one in said(text))


@pytest.mark.parametrize(
    "text",
    [
        "Hôm qua phòng đã làm hộp thư cho bà Hoa.",
        "Phòng sẽ cấp hộp thư cho bà Hoa.",
        "Nhờ anh tạo user iOffice cho bạn Hoa.",
        "Không gửi mật khẩu hộp thư vào số lạ.",
        "Phong lam hop thu cho co so moi.",
    ],
)
def test_what_is_told_is_no_order(text: str) -> None:
    assert not any(one.asks and one.acts for one in said(text))


def test_a_word_a_line_is_one_line() -> None:
    words = ["đề", "nghị", "cấp", "mới", "hộp", "thư", "cho", "bà", "hoa"]
    assert woven("\n".join(words)) == " ".join(words)
    assert woven("đề nghị\ncấp hộp thư\n\ncho bà") == "đề nghị\ncấp hộp thư\n\ncho bà"


def test_what_is_done_already_is_not_asked_for() -> None:
    (only,) = said("Trong quý đơn vị đã được cấp mới 05 hộp thư.")
    assert (only.acts, only.done) == (set(), True)


def test_who_asks_everybody_does_not_ask_the_office() -> None:
    (only,) = said("Đề nghị các đơn vị thay đổi mật khẩu hộp thư định kỳ.")
    assert only.directs


def test_the_next_sentence_speaks_of_the_same_mailbox() -> None:
    first, then = said("Hộp thư a@b.vn hôm nay báo lỗi. Đề nghị mở khóa giúp.")
    assert not first.acts
    assert (then.acts, then.asks) == ({"unlock"}, True)
    assert not said("Hôm nay trời mưa. Đề nghị mở lại giúp.")[1].acts


def test_a_list_of_what_is_asked_for() -> None:
    told = said("Phường kính đề nghị:\n- Cấp mới hộp thư cho ông An\n- Xóa hộp thư a@b.vn\nTrân trọng.")
    assert [(one.acts, one.asks) for one in told[1:3]] == [({"create"}, True), ({"remove"}, True)]
    assert not told[3].asks


def test_somebody_without_one_asks_for_one() -> None:
    first, then = said("Đoàn phường chưa có hộp thư riêng. Cho tụi em xin một cái nha anh.")
    assert (first.lacks, then.wants) == (True, True)


def test_lines_that_are_full_go_on() -> None:
    text = "Ủy ban nhân dân phường kính đề nghị Văn phòng xem xét cấp mới\nhộp thư điện tử.\nTrân trọng"
    assert len(list(sentences(readable(text)))) == 2
    assert len(list(sentences("kính gửi: văn phòng\nđề nghị cấp hộp thư"))) == 2
    assert list(sentences("1. cấp mới hộp thư")) == ["1. cấp mới hộp thư"]


WORDS = (
    "đề nghị",
    "cấp",
    "mới",
    "lại",
    "hộp thư",
    "đã",
    "mật khẩu",
    ".",
    ":",
    "\n",
    "qua",
    "hủy",
    "khóa",
    "a@b.vn",
    "1.",
)


@given(st.lists(st.sampled_from(WORDS), max_size=300))
def test_any_words_in_any_order(words: list[str]) -> None:
    for one in said(" ".join(words)):
        assert one.acts <= set(KINDS)
        assert one.weak <= set(KINDS)
