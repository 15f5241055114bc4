"""What retention by class promises on whatever database. A subclass gives the fixture `url`: an empty store."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.journal import Journal, Note
from gateway.journal.chain import load_key
from gateway.journal.prune import count_prunable, prune
from gateway.journal.reader import open_reader
from gateway.journal.retention import Cutoffs, cutoffs
from gateway.journal.schema import decisions, findings, recipients
from gateway.journal.store import make_engine, resolve_url
from tests.unit.journal.support import check, decision, finding, names, refusal, running

DAY = 86_400.0
NOW = 1_790_000_000.0
DAYS = {"accepted": 10, "observed": 20, "refused": 30, "actions": 40}
AGES = (5, 15, 25, 35, 45)


async def old_rows(journal: Journal) -> None:
    """Of each class one row of each age in days, younger ones first: the order of time is not that of the chain."""
    for age in AGES:
        at = NOW - age * DAY
        journal.append(Note("action", "who@x", "đã khóa", by="lan", time=at))
        seen = [finding("vietnamese-diacritics", ("AG 3.3",))]
        await journal.commit(decision(time=at, reverse_path="accepted@x"))
        await journal.commit(decision(time=at, reverse_path="observed@x", findings=seen))
        await journal.commit(refusal(time=at, reverse_path="refused@x", action="reject" if age % 10 else "tempfail"))


def limits(**days: int) -> Cutoffs:
    """Up to when each class is over at NOW."""
    return cutoffs(days or DAYS, NOW)


def left(url: str, folder: Path) -> dict[str, list[int]]:
    """Ages in days of the rows of each class that have content."""
    made: dict[str, list[int]] = {}
    with contextlib.closing(open_reader(url, folder)) as connection, connection.begin():
        query = sa.select(decisions.c.time, decisions.c.reverse_path, decisions.c.kind)
        for moment, sender, kind in connection.execute(query.where(decisions.c.payload.is_not(None))):
            if kind in ("decision", "action"):
                made.setdefault(sender.partition("@")[0] or kind, []).append(round((NOW - moment / 1e6) / DAY))
    return {name: sorted(ages) for name, ages in made.items()}


class RetentionContract:
    """The promises."""

    async def test_each_class_by_its_age(self, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.journal.prune._STEP", 3)
        monkeypatch.setattr("gateway.journal.prune._PAGE", 5)  # no multiple of a step, and several pages
        async with running(tmp_path, url) as journal:
            await old_rows(journal)
            due = self.count(url, tmp_path)
            steps = await asyncio.to_thread(lambda: list(prune(url, tmp_path, "gw1", limits())))
            await journal.commit(refusal(time=NOW, reverse_path="refused@x"))
        assert [due, self.count(url, tmp_path)] == [4 + 3 + 2 + 1, 0]
        assert steps[-1].rows == 10 and max(b.rows - a.rows for a, b in pairwise(steps)) <= 3
        assert left(url, tmp_path) == {
            "accepted": [5],
            "observed": [5, 15],
            "refused": [0, 5, 15, 25],
            "action": [5, 15, 25, 35],
        }
        report = check(tmp_path, url)
        assert (report.total, report.pruned) == (0, 10)
        assert list(prune(url, tmp_path, "gw1", limits())) == []

    def count(self, url: str, folder: Path) -> int:
        with contextlib.closing(open_reader(url, folder)) as connection:
            return count_prunable(connection, limits(), load_key(folder).id)

    async def test_what_finds_a_row_goes_with_it(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            await old_rows(journal)
        list(prune(url, tmp_path, "gw1", limits(refused=30)))
        with contextlib.closing(open_reader(url, tmp_path)) as connection, connection.begin():
            for table, count in ((recipients, 2 * (15 - 2)), (findings, 10 - 2)):
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == count
        assert set(left(url, tmp_path)["refused"]) == {5, 15, 25}
        assert set(left(url, tmp_path)["accepted"]) == set(AGES)

    async def test_nothing_is_over_where_nothing_is_said(self, url: str, tmp_path: Path) -> None:
        async with running(tmp_path, url) as journal:
            await old_rows(journal)
        assert limits(accepted=0) == {}
        assert list(prune(url, tmp_path, "gw1", {})) == []
        assert check(tmp_path, url).chains == 1  # not even a chain of its own

    @pytest.mark.parametrize(
        ("statement", "problem"),
        [
            ("DELETE FROM decisions WHERE id = (SELECT min(id) FROM decisions WHERE kind = 'pruned')", "row-removed"),
            ("DELETE FROM decisions WHERE reverse_path = 'refused@x' AND time > 0", "row-removed"),
            ("UPDATE decisions SET payload = NULL WHERE reverse_path = 'refused@x'", "blanked"),
            ("UPDATE decisions SET size = 1 WHERE kind = 'pruned'", "columns-edited"),
            ("UPDATE decisions SET payload_digest = hash WHERE kind = 'pruned'", "forged"),
            ("DELETE FROM decisions WHERE kind = 'prune'", "blanked"),
        ],
    )
    async def test_who_cuts_a_row_out_is_still_found(
        self, url: str, tmp_path: Path, statement: str, problem: str
    ) -> None:
        async with running(tmp_path, url) as journal:
            await old_rows(journal)
        list(prune(url, tmp_path, "gw1", limits()))
        assert check(tmp_path, url).total == 0
        engine = make_engine(resolve_url(url, tmp_path))
        with engine.begin() as connection:
            assert connection.execute(sa.text(statement)).rowcount
        assert problem in names(check(tmp_path, url))

    async def test_another_nodes_rows_are_left_to_it(self, url: str, tmp_path: Path) -> None:
        """Its own verification would not find our record of it."""
        ours, theirs = tmp_path / "gw1", tmp_path / "gw2"
        for folder in (ours, theirs):
            folder.mkdir()
        shared = url if url.startswith("postgresql") else f"sqlite:///{tmp_path}/shared.db"
        for folder in (ours, theirs):
            async with running(folder, shared, node=folder.name) as journal:
                await old_rows(journal)
        list(prune(shared, ours, "gw1", limits()))
        for folder, gone in ((ours, 10), (theirs, 0)):
            report = check(folder, shared, node=folder.name)
            assert ({one.name for one in report.problems} - {"other-key"}, report.pruned) == (set(), gone)

    async def test_a_report_is_told_how_far_decisions_went(self, url: str, tmp_path: Path) -> None:
        from gateway.reports.journal_rows import pruned

        async with running(tmp_path, url) as journal:
            await old_rows(journal)
        for days, told in (({"actions": 40}, 0.0), ({"refused": 30}, NOW - 30 * DAY), ({}, NOW - 10 * DAY)):
            list(prune(url, tmp_path, "gw1", limits(**days)))
            with contextlib.closing(open_reader(url, tmp_path)) as connection:
                assert pruned(connection).before == told
