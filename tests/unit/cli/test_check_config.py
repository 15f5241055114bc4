"""`congthu check-config`, in this process and as a real one."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main

GOOD = """
[gateway]
hostname = "gw.tinh.example"
data_dir = "DATA"
domains = ["tinh.example"]

[[listener]]
name = "inbound"
bind = "127.0.0.1:0"
direction = "inbound"
upstream = "mailserver"

[upstream.mailserver]
maildir = "maildir"

[http]
bind = "127.0.0.1:0"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(GOOD.replace("DATA", str(tmp_path)), encoding="utf-8")
    return path


@pytest.fixture
def broken(config: Path) -> Path:
    text = config.read_text(encoding="utf-8").replace(
        'bind = "127.0.0.1:0"', 'bind = "127.0.0.1"\nmax_sise = "32MiB"', 1
    )
    config.write_text(text + "\n[store]\nurl = 5\n", encoding="utf-8")
    return config


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check-config", *map(str, arguments)], catch_exceptions=False)


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_good_file(config: Path) -> None:
    result = invoke(config)
    assert (result.exit_code, result.output) == (0, f"{config}: fine\n")


def test_every_error_on_a_line_of_its_own(broken: Path) -> None:
    result = invoke(broken)
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        'error: listener[0].bind = "127.0.0.1": write host:port, for example "127.0.0.1:25" or "[::1]:25"',
        'error: listener[0].max_sise = "32MiB": there is no such key; did you mean "max_size"?',
        "error: store.url = 5: write text in quotes",
        f"{broken}: 3 errors",
    ]


def test_json(broken: Path) -> None:
    result = invoke(broken, "--json")
    found = json.loads(result.output)
    assert result.exit_code == found["exit_code"] == 2
    assert found["file"] == str(broken)
    assert found["errors"][2] == {"key": "store.url", "value": "5", "hint": "write text in quotes"}
    assert found["warnings"] == found["found"] == []


def test_warnings_alone_are_fine(config: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write("[document_workers]\ncount = 0\n")
    result = invoke(config)
    assert result.exit_code == 0
    assert result.output.startswith("warning: document_workers.count = 0: ")
    assert result.output.endswith(": fine, 1 warning\n")


def test_errors_of_sense_are_found_too(config: Path) -> None:
    config.write_text(config.read_text(encoding="utf-8").replace("[upstream.mailserver]", "[upstream.other]"))
    result = invoke(config)
    assert result.exit_code == 2
    assert 'error: listener[0].upstream = "mailserver": there is no [upstream.mailserver]' in result.output


def test_the_file_may_be_an_option_but_not_two(config: Path) -> None:
    assert invoke("--config", config).exit_code == 0
    result = invoke("--config", config, "other.toml")
    assert result.exit_code == 2
    assert "name the file once" in result.output


def test_a_strangers_control_characters_stay_out_of_the_terminal(config: Path) -> None:
    with config.open("a", encoding="utf-8") as file:
        file.write('[store]\nurl = "\\u001b]0;owned\\u0007\\u202e"\n')
    result = invoke(config)
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_connect_tries_the_ports(config: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(config.read_text(encoding="utf-8").replace("127.0.0.1:0", f"127.0.0.1:{port}", 1))
        result = invoke(config, "--connect")
    assert f'warning: listener[0].bind = "127.0.0.1:{port}": taken already' in result.output
    config.write_text(config.read_text(encoding="utf-8").replace("127.0.0.1:", "192.0.2.1:", 1))
    result = invoke(config, "--connect")
    assert result.exit_code == 1
    assert "this machine has no such address" in result.output


class TestProcess:
    def test_into_a_pipe_there_is_no_colour(self, broken: Path) -> None:
        done = process("check-config", broken, FORCE_COLOR="1")
        assert done.returncode == 2
        assert "\x1b" not in done.stdout
        assert done.stderr == ""
        assert len(done.stdout.splitlines()) == 4

    def test_in_a_terminal_there_is(self, broken: Path) -> None:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "gateway", "check-config", str(broken)]
        with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}) as child:
            os.close(theirs)
            shown = b""
            while block := read(ours):
                shown += block
        os.close(ours)
        assert child.returncode == 2
        assert b"\x1b[1;31merror" in shown
        assert b'did you mean "max_size"?' in shown

    def test_a_terminal_that_knows_little(self, config: Path) -> None:
        text = config.read_text(encoding="utf-8").replace('"gw.tinh.example"', '"cổng thư"')
        config.write_text(text, encoding="utf-8")
        done = process("check-config", config, PYTHONIOENCODING="iso8859-1")
        assert done.returncode == 2
        assert "c\\u1ed5ng" in done.stdout
        assert done.stderr == ""

    def test_the_environment_names_the_file(self, broken: Path) -> None:
        assert process("check-config", CONGTHU_CONFIG=str(broken)).returncode == 2

    def test_no_file_at_all(self, tmp_path: Path) -> None:
        done = process("check-config", CONGTHU_CONFIG=str(tmp_path / "no.toml"))
        assert done.returncode == 2
        assert "there is no such file" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr

    @pytest.mark.parametrize("arguments", [("--nonsense",), ("nonsense",), ("check-config", "a", "b")])
    def test_wrong_usage(self, arguments: tuple[str, ...]) -> None:
        done = process(*arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("Usage:")

    def test_help_and_version_import_no_command(self) -> None:
        script = (
            "import sys; from gateway.cli import main; main(['-h'], standalone_mode=False); print(sorted(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
        assert "check-config" in done.stdout
        assert "worker" not in done.stdout.split("['")[0]
        assert "'pydantic'" not in done.stdout
        assert process("--version").stdout.startswith("congthu ")


def read(descriptor: int) -> bytes:
    """What a pseudo-terminal has; nothing once the other side is gone (Linux says EIO)."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
