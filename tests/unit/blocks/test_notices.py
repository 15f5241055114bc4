"""The notices of senders: to whom, what they say, and never a forged header field."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.blocks.circle import Circle
from gateway.blocks.deeds import Deed
from gateway.blocks.notices import KINDS, Writer
from gateway.conduct.words import sentences
from gateway.directory.letters import Letterhead
from gateway.directory.outbox import Notice
from gateway.errors import StartError
from gateway.rates import Block, Standing

AT = 1_790_000_000.0  # 21 September 2026, 21:13 in Việt Nam
WHO = "nvan@tinh.example"
HEAD = Letterhead("vanthu@tinh.example", "Sở Thông tin và Truyền thông")
CIRCLE = Circle("Nguyễn Văn An", "Phòng Nội vụ", "pnv@tinh.example")
EVIDENCE: dict[str, Any] = {
    "score": 1.42,
    "days_known": 34,
    "signs": [
        {"sign": "new_recipients", "points": 0.8, "seen": 180, "usual": 12, "window": "hour"},
        {"sign": "odd_hours", "points": 0.3, "seen": 180, "usual": 10, "window": "day"},
    ],
    "networks": ["203.0.0.0/16"],
}


def deed(standing: Standing, before: Standing | None = None, **given: Any) -> Deed:
    """A change to this standing."""
    by_hand = standing in (Standing.LOCKED, Standing.RELEASED)
    after = Block(WHO, standing, AT, ("new_recipients", "odd_hours"), EVIDENCE, "lan@gw" if by_hand else "gateway")
    reason = given.pop("reason", "mất mật khẩu" if standing is Standing.LOCKED else "")
    return Deed(Block(WHO, before, 1.0) if before else None, replace(after, **given), reason, "12/CV" if before else "")


def writer(*administrators: str) -> Writer:
    return Writer(HEAD, administrators or ("quantri@tinh.example",), lambda who, standing: "AG 8.6, AG 10.2e")


def read(notice: Notice) -> tuple[str, str]:
    """Subject and body; the message is whole and sound."""
    assert b"\n" not in notice.message.replace(b"\r\n", b"")
    message = message_from_bytes(notice.message, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert message["To"] == notice.recipient
    assert message["Auto-Submitted"] == "auto-generated"
    return str(message["Subject"]), message.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("standing", Standing)
def test_the_unit_and_the_administrators_are_told(standing: Standing) -> None:
    written = writer("quantri@tinh.example", "ATTT@tinh.example", "pnv@tinh.example")(
        deed(standing, Standing.LOCKED if standing is Standing.RELEASED else None), CIRCLE
    )
    assert [one.recipient for one in written] == ["pnv@tinh.example", "quantri@tinh.example", "ATTT@tinh.example"]
    assert {(one.kind, one.about, one.sender) for one in written} == {(KINDS[standing], WHO, HEAD.sender)}
    subject, body = read(written[0])
    assert WHO in subject
    assert "$" not in subject + body
    assert "-- English --" in body
    for word in (WHO, "Nguyễn Văn An", "Phòng Nội vụ", "21:13 21/09/2026", "mật khẩu", "password"):
        assert word in body


@pytest.mark.parametrize("standing", [Standing.SUSPECT, Standing.BLOCKED])
def test_the_evidence_can_be_judged_and_the_password_comes_first(standing: Standing) -> None:
    _, body = read(writer()(deed(standing), CIRCLE)[0])
    assert len(sentences(EVIDENCE)) == 4
    for pair in sentences(EVIDENCE):
        for line in pair:
            assert f"\n- {line}\n" in body
    assert "180 người nhận" in body
    assert f"congthu senders show {WHO}" in body
    assert f"congthu senders release {WHO}" in body
    if standing is Standing.BLOCKED:
        assert "1. Đổi mật khẩu của hộp thư ngay" in body
        assert "theo Quy chế (AG 8.6, AG 10.2e)." in body
        assert "under the regulation (AG 8.6, AG 10.2e)." in body
        assert "AG" not in read(Writer(HEAD, ("q@x.example",))(deed(standing), CIRCLE)[0])[1]
    else:
        assert "CHƯA chặn" in body
        assert "NOT blocked" in body


def test_evidence_that_says_nothing_leaves_the_names_of_the_signs() -> None:
    _, body = read(writer()(deed(Standing.BLOCKED, evidence={}), CIRCLE)[0])
    assert "- new_recipients, odd_hours" in body


def test_a_lock_tells_why_by_whom_and_how_it_ends() -> None:
    _, body = read(writer()(deed(Standing.LOCKED), CIRCLE)[0])
    for word in (
        "lan@gw",
        "Lý do: mất mật khẩu",
        "--confirmation SỐ-VĂN-BẢN",
        "Dấu hiệu đã thấy:",
        "written\nconfirmation",
    ):
        assert word in body
    _, body = read(writer()(deed(Standing.LOCKED, evidence={}), CIRCLE)[0])
    assert "Dấu hiệu" not in body


def test_a_release_tells_the_number() -> None:
    _, body = read(writer()(deed(Standing.RELEASED, Standing.LOCKED), CIRCLE)[0])
    assert "Số văn bản xác nhận: 12/CV." in body
    assert "Written confirmation: 12/CV." in body


def test_a_suspicion_that_was_dismissed_is_told_nobody() -> None:
    assert list(writer()(deed(Standing.RELEASED, Standing.SUSPECT), CIRCLE)) == []


def test_the_mailbox_itself_is_never_told() -> None:
    own = Circle("", "Phòng Nội vụ", WHO.upper())
    assert [one.recipient for one in writer(WHO, "q@x.example")(deed(Standing.BLOCKED), own)] == ["q@x.example"]
    assert list(Writer(HEAD, ())(deed(Standing.BLOCKED), Circle())) == []


def test_without_a_directory_the_administrators_are() -> None:
    (one,) = writer()(deed(Standing.BLOCKED), Circle())
    assert "Kính gửi: Quản trị hệ thống thư điện tử" in read(one)[1]


def test_an_administrator_without_an_address() -> None:
    with pytest.raises(StartError, match=r"^senders\.administrators: "):
        writer("quan tri")


@given(st.text(), st.text(), st.sampled_from(Standing))
def test_no_text_makes_a_header_field(one: str, other: str, standing: Standing) -> None:
    evidence = {"signs": [{"sign": one, "seen": other}], "networks": [one, other, 1], "days_known": other}
    made = deed(standing, Standing.BLOCKED, who=one or "x", reasons=(one,), evidence=evidence, by=other, reason=one)
    for notice in Writer(HEAD, ("q@x.example",), lambda *_: other)(made, Circle(one, other, "")):
        read(notice)


def test_a_name_that_servers_told_is_said_with_them_and_its_owner_is_not_told() -> None:
    one = deed(Standing.BLOCKED, who=f"{WHO}%10.0.0.0/24")
    written = writer("quantri@tinh.example", WHO)(one, CIRCLE)
    assert [notice.recipient for notice in written] == ["pnv@tinh.example", "quantri@tinh.example"]
    subject, body = read(written[0])
    assert f"hộp thư {WHO}:" in subject
    assert f"hộp thư {WHO} (Nguyễn Văn An) (gửi qua máy chủ 10.0.0.0/24)" in " ".join(body.split())
    assert f"congthu senders release {WHO}%10.0.0.0/24 --confirmation" in body
