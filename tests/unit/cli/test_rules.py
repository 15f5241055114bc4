"""`congthu rules`, as a person and as a program use it."""

from __future__ import annotations

import datetime
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.journal.actions import Actions
from gateway.model import Mode
from tests.unit.journal.support import decision, finding

LAST = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)).date().isoformat()
CONFIG = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "{folder}"
domains = ["tinh.example"]
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
    (tmp_path / "data").mkdir()
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(folder=tmp_path / "data"))
    return path


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["rules", *arguments, "--config", str(config)])


def found(config: Path, *arguments: str) -> Any:
    return orjson.loads(run(config, *arguments, "--json").stdout)


def test_from_the_first_order_to_the_last(config: Path) -> None:
    assert run(config, "history").exit_code == 0
    assert not (config.parent / "data" / "congthu.db").exists()  # looking makes nothing
    done = run(config, "set", "own-domain", "observe", "--on", "inbound", "--reason", "thử")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "order 1: own-domain observe inbound: thử")
    row = next(one for one in found(config, "list")["rules"] if one["rule"] == "own-domain")
    assert (row["mode"], row["order"], row["listener"]) == ("observe", 1, "inbound")
    made = found(config, "exempt", "malware", "--sender", "a@x.example", "--until", LAST, "--reason", "công văn")
    assert made == {"order": 2}
    assert run(config, "withdraw", "1", "--reason", "xong").exit_code == 0
    assert run(config, "withdraw", "1", "--reason", "xong").exit_code == 1
    history = found(config, "history")
    assert [(one["number"], one["ended_why"]) for one in history] == [(2, ""), (1, "xong")]
    assert all(one["by"] for one in history)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("set", "spam", "enforce", "--reason", "muốn"), 1),
        (("set", "own-domain", "off", "--reason", "muốn"), 2),
        (("set", "own-domain", "observe"), 2),
        (("exempt", "own-domain", "--until", "2999-01-01", "--sender", "a@x", "--reason", "muốn"), 1),
        (("exempt", "own-domain", "--until", "soon", "--sender", "a@x", "--reason", "muốn"), 2),
        (("withdraw", "0", "--reason", "muốn"), 2),
    ],
)
def test_exit_codes(config: Path, arguments: tuple[str, ...], code: int) -> None:
    assert run(config, *arguments).exit_code == code
    assert found(config, "history") == []


def test_what_would_refuse_much_needs_a_yes(config: Path) -> None:
    actions = Actions("sqlite:///congthu.db", config.parent / "data", "n")
    noted = replace(finding("own-domain"), mode=Mode.OBSERVE)
    actions.keep(*(decision(time=time.time() - 60, findings=[noted]) for _ in range(8)))
    actions.close()
    asked = run(config, "set", "own-domain", "enforce", "--reason", "muốn")
    assert asked.exit_code == 1 and "8 of 8" in asked.stderr and "--yes" in asked.stderr
    assert found(config, "history") == []
    made = found(config, "set", "own-domain", "enforce", "--reason", "muốn", "--yes")
    assert made == {"order": 1, "would_have_refused": 8, "messages": 8}


def test_an_idle_order_is_told(config: Path) -> None:
    run(config, "set", "own-domain", "observe", "--on", "inbound", "--reason", "thử")
    config.write_text(config.read_text() + "[console]\nmay_change_rules = false\n")
    listed = run(config, "list")
    assert listed.exit_code == 1 and "may_change_rules" in listed.stderr
    refused = run(config, "withdraw", "1", "--reason", "xong")
    assert refused.exit_code == 1
    shown = orjson.loads(CliRunner().invoke(main, ["compliance", "--json", "--config", str(config)]).stdout)
    assert shown["orders"] == []
