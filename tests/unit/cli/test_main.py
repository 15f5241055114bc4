"""The command group: errors of ours become plain lines and exit codes."""

from __future__ import annotations

import sys
from types import ModuleType

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli import main
from gateway.cli.output import fit, print_json, print_table, safe
from gateway.errors import ConfigError, CongThuError, JournalUnavailable, Problem, StartError


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (
            ConfigError((Problem("a", "1", "b"), Problem("c", "2", "\x1b[31md"))),
            2,
            ["congthu: a = 1: b", "congthu: c = 2: \\x1b[31md"],
        ),
        (StartError("port 25 is taken"), 2, ["congthu: port 25 is taken"]),
        (JournalUnavailable("the disk is full"), 1, ["congthu: the disk is full"]),
        (CongThuError(), 1, ["congthu: CongThuError"]),
    ],
)
def test_errors_of_ours(monkeypatch: pytest.MonkeyPatch, error: CongThuError, code: int, lines: list[str]) -> None:
    @click.command()
    def command() -> None:
        raise error

    module = ModuleType("gateway.cli.run")
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gateway.cli.run", module)
    result = CliRunner().invoke(main, ["run"])
    assert result.exit_code == code
    assert result.stderr.splitlines() == lines
    assert result.stdout == ""


def test_a_hidden_command_is_found_and_not_shown() -> None:
    assert "worker" not in main.list_commands(click.Context(main))


def test_safe_text() -> None:
    assert safe("Phòng\tCNTT\x1b[2J\n\u202e\udcff\x9b") == "Phòng CNTT\\x1b[2J\\x0a\\u202e\\udcff\\x9b"


def test_a_table_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "size"), [("[red]a", 1), ("b\nc", 2)])
    assert capsys.readouterr().out == "name\tsize\n[red]a\t1\nb\\x0ac\t2\n"


def test_a_table_in_a_terminal_keeps_brackets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_table(("name", "size"), [("[red]a", 1)], title="files")
    assert "[red]a" in capsys.readouterr().out


_COLUMNS = st.lists(st.tuples(st.integers(0, 300), st.booleans()), min_size=1, max_size=10)


@given(_COLUMNS, st.integers(1, 400))
def test_widths_of_columns(columns: list[tuple[int, bool]], room: int) -> None:
    columns.sort(key=lambda column: not column[1])  # the whole ones stand first, as everywhere
    natural, fixed = [width for width, _ in columns], [keep for _, keep in columns]
    widths = fit(natural, fixed, room)
    assert len(widths) >= sum(fixed)
    assert all(one == other for one, other, keep in zip(widths, natural, fixed, strict=False) if keep)
    assert all(min(other, 12) <= one <= other for one, other in zip(widths, natural, strict=False))
    if len(widths) > max(1, sum(fixed)):
        assert sum(widths) + 2 * (len(widths) - 1) <= room
    if sum(natural) + 2 * (len(natural) - 1) <= room:
        assert widths == natural


def test_json_keeps_vietnamese(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_json({"tên": "Phòng CNTT", "error": ValueError("x")})
    assert capfdbinary.readouterr().out.decode() == '{\n  "tên": "Phòng CNTT",\n  "error": "x"\n}\n'
