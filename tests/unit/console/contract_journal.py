"""What the console reads out of the journal, on whatever database. A subclass gives the fixture `stores`."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from gateway.console.figures import Day, Figures, count
from gateway.console.reviews import notes, verdicts
from gateway.journal import Note
from gateway.journal.reader import open_reader
from gateway.lifecycle.days import start_of
from tests.support.stores import Stores
from tests.unit.journal.support import decision, finding, refusal

DATE = datetime.date(2026, 9, 14)
NOON = start_of(DATE) + 43_200


class ConsoleJournalContract:
    """What people did, and figures a day."""

    @pytest.fixture
    def journal(self, stores: Stores) -> Iterator[sa.Connection]:
        """Two days of mail, and what people said of it."""
        kept = stores.actions
        spam = [finding("spam", ("AG 8.6", "AG 8.7"))]
        kept.keep(*(decision(time=NOON + n, reference=f"A{n}") for n in range(5)))
        kept.keep(*(refusal(time=NOON + n, reference=f"R{n}", findings=spam) for n in range(3)))
        kept.keep(refusal(time=NOON, reference="T0", action="tempfail"), refusal(time=NOON + 86_400, reference="N0"))
        kept.record(*(Note("review", f"R{n}", "đã xem", by=f"an{n % 2}", what="seen", time=NOON + n) for n in range(3)))
        kept.record(Note("review", "R0", "báo nhầm", by="binh", what="false-alarm", time=NOON + 9))
        kept.record(*(Note("action", "a@x", "", by="an0", what="sender-lock", time=NOON + n / 2) for n in range(30)))
        kept.close()
        with contextlib.closing(open_reader(stores.url, stores.folder)) as connection:
            yield connection

    def test_the_last_verdict_counts(self, journal: sa.Connection) -> None:
        assert verdicts(journal, ["R0", "R1", "A0", ""]) == {"R0": "false-alarm", "R1": "seen"}
        assert verdicts(journal, []) == {}

    @pytest.mark.parametrize("limit", [1, 4, 100])
    @pytest.mark.parametrize(("by", "count"), [("", 34), ("an0", 32), ("binh", 1), ("khong", 0)])
    def test_what_people_did_page_by_page(self, journal: sa.Connection, limit: int, by: str, count: int) -> None:
        found, after = notes(journal, kinds=("review", "action"), limit=limit, by=by)
        seen = [*found]
        while after is not None:
            found, after = notes(journal, kinds=("review", "action"), limit=limit, after=after, by=by)
            seen += found
        assert len({one.place for one in seen}) == len(seen) == count
        assert [one.place for one in seen] == sorted((one.place for one in seen), reverse=True)

    def test_a_day_is_counted(self, journal: sa.Connection) -> None:
        day = count(journal, DATE)
        cited = {"AG 8.6": 3, "AG 8.7": 3}
        assert day == Day(DATE, 9, 3, 1, {"spam": 3}, cited)
        assert day.accept == 5
        assert count(journal, DATE + datetime.timedelta(days=1)).reject == 1
        assert count(journal, DATE - datetime.timedelta(days=1)) == Day(DATE - datetime.timedelta(days=1))

    def test_a_past_day_is_counted_once(self, journal: sa.Connection, stores: Stores) -> None:
        figures, today = Figures(), DATE + datetime.timedelta(days=1)
        assert figures.day(journal, DATE, today).total == 9
        stores.actions.keep(decision(time=NOON))
        stores.actions.close()
        assert figures.day(journal, DATE, today).total == 9
        assert Figures().day(journal, DATE, today).total == 10
