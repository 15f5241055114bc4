"""Whatever text goes in, a reply that can be sent comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Reply
from gateway.rules.reply_text import line_of, refusal, with_recipient, with_reference, without_marks

REPLY = Reply(552, "5.3.4", "Qua lon", "Too big")
UTF8 = Reply(552, "5.3.4", "Quá lớn", "Too big", utf8=True)


@given(st.text(max_size=1200), st.text(max_size=1200), st.booleans())
def test_any_text_makes_a_reply(vietnamese: str, english: str, utf8: bool) -> None:
    reply = refusal(550, "5.7.12", vietnamese, english, utf8=utf8)
    assert all(len(line) + 2 <= 512 for line in reply.encoded.split(b"\r\n"))
    assert utf8 or reply.encoded.isascii()


@given(st.lists(st.text("ab ế", max_size=480).map(line_of), min_size=1, max_size=3), st.text(), st.text(), st.text())
def test_anything_can_be_appended(lines: list[str], reference: str, contact: str, address: str) -> None:
    reply = with_reference(with_recipient(Reply(550, "5.7.1", *lines), address), reference, contact)
    assert (reply.code, reply.enhanced) == (550, "5.7.1")
    assert reply.text.startswith(" ".join(lines)[:100])
    assert reply.encoded.isascii()


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Tổng dung lượng tệp đính kèm vượt mức", "Tong dung luong tep dinh kem vuot muc"),
        ("Đường ĐÀO – “Ố”", 'Duong DAO - "O"'),
        ("\u0111a\u0323", "da"),
        ("日本", "??"),
    ],
)
def test_vietnamese_without_its_marks(text: str, bare: str) -> None:
    assert without_marks(text) == bare


def test_controls_cannot_inject_a_line() -> None:
    assert line_of("a\r\n250 OK\x00\u2028b") == "a  250 OK  b"


def test_the_reference_and_the_contact_follow_the_last_line() -> None:
    reply = with_reference(REPLY, "gw-1a2b", "Phong CNTT, 0296-3xxxxxx")
    assert reply.lines == ("Qua lon", "Too big [gw-1a2b] Lien he / contact: Phong CNTT, 0296-3xxxxxx")
    assert with_reference(REPLY, "gw-1a2b").lines == ("Qua lon", "Too big [gw-1a2b]")


def test_a_full_line_gets_the_reference_on_the_next() -> None:
    full = Reply(552, "5.3.4", "x" * 490)
    assert with_reference(full, "gw-1").lines == ("x" * 490, "[gw-1]")


def test_where_to_read_why_stands_on_a_line_of_its_own() -> None:
    link = "https://tracuu.tinh.example/01KB-3F9X-72QM-5D0R-7ZK3M"
    assert with_reference(REPLY, "gw-1", "Phong CNTT", link).lines[-1] == link
    assert with_reference(UTF8, "gw-1", "", link).lines[-1] == link
    for unfit in ("https://tra-cứu.example/x", f"https://x/{'a' * 500}"):
        assert with_reference(REPLY, "gw-1", "", unfit) == with_reference(REPLY, "gw-1")


def test_marks_stay_where_the_reply_has_them() -> None:
    assert with_reference(UTF8, "gw-1", "Phòng CNTT").lines[1].endswith("Phòng CNTT")
    assert with_reference(REPLY, "gw-1", "Phòng CNTT").lines[1].endswith("Phong CNTT")


def test_a_long_line_is_cut_between_characters() -> None:
    assert line_of("ế" * 400, utf8=True, longest=10) == "ếếế"


def test_the_recipient_is_named() -> None:
    assert with_recipient(REPLY, "vp.q4@tphcm.gov.vn").lines[1] == "Too big <vp.q4@tphcm.gov.vn>"
