"""Windows and dormant mailboxes as figures, and all names that a report shows."""

from __future__ import annotations

import datetime

import pytest

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.lifecycle.stages import Assessment, Phase
from gateway.lifecycle.window_words import WHYS
from gateway.lifecycle.windows import Checked, Verdict, Why
from gateway.lifecycle.words import PHASES
from gateway.reports import gather
from gateway.reports.make import Asked, make
from gateway.reports.owners import HOWS
from gateway.reports.ranking import Measure
from gateway.reports.reading import _FIRST, Dormancy, Still, watched
from gateway.reports.words import DIRECTIONS, KINDS, MEASURES, MOVES, RULES, STATES
from gateway.rules.catalogue import CATALOGUE
from gateway.who import Kind as BoxKind
from gateway.who import Mailbox, State
from tests.unit.reports.support import BOXES, NOW, PERIOD, Office, at

DAY = datetime.date(2026, 8, 12)


def test_every_name_has_words() -> None:
    assert {entry.name for entry in CATALOGUE} <= RULES.keys()
    assert set(MOVES) == set(HOWS)
    assert (set(KINDS), set(STATES), set(MEASURES)) == (set(BoxKind), set(State), set(Measure))
    assert set(Why) <= WHYS.keys()
    assert set(Phase) == set(PHASES) == set(_FIRST)
    assert {"inbound", "outbound", "submission", "proxy-filter"} <= DIRECTIONS.keys()


def test_verdicts_add_up() -> None:
    found = [
        Checked(DAY, "a", Verdict.CHECKED),
        Checked(DAY, "b", Verdict.NOT_CHECKED),
        Checked(DAY, "b", Verdict.NOT_OBSERVABLE, Why.NOTHING_WAITING),
    ]
    made = watched(BOXES[0], "Q4 8.2a", found)
    assert [made.of(verdict) for verdict in Verdict] == [1, 1, 1]
    assert (made.of(Verdict.NOT_CHECKED, "b"), made.of(Verdict.NOT_CHECKED, "a")) == (1, 0)
    assert made.share == 0.5
    assert made.missed == [(DAY, "b")]
    assert made.whys == {Why.NOTHING_WAITING: 1}
    assert watched(BOXES[0], "", []).share is None


def test_what_is_due_stands_first() -> None:
    made = Dormancy()
    for place, phase in enumerate(Phase):
        box = Mailbox(f"{place}@x.example", BoxKind.PERSONAL, "u")
        made.add(Still(box, Assessment(box.key, phase, idle_since=1000.0 - place)))
    listed = [one.told.phase for one in made.ordered()]
    assert listed[:3] == [Phase.TO_RECLAIM, Phase.TO_LOCK, Phase.TO_REWARN]
    assert Phase.ACTIVE not in listed
    assert made.phases.total() == len(Phase)


class TestGathered:
    """From the stores."""

    @pytest.fixture
    def office(self, tmp_path_factory: pytest.TempPathFactory) -> Office:
        made = Office(tmp_path_factory.mktemp("office"))
        made.usual()
        box = "so-a@tinh.example"
        opened, closed = at("2026-08-12 07:00"), at("2026-08-12 07:05")
        told = [Evidence(box, Kind.ACCESS, Strength.EXACT, opened, closed, Source.DOVECOT_EVENTS, Sign.SELECT)]
        seen = [Coverage(box, Source.DOVECOT_EVENTS, at("2026-08-01 00:00"), at("2026-09-01 00:00"))]
        made.sources.upkeep.use.keep(told, seen)
        return made

    def test_windows(self, office: Office) -> None:
        found = {one.mailbox.address: one for one in gather.windows(office.sources, PERIOD, NOW)}
        assert found.keys() == {"so-a@tinh.example", "phong-b@tinh.example", "xa-c@tinh.example"}
        one = found["so-a@tinh.example"]
        assert one.of(Verdict.CHECKED, "morning-start") == 1
        assert one.of(Verdict.NOT_CHECKED) > 20
        assert found["xa-c@tinh.example"].share is None
        assert len(gather.windows(office.sources, PERIOD, NOW, {"xa-c"})) == 1
        rows = make(Asked("windows", PERIOD), office.sources, NOW).tables[1].rows
        assert next(row for row in rows if row[0] == "so-a@tinh.example")[-1] == one.share

    def test_dormant(self, office: Office) -> None:
        found = gather.dormancy(office.sources, NOW)
        assert found.phases.total() == len(BOXES)
        assert found.phases[Phase.RECLAIMED] == 1
        (table,) = make(Asked("dormant", PERIOD), office.sources, NOW).tables[1:]
        assert "cu@tinh.example" in {row[0] for row in table.rows}
