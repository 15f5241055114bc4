"""`congthu mailboxes answers`, as a person and as a program use it."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from gateway.answers.store import AnswerTable
from gateway.cli import main
from gateway.cli.mailboxes_answers import length
from gateway.lifecycle.answers import Passing
from gateway.lifecycle.days import day_of
from tests.unit.directory.support_store import UNIT_MAILBOX, filled

DAY = 86400.0


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A directory with one unit mailbox; ten days ago it got three messages and answered one."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "config.toml"
    path.write_text(
        f'[gateway]\nhostname = "gw.tinh.example"\ndata_dir = "{tmp_path / "data"}"\ndomains = ["tphcm.example"]\n'
    )
    box, then = UNIT_MAILBOX.address, time.time() - 10 * DAY
    table = AnswerTable(filled(tmp_path / "data").database)
    table.keep([Passing(then + n, f"<{n}@x>", (box,)) for n in range(3)])
    table.keep([Passing(then + 3600, "<r@y>", sent_by=box, in_reply_to=("<0@x>",))])
    table.keep([Passing(time.time() - 60, "<new@x>", (box,))])
    return path


def run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["mailboxes", "answers", *arguments, "--config", str(config)])


def test_a_table_for_people(config: Path) -> None:
    done = run(config)
    assert done.exit_code == 0, done.output
    heading, row = (line.split("\t") for line in done.stdout.splitlines())
    shown = dict(zip(heading, row, strict=True))
    assert shown["mailbox"] == UNIT_MAILBOX.address
    assert (shown["came"], shown["answered"], shown["open"], shown["median"]) == ("4", "1", "3", "1.0 h")
    assert (shown["in 1 day"], shown["in 3 days"]) == ("33%", "33%")


def test_json_for_programs(config: Path) -> None:
    [one] = orjson.loads(run(config, "--json", "--unit", "pnv").stdout)["mailboxes"]
    assert (one["unit"], one["came"], one["answered"], one["median_seconds"]) == ("pnv", 4, 1, pytest.approx(3600))
    assert orjson.loads(run(config, "--json", "--unit", "q4").stdout)["mailboxes"] == []


def test_a_period(config: Path) -> None:
    today = day_of(time.time() - DAY).isoformat()
    [one] = orjson.loads(run(config, "--json", "--from", today).stdout)["mailboxes"]
    assert one["came"] == 1
    assert orjson.loads(run(config, "--json", "--from", "2020-01-01", "--to", "2020-01-02").stdout)["mailboxes"] == []


def test_what_is_open_for_too_long(config: Path) -> None:
    found = orjson.loads(run(config, "--open", "--json").stdout)
    assert [round(one["age_seconds"] / DAY) for one in found] == [10, 10]
    assert "10.0 d" in run(config, "--open").stdout


@pytest.mark.parametrize("wrong", [("--unit", "none"), ("--from", "2026-02-02", "--to", "2026-01-01"), ("--to", "x")])
def test_wrong_usage(config: Path, wrong: tuple[str, ...]) -> None:
    assert run(config, *wrong).exit_code == 2


def test_lengths() -> None:
    assert [length(one) for one in (None, 59, 3600, 47 * 3600, 3.5 * DAY)] == ["", "1 min", "1.0 h", "47.0 h", "3.5 d"]
