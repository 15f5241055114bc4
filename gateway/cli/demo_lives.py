"""What else the invented district has: a directory, logins that show use, requests, a blocked sender. All made up."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from gateway.access import Coverage, Evidence, Sign, Source, Strength
from gateway.access import Kind as Use
from gateway.blocks.deeds import Case
from gateway.blocks.store import BlockStore
from gateway.cli.demo_past import DOMAIN, UNITS, answers, presence, readings, watched
from gateway.config import Settings
from gateway.directory.plan import change
from gateway.directory.request_store import RequestSeen, RequestStore
from gateway.directory.schema import changes
from gateway.directory.store import DirectoryStore
from gateway.journal.decision import new_reference
from gateway.lifecycle.days import ZONE, day_of
from gateway.upkeep.store import UseStore
from gateway.who import Kind, Mailbox, State, Unit

PEOPLE: Final = (
    ("nvan", "Nguyễn Văn An"),
    ("ttbinh", "Trần Thị Bình"),
    ("lvcuong", "Lê Văn Cường"),
    ("ptdung", "Phạm Thị Dung"),
    ("hmduc", "Hoàng Minh Đức"),
    ("vtgiang", "Võ Thị Giang"),
    ("dqhai", "Đặng Quốc Hải"),
    ("btlan", "Bùi Thị Lan"),
    ("dtminh", "Đỗ Tuấn Minh"),
    ("nthoa", "Ngô Thị Hòa"),
    ("lkphuc", "Lý Kim Phúc"),
    ("tvquang", "Trương Văn Quang"),
)
_DAY: Final = 86400.0
_SILENT: Final = {"vtgiang": 84, "nthoa": 118, "tvquang": 97}  # days without a login
_WATCHED: Final = 200  # days of which every login is known
_BLOCKED: Final = "lkphuc"
_NEW, _WARNED, _LOCKED = "dtminh", "vtgiang", "nthoa"


def write(settings: Settings, now: float) -> None:
    """The directory, and what hangs on it. StartError and errors of the store."""
    store = DirectoryStore(settings.store.url, settings.gateway.data_dir)
    store.prepare()
    _directory(store, now)
    use = UseStore(store.database)
    use.prepare()
    addresses = [one.key for one in store.snapshot().mailboxes]
    units = {f"{code}.q4@{DOMAIN}" for code, _ in UNITS}
    use.keep((*_logins(addresses, now), *readings(now, _WATCHED)), [*_coverage(units ^ set(addresses), now)])
    use.keep((), watched(now, _WATCHED))
    record = BlockStore(store.database)
    record.prepare()
    signs = [{"sign": "new_recipients", "seen": 412, "usual": 9, "window": "hour"}]
    signs += [{"sign": "burst", "seen": 188, "usual": 6, "window": "10min"}]
    record.block(
        f"{_BLOCKED}.q4@{DOMAIN}",
        Case(("new_recipients", "burst"), {"signs": signs, "days_known": 61}),
        now - 5.5 * 3600,
    )
    RequestStore(store.database).add(list(_requests(now)))
    answers(store.database, now)
    presence(store.database, settings, now)


def _directory(store: DirectoryStore, now: float) -> None:
    """Most of it is old; of the last weeks are a new mailbox, a warning and a lock."""
    units = [Unit(code, name) for code, name in UNITS]
    created = datetime.date(2024, 3, 1)
    own = [Mailbox(f"{code}.q4@{DOMAIN}", Kind.UNIT, code, "Văn thư", created=created) for code, _ in UNITS]
    people = [
        Mailbox(f"{name}.q4@{DOMAIN}", Kind.PERSONAL, UNITS[at % len(UNITS)][0], holder, created=created)
        for at, (name, holder) in enumerate(PEOPLE)
    ]
    by_name = {name: place for place, (name, _) in enumerate(PEOPLE)}
    new = replace(people.pop(by_name[_NEW]), created=day_of(now - 30 * _DAY))
    warned, locked = (next(one for one in people if one.key.startswith(f"{name}.")) for name in (_WARNED, _LOCKED))
    note = "tạm khóa vì không sử dụng quá 3 tháng"
    _apply(store, datetime.datetime(2024, 3, 1, 9, tzinfo=ZONE).timestamp(), *units, *own, *people)
    _apply(store, now - 30 * _DAY, new)
    _apply(store, now - 26 * _DAY, replace(locked, state=State.LOCKED, note=note))
    _apply(store, now - 5 * _DAY, replace(warned, state=State.WARNED))


def _apply(store: DirectoryStore, moment: float, *entries: Unit | Mailbox) -> None:
    """Put these in, on record as of that moment."""
    version = store.apply(change(store.snapshot(), *entries), who="demo", source="congthu demo")
    with store.database.writing() as connection:
        dated = sa.update(changes).where(changes.c.version == version)
        connection.execute(dated.values(time=int(moment * 1e6)))


def _logins(addresses: list[str], now: float) -> Iterator[Evidence]:
    for at, address in enumerate(addresses):
        ago = _SILENT.get(address.partition(".")[0], 0) * _DAY or 1200.0 + at * 2700
        moment = now - ago
        yield Evidence(
            address, Use.ACCESS, Strength.EXACT, moment - 1, moment, Source.DOVECOT_EVENTS, Sign.LOGIN, "Thunderbird"
        )


def _coverage(addresses: Collection[str], now: float) -> Iterator[Coverage]:
    for address in addresses:
        yield Coverage(address, Source.DOVECOT_EVENTS, now - _WATCHED * _DAY, now - 60)


def _requests(now: float) -> Iterator[RequestSeen]:
    for days, code, kinds, rows in (
        (1.2, "p13", ("create",), 2),
        (3.1, "pnv", ("change",), 1),
        (6.4, "p01", ("create",), 5),
    ):
        moment = now - days * _DAY
        sender = f"{code}.q4@{DOMAIN}"
        channel = f"capthu.q4@{DOMAIN}"
        yield RequestSeen(new_reference(moment), moment, channel, sender, code, "login", kinds, True, rows, 1)
