"""A small directory for the tests of the store and of tables."""

from __future__ import annotations

import datetime
from pathlib import Path

from gateway.directory.entry import Exemption, Snapshot
from gateway.directory.plan import Plan, Wanted, diff
from gateway.directory.store import DirectoryStore
from gateway.who import Group, Kind, Mailbox, State, Unit

DAY = datetime.date(2026, 3, 1)
UNITS = (Unit("pnv", "Phòng Nội vụ", "q4"), Unit("q4", "Ủy ban nhân dân Quận 4"))
UNIT_MAILBOX = Mailbox(
    "pnv.q4@tphcm.example", Kind.UNIT, "pnv", "Lê Văn Cường", delegates=("nvan.q4@tphcm.example",), created=DAY
)
PERSON = Mailbox(
    "nvan.q4@tphcm.example",
    Kind.PERSONAL,
    "pnv",
    "Nguyễn Văn An",
    ("an.q4@tphcm.example", '"an nguyen"@tphcm.example'),
    State.WARNED,
    "tphcm-q4-03-2013",
    DAY,
    (),
    ("nva@mail.example",),
    "đi học; về tháng 5",
)
SCANNER = Mailbox("scan@tphcm.example", Kind.SERVICE, note="=1+1")
GROUP = Group("canbo@tphcm.example", (UNIT_MAILBOX.address, PERSON.address))
SPARED = Exemption(PERSON.address, "đi học", datetime.date(2026, 12, 31))
WANTED = Wanted(UNITS, (UNIT_MAILBOX, PERSON, SCANNER), (GROUP,), (SPARED,))


def whole() -> Plan:
    """The plan that makes it all out of nothing."""
    return diff(Snapshot(), WANTED)


def filled(folder: Path, url: str = "sqlite:///congthu.db") -> DirectoryStore:
    """A store that holds it, at version 1."""
    store = DirectoryStore(url, folder)
    store.prepare()
    assert store.apply(whole(), who="test") == 1
    return store
