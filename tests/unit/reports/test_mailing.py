"""Reports are mailed on their dates, each once, on record with the letter that carries it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import openpyxl
import pypdf
import pytest

from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.outbox import Outbox, Waiting
from gateway.errors import StartError
from gateway.lifecycle.spans import Span
from gateway.reporting import Reporting
from gateway.reports.mailing import mail
from gateway.reports.mailings import MailingStore, pending, rhythm_of
from gateway.reports.presence import GATEWAY, UPSTREAM, PresenceStore
from gateway.who import Kind, Mailbox, Unit
from tests.unit.reports.support import HOSTILE, Office, at, decision

OFFICE_DAY = at("2026-09-10 09:00")
UNITS_DAY = at("2026-08-28 09:00")
WANTED = {"mail_to": ("vanphong@tinh.example", "hộp@tinh.example"), "mail_units": True, "office": "Văn phòng"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path, reports=WANTED, notices={"sender": "vp@tinh.example", "office": "Văn phòng"})
    made.usual()
    made.wrote([decision()])
    return made


def outbox(office: Office) -> list[Waiting]:
    return list(reversed(Outbox(office.store.database).list()))


def letter(waiting: Waiting) -> EmailMessage:
    made = message_from_bytes(waiting.notice.message, policy=default)
    assert isinstance(made, EmailMessage)
    return made


def test_the_offices_report(office: Office) -> None:
    assert list(mail(office.sources, OFFICE_DAY)) == ["quarterly/2026Q3"]
    assert list(mail(office.sources, OFFICE_DAY + 3600)) == []
    first, second = outbox(office)
    assert (first.notice.sender, first.notice.kind) == ("vp@tinh.example", "report-quarterly")
    assert [one.notice.recipient for one in (first, second)] == list(WANTED["mail_to"])  # type: ignore[call-overload]
    message = letter(first)
    assert message["Auto-Submitted"] == "auto-generated"
    assert "quý III năm 2026" in message["Subject"]
    body = message.get_body()
    assert body is not None
    assert "từ ngày 10/6/2026 đến hết ngày 09/9/2026" in body.get_content()
    pdf, sheet = message.iter_attachments()
    assert pdf.get_filename() == "congthu-quarterly-2026Q3-mailed.pdf"
    assert len(pypdf.PdfReader(io.BytesIO(pdf.get_content())).pages) >= 2
    assert "Báo cáo" in openpyxl.load_workbook(io.BytesIO(sheet.get_content())).sheetnames
    assert b"\n." not in first.notice.message.replace(b"\r\n", b"\n")


def test_units_forms(office: Office) -> None:
    office.found(Unit("moi", HOSTILE.encode("utf-8", "replace").decode().replace("\u202e", "").replace("\x07", "")))
    office.found(Mailbox("moi.ca-nhan@tinh.example", Kind.PERSONAL, "moi"), when=at("2026-07-01 08:00"))
    mailed = sorted(mail(office.sources, UNITS_DAY))
    assert mailed == [f"changes/2026Q3/{code}" for code in ("phong-b", "so-a", "xa-c")]
    assert list(mail(office.sources, UNITS_DAY + 5)) == []
    assert sorted(one.notice.recipient for one in outbox(office)) == [
        "phong-b@tinh.example",
        "so-a@tinh.example",
        "xa-c@tinh.example",
    ]
    (attached,) = letter(outbox(office)[0]).iter_attachments()
    assert attached.get_content_type() == "application/pdf"


def test_what_was_mailed_before_a_crash_is_not_mailed_again(office: Office) -> None:
    work = mail(office.sources, UNITS_DAY)
    next(work)
    work.close()
    assert MailingStore(office.store.database).open("changes/2026Q3")
    assert len(list(mail(office.sources, UNITS_DAY + 60))) == 2
    assert len(outbox(office)) == 3


def test_nothing_is_mailed_that_nobody_asked_for(tmp_path: Path) -> None:
    made = Office(tmp_path)
    made.usual()
    assert list(mail(made.sources, OFFICE_DAY)) == list(mail(made.sources, UNITS_DAY)) == []
    other = Settings.model_validate({"gateway": {"regulation": "angiang-50-2009"}, "reports": WANTED})
    assert rhythm_of(other) is None
    assert pending(other, made.sources.calendar, OFFICE_DAY) == []


def test_an_office_without_an_address_is_told_at_once(tmp_path: Path) -> None:
    made = Office(tmp_path, reports=WANTED, notices={"sender": "nobody"})
    made.usual()
    made.wrote([decision()])
    with pytest.raises(StartError, match=r"notices\.sender"):
        list(mail(made.sources, OFFICE_DAY))
    assert outbox(made) == []


class TestReporting:
    """The glue in a worker."""

    def reporting(self, office: Office, clock: float, healths: Mapping[str, bool] | None = None) -> Reporting:
        database = Database(office.url, office.folder)
        made = Reporting(office.settings, database, lambda: healths or {"m": True, "n": False}, "gw1", lambda: clock)
        made.first = 0.0
        return made

    async def test_it_says_that_it_is_here(self, office: Office) -> None:
        reporting = self.reporting(office, 5000.0)
        await reporting.start()
        store = PresenceStore(office.store.database)
        await _until(lambda: len(store.spans(0, 9e9)) == 2)
        await (await reporting.prepare(office.settings)).commit()
        await reporting.close()
        kept = {(one.node, one.what, one.span) for one in store.spans(0, 9e9)}
        assert kept == {("gw1", GATEWAY, Span(5000, 5000)), ("gw1", f"{UPSTREAM}m", Span(5000, 5000))}

    async def test_what_is_due_is_mailed_by_a_process_of_its_own(self, office: Office) -> None:
        reporting = self.reporting(office, OFFICE_DAY)
        await reporting.start()
        await _until(lambda: len(outbox(office)) == 2)
        await reporting.close()
        assert {one.notice.kind for one in outbox(office)} == {"report-quarterly"}
        assert not self.reporting(office, OFFICE_DAY + 60)._is_due()

    async def test_a_process_is_started_when_something_is_due(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reporting = self.reporting(office, OFFICE_DAY)
        started = asyncio.Event()

        async def run() -> None:
            started.set()

        monkeypatch.setattr(reporting, "_run", run)
        await reporting.start()
        async with asyncio.timeout(20):
            await started.wait()
        await reporting.close()

    async def test_none_is_when_it_is_on_record(self, office: Office) -> None:
        list(mail(office.sources, OFFICE_DAY))
        assert not self.reporting(office, OFFICE_DAY)._is_due()
        assert self.reporting(office, UNITS_DAY)._is_due()

    async def test_a_store_that_fails_ends_nothing(self, tmp_path: Path, office: Office) -> None:
        reporting = self.reporting(office, 5000.0)
        reporting.every = 0.01
        await reporting.start()
        hidden = tmp_path / "away.db"
        os.rename(tmp_path / "congthu.db", hidden)
        with contextlib.suppress(FileNotFoundError):
            os.rename(tmp_path / "congthu.db-wal", tmp_path / "away.db-wal")
        await asyncio.sleep(0.1)
        assert all(not task.done() for task in reporting._tasks)
        await reporting.close()


async def _until(true: object, seconds: float = 60.0) -> None:
    assert callable(true)
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.02)
