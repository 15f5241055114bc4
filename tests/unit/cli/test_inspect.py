"""`congthu inspect`: a file is judged as the gateway would judge it."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.config import Gateway, Settings
from tests.support.mime import PROGRAM, attached, locked, zipped

CONFIG = """
[gateway]
hostname = "gw.test.example"
data_dir = "{folder}/data"
domains = ["tphcm.gov.vn"]
regulation = "tphcm-q4-03-2013"
[[listener]]
name = "mx"
bind = "127.0.0.1:2525"
direction = "inbound"
upstream = "box"
[[listener]]
name = "watching"
bind = "127.0.0.1:2526"
direction = "inbound"
upstream = "box"
[upstream.box]
maildir = "maildir"
[rules]
attachment-cap = {{ mode = "enforce", watching = "observe", limit = "1KiB" }}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(folder=tmp_path))
    return path


def message(tmp_path: Path, size: int, newline: bytes = b"\r\n") -> tuple[Path, bytes]:
    content = b"%PDF-1.4\n" + b"x" * (size - 9)
    text = (
        b'From: a@so.example\nContent-Type: application/pdf; name="so.pdf"\nContent-Transfer-Encoding: base64\n\n'
        + base64.encodebytes(content)
    )
    path = tmp_path / "message.eml"
    path.write_bytes(text.replace(b"\n", newline))
    return path, content


def inspect(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["inspect", *map(str, arguments)])


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_the_json_has_the_documented_shape(tmp_path: Path, config: Path, newline: bytes) -> None:
    path, content = message(tmp_path, 2000, newline)
    result = inspect(path, "--config", config, "--from", "a@so.example", "--rcpt", "q4@tphcm.gov.vn", "--json")
    found = orjson.loads(result.output)
    assert result.exit_code == 1
    # The file only says that it is a PDF, so there is something that could not be checked.
    assert set(found) == {"action", "reply", "findings", "checked", "message", "sender", "unchecked"}
    assert found["action"] == "reject"
    assert (found["reply"]["code"], found["reply"]["enhanced"]) == (552, "5.3.4")
    assert "Q4 4.2" in found["reply"]["text"]
    assert [(f["rule"], f["clauses"], f["mode"], f["action"]) for f in found["findings"]] == [
        ("attachment-cap", ["Q4 4.2"], "enforce", "reject"),
        ("unscannable", ["Q4 4.2"], "observe", "accept"),
    ]
    assert found["findings"][0]["evidence"]["total"] == 2000
    assert "attachment-cap" in found["checked"]
    assert found["message"]["attachment_bytes"] == 2000
    assert found["message"]["attachments"] == [
        {
            "filename": "so.pdf",
            "declared_type": "application/pdf",
            "sniffed_type": "application/pdf",
            "decoded_size": 2000,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    ]
    wire = path.read_bytes() if newline == b"\r\n" else path.read_bytes().replace(b"\n", b"\r\n")
    assert found["message"]["size"] == len(wire)
    assert found["message"]["sha256"] == hashlib.sha256(wire).hexdigest()


def test_a_good_message_is_accepted(tmp_path: Path, config: Path) -> None:
    path, _ = message(tmp_path, 1024)
    result = inspect(path, "--config", config, "--rcpt", "q4@tphcm.gov.vn", "--json")
    assert result.exit_code == 0
    assert orjson.loads(result.output)["reply"] == {"code": 250, "enhanced": "2.0.0", "text": "OK"}


def test_an_observing_listener_lets_it_pass_and_says_so(tmp_path: Path, config: Path) -> None:
    path, _ = message(tmp_path, 2000)
    result = inspect(path, "--config", config, "--listener", "watching", "--rcpt", "q4@tphcm.gov.vn")
    assert result.exit_code == 0
    assert "found: attachment-cap (Q4 4.2) observe reject" in result.output


def test_without_a_configuration_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small, _ = message(tmp_path, 2000)
    assert inspect(small).exit_code == 0
    big, _ = message(tmp_path, 15 * 2**20 + 1)
    assert inspect(big).exit_code == 1


def test_without_a_configuration_this_machines_directory_is_none_of_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, _ = message(tmp_path, 2000)
    nowhere = Gateway(data_dir=tmp_path / ("x" * 300))  # a folder that this user may not even look at
    monkeypatch.setattr("gateway.cli.inspect.Settings", lambda: Settings(gateway=nowhere))
    assert inspect(small).exit_code == 0


def test_a_directory_that_cannot_be_read_gives_no_judgement(tmp_path: Path, config: Path) -> None:
    config.write_text(config.read_text() + '[store]\nurl = "postgresql://nobody@127.0.0.1:1/none"\n')
    path, _ = message(tmp_path, 10)
    result = inspect(path, "--config", config)
    assert result.exit_code == 2, "neither would it pass nor would it not"
    assert "the directory's store" in result.output


def test_an_unknown_listener_is_one_clear_line(tmp_path: Path, config: Path) -> None:
    path, _ = message(tmp_path, 10)
    result = inspect(path, "--config", config, "--listener", "nope")
    assert result.exit_code == 2
    assert "there is no listener nope; there is: mx, watching" in result.output


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path, config: Path) -> None:
    path = tmp_path / "evil.eml"
    path.write_bytes(b'Content-Type: application/pdf; name="a\x1b[2Jb.pdf"\r\n\r\nx\r\n')
    assert "\x1b" not in inspect(path, "--config", config).output


def test_what_stands_in_files_is_shown(tmp_path: Path, config: Path) -> None:
    path = tmp_path / "thu.eml"
    path.write_bytes(attached(("ho_so.zip", zipped({"bao_cao.pdf": PROGRAM}))))
    result = inspect(path, "--config", config, "--rcpt", "q4@tphcm.gov.vn", "--json")
    assert result.exit_code == 1
    found = orjson.loads(result.output)
    assert [(f["names"], f["type"]) for f in found["files"]] == [
        (["ho_so.zip"], "application/zip"),
        (["ho_so.zip", "bao_cao.pdf"], "application/x-dosexec"),
    ]
    result = inspect(path, "--config", config, "--rcpt", "q4@tphcm.gov.vn")
    assert "ho_so.zip › bao_cao.pdf  application/x-dosexec" in result.output
    path.write_bytes(attached(("mat.zip", locked({"a.txt": b"mot"}))))
    result = inspect(path, "--config", config, "--rcpt", "q4@tphcm.gov.vn")
    assert "not checked: mat.zip › a.txt: encrypted" in result.output


def test_who_writes_is_shown(tmp_path: Path, config: Path) -> None:
    path = tmp_path / "message.eml"
    path.write_bytes(b"From: a@tphcm.gov.vn\r\nSender: b@tphcm.gov.vn\r\n\r\nx\r\n")
    options = (path, "--config", config, "--rcpt", "c@tphcm.gov.vn")
    found = orjson.loads(inspect(*options, "--json").output)["sender"]
    assert (found["from"], found["mailbox"], found["proved_by"]) == (["a@tphcm.gov.vn"], "", "none")
    plain = inspect(*options).output
    assert "proved: nobody (sender-mismatch)" in plain
    path.write_bytes(b"From: a@tphcm.gov.vn\r\n\r\nx\r\n")
    found = orjson.loads(inspect(*options, "--user", "a@tphcm.gov.vn", "--json").output)["sender"]
    assert (found["mailbox"], found["proved_by"]) == ("a@tphcm.gov.vn", "login")


def test_what_cannot_be_asked_is_said(tmp_path: Path, config: Path) -> None:
    path, _ = message(tmp_path, 100)
    for wrong in (("--listener", "nope"), ("--client", "1.2.3"), ("--config", config, "--listener", "outbound")):
        result = inspect(path, *wrong)
        assert result.exit_code == 2, wrong
        assert str(wrong[-1]) in result.stderr
    assert "without --config" in inspect(path).stderr
    assert "without --config" not in inspect(path, "--config", config).stderr
