"""What pages promise, on whatever database. A subclass gives the fixture `lasting_url`, for all its tests."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.journal.actions import Actions
from gateway.journal.decision import Note
from gateway.journal.paging import Place, Wanted, page
from gateway.journal.query import Filter, search
from gateway.journal.reader import open_reader
from tests.unit.journal.support import decision, finding

BASE = 1_790_000_000.0


_PEOPLE = [f"u{n}@tinh.example" for n in range(6)]


def everything(connection: sa.Connection, wanted: Wanted, limit: int, budget: float) -> list[str]:
    """All pages, one after another."""
    found: list[str] = []
    after: Place | None = None
    for _ in range(2000):
        got = page(connection, wanted, limit=limit, after=after, budget=budget)
        assert len(got.rows) <= limit
        assert got.short or got.after is None or len(got.rows) == limit
        found += [str(row.record["reference"]) for row in got.rows]
        if got.after is None:
            return found
        assert after is None or got.after < after
        after = got.after
    raise AssertionError("no end")


FILTERS = [
    {},
    {"action": "reject"},
    {"action": "accept"},
    {"rule": "spam"},
    {"rule": "own"},
    {"clause": "AG 8.7"},
    {"rule": "spam", "clause": "AG 8.6", "action": "tempfail"},
    {"sender": "u1@tinh.example"},
    {"sender": "U1@*"},
    {"recipient": "u2@tinh.example"},
    {"recipient": "*2@tinh.example", "sender": "u3@tinh.example"},
    {"listener": "out", "recipient": "u2@tinh.example"},
    {"text": "báo cáo"},
    {"text": 'a"b\\c', "listener": "in"},
    {"reference": "ref-77"},
    {"since": int((BASE + 50) * 1e6), "until": int((BASE + 120) * 1e6), "rule": "attachment-cap"},
    {"text": "nowhere"},
]


class PagingContract:
    """The same rows as a search over everything gives, whatever the filters and the time."""

    @pytest.fixture(scope="class")
    @classmethod
    def filled(cls, lasting_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Connection]:
        """600 decisions, several in the same microsecond; some with findings of two clauses, some reviewed."""
        folder, draw = tmp_path_factory.mktemp("paging"), random.Random(3)
        actions = Actions(lasting_url, folder, "test")
        actions.prepare()
        made = []
        for number in range(600):
            people = draw.sample(_PEOPLE, draw.randint(1, 3))
            values: dict[str, Any] = {"reverse_path": draw.choice(_PEOPLE), "recipients": people}
            if draw.random() < 0.3:
                rule, clauses = draw.choice(
                    [("attachment-cap", ("Q4 4.2",)), ("spam", ("AG 8.6", "AG 8.7")), ("own", ())]
                )
                values |= {
                    "findings": [finding(rule, clauses)],
                    "action": draw.choice(["reject", "tempfail", "accept"]),
                }
            values |= {"listener": draw.choice(["in", "out"]), "helo": draw.choice(["Báo cáo", "xin chào", 'a"b\\c'])}
            made.append(decision(time=BASE + number // 3, reference=f"REF-{number}", **values))
        actions.keep(*made)
        actions.record(*(Note("review", f"REF-{n}", "seen", by="an") for n in range(0, 600, 7)))
        actions.close()
        with contextlib.closing(open_reader(lasting_url, folder)) as connection:
            yield connection

    @pytest.mark.parametrize("asked", FILTERS, ids=str)
    @pytest.mark.parametrize(("limit", "budget"), [(7, 60.0), (50, -1.0), (1000, 60.0)])
    def test_pages_hold_what_a_search_finds(
        self, filled: sa.Connection, asked: dict[str, Any], limit: int, budget: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With a budget below nothing every stretch ends a page: what was not reached comes with the next."""
        monkeypatch.setattr("gateway.journal.paging._STRETCH", 13)
        monkeypatch.setattr("gateway.journal.paging._READ", 13)
        wanted = Filter(**asked)
        expected = [str(row.record["reference"]) for row in search(filled, wanted)]
        assert everything(filled, Wanted(wanted), limit, budget) == expected
        assert expected or asked["text"] == "nowhere"

    @pytest.mark.parametrize("budget", [60.0, -1.0])
    @pytest.mark.parametrize("limit", [5, 1000])
    def test_anyone_is_sender_or_recipient(
        self, filled: sa.Connection, limit: int, budget: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.journal.paging._STRETCH", 13)
        who = "u4@tinh.example"
        expected = [
            str(row.record["reference"])
            for row in search(filled, Filter(listener="in"))
            if who in (row.record["reverse_path"], *row.record["recipients"])
        ]
        assert everything(filled, Wanted(Filter(listener="in"), anyone=who), limit, budget) == expected

    def test_one_of_several_addresses(self, filled: sa.Connection) -> None:
        some = {"u4@tinh.example", "u5@tinh.example"}
        expected = [
            str(row.record["reference"])
            for row in search(filled, Filter())
            if some & {row.record["reverse_path"], *row.record["recipients"]}
        ]
        assert everything(filled, Wanted(addresses=tuple(a.upper() for a in some)), 40, 60.0) == expected

    def test_what_a_person_judged(self, filled: sa.Connection) -> None:
        judged = everything(filled, Wanted(reviewed="yes"), 40, 60.0)
        assert sorted(judged) == sorted(f"REF-{n}" for n in range(0, 600, 7))
        assert len(everything(filled, Wanted(reviewed="no"), 40, 60.0)) == 600 - len(judged)

    def test_a_short_page_says_how_far_it_came(self, filled: sa.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.journal.paging._READ", 30)
        got = page(filled, Wanted(Filter(text="nowhere", until=int((BASE + 300) * 1e6))), limit=10, budget=-1.0)
        assert got.short and not got.rows and got.after is not None
        assert got.reached == got.after[0] == int((BASE + 190) * 1e6)
