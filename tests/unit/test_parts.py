"""What runs beside mail ends in time, and its rows wait for the journal instead of filling its queue."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway import parts
from gateway.changing import Change
from gateway.errors import StartError
from gateway.journal.decision import Note
from gateway.parts import Parts


class Slow:
    """Never ends by itself."""

    ended = False

    async def close(self) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            self.ended = True


class Quick:
    """Ends at once."""

    ended = False

    async def close(self) -> None:
        self.ended = True


class Taking:
    """Takes configurations; `refuses` one, or has a bug."""

    def __init__(self, error: Exception | None = None, late: Exception | None = None) -> None:
        self.error, self.late, self.told = error, late, list[str]()

    async def prepare(self, settings: Any) -> Change:
        if self.error is not None:
            raise self.error
        self.told.append("prepared")
        return Change(self.commit, lambda: self.told.append("discarded"))

    async def commit(self) -> None:
        if self.late is not None:
            raise self.late
        self.told.append("taken")


class Queue:
    """The journal: `queued` rows wait, one less at each look."""

    def __init__(self, waiting: int, *, works: bool = True) -> None:
        self.waiting, self.works, self.rows = waiting, works, list[str]()

    @property
    def queued(self) -> int:
        self.waiting -= self.works
        return self.waiting

    def append(self, note: Note) -> None:
        self.rows.append(note.about)


def made(*running: Any, journal: Any = None) -> Parts:
    one = Parts.__new__(Parts)
    one._parts, one._journal = list(running), journal
    return one


async def test_one_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "CLOSE", 0.05)
    slow, quick = Slow(), Quick()
    await asyncio.wait_for(made(slow, quick).close(), 10)
    assert slow.ended and quick.ended


async def test_rows_wait_while_the_journal_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_ROOM", 3)
    notes = [Note("action", name, "", what="lifecycle-due") for name in ("a", "b")]
    late, stuck = Queue(6), Queue(6, works=False)
    await made(journal=late)._record(notes)
    assert late.rows == ["a", "b"]
    monkeypatch.setattr(parts, "_PATIENCE", 2)
    await made(journal=stuck)._record(notes)
    assert stuck.rows == [], "its queue is the mail's"


async def test_a_configuration_that_one_refuses_is_taken_by_none() -> None:
    first, second, third = Taking(), Taking(StartError("no")), Taking()
    with pytest.raises(StartError, match="no"):
        await made(first, second, third).prepare(None)  # type: ignore[arg-type]
    assert (first.told, third.told) == (["prepared", "discarded"], [])


@pytest.mark.parametrize("broken", [Taking(ValueError("a bug")), Taking(late=ValueError("a bug"))])
async def test_a_bug_in_one_costs_the_others_nothing(broken: Taking) -> None:
    first, third = Taking(), Taking()
    change = await made(first, broken, third).prepare(None)  # type: ignore[arg-type]
    await change.commit()
    assert first.told == third.told == ["prepared", "taken"]
