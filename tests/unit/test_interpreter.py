"""A Python that would not see all of a message is refused, with what to do."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from gateway import interpreter
from gateway.cli import main
from gateway.console.__main__ import main as console
from gateway.errors import StartError


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Debian's 3.11.2-6+deb12u8 answers to the second one."""
    monkeypatch.setattr(interpreter, "_KNOWN", ((rb"(?:ab?c|-)*+", b"abcabd", 4),))


def test_this_one_is_sound() -> None:
    interpreter.require()


def test_what_no_longer_matches_at_all_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "_KNOWN", ((rb"b", b"a", 1),))
    assert interpreter.matches_wrongly()


@pytest.mark.usefixtures("faulty")
def test_it_says_what_to_install() -> None:
    with pytest.raises(StartError, match=r"apt-get install --only-upgrade python3\.11 .*3\.11\.5 or later"):
        interpreter.require()


@pytest.mark.usefixtures("faulty")
def test_no_command_runs() -> None:
    result = CliRunner().invoke(main, ["compliance"])
    assert result.exit_code == 2
    assert result.stderr.startswith("congthu: this Python (")
    assert result.stderr.count("\n") == 1
    assert CliRunner().invoke(main, ["--version"]).exit_code == 0


@pytest.mark.usefixtures("faulty")
def test_nor_does_the_console_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert console([]) == 2
    assert capsys.readouterr().err.startswith("this Python (")
