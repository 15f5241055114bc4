"""The matrix says of each clause what is true of the configuration, no better and no worse."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Mode
from gateway.regulations import load
from gateway.rules.compliance import ClauseState, Matrix, State, matrices
from tests.unit.rules.make import AG, Q4, settings


def matrix(*directions: str, regulation: str = Q4, **tables: Any) -> Matrix:
    (made,) = matrices(settings(*directions, gateway={"regulation": regulation}, **tables))
    return made


def clause(made: Matrix, clause_id: str) -> ClauseState:
    return next(state for state in made.clauses if state.clause.id == clause_id)


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        ({}, State.ENFORCE),
        ({"attachment-cap": "observe"}, State.OBSERVE),
        ({"attachment-cap": "off"}, State.OFF),
        ({"attachment-cap": {"mode": "off", "inbound": "observe"}}, State.OBSERVE),
        ({"attachment-cap": {"mode": "observe", "outbound": "enforce"}}, State.ENFORCE),
    ],
)
def test_a_clause_is_as_its_rules_are(rules: dict[str, Any], state: State) -> None:
    made = clause(matrix("inbound", "outbound", rules={"unscannable": "off", **rules}), "Q4 4.2")
    assert made.state is state
    assert {rule.rule: rule.state for rule in made.rules} == {"attachment-cap": state, "unscannable": State.OFF}
    assert made.rooms == {"poller": State.OFF}
    assert made.heading == "Quy định chung của hộp thư điện tử công vụ"


@pytest.mark.parametrize(
    ("tables", "poller", "life"),
    [
        ({}, State.OFF, State.OFF),
        ({"lifecycle": {"do": {"lock": ["deny-file"]}}}, State.OFF, State.OFF),  # nothing tells who is unused
        ({"imap": {"host": "10.0.0.5:993"}}, State.ON, State.OBSERVE),
        ({"access": {"ldap": "zimbra"}}, State.ON, State.OBSERVE),
        ({"imap": {"host": "10.0.0.5:993"}, "lifecycle": {"do": {"warn": ["mail"]}}}, State.ON, State.ON),
    ],
)
def test_rooms_serve_a_clause_where_they_are_set_up(tables: dict[str, Any], poller: State, life: State) -> None:
    made = clause(matrix("inbound", regulation=AG, **tables), "AG 10.1")
    assert made.rooms == {"poller": poller, "lifecycle": life, "reports": State.ON}


@pytest.mark.parametrize(("address", "state"), [("", State.OFF), ("luutru@tinh.example", State.ON)])
def test_copies_serve_the_clause_on_archives(address: str, state: State) -> None:
    made = clause(matrix("inbound", regulation=AG, copies={"address": address}), "AG 8.9")
    assert made.rooms == {"journal": State.ON, "copies": state}


def test_every_clause_has_a_state_and_a_reason() -> None:
    for regulation in (AG, Q4):
        made = matrix(regulation=regulation)
        assert len(made.clauses) == len(made.regulation.clauses)
        for state in made.clauses:
            assert (state.state is State.CANNOT) is not (bool(state.rules) or bool(state.rooms))
            assert state.state is not State.CANNOT or state.clause.why_not


def test_other_states() -> None:
    made = matrix(regulation=AG)
    assert clause(made, "AG 4.1").state is State.OBSERVE
    assert clause(made, "AG 4.2").state is State.ENFORCE
    assert clause(made, "AG 8.9").state is State.ON
    assert clause(made, "AG 13").state is State.CANNOT
    assert clause(made, "AG 10.2d").heading == "Trách nhiệm của người sử dụng hộp thư điện tử"


def test_a_listener_is_named_with_its_mode() -> None:
    made = clause(matrix("inbound", "outbound", rules={"attachment-cap": {"outbound": "observe"}}), "Q4 4.2")
    assert made.rules[0].listeners == {"inbound": Mode.ENFORCE, "outbound": Mode.OBSERVE}


def test_a_rule_is_off_where_no_listener_asks_it() -> None:
    assert clause(matrix("outbound", regulation=AG), "AG 10.2d").rules[0].state is State.OFF


def test_what_is_not_seen_is_said() -> None:
    assert clause(matrix("inbound"), "Q4 4.2").blind == ("leaving", "inside")
    assert clause(matrix("submission"), "Q4 4.2").partly == ("leaving", "inside")
    assert clause(matrix("proxy-filter"), "Q4 4.2").blind == ()
    assert clause(matrix("inbound"), "Q4 6.1").blind == ("inside",)  # a unit that writes to its office
    assert clause(matrix("submission"), "Q4 6.1").partly == ("inside",)
    assert clause(matrix("inbound"), "Q4 8.3").blind == ("logins",)


@pytest.mark.parametrize(
    ("rules", "beyond"),
    [
        ({}, [("attachment-cap", State.ENFORCE)]),
        ({"attachment-cap": "observe"}, [("attachment-cap", State.OBSERVE)]),
        ({"attachment-cap": "off"}, []),
    ],
)
def test_a_rule_that_no_clause_asks_for_is_shown_apart(rules: dict[str, Any], beyond: list[tuple[str, State]]) -> None:
    assert [(state.rule, state.state) for state in matrix(regulation=AG, rules=rules).beyond] == beyond
    # Quận 4's text says nothing of programs, or of private mailboxes but in requests: what runs is shown as such.
    beside = ["dangerous-type", "private-mailbox", "auto-forward", "own-server"]
    assert [state.rule for state in matrix(regulation=Q4, rules=rules).beyond] == beside


def test_a_regulations_own_mode_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(load(AG).parameters["attachment-cap"], "mode", "observe")
    assert [(state.rule, state.state) for state in matrix(regulation=AG).beyond][:1] == [
        ("attachment-cap", State.OBSERVE)
    ]


def test_a_matrix_for_each_regulation_in_use() -> None:
    profile = [{"pattern": "*.q4@tphcm.gov.vn", "regulation": Q4}]
    made = matrices(settings(profile=profile))
    assert [(matrix.regulation.id, matrix.governs) for matrix in made] == [
        (AG, ("tinh.example",)),
        (Q4, ("*.q4@tphcm.gov.vn",)),
    ]
