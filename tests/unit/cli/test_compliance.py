"""`congthu compliance`: the table, the JSON and a configuration that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway import regulations
from gateway.cli import main

CONFIG = """
[gateway]
hostname = "gw.tinh.example"
domains = ["tinh.example", "tphcm.gov.vn"]
[[profile]]
pattern = "*.q4@tphcm.gov.vn"
regulation = "tphcm-q4-03-2013"
[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "m"
[upstream.m]
maildir = "m"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["compliance", *map(str, arguments)])


def test_json_has_every_clause_with_what_enforces_it(config: Path) -> None:
    result = run("--config", config, "--json")
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told["topology"] == {"seen": ["arriving"], "partly": [], "unseen": ["leaving", "inside", "logins"]}
    assert [entry["id"] for entry in told["regulations"]] == ["angiang-50-2009", "tphcm-q4-03-2013"]
    for entry in told["regulations"]:
        assert [clause["id"] for clause in entry["clauses"]] == list(regulations.load(entry["id"]).clauses)
    cap = next(clause for clause in told["regulations"][1]["clauses"] if clause["id"] == "Q4 4.2")
    assert cap["state"] == "enforce"
    assert cap["rules"][0] == {
        "rule": "attachment-cap",
        "state": "enforce",
        "listeners": {"inbound": "enforce"},
        "blind": ["leaving", "inside"],
        "partly": [],
    }
    assert "15 Megabyte" in cap["text"]
    beyond = [[(rule["rule"], rule["state"]) for rule in entry["beyond"]] for entry in told["regulations"]]
    assert beyond == [
        [("attachment-cap", "enforce")],
        [
            ("dangerous-type", "enforce"),
            *((name, "observe") for name in ("private-mailbox", "auto-forward", "own-server")),
        ],
    ]


def test_the_table_has_a_row_a_clause_and_says_what_is_not_seen(config: Path) -> None:
    result = run("--config", config)
    assert result.exit_code == 0
    rows = {line.split("\t")[0]: line.split("\t") for line in result.output.splitlines() if "\t" in line}
    assert {clause for regulation in regulations.all() for clause in regulation.clauses} <= rows.keys()
    assert rows["Q4 4.2"][1:4] == [
        "enforce",
        "attachment-cap enforce; unscannable enforce; poller off",
        "leaving, inside",
    ]
    assert "Q4 8.3" in rows["Q4 11.1"][2]  # the erratum
    assert "inside: not seen here" in result.output
    beyond = "attachment-cap runs too (enforce), though no clause of this regulation asks for it"
    assert result.output.count(beyond) == 1  # under An Giang's text only


def test_modes_that_differ_are_named_with_their_listeners(config: Path) -> None:
    outbound = '[[listener]]\nname = "mx2"\nbind = "127.0.0.1:2526"\ndirection = "outbound"\nupstream = "m"\n'
    rules = '[rules]\nattachment-cap = { mode = "enforce", mx2 = "observe" }\n'
    config.write_text(CONFIG + outbound + rules, encoding="utf-8")
    assert "attachment-cap enforce on inbound, observe on mx2" in run("--config", config).output


def test_a_configuration_that_cannot_be_used_is_exit_2(config: Path) -> None:
    config.write_text(CONFIG + '[rules]\nnonsense = "off"\n', encoding="utf-8")
    result = run("--config", config)
    assert result.exit_code == 2
    assert "rules.nonsense" in result.output
