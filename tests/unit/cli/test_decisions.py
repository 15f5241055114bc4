"""`congthu decisions`, as a person and as a program use it."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.cli.decisions_view import HEADING, tell
from gateway.journal import Note
from gateway.journal.query import Found
from gateway.model import Attachment
from tests.unit.journal.support import decision, raw, refusal, running

_REFUSED, _ACCEPTED = "1M80-NEG8-RHAW-QJ4M", "1M80-NEG8-RHAW-AAAA"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose journal holds an accepted message and a refused one with a later word."""
    data = tmp_path / "data"
    data.mkdir()
    path = tmp_path / "config.toml"
    path.write_text(f'[gateway]\nhostname = "gw.tinh.example"\ndata_dir = "{data}"\ndomains = ["tinh.example"]\n')

    async def write() -> None:
        async with running(data) as journal:
            await journal.commit(decision(reference=_ACCEPTED, helo="\x1b]0;owned\x07", reply="=1+1"))
            hostile = Attachment("[red]báo cáo\x1b[31m\u202e.docx", "a/b", "c/d", 16777216, "b" * 64, "2")
            await journal.commit(refusal(reference=_REFUSED, attachments=[hostile]))
            journal.append(Note("review", _REFUSED, "đúng", by="lan", time=1.0))

    asyncio.run(write())
    return path


def _run(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["decisions", *arguments, "--config", str(config)])


def test_list_shows_both_and_filters(config: Path) -> None:
    done = _run(config, "list")
    assert done.exit_code == 0, done.output
    assert _REFUSED in done.stdout
    assert _ACCEPTED in done.stdout
    assert _ACCEPTED not in _run(config, "list", "--action", "reject", "--clause", "Q4 4.2").stdout
    assert [row["reference"] for row in orjson.loads(_run(config, "list", "--json").stdout)] == [_REFUSED, _ACCEPTED]


def _in_a_terminal(columns: int, config: Path, *arguments: str) -> list[str]:
    """What a command writes into a real terminal of this width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [sys.executable, "-m", "gateway", "decisions", *arguments, "--config", str(config)]
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    environment |= {"TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    shown = b""
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as child:
        os.close(theirs)
        with contextlib.suppress(OSError):  # Linux says EIO when the other side is gone
            while block := os.read(ours, 65536):
                shown += block
    os.close(ours)
    assert child.returncode == 0, shown
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.decode().splitlines()]


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (60, ["time", "reference", "action"]),
        (80, ["time", "reference", "action", "from", "to"]),
        (110, ["time", "reference", "action", "from", "to", "size", "rules"]),
        (200, ["time", "reference", "action", "from", "to", "size", "rules", "reply"]),
    ],
)
def test_list_in_a_terminal_has_a_line_a_decision(config: Path, columns: int, shown: list[str]) -> None:
    heading, refused, accepted, *rest = _in_a_terminal(columns, config, "list")
    assert heading.split() == shown
    assert re.match(rf"\S+ \S+  {_REFUSED}  reject\b", refused)
    assert re.match(rf"\S+ \S+  {_ACCEPTED}  accept\b", accepted)
    assert all(len(line) <= columns for line in (heading, refused, accepted))
    left_out = [name for name in HEADING if name not in shown]
    assert rest == ([f"not shown in a terminal of this width: {', '.join(left_out)}"] if left_out else [])


@pytest.mark.parametrize("columns", [80, 110, 200])
def test_show_in_a_terminal_breaks_between_words_only(config: Path, columns: int) -> None:
    lines = _in_a_terminal(columns, config, "show", _REFUSED)
    assert lines[0].startswith(f"{_REFUSED}  reject  at ")
    assert all(len(line) <= columns for line in lines)
    words = " ".join(line.strip() for line in lines)
    assert words.split() == _run(config, "show", _REFUSED).stdout.split()  # nothing cut, no word broken
    (first, *_) = [index for index, line in enumerate(lines) if "Q4 4.2: Dung" in line]
    assert columns == 200 or lines[first + 1].startswith(" " * 16 + lines[first + 1].strip()[0])


def test_show_tells_the_story_with_the_clauses_text(config: Path) -> None:
    done = _run(config, "show", _REFUSED.lower())
    assert done.exit_code == 0, done.output
    for words in ("Q4 4.2: Dung lượng", "552 5.3.4", "bytes = 16777216", "[red]báo cáo", "lan: đúng"):
        assert words in done.stdout
    told = orjson.loads(_run(config, "show", _REFUSED, "--json").stdout)
    assert told["clauses"]["Q4 4.2"]
    assert told["notes"][0]["text"] == "đúng"


@pytest.mark.parametrize("arguments", [["list"], ["show", _REFUSED], ["show", _ACCEPTED], ["export"], ["verify"]])
def test_nothing_steers_a_terminal(config: Path, arguments: list[str]) -> None:
    done = _run(config, *arguments)
    text = done.stdout.replace("\r\n", "\n")
    assert all(char.isprintable() or char == "\n" or (char == "\t" and arguments == ["list"]) for char in text)


def test_export(config: Path, tmp_path: Path) -> None:
    done = _run(config, "export", "--output", str(tmp_path / "out.csv"), "--excel")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("\n") == 3
    assert "'=1+1" in (tmp_path / "out.csv").read_text("utf-8-sig")
    lines = _run(config, "export", "--format", "jsonl", "--action", "reject").stdout.splitlines()
    assert [orjson.loads(line)["reference"] for line in lines] == [_REFUSED]
    assert _run(config, "export", "--output", str(tmp_path / "none" / "x.csv")).exit_code == 1


def test_verify_says_what_is_wrong(config: Path) -> None:
    done = _run(config, "verify")
    assert (done.exit_code, done.stdout.strip().endswith("sound")) == (0, True)
    with raw(config.parent / "data") as connection:
        connection.execute("UPDATE decisions SET action = 'accept' WHERE reference = ?", (_REFUSED,))
    done = _run(config, "verify")
    assert done.exit_code == 1
    assert "columns-edited: gw1-w0-" in done.stdout
    assert f"row 2 ({_REFUSED}): edited: action" in done.stdout
    assert orjson.loads(_run(config, "verify", "--json").stdout)["total"] == 1


def test_verify_reads_anchors_from_a_log(config: Path, tmp_path: Path) -> None:
    with raw(config.parent / "data") as connection:
        name, hash_ = connection.execute("SELECT name, hash FROM journal_chains, decisions ORDER BY id DESC").fetchone()
    line = f'{{"event":"journal.anchor","chain":"{name}","number":1,"seq":3,"hash":"HASH"}}\n'
    log = tmp_path / "log"
    log.write_text('{"event":"other"}\n"journal.anchor" {\n' + line.replace("HASH", hash_.hex()))
    assert _run(config, "verify", "--anchors", str(log)).exit_code == 0
    log.write_text(line.replace("HASH", "00" * 32))
    assert _run(config, "verify", "--anchors", str(log)).exit_code == 1


def test_prune_asks_and_keeps_the_proof(config: Path) -> None:
    assert _run(config, "prune", "--before", "2050-01-01").exit_code == 1  # nobody said yes
    done = _run(config, "prune", "--before", "2050-01-01", "--yes")
    assert (done.exit_code, done.stdout.strip()) == (0, "3 rows blanked")
    assert _run(config, "verify").exit_code == 0
    assert orjson.loads(_run(config, "list", "--json").stdout) == []
    assert "nothing is older" in _run(config, "prune", "--before", "2050-01-01", "--yes").stdout


def test_prune_of_a_class_and_as_configured(config: Path) -> None:
    assert _run(config, "prune", "--before", "2050-01-01", "--class", "refused", "--yes").stdout == "1 row blanked\n"
    assert [row["reference"] for row in orjson.loads(_run(config, "list", "--json").stdout)] == [_ACCEPTED]
    config.write_text(config.read_text() + "\n[retention]\nactions = 1\n")
    assert _run(config, "prune", "--yes").stdout == "1 row blanked\n"  # the review, of 1970
    assert "nothing is older" in _run(config, "prune", "--yes").stdout
    assert _run(config, "verify").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["prune", "--class", "refused"], 2),
        (["show", "nothing"], 1),
        (["list", "--action", "maybe"], 2),
        (["list", "--since", "yesterday"], 2),
        (["list", "--limit", "-1"], 2),
        (["prune"], 2),
    ],
)
def test_exit_codes(config: Path, arguments: list[str], code: int) -> None:
    done = _run(config, *arguments)
    assert done.exit_code == code
    assert "Traceback" not in done.output


@pytest.mark.parametrize("arguments", [["list"], ["show", "x"], ["export"], ["verify"], ["prune", "--before", "1d"]])
def test_without_a_journal_one_line(config: Path, arguments: list[str]) -> None:
    for path in (config.parent / "data").glob("congthu.db*"):
        path.unlink()
    done = _run(config, *arguments)
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "no journal yet" in done.stderr


def test_a_missing_key_is_said(config: Path) -> None:
    (config.parent / "data" / "journal.key").unlink()
    done = _run(config, "verify")
    assert done.exit_code == 2
    assert "journal.key: no such file" in done.stderr


def test_rows_of_evidence_stand_on_lines_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    passage = {"place": "đoạn 12", "sent": "Céng hoµ", "understood": "Cộng hoà"}
    texts = [{"text": "nội dung thư", "notes": ["telex"], "passages": [passage]}, {"text": "x\x1b[2J", "damaged": 3}]
    finding = {
        "rule": "vietnamese-charset",
        "clauses": [],
        "mode": "observe",
        "action": "accept",
        "reply": "550 5.6.1 Chu Viet",
        "evidence": {"count": 2, "texts": texts},
    }
    record = {"kind": "decision", "time": 0, "reference": "R", "action": "accept", "findings": [finding]}
    tell(Found(1, record), [], {})
    shown = capsys.readouterr().out
    assert "vietnamese-charset (observe): accept\n                warning, never said: 550 5.6.1 Chu Viet" in shown
    assert "                count = 2\n                texts 1: text nội dung thư; notes ['telex']\n" in shown
    assert "                  passages 1: place đoạn 12; sent Céng hoµ; understood Cộng hoà\n" in shown
    assert "                texts 2: text x" in shown
    assert "\x1b" not in shown
