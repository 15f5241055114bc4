"""The invented weeks of `congthu demo`: whole, sound, of rules that exist, and every page has something to show."""

from __future__ import annotations

import contextlib
from pathlib import Path

from gateway.cli.demo_cases import CASES
from gateway.cli.demo_past import UNITS
from gateway.cli.demo_weeks import fill, marked
from gateway.console.evidence import shown
from gateway.directory.store import DirectoryStore
from gateway.journal.chain import load_key
from gateway.journal.query import Filter, search
from gateway.journal.reader import open_reader
from gateway.journal.verify import verify
from gateway.lifecycle.days import day_of
from gateway.regulations import load
from gateway.reports.make import NAMES, Asked, make
from gateway.reports.quarters import Quarter, calendar_period
from gateway.reports.sources import sources_of
from gateway.rules.table import RULES
from tests.unit.console.support import NOW, settings_in


def test_the_cases_are_of_rules_and_clauses_that_exist() -> None:
    rules, clauses = {rule.name for rule in RULES}, load("tphcm-q4-03-2013").clauses
    for case in CASES:
        finding = case.finding()
        assert finding.rule in rules and set(finding.clauses) <= clauses.keys()
        assert list(shown(finding.evidence))
    assert {case.action for case in CASES} == {"accept", "tempfail", "reject"}


def test_two_weeks_are_written_once_and_verify(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert not marked(tmp_path) and marked(tmp_path)
    count = fill(settings, NOW)
    with contextlib.closing(open_reader(settings.store.url, tmp_path)) as connection:
        rows = [row.record for row in search(connection, Filter())]
        report = verify(connection, tmp_path, load_key(tmp_path))
    assert len(rows) == count > 1000
    assert (report.total, report.chains) == (0, 1)
    assert len({row["reference"] for row in rows}) == count
    assert all(NOW - 15 * 86400 < row["time"] / 1e6 < NOW for row in rows)
    assert {finding["rule"] for row in rows for finding in row.get("findings", ())} == {case.rule for case in CASES}
    assert len(DirectoryStore(settings.store.url, tmp_path).snapshot().mailboxes) == 20


def test_every_report_of_the_weeks_can_be_judged(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    fill(settings, NOW)
    quarter = calendar_period(Quarter.of(day_of(NOW)))
    documents = {name: make(Asked(name, quarter), sources_of(settings), NOW) for name in NAMES}
    for name, document in documents.items():
        assert all(table.rows for table in document.tables), name
    watched = {one["mailbox"]: one["verdicts"] for one in documents["windows"].figures["mailboxes"]}
    shares = {box: one["checked"] / (one["checked"] + one["not-checked"]) for box, one in watched.items()}
    assert len(shares) == len(UNITS)
    assert min(shares.values()) > 0.3 and max(shares.values()) <= 1
    assert len({round(share, 2) for share in shares.values()}) > 4  # units differ
    assert sum(one["not-observable"] for one in watched.values()) > 0  # and not all is known
    points = [one["points"] for one in documents["units"].figures["units"]]
    assert len(set(points)) > 4 and None not in points
    assert 0.99 < documents["availability"].figures["share"] < 1
    assert documents["quarterly"].figures["mailboxes"]["changes"].get("created", 0) < 5  # most are old
