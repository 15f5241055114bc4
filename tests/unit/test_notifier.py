"""From a refusal on record to a letter in the outbox: where it is wanted, and never in a message's way."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.outbox import Outbox, Waiting
from gateway.errors import StartError
from gateway.journal.decision import Decision
from gateway.model import Action, Direction, Finding, Reply
from gateway.notifier import Notifier
from gateway.rules.compiled import Known
from gateway.who import Identity, Proof, Sender
from tests.support.changes import put_in_force
from tests.unit.rules.make import FakeMessage, envelope

AN = "an@tinh.example"
SENDER = Sender(Identity(AN, "tinh.example", Proof.LOGIN))
URL = "sqlite:///congthu.db"
Make = Callable[..., Coroutine[Any, Any, Notifier]]


def settings(folder: Path, **given: Any) -> Settings:
    return Settings.model_validate(
        {
            "gateway": {"data_dir": folder, "domains": ["tinh.example"], "hostname": "gw.tinh.example"},
            "notices": {"sender": "q4@tinh.example"},
            "console": {"public_url": "https://tracuu.tinh.example"},
            "refusal_notices": {"enabled": True, **given},
        }
    )


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    running: list[Notifier] = []

    async def start(**given: Any) -> Notifier:
        made = Notifier(settings(tmp_path, **given), Database(URL, tmp_path), Known(), keeps=True)
        await made.start()
        running.append(made)
        return made

    yield start
    for one in running:
        await one.close()


def refuse(
    notifier: Notifier, number: int = 1, listener: str = "gui", direction: Direction = Direction.SUBMISSION
) -> None:
    finding = Finding(
        "attachment-cap", ("Q4 4.2",), Action.REJECT, Reply(552, "5.3.4", "Qua lon / Too big"), {"total": 9}
    )
    decision = Decision(
        1_780_000_000.0 + number,
        f"R{number}",
        listener=listener,
        recipients=["x@khac.example"],
        findings=(finding,),
        message_id=f"<{number}@tinh.example>",
    )
    there = envelope(AN, "x@khac.example", direction=direction, user=AN)
    notifier.refused(decision, there, FakeMessage(fields={"subject": b"Bao cao"}), SENDER)


async def letters(notifier: Notifier, folder: Path) -> list[Waiting]:
    await notifier.close()
    return Outbox(Database(URL, folder)).list()


async def test_a_letter(make: Make, tmp_path: Path) -> None:
    notifier = await make()
    refuse(notifier)
    [one] = await letters(notifier, tmp_path)
    assert (one.notice.kind, one.notice.about, one.notice.recipient, one.notice.sender) == ("refused", "R1", AN, "")
    assert b"Auto-Submitted: auto-replied" in one.notice.message


async def test_limits(make: Make, tmp_path: Path) -> None:
    notifier = await make(per_hour=2)
    for number in range(5):
        refuse(notifier, number)
        refuse(notifier, number)
    assert len(await letters(notifier, tmp_path)) == 2


async def test_all_together_and_one_word_in_the_log(make: Make, tmp_path: Path) -> None:
    notifier = await make(all_per_hour=2)
    with structlog.testing.capture_logs() as told:
        for number in range(3):
            refuse(notifier, number)
        while notifier._batches.waiting:
            await asyncio.sleep(0.01)
        refuse(notifier, 9)
        assert len(await letters(notifier, tmp_path)) == 2
    assert [one["event"] for one in told] == ["refusal_notices.held"]
    assert notifier._book.held == 2


async def test_only_named_listeners_and_never_inbound(make: Make, tmp_path: Path) -> None:
    notifier = await make(listeners=["gui"])
    refuse(notifier, 1, "ra", Direction.OUTBOUND)
    refuse(notifier, 2, "gui")
    refuse(notifier, 3, "gui", Direction.INBOUND)
    assert [one.notice.about for one in await letters(notifier, tmp_path)] == ["R2"]


async def test_switched_off_nothing_is_written_or_made(make: Make, tmp_path: Path) -> None:
    notifier = await make(enabled=False)
    refuse(notifier)
    await notifier.close()
    assert not (tmp_path / "congthu.db").exists()


async def test_a_reload_switches_it_on_and_off(make: Make, tmp_path: Path) -> None:
    notifier = await make(enabled=False)
    await put_in_force(notifier, settings(tmp_path))
    refuse(notifier, 1)
    while notifier._batches.waiting:
        await asyncio.sleep(0.01)
    await put_in_force(notifier, settings(tmp_path, enabled=False))
    refuse(notifier, 2)
    await put_in_force(notifier, settings(tmp_path))
    assert [one.notice.about for one in await letters(notifier, tmp_path)] == ["R1"]


async def test_wrong_templates_leave_what_was_there(make: Make, tmp_path: Path) -> None:
    notifier = await make()
    (tmp_path / "refused.html").write_text("{% nonsense %}")
    with pytest.raises(StartError, match=r"refused\.html"):
        await put_in_force(notifier, settings(tmp_path, templates=tmp_path, listeners=["none"]))
    refuse(notifier)
    assert len(await letters(notifier, tmp_path)) == 1


async def test_a_bug_in_reading_stays_here(make: Make, tmp_path: Path) -> None:
    notifier = await make()
    broken: Any = object()
    notifier.refused(Decision(1.0, "R"), broken, broken, SENDER)
    refuse(notifier)
    assert len(await letters(notifier, tmp_path)) == 1


def test_the_templates_library_is_loaded_only_where_it_is_wanted() -> None:
    asked = "import sys, gateway.notifier; print('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "False\n"
