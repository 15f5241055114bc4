"""`congthu poll --once` and `mailboxes show` against a real Dovecot and real clients: what they tell is true."""

from __future__ import annotations

import contextlib
import imaplib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.directory.entry import Snapshot
from gateway.directory.plan import Wanted, change, diff
from gateway.directory.store import DirectoryStore
from gateway.upkeep.records import Upkeep
from gateway.who import Kind, Mailbox, State, Unit
from tests.support.dovecot import DovecotImap

pytestmark = pytest.mark.service("dovecot-imap")

ROOT = Path(__file__).parents[2]
NAMES = [f"hop{number}@tinh.example" for number in range(6)]
READ, UNREAD, GONE, *OTHERS = NAMES
MORE = [f"them{number}@tinh.example" for number in range(30)]
RECLAIMED = Mailbox("cu@tinh.example", Kind.PERSONAL, "pnv", state=State.RECLAIMED)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotImap]:
    """Without one mailbox that the directory has."""
    with DovecotImap([name for name in (*NAMES, *MORE) if name != GONE]) as made:
        for name in NAMES:
            if name != GONE:
                made.deliver(name, 2)
        yield made


@pytest.fixture(scope="module")
def config(dovecot: DovecotImap, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gateway's configuration, and its directory."""
    folder = tmp_path_factory.mktemp("poll")
    (folder / "data").mkdir()
    (folder / "secret").write_text(f"{DovecotImap.SECRET}\n")
    store = DirectoryStore("sqlite:///congthu.db", folder / "data")
    store.prepare()
    boxes = (*(Mailbox(name, Kind.UNIT, "pnv") for name in NAMES), RECLAIMED)
    store.apply(diff(Snapshot(), Wanted((Unit("pnv", "Phòng Nội vụ"),), boxes, (), ())), who="test")
    path = folder / "config.toml"
    path.write_text(
        f'[gateway]\nhostname = "gw.tinh.example"\ndata_dir = "{folder / "data"}"\ndomains = ["tinh.example"]\n'
        f'regulation = "tphcm-q4-03-2013"\n'
        f'[imap]\nhost = "127.0.0.1:{dovecot.port}"\ntls = "loopback"\nuser = "{DovecotImap.MASTER}"\n'
        f'password_file = "{folder / "secret"}"\nrate = 1000\n'
    )
    return path


def run(config: Path, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, [*arguments, "--config", str(config)])
    assert done.exit_code == code, done.output
    return done.stdout


@contextlib.contextmanager
def owner(dovecot: DovecotImap, user: str) -> Iterator[imaplib.IMAP4]:
    """Somebody reads the inbox."""
    client = imaplib.IMAP4("127.0.0.1", dovecot.port)
    client.login(user, DovecotImap.PASSWORD)
    client.select()
    yield client
    client.logout()


def test_a_client_that_reads_is_seen_and_nobody_else(config: Path, dovecot: DovecotImap) -> None:
    first = orjson.loads(run(config, "poll", "--once", "--json", code=1))
    assert (first["mailboxes"], first["polled"], first["failures"]) == (6, 5, {"vanished": 1})
    assert all(one["first_look"] for one in first["polls"] if not one["failure"])
    with owner(dovecot, READ):
        pass
    table = run(config, "poll", "--once", "--mailbox", READ, "--mailbox", UNREAD)
    assert table.count("thư mới trong Hộp thư đến đã được mở") == 1
    assert next(line for line in table.splitlines() if READ in line).split("\t")[3] == "chắc chắn"
    shown = run(config, "mailboxes", "show", READ)
    assert "Có truy cập" in shown
    assert "(suy ra qua IMAP; chắc chắn)" in shown
    assert "Đang sử dụng" in shown
    unread = orjson.loads(run(config, "mailboxes", "show", UNREAD, "--json"))
    assert unread["use"]["used"] is None, "our own polls are no use"
    assert [one["sign"] for one in unread["use"]["evidence"]] == ["recent-kept"]
    assert unread["life"]["phase"] == "cannot-tell"
    assert unread["quota"]["limit"] == 2**30
    assert unread["old_messages"] == 0


def test_a_mailbox_that_is_not_there_is_its_own_failure(config: Path, dovecot: DovecotImap) -> None:
    failed = orjson.loads(run(config, "poll", "--once", "--mailbox", OTHERS[0], "--mailbox", GONE, "--json", code=1))
    assert {one["mailbox"]: one["failure"] for one in failed["polls"]} == {GONE: "vanished", OTHERS[0]: None}
    assert "there is no such mailbox (vanished)" in run(config, "mailboxes", "show", GONE)


def test_what_was_found_before_it_is_broken_off_is_kept(config: Path, dovecot: DovecotImap) -> None:
    slow = config.with_name("slow.toml")
    slow.write_text(config.read_text().replace("rate = 1000", "rate = 1"))
    directory = DirectoryStore("sqlite:///congthu.db", config.parent / "data")
    more = (Mailbox(name, Kind.UNIT, "pnv") for name in MORE)  # a poll a second: it is not through before it is told
    directory.apply(change(directory.snapshot(), *more), who="test")
    store = Upkeep(directory.database).use
    before = {name: one.attempted for name, one in store.past().items()}
    log = dovecot.folder / "dovecot.log"
    polls = log.read_text().count("Logged out")
    command = [sys.executable, "-m", "gateway", "poll", "--once", "--config", str(slow)]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while log.read_text().count("Logged out") < polls + 3 and time.monotonic() < end:  # it has heard of the first
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 1, said
    assert b"Traceback" not in said
    after = {name: one.attempted for name, one in store.past().items()}
    assert 1 <= sum(after[name] != before.get(name) for name in after) < len(NAMES) + len(MORE)
