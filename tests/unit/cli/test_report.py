"""`congthu report`: files, formats, wrong usage, and the archive of an inspection."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from tests.unit.reports.support import Office, decision, refusal

CONFIG = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "{folder}"
regulation = "tphcm-q4-03-2013"
[[listener]]
name = "inbound"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "m"
[upstream.m]
hosts = ["127.0.0.1:26"]
[reports]
mail_units = true
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a few decisions, and a configuration."""
    made = tmp_path_factory.mktemp("report")
    office = Office(made)
    office.usual()
    office.wrote([decision(), decision(), refusal()])
    (made / "config.toml").write_text(CONFIG.format(folder=made))
    return made


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", *arguments, "--config", str(folder / "config.toml")])


def test_a_report_into_a_pipe_is_a_page(folder: Path) -> None:
    done = run(folder, "quarterly", "--quarter", "2026Q3")
    assert done.exit_code == 0
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert "quý III năm 2026" in done.stdout


def test_json_and_one_table(folder: Path) -> None:
    done = run(folder, "violations", "--quarter", "2026Q3", "--format", "json")
    made = json.loads(done.stdout)
    assert made["figures"]["fates"]["refused"] == 1
    assert made["period"]["first"] == "2026-07-01"
    done = run(folder, "violations", "--quarter", "2026Q3", "--format", "csv", "--table", "vi-pham", "--plain")
    assert done.stdout.splitlines()[1].endswith(",1,0,0,0")


@pytest.mark.parametrize(("name", "starts"), [("a.pdf", b"%PDF-"), ("a.xlsx", b"PK"), ("a.csv", b"\xef\xbb\xbf")])
def test_a_files_name_says_its_format(folder: Path, tmp_path: Path, name: str, starts: bytes) -> None:
    out = tmp_path / name
    done = run(folder, "changes", "--quarter", "2026Q3", "--unit", "so-a", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert out.read_bytes().startswith(starts)
    if name == "a.xlsx":
        assert openpyxl.load_workbook(io.BytesIO(out.read_bytes()))["danh-sach"].max_row == 2 + 3  # with its sub-unit's


@pytest.mark.parametrize(
    "arguments",
    [
        ("quarterly", "--quarter", "2026"),
        ("quarterly", "--from", "2026-07-01"),
        ("quarterly", "--from", "2026-07-02", "--to", "2026-07-01"),
        ("quarterly", "--quarter", "2026Q3", "--from", "2026-07-01", "--to", "2026-07-02"),
        ("quarterly", "--unit", "no-such"),
        ("units", "--unit", "so-a"),
        ("units", "--year", "2026", "--quarter", "2026Q3"),
        ("dormant", "--format", "csv", "--table", "no-such"),
        ("inspection", "--from", "2026-07-02", "--to", "2026-07-01", "--out", "/tmp/x.zip"),
        ("nothing",),
    ],
)
def test_wrong_usage(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run(folder, *arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output


def test_a_file_that_cannot_be_written(folder: Path) -> None:
    done = run(folder, "dormant", "--out", str(folder / "no" / "such.html"))
    assert done.exit_code == 1
    assert "such.html" in done.output


def test_without_a_journal(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.format(folder=tmp_path))
    done = run(tmp_path, "quarterly")
    assert done.exit_code == 1
    assert "no journal yet" in done.output


def test_inspection(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "thanh-tra.zip"
    done = run(folder, "inspection", "--from", "2026-07-01", "--to", "2026-09-30", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "3 decisions" in done.output
    key = str(folder / "journal.key")
    alone = CliRunner().invoke(main, ["decisions", "verify", "--archive", str(out)])
    proved = CliRunner().invoke(main, ["decisions", "verify", "--archive", str(out), "--key", key])
    assert (alone.exit_code, proved.exit_code) == (0, 0)
    assert "with --key only" in alone.output
    assert "with --key only" not in proved.output
    with zipfile.ZipFile(out) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["decisions.csv"] += b"x"
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    broken = CliRunner().invoke(main, ["decisions", "verify", "--archive", str(out), "--json"])
    assert broken.exit_code == 1
    assert {one["name"] for one in json.loads(broken.stdout)["problems"]} == {"file-edited", "table-edited"}
    wrong = CliRunner().invoke(
        main, ["decisions", "verify", "--archive", str(out), "--key", str(folder / "config.toml")]
    )
    assert wrong.exit_code == 2


def test_a_year(folder: Path) -> None:
    done = run(folder, "units", "--year", "2026", "--format", "text")
    assert done.exit_code == 0, done.output
    assert "năm 2026" in done.stdout


def test_what_is_due(folder: Path) -> None:
    done = run(folder, "mail", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    assert set(json.loads(done.stdout)) == {"due", "mailed"}
