"""The letters: who gets them, in whose words, and that nothing of a stranger's makes a line of its own."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from gateway.acting.item import Item
from gateway.acting.letters import KINDS, PLACES, Writer, shipped, texts_of
from gateway.directory.entry import Snapshot
from gateway.directory.outbox import Notice
from gateway.errors import StartError
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.plan import Act
from gateway.who import Mailbox, Unit
from tests.unit.acting.build import DESK, HEAD, NOW, UNIT, A, Office, person


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.put(person())
    return made


def writer(**more: object) -> Writer:
    return Writer(HEAD, Calendar(), **more)  # type: ignore[arg-type]


def read(notice: Notice) -> EmailMessage:
    made = email.message_from_bytes(notice.message, policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


def readers(item: Item, *entries: Mailbox | Unit, **more: object) -> list[str]:
    units = tuple(one for one in entries if isinstance(one, Unit))
    boxes = tuple(one for one in entries if isinstance(one, Mailbox))
    found = writer(**more).of(item, Snapshot(1, units=units, mailboxes=boxes), NOW)
    return [one.recipient for one in found]


class TestReaders:
    def test_a_warning_goes_to_both(self, office: Office) -> None:
        assert readers(office.item(Act.WARN), UNIT, DESK, person()) == [A, DESK.address]

    def test_a_lock_goes_to_the_unit(self, office: Office) -> None:
        assert readers(office.item(Act.LOCK), UNIT, DESK, person()) == [DESK.address]

    def test_the_unit_above_where_it_is_the_units_own(self, office: Office) -> None:
        top = Mailbox("ubnd@tinh.example", DESK.kind, unit="UBND")
        units = (replace(UNIT, parent="UBND"), Unit("UBND", "Ủy ban"))
        assert readers(office.item(Act.LOCK, DESK), *units, DESK, top) == [top.address]

    def test_administrators_where_there_is_no_unit(self, office: Office) -> None:
        item = office.item(Act.LOCK, replace(person(), unit=""))
        assert readers(item) == [HEAD.sender]
        assert readers(item, others=("cntt@tinh.example",)) == ["cntt@tinh.example"]

    def test_a_circle_of_units_ends(self, office: Office) -> None:
        units = (replace(UNIT, parent="B"), Unit("B", "B", parent="TCKH"))
        assert readers(office.item(Act.LOCK), *units) == [HEAD.sender]

    def test_taking_back_needs_none(self, office: Office) -> None:
        assert readers(office.item(Act.CLEAR), UNIT, DESK) == []


def test_what_it_says(office: Office) -> None:
    to_mailbox = read(writer().of(office.item(Act.WARN), office.store.snapshot(), NOW)[0])
    assert str(to_mailbox["Subject"]) == f"Cảnh báo: hộp thư {A} sắp bị tạm khóa"
    text = to_mailbox.get_content()
    for words in ("Phòng Tài chính", "20/02/2026", "18/06/2026", "Q4 8.1a", "Văn phòng"):
        assert words in text
    assert "$" not in text
    assert to_mailbox["Auto-Submitted"] == "auto-generated"


def test_nothing_makes_a_line_of_its_own(office: Office) -> None:
    bad = person(holder="An\r\nBcc: x@nguon.example\r\n\r\n<b>")
    (to_mailbox, _) = writer().of(office.item(Act.WARN, bad), office.store.snapshot(), NOW)
    made = read(to_mailbox)
    assert made["Bcc"] is None
    assert "Kính gửi: An Bcc: x@nguon.example <b>" in made.get_content().splitlines()


class TestTheOfficesOwn:
    def test_its_texts_are_used(self, office: Office, tmp_path: Path) -> None:
        folder = tmp_path / "letters"
        folder.mkdir()
        (folder / "warn.txt").write_text("Nhắc $holder\n\nHộp thư $mailbox, hạn $due. Giá 5$$.\n")
        texts = texts_of(folder)
        assert texts.keys() == {"warn"}
        made = read(writer(texts=texts).of(office.item(Act.WARN), office.store.snapshot(), NOW)[0])
        assert str(made["Subject"]) == f"Nhắc {A}"
        assert made.get_content().strip() == f"Hộp thư {A}, hạn 18/06/2026. Giá 5$."
        other = writer(texts=texts).of(office.item(Act.LOCK), office.store.snapshot(), NOW)[0]
        assert "tạm khóa" in str(read(other)["Subject"]), "the others are ours"

    def test_ours_may_be_copied_and_changed(self, tmp_path: Path) -> None:
        for kind in KINDS:
            (tmp_path / f"{kind}.txt").write_text(shipped(kind))
        assert texts_of(tmp_path).keys() == set(KINDS)

    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("warn.txt", "S\n\n$nobody", r"there is no place \$nobody; places are \$clauses, "),
            ("warn.txt", "S\n\n5 $", "a \\$ without a place's name"),
            ("warn.txt", "no body", "a subject, an empty line, a text"),
            ("warn.txt", "\n\nno subject", "a subject, an empty line, a text"),
            ("warn.txt", "S\n\n" + "x" * 70_000, "at most 64 KiB"),
            ("warning.txt", "S\n\nx", r"letters are called warn\.txt, lock\.txt"),
        ],
    )
    def test_mistakes_are_told_at_the_start(self, tmp_path: Path, name: str, text: str, words: str) -> None:
        (tmp_path / name).write_text(text)
        with pytest.raises(StartError, match=words):
            texts_of(tmp_path)

    def test_bytes_that_are_no_text_and_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "warn.txt").write_bytes(b"S\n\n\xff")
        with pytest.raises(StartError, match="cannot read"):
            texts_of(tmp_path)
        with pytest.raises(StartError, match="is no folder"):
            texts_of(tmp_path / "no")

    def test_every_place_is_filled(self, office: Office) -> None:
        text = "S\n\n" + " ".join(f"{name}=${name};" for name in sorted(PLACES))
        made = read(writer(texts={"lock": text}).of(office.item(Act.LOCK), office.store.snapshot(), NOW)[0])
        assert "=;" not in made.get_content()
