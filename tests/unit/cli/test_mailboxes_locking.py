"""`congthu mailboxes lock` and `unlock`: what they say, what they leave behind, what they refuse."""

from __future__ import annotations

import time
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from gateway.directory.plan import change
from gateway.directory.request_store import RequestSeen, RequestStore
from gateway.directory.store import DirectoryStore
from gateway.lifecycle.subject import Lock, Record
from gateway.upkeep.records import Upkeep
from gateway.who import Kind, Mailbox, State, Unit
from tests.unit.cli.support_use import IDLE, LOCKED, UNIT, configured, directory, run
from tests.unit.upkeep.build import DAY

_REFERENCE = "1M80-NEG8-RHAW-QJ4M"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return configured(tmp_path)


@pytest.fixture
def store(config: Path) -> DirectoryStore:
    return directory(config)


def _asked(store: DirectoryStore, mailbox: str) -> None:
    seen = RequestSeen(_REFERENCE, time.time(), "q4@tphcm.example", mailbox, "pnv", "login", ("change",))
    RequestStore(store.database).add([seen])


def _journal(store: DirectoryStore) -> list[tuple[str, str]]:
    """The journal's rows of what was done to the mailbox, in their order."""
    with store.database.reading() as connection:
        rows = connection.execute(sa.text("SELECT payload FROM decisions WHERE kind = 'action' ORDER BY time")).all()
    told = [orjson.loads(payload) for (payload,) in rows]
    return [(one["what"], one["text"]) for one in told if one["about"] == IDLE.address]


def test_lock_and_unlock_are_on_record(config: Path, store: DirectoryStore) -> None:
    done = run(config, "mailboxes", "lock", IDLE.address, "--reason", "lộ mật khẩu", "--because", "security")
    assert done.exit_code == 0, done.output
    assert "đã khóa / locked (security)" in done.stdout
    assert "the mail server is not told" in done.stderr
    assert run(config, "mailboxes", "lock", IDLE.address, "--reason", "x").exit_code == 1
    wrong = run(config, "mailboxes", "unlock", IDLE.address, "--letter", "12/CV")
    assert wrong.exit_code == 1
    assert "cơ quan xác nhận bằng văn bản" in wrong.stderr
    done = run(config, "mailboxes", "unlock", IDLE.address, "--confirmation", "12/XN", "--json")
    assert done.exit_code == 0
    assert orjson.loads(done.stdout)["number"] == "12/XN"
    history = run(config, "mailboxes", "show", IDLE.address).stdout
    assert "lock, security: lộ mật khẩu" in history
    assert "unlock, written-confirmation 12/XN" in history
    assert _journal(store) == [
        ("mailbox-lock", "security: lộ mật khẩu"),
        ("mailbox-lock", "hand: x"),
        ("not-done", "hand: x"),
        ("mailbox-reopen", "official-letter 12/CV"),
        ("not-done", "official-letter 12/CV"),
        ("mailbox-reopen", "written-confirmation 12/XN"),
    ]


def test_a_lock_for_the_password_waits_five_days(config: Path, store: DirectoryStore) -> None:
    run(config, "mailboxes", "lock", IDLE.address, "--reason", "chưa đổi", "--because", "password")
    early = run(config, "mailboxes", "unlock", IDLE.address, "--letter", "12/CV")
    assert early.exit_code == 1
    assert "(Q4 8.3b)" in early.stderr
    past = time.time() - 6 * DAY
    Upkeep(store.database).life.change(IDLE.key, lambda _: Record(locked=past, lock=Lock.PASSWORD))
    assert run(config, "mailboxes", "unlock", IDLE.address, "--letter", "12/CV").exit_code == 0


def test_a_personal_mailbox_opens_by_the_request_of_its_units_mailbox(config: Path, store: DirectoryStore) -> None:
    unknown = run(config, "mailboxes", "unlock", LOCKED.address, "--request", _REFERENCE)
    assert unknown.exit_code == 1
    assert "there is no request" in unknown.stderr
    _asked(store, UNIT)
    done = run(config, "mailboxes", "unlock", LOCKED.address, "--request", _REFERENCE)
    assert done.exit_code == 0, done.output
    assert f"requests answer {_REFERENCE}" in done.stdout
    found = store.snapshot().mailbox(LOCKED.address)
    assert found is not None
    assert found.state is State.ACTIVE


def test_nobody_else_asks_for_it(config: Path, store: DirectoryStore) -> None:
    _asked(store, IDLE.address)
    refused = run(config, "mailboxes", "unlock", LOCKED.address, "--request", _REFERENCE)
    assert refused.exit_code == 1
    assert "not from the mailbox of its unit" in refused.stderr


@pytest.mark.parametrize(("unit", "code"), [("q4", 0), ("pyt", 1)])
def test_the_unit_above_asks_for_it_too_and_no_other_unit(
    config: Path, store: DirectoryStore, unit: str, code: int
) -> None:
    asker = Mailbox(f"{unit}@tphcm.example", Kind.UNIT, unit)
    entries = [asker] if unit == "q4" else [Unit("pyt", "Phòng Y tế", "q4"), asker]
    store.apply(change(store.snapshot(), *entries), who="test")
    _asked(store, asker.address)
    assert run(config, "mailboxes", "unlock", LOCKED.address, "--request", _REFERENCE).exit_code == code


def test_a_units_mailbox_needs_a_letter(config: Path, store: DirectoryStore) -> None:
    run(config, "mailboxes", "lock", UNIT, "--reason", "x", "--because", "dormant")
    assert run(config, "mailboxes", "unlock", UNIT, "--confirmation", "1").exit_code == 1
    assert run(config, "mailboxes", "unlock", UNIT, "--letter", "12/CV").exit_code == 0


def test_where_the_gateway_keeps_people_out_it_says_when(tmp_path: Path) -> None:
    deny = tmp_path / "deny"
    more = f'[lifecycle]\ndeny_file = "{deny}"\n[lifecycle.do]\nlock = ["deny-file"]\n'
    config = configured(tmp_path, more)
    store = directory(config)
    done = run(config, "mailboxes", "lock", IDLE.address, "--reason", "x", "--because", "dormant")
    assert f"rewrites {deny} within" in done.stdout
    record = Upkeep(store.database).life.records([IDLE.key])[IDLE.key]
    assert record.held
    assert record.idle_since == record.locked


@pytest.mark.parametrize(
    "arguments",
    [
        ["lock", IDLE.address],
        ["lock", IDLE.address, "--reason", "x", "--because", "nothing"],
        ["unlock", IDLE.address],
        ["unlock", IDLE.address, "--letter", "1", "--list", "2"],
        ["unlock", IDLE.address, "--letter", " "],
    ],
)
def test_wrong_usage(config: Path, store: DirectoryStore, arguments: list[str]) -> None:
    assert run(config, "mailboxes", *arguments).exit_code == 2
    found = store.snapshot().mailbox(IDLE.address)
    assert found is not None
    assert found.state is State.ACTIVE


def test_no_such_mailbox(config: Path, store: DirectoryStore) -> None:
    assert run(config, "mailboxes", "lock", "no@x.example", "--reason", "x").exit_code == 1
    assert run(config, "mailboxes", "unlock", "no@x.example", "--letter", "x").exit_code == 1
