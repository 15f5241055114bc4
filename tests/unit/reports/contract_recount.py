"""Every figure of all eight reports, counted again from the raw rows: the journal's payloads and the tables' columns.

The recount is written anew, on purpose without anything of gateway.reports, and compared with the tables as they are
shown. `url`: a fresh store's.
"""

from __future__ import annotations

import datetime
import random
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.answers.store import AnswerTable
from gateway.directory.request_store import RequestSeen, RequestStore
from gateway.lifecycle.answers import Item
from gateway.lifecycle.days import ZONE
from gateway.lifecycle.spans import Span
from gateway.reports.document import Document
from gateway.reports.make import NAMES, Asked, make
from gateway.reports.presence import GATEWAY, UPSTREAM, PresenceStore, Present
from gateway.upkeep.store import UseStore
from gateway.who import Kind as MailboxKind
from gateway.who import Mailbox
from tests.unit.reports.contract import mixed
from tests.unit.reports.support import BOXES, NOW, PERIOD, UNITS, Office, at

HOUR, DAY = 3600.0, 86_400.0
_OURS = {"an": "so-a", "nvan": "so-a", "so-a": "so-a", "phong-b": "phong-b", "xa-c": "xa-c", "moi": "xa-c"}
_WINDOWS = ((6.5, 9.0), (12.5, 14.5))  # of Q4 8.2a, in hours of the day
_READERS = ("so-a", "phong-b", "xa-c")
_ROW_OF = {unit.code: unit.name for unit in UNITS}


class World(Office):
    """An office of which something is to be told in every report."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, url, notices={"office": "Văn phòng"})
        self.usual()
        self._moves()
        self.wrote(mixed(500, 17))
        database, chance = self.store.database, random.Random(3)
        UseStore(database).keep(list(_logins(chance)), [_covered(f"{box}@tinh.example") for box in _OURS])
        answers = AnswerTable(database)
        answers.prepare()
        answers.add([_item(chance, number) for number in range(150)])
        RequestStore(database).add([_request(number) for number in range(4)])
        presence = PresenceStore(database)
        presence.prepare()
        presence.keep(list(_presence()))

    def _moves(self) -> None:
        new = Mailbox("moi@tinh.example", MailboxKind.PERSONAL, "xa-c", "Mới", created=datetime.date(2026, 7, 20))
        self.found(new, when=at("2026-07-20 09:00"))
        self.found(replace(BOXES[1], holder="Trần Văn An"), when=at("2026-08-05 09:00"))
        self.lose(BOXES[4], when=at("2026-09-10 09:00"))
        self.found(replace(new, note="ngoài kỳ"), when=at("2026-10-03 09:00"))

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What is in the database, read by nothing of ours but the driver."""
        engine = sa.create_engine(self._plain_url())
        with engine.connect() as connection:
            found = [dict(row._mapping) for row in connection.execute(sa.text(sql))]
        engine.dispose()
        return found

    @property
    def inside(self) -> list[dict[str, Any]]:
        """The period's decisions that count: second passages do not."""
        found = [row for row in self.raw() if PERIOD.since * 1e6 <= row["time"] < PERIOD.until * 1e6]
        return [row for row in found if not row.get("passed")]


def _logins(chance: random.Random) -> Iterable[Evidence]:
    """In some windows of the quarter, never near their edges; of phong-b only before July."""
    for number in range(92):
        midnight = at("2026-07-01 00:00") + number * DAY
        for box, care in (("so-a", 0.9), ("xa-c", 0.5)):
            for opens, closes in _WINDOWS:
                if chance.random() < care:
                    yield _login(box, midnight + chance.uniform(opens + 0.3, closes - 0.3) * HOUR)
    yield _login("phong-b", at("2026-05-02 08:00"))
    for box in ("an", "moi", "so-a", "xa-c"):
        yield _login(box, at("2026-10-02 08:00"))


def _login(box: str, moment: float) -> Evidence:
    address = f"{box}@tinh.example"
    return Evidence(
        address, Kind.ACCESS, Strength.EXACT, moment - 1, moment, Source.DOVECOT_EVENTS, Sign.LOGIN, "Thunderbird"
    )


def _covered(address: str) -> Coverage:
    return Coverage(address, Source.DOVECOT_EVENTS, at("2026-01-01 00:00"), NOW)


def _item(chance: random.Random, number: int) -> Item:
    box = f"{chance.choice(['so-a', 'xa-c'])}@tinh.example"
    came = chance.uniform(at("2026-06-15 00:00"), at("2026-10-04 00:00"))
    done = came + chance.uniform(600, 3 * DAY)
    return Item(box, f"k{number}", came, done if chance.random() < 0.7 and done < PERIOD.until else None, "")


def _request(number: int) -> RequestSeen:
    moment = at("2026-06-25 09:00") + number * 20 * DAY  # one before the quarter
    box = "so-a@tinh.example"
    return RequestSeen(f"R-{number}", moment, "kenh@tinh.example", box, "so-a", "login", ("create",), True, 1, 1)


def _presence() -> Iterable[Present]:
    begun, ended = at("2026-07-10 00:00"), at("2026-10-02 00:00")
    away, down = at("2026-08-01 08:00"), at("2026-09-01 08:00")
    for since, until in ((begun, away), (away + 2 * HOUR, ended)):
        yield Present("gw1", GATEWAY, Span(since, until))
    for since, until in ((begun, away), (away + 2 * HOUR, down), (down + HOUR, ended)):
        yield Present("gw1", f"{UPSTREAM}m", Span(since, until))


class RecountContract:
    """Subclasses say which store."""

    @pytest.fixture(scope="class")
    @classmethod
    def world(cls, tmp_path_factory: pytest.TempPathFactory, lasting_url: str) -> World:
        return World(tmp_path_factory.mktemp("world"), lasting_url)

    @pytest.fixture(scope="class")
    @classmethod
    def made(cls, world: World) -> dict[str, Document]:
        return {name: make(Asked(name, PERIOD), world.sources, NOW) for name in NAMES}

    def test_all_eight_are_here(self, made: dict[str, Document]) -> None:
        assert len(made) == 8
        assert all(table.rows for document in made.values() for table in document.tables), "a table has nothing to tell"

    def test_mailboxes_of_each_unit(self, world: World, made: dict[str, Document]) -> None:
        found = Counter((row["unit"], row["kind"]) for row in world.rows("SELECT unit, kind FROM directory_mailboxes"))
        shown = table(made["quarterly"], "hop-thu")
        assert {name: row[:4] for name, row in shown.items()} == {
            name: [found[code, "unit"], found[code, "personal"], 0, found[code, "unit"] + found[code, "personal"]]
            for code, name in _ROW_OF.items()
        }

    def test_what_was_changed(self, world: World, made: dict[str, Document]) -> None:
        sql = "SELECT time, what, key, action FROM directory_changes WHERE what = 'mailbox'"
        rows = [row for row in world.rows(sql) if PERIOD.since * 1e6 <= row["time"] < PERIOD.until * 1e6]
        unit_of = {**_OURS, "cu": "xa-c"}
        found = Counter(unit_of[row["key"].partition("@")[0]] for row in rows)
        assert sum(found.values()) == 3
        shown = table(made["quarterly"], "bien-dong")
        assert {name: sum(row) for name, row in shown.items()} == {_ROW_OF[code]: n for code, n in found.items()}
        forms = table(made["changes"], "cac-don-vi")
        boxes = Counter(row["unit"] for row in world.rows("SELECT unit FROM directory_mailboxes"))
        assert {name: row[1:] for name, row in forms.items()} == {
            name: [boxes[code], found[code]] for code, name in _ROW_OF.items()
        }
        parts = {part.unit: part for part in made["changes"].parts}
        assert {code: len(part.tables[0].rows) for code, part in parts.items()} == dict(boxes)
        assert {code: len(part.tables[1].rows) for code, part in parts.items() if part.tables[1].rows} == dict(found)

    def test_mail_by_direction_and_month(self, world: World, made: dict[str, Document]) -> None:
        words = {"inbound": "Thư từ bên ngoài gửi đến", "outbound": "Thư gửi ra bên ngoài"}
        words["submission"] = "Thư do người dùng gửi qua cổng"
        ways = Counter((words[row["direction"]], fate(row)) for row in world.inside)
        months = Counter((f"Tháng {when(row).month}/2026", fate(row)) for row in world.inside)
        for name, found in (("luong-thu", ways), ("theo-thang", months)):
            shown = table(made["quarterly"], name)
            assert {(key, what): row[place] for key, row in shown.items() for what, place in _PLACES.items()} == {
                (key, what): found[key, what] for key in shown for what in _PLACES
            }
            assert sum(row[0] for row in shown.values()) == len(world.inside)
            assert len(shown) == 3

    def test_mail_by_unit(self, world: World, made: dict[str, Document]) -> None:
        shown = table(made["quarterly"], "don-vi")
        assert shown == {_ROW_OF[code]: list(use[:5]) for code, use in used(world.inside).items() if any(use)}

    def test_what_rules_found(self, world: World, made: dict[str, Document]) -> None:
        rules, clauses, units = Counter[Any](), Counter[Any](), Counter[Any]()
        for row in world.inside:
            for one in row.get("findings", ()):
                what = _weight(row, one)
                rules[one["rule"], what] += 1
                clauses.update((clause, what) for clause in one["clauses"])
                units[writer(row), what] += 1
        for name in ("quarterly", "violations"):
            for found, shown in ((rules, "vi-pham"), (clauses, "dieu-khoan")):
                sums = [sum(row[place] for row in table(made[name], shown).values()) for place in (-4, -3, -2)]
                assert sums == [sum(n for (_, w), n in found.items() if w == what) for what in _WEIGHTS]
        assert sorted(row[0] for row in table(made["quarterly"], "vi-pham").values() if row[0]) == sorted(
            n for (_, what), n in rules.items() if what == "refused"
        )
        told = Counter[Any]()
        (shown_table,) = [one for one in made["violations"].tables if one.name == "vi-pham-don-vi"]
        for cells in shown_table.rows:
            for what, n in zip(_WEIGHTS, cells[2:5], strict=True):
                told[cells[0], what] += int(str(n))
        expected = Counter({(_ROW_OF.get(unit, "(ngoài danh bạ)"), what): n for (unit, what), n in units.items()})
        assert +told == expected

    def test_refusals_one_by_one(self, world: World, made: dict[str, Document]) -> None:
        refused = sorted((row["time"], row["reference"]) for row in world.inside if fate(row) == "refused")
        (shown,) = [one for one in made["violations"].tables if one.name == "luot-tu-choi"]
        assert [cells[1] for cells in shown.rows] == [reference for _, reference in refused]
        assert shown.left_out == 0

    def test_reading_windows(self, world: World, made: dict[str, Document]) -> None:
        found = read(world)
        boxes = {one["mailbox"].partition("@")[0]: one["verdicts"] for one in made["windows"].figures["mailboxes"]}
        assert boxes == {
            box: {"checked": yes, "not-checked": no, "not-observable": open_} for box, (yes, no, open_) in found.items()
        }
        assert all(sum(counts) > 120 for counts in found.values())
        assert found["xa-c"][0] and found["xa-c"][1] and found["xa-c"][2]
        for name in ("quarterly", "windows"):
            shown = table(made[name], "khung-gio")
            assert {key: row[:4] for key, row in shown.items()} == {
                _ROW_OF[box]: [1, *counts] for box, counts in found.items()
            }
        assert [sum(row) for row in table(made["windows"], "ly-do").values()] == [sum(one[2] for one in found.values())]

    def test_mailboxes_that_are_not_used(self, world: World, made: dict[str, Document]) -> None:
        last: dict[str, float] = {}
        for row in world.rows("SELECT mailbox, not_after FROM upkeep_evidence"):
            last[row["mailbox"]] = max(last.get(row["mailbox"], 0.0), row["not_after"])
        boxes = [row["key"] for row in world.rows("SELECT key FROM directory_mailboxes")]
        idle = sorted(box for box in boxes if last.get(box, 0.0) < NOW - 92 * DAY)
        assert idle == ["phong-b@tinh.example"]
        assert sorted(cells[0] for cells in made["dormant"].tables[1].rows) == idle  # type: ignore[type-var]
        for name in ("quarterly", "dormant"):
            shown = table(made[name], "tinh-trang")
            assert (shown["Đang sử dụng"][0], sum(row[0] for row in shown.values())) == (len(boxes) - 1, len(boxes))

    def test_requests(self, world: World, made: dict[str, Document]) -> None:
        rows = world.rows("SELECT time, reference, answered FROM mailbox_requests")
        inside = {row["reference"] for row in rows if PERIOD.since * 1e6 <= row["time"] < PERIOD.until * 1e6}
        assert made["quarterly"].figures["requests"] == {"came": len(inside), "answered": 0}
        assert 0 < len(inside) < len(rows)

    def test_times_to_answer(self, world: World, made: dict[str, Document]) -> None:
        rows = world.rows("SELECT mailbox, came, answered FROM answer_items")
        shown = table(made["answers"], "tra-loi")
        assert set(shown) == {"so-a@tinh.example", "xa-c@tinh.example"}
        for box, cells in shown.items():
            came = [row for row in rows if row["mailbox"] == box and PERIOD.since < row["came"] <= PERIOD.until]
            took = [row["answered"] - row["came"] for row in came if row["answered"] is not None]
            assert cells[1:5] == [len(came), len(took), pytest.approx(len(took) / len(came)), len(came) - len(took)]
            assert cells[5] == pytest.approx(statistics.median(took))

    def test_availability(self, world: World, made: dict[str, Document]) -> None:
        rows = world.rows("SELECT what, since, until FROM report_presence")
        sums = Counter[str]()
        for row in rows:
            sums[row["what"]] += max(0.0, min(row["until"], PERIOD.until) - max(row["since"], PERIOD.since))
        measured = PERIOD.until - min(row["since"] for row in rows)
        figures = made["availability"].figures
        assert figures["measured"] == pytest.approx(measured, abs=1)
        assert figures["running"] == pytest.approx(sums["gateway"], abs=1)
        assert figures["serving"] == pytest.approx(sums["upstream:m"], abs=1)
        assert figures["share"] == pytest.approx(sums["upstream:m"] / measured, abs=1e-6)
        assert len(figures["absences"]) == 2
        assert made["quarterly"].figures["availability"]["serving"] == figures["serving"]

    def test_the_ranking(self, world: World, made: dict[str, Document]) -> None:
        windows, uses = read(world), used(world.inside)
        boxes = Counter(row["unit"] for row in world.rows("SELECT unit FROM directory_mailboxes"))
        writing = {(writer(row), box_of(row)) for row in world.inside if row["action"] == "accept" and writer(row)}
        points = {}  # nobody is locked: a mailbox that is to be warned counts as used, as the method says
        for unit in boxes:
            yes, no, _ = windows[unit]
            sent, _, refused, delayed, _, clean = uses[unit]
            senders = sum(1 for code, _ in writing if code == unit)
            parts = ((30, yes, yes + no), (25, boxes[unit], boxes[unit]), (20, senders, boxes[unit]))
            known = [one for one in (*parts, (25, clean, sent + refused + delayed)) if one[2]]
            gained = sum(weight * part / whole for weight, part, whole in known)
            points[unit] = round(gained * 100 / sum(weight for weight, _, _ in known), 2)
        shown = {one["unit"]: one["points"] for one in made["units"].figures["units"]}
        assert shown == {unit: pytest.approx(value, abs=0.011) for unit, value in points.items()}
        ranks = [one["unit"] for one in made["units"].figures["units"]]
        assert ranks == sorted(points, key=lambda unit: -points[unit])


_PLACES = {"accepted": 1, "refused": 2, "delayed": 3}
_WEIGHTS = ("refused", "delayed", "observed")


def table(document: Document, name: str) -> dict[str, list[Any]]:
    """Rows of a table by their first cell, without it."""
    (found,) = [one for one in document.tables if one.name == name]
    return {str(cells[0]): list(cells[1:]) for cells in found.rows}


def when(row: Mapping[str, Any]) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(row["time"] / 1e6, ZONE)


def fate(row: Mapping[str, Any]) -> str:
    if row["action"] == "accept":
        return "accepted"
    enforced = any(one["mode"] == "enforce" for one in row.get("findings", ()))
    return {"reject": "refused", "tempfail": "delayed"}[row["action"]] if enforced else "behind"


def _weight(row: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    """What a finding did: an observed one nothing, whatever became of its message."""
    if finding["mode"] == "observe":
        return "observed"
    return {"reject": "refused", "tempfail": "delayed"}[row["action"]]


def box_of(row: Mapping[str, Any]) -> str:
    box = str(row["reverse_path"]).lower().removesuffix("@tinh.example")
    return {"nvan": "an"}.get(box, box)


def writer(row: Mapping[str, Any]) -> str:
    """The unit whose mailbox wrote it; mail from outside is nobody's here."""
    return "" if row["direction"] == "inbound" else _OURS.get(box_of(row), "")


def used(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Each unit's messages sent, received, refused, put off, observed, and sent without a finding."""
    made = {unit: [0] * 6 for unit in _ROW_OF}
    for row in rows:
        what, unit, found = fate(row), writer(row), row.get("findings", ())
        if what == "accepted":
            people = {_plain(one) for one in row["recipients"]}
            for box in people & _OURS.keys():
                made[_OURS[box]][1] += 1
        if not unit:
            continue
        made[unit][0] += what == "accepted"
        made[unit][2] += what == "refused"
        made[unit][3] += what == "delayed"
        made[unit][4] += any(one["mode"] == "observe" for one in found)
        made[unit][5] += what == "accepted" and not found
    return made


def _plain(address: str) -> str:
    box = address.lower().removesuffix("@tinh.example")
    return {"nvan": "an"}.get(box, box)


def read(world: World) -> dict[str, tuple[int, int, int]]:
    """Each unit mailbox's windows: read, not read, and those of which a session of that morning leaves no proof."""
    logins: dict[str, list[float]] = {}
    for row in world.rows("SELECT mailbox, not_after FROM upkeep_evidence"):
        logins.setdefault(row["mailbox"].partition("@")[0], []).append(row["not_after"])
    made = {}
    for box in _READERS:
        counts = Counter[str]()
        for number in range(92):
            midnight = PERIOD.since + number * DAY
            if not world.sources.calendar.works(datetime.datetime.fromtimestamp(midnight, ZONE).date()):
                continue
            for opens, closes in _WINDOWS:
                since, until = midnight + opens * HOUR, midnight + closes * HOUR
                inside = any(since < moment <= until for moment in logins[box])
                before = any(since - 12 * HOUR < moment <= since for moment in logins[box])
                counts["yes" if inside else "open" if before else "no"] += 1
        made[box] = (counts["yes"], counts["no"], counts["open"])
    return made
