"""Letters about refusals: nothing of a stranger's steers them, and one that cannot be written stops no other."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.directory.letters import Letterhead
from gateway.directory.schema import outbox
from gateway.directory.store import DirectoryStore
from gateway.explaining.values import plain
from gateway.notifying.book import NoticeBook
from gateway.notifying.letter import SAMPLE, Letters, Office
from gateway.notifying.refusal import Reason

EVIL = "x\r\nBcc: kẻ@xấu.example\r\n\r\n<script>alert(1)</script>\u202e{{7*7}}{% raw %}&\"'"


@pytest.fixture
def letters() -> Letters:
    return Letters(Office(Letterhead("postmaster@so.example", "Sở\r\nBcc: x@y.example"), "gw.so.example", None, EVIL))


def test_no_text_steers_a_letter(letters: Letters) -> None:
    evidence = {"total": EVIL, "limit": EVIL, "largest": [{"filename": EVIL, "bytes": EVIL}], "texts": [{"text": EVIL}]}
    names = ("attachment-cap", "vietnamese-charset", "request-channel", "own-address", EVIL)
    reasons = tuple(Reason(rule, (EVIL, "Q4 4.2"), evidence, EVIL) for rule in names)
    made = letters.write(
        replace(SAMPLE, subject=plain(EVIL), recipients=(plain(EVIL),), reasons=reasons, message_id=f"<{EVIL}@x>")
    )
    read = email.message_from_bytes(made.message, policy=email.policy.SMTPUTF8)
    fields = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"}
    assert set(read.keys()) == {*fields, "MIME-Version", "Content-Type"}
    assert made.sender == ""
    assert read["To"] == SAMPLE.mailbox
    for part in ("plain", "html"):
        body = read.get_body((part,))
        assert body is not None
        text = body.get_content()
        assert "\u202e" not in text
        assert "49" not in text.replace("&#39;", "").replace("&#34;", "")
        assert part == "plain" or "<script" not in text


def test_a_letter_that_cannot_be_written_stops_no_other(letters: Letters, tmp_path: Path) -> None:
    database = DirectoryStore("sqlite:///congthu.db", tmp_path).database
    book = NoticeBook(database, letters)
    book.prepare()
    boxes = ["an@so.example", "b\r\nBcc: x@so.example", "dung@so.example"]
    book.keep([replace(SAMPLE, mailbox=box, about=f"{number}") for number, box in enumerate(boxes)], 1_790_000_000.0)
    with database.reading() as connection:
        told = sorted(connection.execute(sa.select(outbox.c.recipient)).scalars())
    assert told == ["an@so.example", "dung@so.example"]
    assert (book.written, book.unwritten) == (2, 1)
