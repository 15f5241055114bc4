"""The notices that the regulations ask for: to whom, about what, with which clause, and never a forged header field."""

from __future__ import annotations

import datetime
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory import deeds
from gateway.directory.entry import Exemption, Snapshot
from gateway.directory.errors import DirectoryError
from gateway.directory.letters import KINDS, Letterhead, letter
from gateway.directory.notices import Writer
from gateway.directory.outbox import Notice
from gateway.directory.plan import after, change, remove
from gateway.directory.request_store import Request, RequestSeen
from gateway.regulations import all as regulations
from gateway.regulations import load
from gateway.who import Kind, Mailbox, State, Unit
from tests.unit.directory.support_store import DAY, PERSON, UNIT_MAILBOX, whole

_NOW = datetime.datetime(2026, 3, 5, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
_HEAD = Letterhead("q4@tphcm.gov.vn", "Văn phòng Ủy ban nhân dân Quận 4")
_STATE = after(Snapshot(), whole().steps)
_SEEN = RequestSeen("1M80-NEG8", 1_772_600_000.0, "q4@tphcm.gov.vn", UNIT_MAILBOX.address, "pnv", message_id="<a.b@c>")


def _writer(regulation: str = "tphcm-q4-03-2013") -> Writer:
    return Writer(_HEAD, lambda _: regulation, _NOW)


def _message(notice: Notice) -> EmailMessage:
    assert b"\n" not in notice.message.replace(b"\r\n", b"")
    message = message_from_bytes(notice.message, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def _told(current: Snapshot, *entries: Mailbox) -> dict[tuple[str, str], str]:
    written = _writer().of_plan(current, change(current, *entries))
    return {(one.recipient, one.kind): _message(one).get_content() for one in written.notices}


def test_every_kind_has_a_text_and_a_clause_in_every_regulation() -> None:
    names = ("unit", "mailbox", "reference", "asked", "answer", "clauses", "day", "list", "holder")
    places = dict.fromkeys((*names, "revoked", "forwards", "revoked_en", "forwards_en"), "GIÁ TRỊ")
    for kind in KINDS:
        message = _message(letter(kind, _HEAD, "pnv@x.example", places, _NOW))
        assert "$" not in message["Subject"] + message.get_content()
        assert "-- English --" in message.get_content()
        for regulation in regulations():
            assert regulation.parameters["notices"][kind] in regulation.clauses
    assert set(load("tphcm-q4-03-2013").parameters["notices"]) == set(KINDS)


def test_a_notice_is_a_sound_message() -> None:
    notice = _writer().completion(_STATE, [Request(_SEEN)], "đã cấp 12 hộp thư")
    message = _message(notice)
    assert (notice.sender, notice.recipient, notice.kind) == (_HEAD.sender, UNIT_MAILBOX.address, "completion")
    assert message["From"].addresses[0].display_name == _HEAD.office
    assert message["To"] == UNIT_MAILBOX.address
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["In-Reply-To"] == message["References"] == "<a.b@c>"
    assert message["Message-ID"].endswith("@tphcm.gov.vn>")
    assert message["Date"].datetime == _NOW
    text = message.get_content()
    for word in ("Phòng Nội vụ", "1M80-NEG8", "đã cấp 12 hộp thư", "Q4 6.2", _HEAD.office):
        assert word in text
    assert all(byte < 128 for byte in notice.message)


def test_addresses_beyond_ascii() -> None:
    mailbox = replace(UNIT_MAILBOX, address="bình@tỉnh.example")
    notice = _writer().completion(_STATE, [Request(replace(_SEEN, mailbox=mailbox.address))], "x")
    assert "To: bình@tỉnh.example\r\n".encode() in notice.message
    head = Letterhead("q4@tỉnh.example", "Văn phòng")
    sent = Writer(head, lambda _: "angiang-50-2009", _NOW).completion(_STATE, [Request(_SEEN)], "x")
    assert b"@xn--tnh-p2s.example>" in sent.message or b"@xn--" in sent.message


def test_the_clause_is_the_mailboxes_own_regulation() -> None:
    assert "(AG 6)" in _message(_writer("angiang-50-2009").completion(_STATE, [Request(_SEEN)], "x")).get_content()
    own = replace(_STATE, mailboxes=(replace(UNIT_MAILBOX, regulation="angiang-50-2009"),))
    assert "(AG 6)" in _message(_writer().completion(own, [Request(_SEEN)], "x")).get_content()
    gone = replace(_STATE, mailboxes=(replace(UNIT_MAILBOX, regulation="of-a-newer-version"),))
    assert "(Q4 6.2)" in _message(_writer().completion(gone, [Request(_SEEN)], "x")).get_content()


@given(st.text(max_size=200))
def test_no_text_makes_a_header_field(text: str) -> None:
    seen = replace(_SEEN, reference=text, message_id=text, unit=text)
    notice = Writer(Letterhead("q4@x.example", text), lambda _: "angiang-50-2009", _NOW).completion(
        _STATE, [Request(seen)], text
    )
    message = _message(notice)
    assert {name.lower() for name, _ in message.items()} <= {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "in-reply-to", "references",
        "content-type", "content-transfer-encoding", "mime-version",
    }  # fmt: skip
    assert message["From"].addresses[0].addr_spec == "q4@x.example"


@pytest.mark.parametrize("identity", ["<a@b>\r\nBcc: x@y", "<a@b> <c@d>", "a@b", "<a b@c>", "<@>", ""])
def test_a_message_id_that_is_none_is_not_answered_to(identity: str) -> None:
    message = _message(_writer().completion(_STATE, [Request(replace(_SEEN, message_id=identity))], "x"))
    assert message["In-Reply-To"] is None
    assert message["Bcc"] is None


def test_what_is_new_changed_reclaimed_and_issued_again_is_told_to_the_unit() -> None:
    new = Mailbox("moi@tphcm.example", Kind.PERSONAL, "pnv", "Trần Mới")
    told = _told(_STATE, new, replace(PERSON, holder="Nguyễn Văn Ân"))
    assert set(told) == {(UNIT_MAILBOX.address, "creation"), (UNIT_MAILBOX.address, "change")}
    assert "- moi@tphcm.example (Trần Mới)" in told[UNIT_MAILBOX.address, "creation"]
    assert "Nguyễn Văn Ân" in told[UNIT_MAILBOX.address, "change"]
    reclaimed = replace(PERSON, state=State.RECLAIMED)
    assert set(_told(_STATE, reclaimed)) == {(UNIT_MAILBOX.address, "reclaim")}
    away = after(_STATE, change(_STATE, reclaimed).steps)
    assert set(_told(away, PERSON)) == {(UNIT_MAILBOX.address, "reissue")}
    assert set(_told(away, replace(reclaimed, holder="Khác"))) == {(UNIT_MAILBOX.address, "change")}


def test_what_a_unit_does_not_know_a_mailbox_by_is_not_told() -> None:
    assert _told(_STATE, replace(PERSON, note="x", state=State.LOCKED, created=DAY.replace(day=9))) == {}
    assert _writer().of_plan(_STATE, remove(_STATE, PERSON)).notices == ()
    assert _told(_STATE, UNIT_MAILBOX) == {}


def test_a_creation_is_told_with_the_mailboxes_own_day() -> None:
    def told(*days: datetime.date | None) -> str:
        new = [Mailbox(f"m{at}@x.example", Kind.PERSONAL, "pnv", created=day) for at, day in enumerate(days)]
        return _told(_STATE, *new)[UNIT_MAILBOX.address, "creation"].replace("\r\n", "\n")

    old, today = datetime.date(2024, 5, 31), _NOW.date()
    assert "ngày 31/05/2024, các" in (text := told(old, old))
    assert "were created on 31/05/2024." in text
    assert "05/03/2026" not in text
    assert "created on 05/03/2026." in told(None, today, datetime.date(2030, 1, 1))
    several = told(old, None, DAY)
    assert "created on 31/05/2024 – 05/03/2026." in several
    assert "- m0@x.example, 31/05/2024\n- m1@x.example, 05/03/2026\n- m2@x.example, 01/03/2026\n" in several
    changed = _told(_STATE, replace(PERSON, holder="Nguyễn Văn Ân"))[UNIT_MAILBOX.address, "change"]
    assert "ngày 05/03/2026" in changed


def test_a_mailbox_that_moves_is_told_to_both_units() -> None:
    other = Mailbox("pyt@tphcm.example", Kind.UNIT, "q4")
    state = after(_STATE, change(_STATE, other).steps)
    assert {who for who, _ in _told(state, replace(PERSON, unit="q4"))} == {UNIT_MAILBOX.address, other.address}


def test_a_unit_without_a_mailbox_is_named() -> None:
    plan = change(_STATE, Unit("pyt", "Y tế"), Mailbox("a@x.example", Kind.PERSONAL, "pyt"))
    written = _writer().of_plan(_STATE, plan)
    assert (written.notices, written.untold) == ((), ("pyt",))


def test_a_long_list_is_cut_and_counted() -> None:
    many = [Mailbox(f"m{number}@x.example", Kind.PERSONAL, "pnv") for number in range(1500)]
    (text,) = _told(_STATE, *many).values()
    assert text.count("@x.example") == 1000
    assert "500 more" in text


def test_handover_revokes_delegations_and_asks_for_a_new_password() -> None:
    plan, before, now = deeds.handover(_STATE, UNIT_MAILBOX.address.upper(), "  Trần  Mới ", PERSON.address)
    assert (before, now) == (UNIT_MAILBOX, replace(UNIT_MAILBOX, holder="Trần Mới", delegates=()))
    assert [step.after for step in plan.steps] == [now]
    notices = _writer().handover(_STATE, before, now, PERSON.address)
    assert [one.recipient for one in notices] == [UNIT_MAILBOX.address, PERSON.address]
    text = _message(notices[1]).get_content()
    for word in ("Trần Mới", PERSON.address, "Đổi mật khẩu", "Q4 12.2", UNIT_MAILBOX.address):
        assert word in text


@pytest.mark.parametrize(
    ("address", "holder", "to", "reason"),
    [
        ("nobody@x.example", "A", "", "has no mailbox nobody"),
        (PERSON.address, "A", "", "no unit's mailbox"),
        (UNIT_MAILBOX.address, " ", "", "who is"),
        (UNIT_MAILBOX.address, "A", UNIT_MAILBOX.address, "no personal mailbox"),
        (UNIT_MAILBOX.address, "A", "nobody@x.example", "has no mailbox nobody"),
    ],
)
def test_handovers_that_make_no_sense(address: str, holder: str, to: str, reason: str) -> None:
    with pytest.raises(DirectoryError, match=reason):
        deeds.handover(_STATE, address, holder, to)


def test_a_handover_says_none_in_each_language() -> None:
    bare = replace(UNIT_MAILBOX, delegates=(), forwards=())
    text = _message(_writer().handover(_STATE, bare, bare)[0]).get_content().replace("\r\n", "\n")
    vietnamese, _, english = text.partition("-- English --")
    assert vietnamese.count(": không có\n") == 2
    assert "none" not in vietnamese
    words = " ".join(english.split())
    assert "revoked: none. Mail is still forwarded to: none." in words
    assert "không có" not in english


def test_exemptions_are_given_changed_and_taken_back() -> None:
    plan = deeds.exempt(_STATE, UNIT_MAILBOX.address, " vì  lý do ", DAY)
    assert plan.steps[0].after == Exemption(UNIT_MAILBOX.address, "vì lý do", DAY)
    assert deeds.exempt(_STATE, "an.q4@tphcm.example", "khác", None).steps[0].action == "change"
    assert deeds.unexempt(_STATE, PERSON.address).counts()["remove"] == 1
    assert deeds.unexempt(_STATE, UNIT_MAILBOX.address).steps == ()
    with pytest.raises(DirectoryError):
        deeds.exempt(_STATE, "nobody@x.example", "x", None)
