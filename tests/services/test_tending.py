"""Mailboxes tended by the running gateway: a real Dovecot polled, a silent mailbox warned, locked out and let in again.

And of two gateways, on one PostgreSQL and one Redis, one sweeps; when it dies the other does.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import http.server
import imaplib
import json
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from gateway.imap.ports import Outcome
from gateway.lifecycle.subject import Lock
from gateway.tending import Tending
from gateway.throttle.redis import RedisLimits
from gateway.upkeep.records import Upkeep
from gateway.upkeep.rows import Result
from gateway.using import sweeping_of
from gateway.who import Kind as MailboxKind
from gateway.who import Mailbox, State, Unit
from tests.support.congthu import Gateway, listener, upstream
from tests.support.dovecot import DovecotImap
from tests.support.ports import HOST
from tests.support.recorder import Recorder
from tests.support.redis import RedisServer

pytestmark = pytest.mark.service("dovecot-imap")

AN, BINH, DESK, HELD = (f"{name}@tinh.example" for name in ("an", "binh", "tckh", "giu"))
BOXES = (
    Mailbox(DESK, MailboxKind.UNIT, unit="TCKH"),
    Mailbox(AN, MailboxKind.PERSONAL, unit="TCKH"),
    Mailbox(BINH, MailboxKind.PERSONAL, unit="TCKH"),
    Mailbox(HELD, MailboxKind.PERSONAL, unit="TCKH", state=State.LOCKED),
)
KEY = "một khóa bí mật"
DAY = 86_400.0
LEASE = 6.0  # seconds: a machine that stands still for less takes it from nobody


class Hook:
    """Takes webhook calls on a thread."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.append((dict(self.headers), body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = http.server.ThreadingHTTPServer((HOST, 0), Handler)
        self.url = f"http://{HOST}:{self._server.server_port}/viec"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotImap]:
    with DovecotImap([AN, BINH, DESK, HELD]) as made:
        yield made


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def hop() -> Iterator[Recorder]:
    with Recorder() as made:
        yield made


@pytest.fixture(scope="module")
def gate(dovecot: DovecotImap, hook: Hook, hop: Recorder) -> Iterator[Gateway]:
    """One that polls, judges each second at any hour, and does what is due in every way."""
    made = Gateway(
        [listener()],
        {"mailserver": upstream(hop.port)},
        gateway={"regulation": "tphcm-q4-03-2013"},
        notices={"upstream": "mailserver", "sender": "vanthu@tinh.example", "office": "Văn phòng"},
    )
    made.write_config()
    command = made.folder / "command"
    command.write_text(f'#!/bin/sh\necho "$@" >> {made.folder}/ran\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    made.settings |= {
        "imap": imap_settings(dovecot, made.folder),
        "directory": {"refresh": "0.2s"},
        "lifecycle": {
            "every": "1s",
            "opens": "00:00",
            "closes": "00:00",
            "deny_file": str(dovecot.folder / "locked"),
            "command": [str(command), "{act}", "{mailbox}"],
            "webhook": hook.url,
            "webhook_key_file": secret(made.folder / "hook-key", KEY),
            "do": {"warn": ["mail"], "lock": ["deny-file", "mail", "command", "webhook"]},
        },
    }
    made.write_config()
    store = directory(made)
    store.prepare()
    store.apply(change(store.snapshot(), Unit("TCKH", "Phòng Tài chính"), *BOXES), who="test")
    with made:
        yield made


def imap_settings(dovecot: DovecotImap, folder: Path) -> dict[str, Any]:
    return {
        "host": f"{HOST}:{dovecot.port}",
        "tls": "loopback",
        "user": dovecot.MASTER,
        "password_file": secret(folder / "imap-password", dovecot.SECRET),
    }


def secret(path: Path, text: str) -> str:
    path.write_text(f"{text}\n")
    path.chmod(0o600)
    return str(path)


def wait(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.1)


def upkeep(gate: Gateway) -> Upkeep:
    return Upkeep(Database("sqlite:///congthu.db", gate.folder / "data"))


def directory(gate: Gateway) -> DirectoryStore:
    return DirectoryStore("sqlite:///congthu.db", gate.folder / "data")


def state(gate: Gateway, address: str) -> State:
    found = directory(gate).snapshot().mailbox(address)
    assert found is not None
    return found.state


def passes(gate: Gateway) -> int:
    return [line.get("event") for line in gate.logged()].count("lifecycle.passed")


def enters(dovecot: DovecotImap, user: str) -> bool:
    client = imaplib.IMAP4(HOST, dovecot.port)
    with contextlib.suppress(OSError, imaplib.IMAP4.error):
        client.login(user, dovecot.PASSWORD)
        client.logout()
        return True
    client.shutdown()
    return False


def unused(key: str, now: float) -> tuple[list[Evidence], list[Coverage]]:
    """Five months of silence that Dovecot's events prove, up to a little after now (within the clocks' tolerance)."""
    last = now - 150 * DAY
    used = Evidence(key, Kind.ACCESS, Strength.EXACT, last - 60, last, Source.DOVECOT_EVENTS, Sign.LOGIN)
    return [used], [Coverage(key, Source.DOVECOT_EVENTS, last - DAY, now + 240)]


class TestOneGateway:
    """In the order of a mailbox's life."""

    def test_everybody_is_polled_and_the_deny_file_is_kept(self, gate: Gateway, dovecot: DovecotImap) -> None:
        wait(lambda: gate.metric("congthu_polls_total", result="ok") >= 4, "four polls")
        kept = upkeep(gate).use
        wait(lambda: len(kept.polled([AN, BINH, DESK, HELD])) == 4, "in the store")
        assert {one.failure for one in kept.polled([AN, BINH, DESK, HELD]).values()} == {None}
        wait(lambda: HELD in (dovecot.folder / "locked").read_text(), "the deny file")
        assert not enters(dovecot, HELD)
        assert enters(dovecot, AN)
        wait(lambda: gate.metric("congthu_poller_mailboxes") == 4, "the poller's figure")
        wait(lambda: gate.metric("congthu_mailboxes", phase="cannot-tell") == 3, "a pass")
        wait(lambda: gate.metric("congthu_mailboxes", phase="locked") == 1, "all of its figures")

    def test_a_proved_silence_is_warned_of_once(self, gate: Gateway, hop: Recorder) -> None:
        before = time.time()
        upkeep(gate).use.keep(*unused(AN, before))
        wait(lambda: state(gate, AN) is State.WARNED, "the warning")
        wait(lambda: len(hop.messages) == 2, "its letters")
        assert {one.rcpt[0] for one in hop.messages} == {f"RCPT TO:<{AN}>", f"RCPT TO:<{DESK}>"}
        steps = {"act": "warn", "way": "mail", "result": "done"}
        wait(lambda: gate.metric("congthu_lifecycle_steps_total", **steps) == 1, "the count")
        record = upkeep(gate).life.records([AN])[AN]
        assert record.warned is not None and before <= record.warned <= time.time()
        last = directory(gate).changes(key=AN)[0]
        assert (last.who, last.source) == ("congthu", "lifecycle")

    def test_after_the_notice_nobody_gets_in(
        self, gate: Gateway, dovecot: DovecotImap, hop: Recorder, hook: Hook
    ) -> None:
        now = time.time()
        upkeep(gate).use.keep(*unused(AN, now))
        upkeep(gate).life.change(AN, lambda record: replace(record, warned=now - 20 * DAY))
        wait(lambda: state(gate, AN) is State.LOCKED, "the lock")
        wait(lambda: not enters(dovecot, AN), "Dovecot's refusal")
        assert enters(dovecot, BINH)

        def locking() -> dict[str, Result]:
            return {one.way.value: one.result for one in upkeep(gate).life.history(AN) if one.act.value == "lock"}

        wait(lambda: len(locking()) == 5, "all steps on record")
        assert locking() == dict.fromkeys(("list", "deny-file", "mail", "command", "webhook"), Result.DONE)
        assert (gate.folder / "ran").read_text() == f"lock {AN}\n"
        ((headers, body),) = hook.came
        stamp = headers["X-Congthu-Timestamp"]
        expected = hmac.new(KEY.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        assert headers["X-Congthu-Signature"] == f"sha256={expected}"
        assert [one["mailbox"] for one in json.loads(body)["steps"]] == [AN]
        wait(lambda: len(hop.messages) == 3, "the letter to the unit")
        assert hop.messages[-1].rcpt == [f"RCPT TO:<{DESK}>"]
        record = upkeep(gate).life.records([AN])[AN]
        assert (record.lock, record.held) == (Lock.DORMANT, True)

    def test_it_is_opened_by_the_command(self, gate: Gateway, dovecot: DovecotImap) -> None:
        gate.cli("mailboxes", "unlock", AN, "--letter", "12/CV-TCKH")
        wait(lambda: enters(dovecot, AN), "the way in")
        assert not enters(dovecot, HELD), "the others stay out"
        before = passes(gate)
        wait(lambda: passes(gate) >= before + 2, "two passes")
        assert state(gate, AN) is State.ACTIVE, "counting began anew"

    def test_the_journal_tells_of_each(self, gate: Gateway) -> None:
        rows = contextlib.closing(sqlite3.connect(f"file:{gate.folder / 'data' / 'congthu.db'}?mode=ro", uri=True))
        with rows as connection:
            found = connection.execute("SELECT payload FROM decisions WHERE kind = 'action' ORDER BY time").fetchall()
        told = [(row["what"], row["about"]) for row in (json.loads(payload) for (payload,) in found)]
        assert [what for what, about in told if about == AN] == ["lifecycle-warn", "lifecycle-lock", "mailbox-reopen"]
        assert "sound" in gate.cli("decisions", "verify")

    def test_nothing_else_was_touched(self, gate: Gateway) -> None:
        assert (state(gate, BINH), state(gate, HELD)) == (State.ACTIVE, State.LOCKED)
        assert gate.metric("congthu_lifecycle_steps_total", result="failed") == 0


# Two gateways


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    made = RedisServer()
    made.start()
    yield made
    made.stop()


def shared(url: str, redis: RedisServer, dovecot: DovecotImap, folder: Path) -> Settings:
    folder.mkdir(exist_ok=True)
    return Settings.model_validate(
        {
            "gateway": {"hostname": "gw.tinh.example", "data_dir": str(folder), "regulation": "tphcm-q4-03-2013"},
            "listener": [listener()],
            "upstream": {"mailserver": upstream(9)},
            "notices": {"upstream": "mailserver"},
            "store": {"url": url, "shared": redis.url},
            "imap": {**imap_settings(dovecot, folder), "interval": 1.0},
            "directory": {"refresh": 0.2},
            "lifecycle": {"every": 0.5, "opens": "00:00", "closes": "00:00", "do": {"warn": ["mail"]}},
        }
    )


def hears(names: list[str]) -> Callable[[Outcome], None]:
    return lambda outcome: names.append(outcome.mailbox)


@pytest.mark.service("postgresql")
@pytest.mark.service("redis")
async def test_of_two_gateways_one_sweeps_until_it_dies(
    url: str, redis: RedisServer, dovecot: DovecotImap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.tending.sweeping_of", lambda given: replace(sweeping_of(given), hold=0.5))
    heard: list[list[str]] = [[], []]
    settings = [shared(url, redis, dovecot, tmp_path / name) for name in ("gw1", "gw2")]
    stores = [RedisLimits(redis.url, timeout=30.0) for _ in settings]
    made = [
        Tending(
            one,
            store,
            node=f"gw{n}",
            polled=hears(heard[n]),
            lease=LEASE,
        )
        for n, (one, store) in enumerate(zip(settings, stores, strict=True))
    ]
    first, second = made
    try:
        for store in stores:
            await store.start()
        directory = DirectoryStore(url, tmp_path)
        await asyncio.to_thread(directory.prepare)
        boxes = [Mailbox(key, MailboxKind.PERSONAL) for key in (AN, BINH)]
        await asyncio.to_thread(lambda: directory.apply(change(directory.snapshot(), *boxes), who="test"))
        await first.start()
        await _until(lambda: set(heard[0]) == {AN, BINH})
        await second.start()
        await asyncio.to_thread(second.upkeep.use.keep, *unused(AN, time.time()))
        await _until(lambda: _letters(directory) == 2)
        await asyncio.sleep(LEASE + 0.5)
        assert (heard[1], _letters(directory)) == ([], 2), "one sweeps, one warns"

        polls = len(heard[0])
        for task in [*first._tasks, first._sweeping, first._sweeps._task, first._passes._task]:  # as if it were killed
            assert task is not None
            task.cancel()
        await _until(lambda: set(heard[1]) == {AN, BINH})
        assert len(heard[0]) <= polls + 2
        figures = second.figures()
        assert figures is not None
        assert figures.mailboxes == 2
        found = await asyncio.to_thread(directory.snapshot)
        assert [one.state for one in found.mailboxes] == [State.WARNED, State.ACTIVE]
        await _until(lambda: second._passes.held)
        await asyncio.sleep(1.5)
        assert _letters(directory) == 2, "the one that took over warns nobody again"
    finally:
        for tending in made:
            await tending.close()
        for store in stores:
            await store.close()


async def _until(true: Callable[[], object], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


def _letters(directory: DirectoryStore) -> int:
    with directory.database.reading() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM notice_outbox")).scalar_one())
