"""An office with units, mailboxes and a journal, on SQLite or PostgreSQL, for the tests of reports."""

from __future__ import annotations

import asyncio
import datetime
import itertools
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gateway.config import Settings
from gateway.directory.entry import Entry
from gateway.directory.plan import change, remove
from gateway.directory.schema import changes
from gateway.directory.store import DirectoryStore
from gateway.journal import Decision, Journal, Note, new_reference
from gateway.lifecycle.days import ZONE
from gateway.model import Action, Finding, Mode, Reply
from gateway.reports.quarters import Quarter, calendar_period
from gateway.reports.sources import Sources, sources_of
from gateway.upkeep.records import Upkeep
from gateway.who import Kind, Mailbox, State, Unit

HOSTILE = '=HYPERLINK("http://x.example","x")<script>alert(1)</script>\u202e\x07\ud800'
QUARTER = Quarter(2026, 3)
PERIOD = calendar_period(QUARTER)
UNITS = (Unit("so-a", "Sở An Toàn"), Unit("phong-b", "Phòng Bưu Chính", "so-a"), Unit("xa-c", "Xã Cần Đăng"))
BOXES = (
    Mailbox("so-a@tinh.example", Kind.UNIT, "so-a", "Văn thư", created=datetime.date(2024, 1, 2)),
    Mailbox("an@tinh.example", Kind.PERSONAL, "so-a", "Nguyễn Văn An", aliases=("nvan@tinh.example",)),
    Mailbox("phong-b@tinh.example", Kind.UNIT, "phong-b", "Trần Thị Bình"),
    Mailbox("xa-c@tinh.example", Kind.UNIT, "xa-c", "Lê Cường"),
    Mailbox("cu@tinh.example", Kind.PERSONAL, "xa-c", "Cũ", state=State.RECLAIMED),
)
_numbers = itertools.count()


def at(text: str) -> float:
    """A moment on the wall of Vietnam, "2026-07-01 00:00"."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


INSIDE = at("2026-08-12 09:00")
NOW = at("2026-10-05 08:00")


def decision(**changed: Any) -> Decision:
    """An accepted message of An's to somebody outside, judged here first."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "time": INSIDE + number,
        "reference": new_reference(),
        "listener": "submission",
        "direction": "submission",
        "reverse_path": "an@tinh.example",
        "recipients": ["khach@ngoai.example"],
        "size": 1000,
        "checked": ("attachment-cap",),
        "reply": "250 2.0.0 Ok",
        "upstream_reply": "250 2.0.0 Ok",
        "upstream": "mailserver",
        "message_id": f"<{number}@tinh.example>",
    }
    return Decision(**{**values, **changed})


def finding(rule: str = "attachment-cap", *clauses: str, mode: Mode = Mode.ENFORCE, **evidence: Any) -> Finding:
    """What a rule found."""
    reply = Reply(552, "5.3.4", "too large")
    return Finding(rule, clauses or ("Q4 4.2",), Action.REJECT, reply, evidence, mode)


def refusal(**changed: Any) -> Decision:
    """The same, refused."""
    values = {"action": "reject", "reply": "552 5.3.4 too large", "upstream_reply": "", "findings": [finding()]}
    return decision(**{**values, **changed})


class Office:
    """Stores of one configuration in a folder. `url`: as config's store.url."""

    def __init__(self, folder: Path, url: str = "sqlite:///congthu.db", **settings: Any) -> None:
        self.folder, self.url = folder, url
        gateway = {"data_dir": folder, "hostname": "gw.tinh.example", "regulation": "tphcm-q4-03-2013"}
        self.settings = Settings.model_validate({"gateway": gateway, "store": {"url": url}, **settings})
        self.store = DirectoryStore(url, folder)

    @property
    def sources(self) -> Sources:
        """What reports read from."""
        return sources_of(self.settings)

    def found(self, *entries: Entry, when: float | None = None) -> None:
        """Put entries into the directory; on record at `when`."""
        self.store.prepare()
        self.store.apply(change(self.store.snapshot(), *entries), who="test")
        self._date(when)

    def lose(self, *entries: Entry, when: float | None = None) -> None:
        """Take entries out of it."""
        self.store.apply(remove(self.store.snapshot(), *entries), who="test")
        self._date(when)

    def _date(self, when: float | None) -> None:
        """Put the newest version's changes at another time."""
        if when is None:
            return
        newest = self.store.version()
        with self.store.database.writing() as connection:
            moved = sa.update(changes).where(changes.c.version == newest)
            connection.execute(moved.values(time=int(when * 1e6)))

    def usual(self) -> None:
        """Units and mailboxes that were there long before the quarter."""
        self.found(*UNITS, *BOXES, when=at("2025-01-05 08:00"))
        Upkeep(self.store.database).use.prepare()

    def wrote(self, decisions: Iterable[Decision], notes: Sequence[Note] = ()) -> None:
        """Write decisions, and later words about them."""
        asyncio.run(self._write(list(decisions), notes))

    async def _write(self, decisions: Sequence[Decision], notes: Sequence[Note]) -> None:
        journal = Journal(self.url, self.folder, node="gw1", commit_interval=0.01)
        await journal.start()
        try:
            for place, one in enumerate(decisions):
                journal.append(one)
                while place % 1000 == 999 and journal.queued:  # let the writer empty its queue
                    await asyncio.sleep(0.01)
            for note in notes:
                journal.append(note)
        finally:
            await journal.close(60)

    def raw(self) -> list[dict[str, Any]]:
        """Every decision in the database, read by nothing of ours but the driver."""
        engine = sa.create_engine(self._plain_url())
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT payload FROM decisions WHERE kind = 'decision'")).all()
        engine.dispose()
        return [json.loads(bytes(row[0])) for row in rows]

    def _plain_url(self) -> str:
        if self.url.startswith("sqlite"):
            return f"sqlite:///{self.folder / 'congthu.db'}"
        return self.url.replace("postgresql://", "postgresql+psycopg://")
