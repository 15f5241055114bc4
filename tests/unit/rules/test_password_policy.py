"""Q4 8.3: the form and the age of a login's password. Neither the record nor the reply says what it lacks."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from gateway.model import Action, Direction, Facts, Finding, Mode, Stage
from gateway.regulations import load
from gateway.rules.catalogue import BY_NAME
from gateway.rules.password_policy import PasswordPolicy, parse_length, parse_sorts
from gateway.who import NOBODY, PasswordSigns, Sender, Sort
from tests.unit.rules.make import AG, Q4, envelope

RULE = PasswordPolicy()
EVERY = frozenset(Sort)
SINCE = datetime.date(2026, 3, 2)


def parameters(**given: object) -> dict[str, Any]:
    values: dict[str, object] = {**RULE.defaults, **load(Q4).parameters["password-policy"], **given}
    return {name: parse(values[name]) for name, parse in RULE.parameters.items()}


def check(signs: PasswordSigns | None, regulation: str = Q4, **given: object) -> Finding | None:
    mail = envelope("", direction=Direction.SUBMISSION, user="an@q4.example")
    clauses = tuple(clause for clause in RULE.clauses if clause in load(regulation).clauses)
    sender = Sender(password=signs) if signs is not None else NOBODY
    facts = Facts(
        Stage.AUTH, mail, regulation, frozenset(), parameters=parameters(**given), clauses=clauses, sender=sender
    )
    return RULE.check(facts)


def found(signs: PasswordSigns, regulation: str = Q4, **given: object) -> Finding:
    finding = check(signs, regulation, **given)
    assert finding is not None
    return finding


@pytest.mark.parametrize(
    "signs", [None, PasswordSigns(8, EVERY), PasswordSigns(60, EVERY, SINCE, 2), PasswordSigns(8, EVERY, None, 9)]
)
def test_what_is_fine(signs: PasswordSigns | None) -> None:
    assert check(signs) is None


@pytest.mark.parametrize("signs", [PasswordSigns(7, EVERY), *(PasswordSigns(20, EVERY - {sort}) for sort in Sort)])
def test_a_form_that_is_not_met(signs: PasswordSigns) -> None:
    finding = found(signs)
    assert (finding.action, finding.clauses) == (Action.REJECT, ("Q4 8.3a",))
    assert finding.evidence["not_met"] == ["form"]
    assert "same_since" not in finding.evidence


def test_one_that_is_the_same_for_three_months() -> None:
    finding = found(PasswordSigns(8, EVERY, SINCE, 3))
    assert finding.clauses == ("Q4 8.3b",)
    assert finding.evidence["not_met"] == ["age"]
    assert finding.evidence["same_since"] == "2026-03-02"


def test_both() -> None:
    finding = found(PasswordSigns(0, frozenset(), SINCE, 40))
    assert (finding.clauses, finding.evidence["not_met"]) == (("Q4 8.3a", "Q4 8.3b"), ["form", "age"])


def test_what_it_lacks_is_not_told() -> None:
    """Two passwords that lack other things leave the same record and hear the same reply."""
    first = found(PasswordSigns(3, EVERY))
    for signs in (PasswordSigns(7, frozenset()), PasswordSigns(30, EVERY - {Sort.DIGIT})):
        other = found(signs)
        assert (other.reply, other.evidence) == (first.reply, first.evidence)
    assert json.dumps(dict(first.evidence))


def test_the_reply_says_what_is_asked_for() -> None:
    reply = found(PasswordSigns(3, EVERY), least_length=9, must_have=["digit", "upper"], change_every_months=6).reply
    assert (reply.code, reply.enhanced) == (535, "5.7.8")
    vietnamese, english = reply.lines
    assert "(Q4 8.3a): it nhat 9 ky tu, co chu in hoa, chu so, doi moi 6 thang" in vietnamese
    assert "at least 9 characters with upper case, digits, changed every 6 months" in english


def test_without_sorts() -> None:
    assert check(PasswordSigns(8, frozenset()), must_have=[]) is None
    assert "at least 8 characters, changed" in found(PasswordSigns(1), must_have=[]).reply.text


def test_where_no_clause_binds_it_is_the_servers_own_rule() -> None:
    finding = found(PasswordSigns(3), AG)
    assert finding.clauses == ()
    assert "this server's own rule" in finding.reply.text


@pytest.mark.parametrize("value", [0, -1, 129, True, "8", None])
def test_lengths_that_are_none(value: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        parse_length(value)


@pytest.mark.parametrize("value", ["upper", ["big"], [1], 3, [["upper"]]])
def test_sorts_that_are_none(value: object) -> None:
    with pytest.raises(ValueError, match="upper, lower, digit, special"):
        parse_sorts(value)


def test_it_is_as_the_catalogue_has_it() -> None:
    entry = BY_NAME[RULE.name]
    assert (RULE.stages, RULE.default) == (entry.stages, entry.default)
    assert RULE.default is Mode.OBSERVE
    named = {clause.id for clause in load(Q4).clauses.values() if RULE.name in clause.enforced_by}
    assert named == set(RULE.clauses)


def test_the_regulation_gives_every_parameter() -> None:
    given = load(Q4).parameters["password-policy"]
    assert given.keys() <= RULE.parameters.keys() <= given.keys() | RULE.defaults.keys()
    assert "password-policy" not in load(AG).parameters  # AG asks nothing of a password's form: off there
