"""Rules and clauses hold each other: no rule without its clause, no clause that names a rule that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import regulations, rules
from gateway.model import Clause, Mode
from gateway.rules.catalogue import BY_NAME, CATALOGUE, ROOMS

CLAUSES = {clause.id: clause for regulation in regulations.all() for clause in regulation.clauses.values()}
RULES = {rule.name: rule for rule in rules.registry}
PACKAGE = Path(rules.__file__).parents[1]


@pytest.mark.parametrize("rule", rules.registry, ids=lambda rule: rule.name)
def test_every_clause_that_a_rule_cites_names_the_rule(rule) -> None:
    assert rule.clauses
    for cited in rule.clauses:
        assert rule.name in CLAUSES[cited].enforced_by


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=lambda clause: clause.id)
def test_every_rule_that_a_clause_names_cites_it_or_is_planned(clause: Clause) -> None:
    for name in clause.enforced_by:
        assert name in BY_NAME
        assert name not in RULES or clause.id in RULES[name].clauses
    assert set(clause.planned) <= ROOMS.keys()


def test_every_rule_is_in_the_catalogue_as_it_is() -> None:
    assert len(BY_NAME) == len(CATALOGUE)
    for name, rule in RULES.items():
        assert set(rule.stages) <= set(BY_NAME[name].stages)
        assert rule.default is BY_NAME[name].default


def test_every_rule_of_the_catalogue_serves_a_clause() -> None:
    named = {name for clause in CLAUSES.values() for name in clause.enforced_by}
    assert named == BY_NAME.keys()


def test_every_parameter_is_a_rules_or_a_rooms_and_can_be_read() -> None:
    for regulation in regulations.all():
        for name, values in regulation.parameters.items():
            assert name in BY_NAME or name in ROOMS
            if name in RULES:
                for key, value in values.items():
                    Mode(value) if key == "mode" else RULES[name].parameters[key](value)


def test_every_citation_in_the_code_exists() -> None:
    articles = {clause_id.split(".")[0] for clause_id in CLAUSES}
    cited = {
        (path.name, found)
        for path in PACKAGE.rglob("*.py")
        for found in re.findall(r"\b(?:AG|Q4) \d+(?:\.\d+[a-f]?)?", path.read_text(encoding="utf-8"))
    }
    assert len(cited) > 5
    assert [entry for entry in cited if entry[1] not in CLAUSES and entry[1] not in articles] == []


def test_the_wrong_references_are_recorded() -> None:
    for cited in ("Q4 11.1", "Q4 12.5"):
        assert "Khoản 3, Điều 9" in CLAUSES[cited].text
        assert "Q4 8.3" in CLAUSES[cited].erratum
    assert "Q4 9.3" not in CLAUSES
    assert [c.id for c in CLAUSES.values() if c.erratum] == ["Q4 11.1", "Q4 12.5"]
