"""What became of a decision, read from its record."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.entry import Snapshot
from gateway.journal.payload import record_of
from gateway.model import Action, Mode, Reply
from gateway.reports.fates import Fate, Weight, fate_of, weights
from gateway.reports.journal_rows import _record
from gateway.reports.owners import Lived, Owners
from gateway.reports.traffic import Tally
from tests.unit.reports.support import BOXES, decision, finding, refusal


def fate(**changed: Any) -> Fate:
    return fate_of(orjson.loads(orjson.dumps(record_of(decision(**changed)))))


def test_accepted() -> None:
    assert fate() is Fate.ACCEPTED
    assert fate(outcome="delivered, client not told") is Fate.ACCEPTED
    assert fate(findings=[finding(mode=Mode.OBSERVE)]) is Fate.ACCEPTED


def test_a_listener_with_every_rule_off_delivers_like_any_other() -> None:
    assert fate(checked=()) is Fate.ACCEPTED


@pytest.mark.parametrize("action", ["accept", "tempfail", "reject"])
def test_a_second_passage_is_none_of_them(action: str) -> None:
    assert fate(passed=True, checked=(), action=action, outcome="upstream refused") is Fate.AGAIN


def test_refused_and_put_off_by_a_rule() -> None:
    assert fate(action="reject", findings=[finding()]) is Fate.REFUSED
    put_off = replace(finding(), action=Action.TEMPFAIL, reply=Reply(451, "4.7.1", "later"))
    assert fate(action="tempfail", findings=[put_off]) is Fate.DELAYED


def test_an_observed_finding_refuses_nothing() -> None:
    assert (
        fate(action="reject", outcome="upstream refused", findings=[finding(mode=Mode.OBSERVE)]) is Fate.REFUSED_BEHIND
    )


def test_the_mail_server_behind() -> None:
    assert fate(action="reject", outcome="upstream refused") is Fate.REFUSED_BEHIND
    assert fate(action="tempfail", outcome="upstream refused") is Fate.DELAYED_BEHIND
    assert fate(action="tempfail", outcome="upstream failed", upstream_reply="") is Fate.DELAYED_BEHIND
    assert fate(action="tempfail", outcome="not delivered, client gone", upstream_reply="") is Fate.DELAYED_BEHIND


def test_trouble_of_our_own() -> None:
    assert fate(action="tempfail", outcome="out of time", upstream_reply="") is Fate.DELAYED_OURS
    assert fate(action="tempfail", error_digest="abc", upstream_reply="") is Fate.DELAYED_OURS


def test_a_refusal_that_was_recorded_late_was_a_451() -> None:
    record = record_of(refusal())
    assert fate_of(record) is Fate.REFUSED
    assert fate_of(record, late=True) is Fate.DELAYED_OURS
    assert fate_of({**record, "late": "late: …"}) is Fate.DELAYED_OURS


def test_logins_and_rows_that_cannot_be_read() -> None:
    assert fate(stage="auth", reverse_path="") is Fate.LOGIN
    assert fate(stage="auth", action="reject", findings=[finding()]) is Fate.REFUSED
    assert fate_of({"kind": "unreadable"}) is Fate.UNREADABLE
    assert fate_of({}) is Fate.UNREADABLE


def test_weights() -> None:
    found = [
        finding("a", "Q4 1", "Q4 2"),
        finding("a", "Q4 3", mode=Mode.OBSERVE),
        finding("b", mode=Mode.OBSERVE),
        finding("c", mode=Mode.OBSERVE, exempted="letter 5"),
        replace(finding("d"), action=Action.ACCEPT),
    ]
    findings = record_of(decision(findings=found))["findings"]
    assert weights(findings, Fate.REFUSED) == {
        "a": (Weight.REFUSED, ("Q4 1", "Q4 2", "Q4 3")),
        "b": (Weight.OBSERVED, ("Q4 4.2",)),
        "c": (Weight.EXEMPT, ("Q4 4.2",)),
    }
    assert weights(findings, Fate.DELAYED)["a"][0] is Weight.DELAYED
    assert weights([], Fate.REFUSED) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = (*record_of(refusal(user="x", passed=False)), "findings", "passed", "proved", "outcome", "late")
FINDING = ("rule", "clauses", "mode", "action", "evidence")


@given(st.sampled_from(KEYS), JSON, st.sampled_from(FINDING), JSON)
def test_a_row_that_was_tampered_with_is_no_exception(key: str, value: Any, part: str, other: Any) -> None:
    tally = Tally(Owners(Lived(Snapshot(1, mailboxes=BOXES))))
    row = orjson.loads(orjson.dumps(record_of(refusal())))
    for edited in (
        {**row, key: value},
        {**row, "findings": [{**row["findings"][0], part: other}]},
        {**row, "findings": [other]},
    ):
        with contextlib.suppress(TypeError):  # of orjson: an integer that is too large
            tally.add(_record(orjson.dumps(edited)), 1e9)
    tally.add(_record(b"\xff"), 1e9)
    tally.add(_record(None), 1e9)
    assert tally.made.of(Fate.UNREADABLE) >= 2
    assert sum(tally.made.fates.values()) == tally.made.decisions
