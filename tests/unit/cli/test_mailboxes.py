"""`congthu mailboxes`, as a person and as a program use it."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import orjson
import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.cli.mailboxes import _COMMANDS
from gateway.directory.entry import clean_address
from gateway.directory.outbox import Outbox
from gateway.directory.request_store import RequestSeen, RequestStore
from gateway.directory.store import DirectoryStore
from gateway.who import Kind
from tests.unit.directory.support_store import PERSON, UNIT_MAILBOX, filled

_REFERENCE = "1M80-NEG8-RHAW-QJ4M"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with an empty data folder."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "config.toml"
    path.write_text(
        f'[gateway]\nhostname = "gw.tinh.example"\ndata_dir = "{tmp_path / "data"}"\ndomains = ["tphcm.example"]\n'
        'regulation = "tphcm-q4-03-2013"\n'
        '[notices]\nsender = "q4@tphcm.example"\noffice = "Văn phòng"\n'
    )
    return path


@pytest.fixture
def store(config: Path) -> DirectoryStore:
    """The same with a small directory and a request in it."""
    made = filled(config.parent / "data")
    seen = RequestSeen(_REFERENCE, time.time(), "q4@tphcm.example", UNIT_MAILBOX.address, "pnv", "login", ("create",))
    RequestStore(made.database).add([seen])
    return made


def _run(config: Path, *arguments: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["mailboxes", *arguments, "--config", str(config)], input=answer)


def _file(config: Path, text: str | bytes, name: str = "a.csv") -> str:
    path = config.with_name(name)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


_GOOD = (
    "STT;Địa chỉ;Họ tên;Mã đơn vị;Tên đơn vị;Loại\n"
    "1;pyt@x.example;Phòng Y tế;pyt;Phòng Y tế;đơn vị\n"
    "2;an@x.example;An;pyt;;\n"
)
_BAD = "địa chỉ;trạng thái;mã đơn vị\nwrong;bay;\nok@x.example;;\nno@x.example;;zz\n"


def test_the_group_names_its_commands(config: Path) -> None:
    shown = CliRunner().invoke(main, ["mailboxes", "--help"]).stdout
    for name in _COMMANDS:
        assert f"  {name} " in shown
    assert CliRunner().invoke(main, ["mailboxes", "nonsense"]).exit_code == 2


def test_an_empty_directory_is_no_error(config: Path) -> None:
    for command in (["list"], ["export"], ["changes"], ["requests", "list"], ["notices"], ["answers"]):
        done = _run(config, *command)
        assert done.exit_code == 0, done.output
    assert orjson.loads(_run(config, "list", "--json").stdout) == []


def test_import_shows_asks_and_does(config: Path) -> None:
    file = _file(config, _GOOD)
    dry = _run(config, "import", file, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "+ mailbox an@x.example" in dry.stdout
    assert "3 to add, 0 to change, 0 to remove" in dry.stdout
    assert not (config.parent / "data" / "congthu.db").exists()

    refused = _run(config, "import", file, answer="n\n")
    assert refused.exit_code == 1
    assert _run(config, "list", "--json").stdout.strip() == "[]"

    done = _run(config, "import", file, answer="y\n")
    assert done.exit_code == 0, done.output
    assert "2 of 2 rows taken, version 1" in done.stdout
    assert "pyt@x.example\tunit\tpyt" in _run(config, "list").stdout
    again = _run(config, "import", file)
    assert (again.exit_code, "is like that already" in again.stdout) == (0, True)


def test_import_says_every_fault_and_changes_nothing(config: Path) -> None:
    done = _run(config, "import", _file(config, _BAD), "--yes")
    assert done.exit_code == 1
    for line in ("line 2, column 'địa chỉ'", "2, column 'trạng thái'", "4, column 'mã đơn vị'", "nothing was changed"):
        assert line in done.stderr
    assert _run(config, "list").stdout.count("\n") == 1

    told = orjson.loads(_run(config, "import", _file(config, _BAD), "--dry-run", "--json").stdout)
    places = [(fault["line"], fault["column"]) for fault in told["faults"]]
    assert places == [(2, "địa chỉ"), (2, "trạng thái"), (4, "mã đơn vị")]
    assert told["applied"] is False


def test_import_takes_the_rest_when_asked(config: Path) -> None:
    done = _run(config, "import", _file(config, _BAD), "--partial", "--yes", "--json")
    assert done.exit_code == 1
    told = orjson.loads(done.stdout)
    assert (told["applied"], told["rows"], told["total"]) == (True, 1, 3)
    assert [one["address"] for one in orjson.loads(_run(config, "list", "--json").stdout)] == ["ok@x.example"]


@pytest.mark.usefixtures("store")
def test_import_stops_where_too_much_would_go(config: Path) -> None:
    file = _file(config, f"address\n{PERSON.address}\n")
    done = _run(config, "import", file, "--remove-missing", "--yes")
    assert done.exit_code == 1
    assert "67% of the mailboxes would be removed" in done.stderr
    assert len(orjson.loads(_run(config, "list", "--json").stdout)) == 3
    assert _run(config, "import", file, "--remove-missing", "--max-removed", "70", "--yes").exit_code == 0
    assert [one["address"] for one in orjson.loads(_run(config, "list", "--json").stdout)] == [PERSON.address]


@pytest.mark.parametrize(
    "options",
    [["--partial", "--remove-missing"], ["--json"], ["--max-removed", "101"]],
)
def test_import_options_that_do_not_go_together(config: Path, options: list[str]) -> None:
    assert _run(config, "import", _file(config, _GOOD), *options).exit_code == 2


def test_import_of_nothing(config: Path) -> None:
    assert _run(config, "import", str(config.with_name("none.csv"))).exit_code == 2
    assert _run(config, "import", _file(config, b"\x00\x01"), "--yes").exit_code == 1
    done = _run(config, "import", _file(config, ""), "--yes")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "1 fault\n" in done.stderr


def test_import_writes_notices_when_asked(config: Path, store: DirectoryStore) -> None:
    text = f"{_GOOD}3;moi@x.example;Mới;pnv;;\n4;ai@x.example;Ai;lạ;Phòng Lạ;\n"
    done = _run(config, "import", _file(config, text), "--yes", "--notify")
    assert done.exit_code == 0, done.output
    assert "unit lạ has no mailbox of its own" in done.stderr
    sent = {(one.notice.recipient, one.notice.kind) for one in Outbox(store.database).list()}
    assert sent == {("pyt@x.example", "creation"), (UNIT_MAILBOX.address, "creation")}


@pytest.mark.usefixtures("store")
def test_export_goes_back_in_without_a_change(config: Path) -> None:
    for format_ in ("csv", "xlsx"):
        path = config.with_name(f"out.{format_}")
        assert _run(config, "export", "--format", format_, "--output", str(path)).exit_code == 0
        told = orjson.loads(_run(config, "import", str(path), "--remove-missing", "--dry-run", "--json").stdout)
        assert (told["plan"]["steps"], told["faults"]) == ([], [])
    assert _run(config, "export").stdout_bytes == config.with_name("out.csv").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(_run(config, "export", "--format", "xlsx", "--english").stdout_bytes))
    assert book.active["A1"].value == "address"
    assert len(orjson.loads(_run(config, "export", "--format", "json").stdout)["mailboxes"]) == 3
    assert _run(config, "export", "--output", str(config.parent)).exit_code == 2


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 3),
        (["--kind", "unit"], 1),
        (["--state", "warned"], 1),
        (["--unit", "pnv"], 2),
        (["--unit", "q4"], 0),
        (["--unit", "q4", "--below"], 2),
        (["--text", "NGUYEN van"], 1),
        (["--text", "đi học"], 1),
        (["--exempt"], 1),
        (["--limit", "2"], 2),
    ],
)
def test_list_filters(config: Path, options: list[str], count: int) -> None:
    found = orjson.loads(_run(config, "list", "--json", *options).stdout)
    assert len(found) == count
    assert all(clean_address(one["address"]) and Kind(one["kind"]) for one in found)


@pytest.mark.usefixtures("store")
def test_a_unit_that_is_not_there_is_no_empty_answer(config: Path) -> None:
    done = _run(config, "list", "--unit", "pvn")
    assert (done.exit_code, "no unit pvn" in done.stderr) == (2, True)


@pytest.mark.usefixtures("store")
def test_show_tells_everything(config: Path) -> None:
    shown = _run(config, "show", "AN.q4@tphcm.example").stdout
    for word in ("Nguyễn Văn An", "warned", "canbo@tphcm.example", UNIT_MAILBOX.address, "đi học", "Phòng Nội vụ"):
        assert word in shown
    told = orjson.loads(_run(config, "show", UNIT_MAILBOX.address, "--json").stdout)
    assert [one["reference"] for one in told["requests"]] == [_REFERENCE]
    assert told["changes"][0]["action"] == "add"
    missing = _run(config, "show", "nobody@x.example")
    assert (missing.exit_code, "no mailbox nobody" in missing.stderr) == (1, True)


def test_exempt_and_end(config: Path, store: DirectoryStore) -> None:
    address = UNIT_MAILBOX.address
    assert _run(config, "exempt", address, "--reason", "sửa nhà", "--until", "2026-12-31").exit_code == 0
    assert any(one.reason == "sửa nhà" for one in store.snapshot().exemptions)
    assert _run(config, "exempt", address, "--end").exit_code == 0
    assert "no exemption" in _run(config, "exempt", address, "--end").stderr
    assert [one.key for one in store.snapshot().exemptions] == [PERSON.key]
    assert _run(config, "exempt", address).exit_code == 2
    assert _run(config, "exempt", address, "--end", "--reason", "x").exit_code == 2
    assert _run(config, "exempt", "nobody@x.example", "--reason", "x").exit_code == 1
    changes = orjson.loads(_run(config, "changes", address, "--json").stdout)
    assert [one["action"] for one in changes] == ["remove", "add", "add"]
    assert "@" in changes[0]["who"]


@pytest.mark.usefixtures("store")
def test_an_exemption_that_is_over_already_is_doubted(config: Path) -> None:
    done = _run(config, "exempt", UNIT_MAILBOX.address, "--reason", "x", "--until", "2020-01-01")
    assert (done.exit_code, "is past" in done.stderr) == (0, True)


def test_handover(config: Path, store: DirectoryStore) -> None:
    arguments = ("handover", UNIT_MAILBOX.address, "--to", "Trần Mới", "--to-mailbox", PERSON.address)
    assert _run(config, *arguments, "--dry-run").exit_code == 0
    assert store.version() == 1
    done = _run(config, *arguments)
    assert done.exit_code == 0, done.output
    found = store.snapshot().mailbox(UNIT_MAILBOX.address)
    assert found is not None
    assert (found.holder, found.delegates) == ("Trần Mới", ())
    assert [one.notice.kind for one in Outbox(store.database).list()] == ["handover", "handover"]
    assert store.changes(limit=1)[0].source == "handover"
    assert _run(config, "handover", PERSON.address, "--to", "A").exit_code == 1
    assert _run(config, "handover", UNIT_MAILBOX.address, "--to", "A", "--to-mailbox", "x").exit_code == 2


def test_requests_are_listed_shown_and_answered_once(config: Path, store: DirectoryStore) -> None:
    assert _REFERENCE in _run(config, "requests", "list", "--open").stdout
    assert "create" in _run(config, "requests", "show", _REFERENCE.lower()).stdout
    done = _run(config, "requests", "answer", _REFERENCE, "--text", "đã cấp")
    assert done.exit_code == 0, done.output
    (notice,) = Outbox(store.database).list()
    assert (notice.notice.recipient, notice.notice.about) == (UNIT_MAILBOX.address, _REFERENCE)
    again = _run(config, "requests", "answer", _REFERENCE)
    assert (again.exit_code, "was answered" in again.stderr) == (1, True)
    assert orjson.loads(_run(config, "requests", "list", "--open", "--json").stdout) == []
    (told,) = orjson.loads(_run(config, "requests", "show", _REFERENCE, "--json").stdout)
    assert (told["answer"], "@" in told["answered_by"]) == ("đã cấp", True)
    assert _run(config, "requests", "show", "none").exit_code == 1


def test_a_request_is_shown_as_it_is_listed(config: Path, store: DirectoryStore) -> None:
    seen = RequestSeen("2M80-NEG8-RHAW-QJ4M", 1_772_600_000.0, "q4@tphcm.example", "a@tphcm.example", reason=True)
    RequestStore(store.database).add([seen])
    listed = next(line for line in _run(config, "requests", "list").stdout.splitlines() if seen.reference in line)
    time_listed = listed.split("\t")[0]
    lines = [line.split(maxsplit=1) for line in _run(config, "requests", "show", seen.reference).stdout.splitlines()]
    assert ["time", time_listed] in lines
    assert ["reason", "yes"] in lines
    assert "answered" not in [line[0] for line in lines]
    _run(config, "requests", "answer", _REFERENCE)
    shown = _run(config, "requests", "show", _REFERENCE).stdout
    assert re.search(r"(?m)^  answered +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", shown)
    assert re.search(r"(?m)^  reason +no$", shown)


def test_an_answer_without_a_notice(config: Path, store: DirectoryStore) -> None:
    done = _run(config, "requests", "answer", _REFERENCE, "--no-notice", "--json")
    assert orjson.loads(done.stdout) == {"reference": _REFERENCE, "notice": None}
    assert Outbox(store.database).list() == []


@pytest.mark.usefixtures("store")
def test_notices_are_listed_and_printed(config: Path) -> None:
    _run(config, "requests", "answer", _REFERENCE)
    assert "waits, 0 tries" in _run(config, "notices", "--waiting").stdout
    (told,) = orjson.loads(_run(config, "notices", "--json").stdout)
    assert (told["kind"], told["from"], told["sent"]) == ("completion", "q4@tphcm.example", None)
    printed = _run(config, "notices", "--show", str(told["number"])).stdout
    assert "Subject: Thông báo hoàn tất" in printed
    assert "Q4 6.2" in printed
    assert _run(config, "notices", "--show", "99").exit_code == 1


def test_an_office_without_an_address_is_a_wrong_configuration(config: Path, store: DirectoryStore) -> None:
    config.write_text(config.read_text().replace('sender = "q4@tphcm.example"', 'sender = "Văn phòng"'))
    done = _run(config, "requests", "answer", _REFERENCE)
    assert done.exit_code == 2
    assert "notices.sender" in done.stderr
    assert RequestStore(store.database).list(open_only=True)


def _in_a_terminal(*arguments: str) -> str:
    """What a command writes into a real terminal."""
    ours, theirs = pty.openpty()
    shown = b""
    command = [sys.executable, "-m", "gateway", "mailboxes", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        with contextlib.suppress(OSError):  # Linux says EIO when the other side is gone
            while block := os.read(ours, 65536):
                shown += block
    os.close(ours)
    assert child.returncode == 0, shown
    return shown.decode()


def test_progress_is_shown_in_a_terminal(config: Path) -> None:
    file = _file(config, "address\n" + "".join(f"m{number}@x.example\n" for number in range(1100)))
    shown = _in_a_terminal("import", file, "--yes", "--config", str(config))
    for told in ("\rreading: 500 rows", "\rreading: 1,000 rows", "\rwriting: 500 rows", "\rwriting: 1,100 rows"):
        assert told in shown
    assert "1,100 of 1,100 rows taken" in shown


def test_a_file_cannot_steer_the_terminal(config: Path) -> None:
    done = _run(config, "import", _file(config, "address\n\x1b]0;owned\x07@x.example\n"), "--yes")
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    _run(config, "import", _file(config, "address;note\na@x.example;[red]=1+1\n"), "--yes")
    assert "[red]=1+1" in _run(config, "show", "a@x.example").stdout


def test_a_store_that_does_not_answer_is_one_line(config: Path) -> None:
    (config.parent / "data" / "congthu.db").write_bytes(b"hello " * 2000)
    for command in (["list"], ["show", "a@b"], ["requests", "list"], ["exempt", "a@b", "--reason", "x"]):
        done = _run(config, *command)
        assert done.exit_code == 1
        assert "not a database" in done.stderr
        assert "Traceback" not in done.output


def test_a_first_import_comes_before_the_first_start(config: Path) -> None:
    (config.parent / "data").rmdir()
    done = _run(config, "import", _file(config, _GOOD), "--yes")
    assert done.exit_code == 0, done.output
    assert (config.parent / "data").stat().st_mode & 0o007 == 0
    (config.parent / "data" / "congthu.db").unlink()
    config.write_text(config.read_text().replace(f'{config.parent / "data"}"', f'{config}"'))
    refused = _run(config, "import", _file(config, _GOOD), "--yes")
    assert refused.exit_code == 2
    assert "data_dir" in refused.stderr
