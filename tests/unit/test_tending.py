"""The glue: configurations that are refused, the deny file that follows the directory, a lost lease that stops polls.

Against a fake IMAP server; tests/services/test_tending.py has a real one, and a mailbox's whole life.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.access import Failure
from gateway.acting.rounds import ON_ITS_WAY, UNSEEN, Passed
from gateway.config import Settings
from gateway.directory.plan import change
from gateway.directory.store import DirectoryStore
from gateway.errors import LimitsUnavailable, StartError
from gateway.imap.ports import Outcome
from gateway.lifecycle.effects import Way
from gateway.lifecycle.plan import Act, Wait
from gateway.lifecycle.stages import Phase
from gateway.metrics import ACTS, DEEDS, PHASES, POLLED, WAITS, WAYS, UseMetrics
from gateway.tending import Tending
from gateway.throttle.sqlite import SqliteLimits
from gateway.upkeep.records import Upkeep
from gateway.using import profiles_of, readings_of, sweeping_of
from gateway.who import Kind, Mailbox, State
from tests.support.changes import put_in_force
from tests.support.imap import FakeImap
from tests.support.ports import free_port
from tests.unit.acting.build import A, B, person

LEASE = 2.0


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep looks up and keeps what it found each fifth of a second, not each five."""
    monkeypatch.setattr("gateway.tending.sweeping_of", lambda given: replace(sweeping_of(given), hold=0.2))


def settings(folder: Path, **sections: Any) -> Settings:
    base: dict[str, Any] = {
        "gateway": {"hostname": "gw.tinh.example", "data_dir": str(folder), "regulation": "tphcm-q4-03-2013"},
        "listener": [{"name": "in", "bind": "127.0.0.1:2525", "direction": "inbound", "upstream": "m"}],
        "upstream": {"m": {"hosts": ["127.0.0.1:2526"], "tls": "none"}},
        "directory": {"refresh": 0.1},
    }
    return Settings.model_validate({**base, **sections})


def imap(folder: Path, port: int, **more: Any) -> dict[str, Any]:
    password = folder / "imap-password"
    password.write_text("pw\n")
    return {
        "host": f"127.0.0.1:{port}",
        "tls": "loopback",
        "user": "poller",
        "password_file": str(password),
        "interval": 0.3,
        **more,
    }


@asynccontextmanager
async def tended(given: Settings, folder: Path, **more: Any) -> AsyncIterator[tuple[Tending, SqliteLimits]]:
    counters = SqliteLimits(folder)
    await counters.start()
    made = Tending(given, counters, node="gw", lease=LEASE, **more)
    try:
        await made.start()
        yield made, counters
    finally:
        await made.close()
        await counters.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


def put(folder: Path, *boxes: Mailbox) -> None:
    store = DirectoryStore("sqlite:///congthu.db", folder)
    store.prepare()
    store.apply(change(store.snapshot(), *(replace(box, unit="") for box in boxes)), who="test")


class TestRefused:
    CASES = (
        ({"do": {"lock": ["deny-file"]}}, r"lifecycle\.deny_file: not set"),
        ({"do": {"lock": ["command"]}}, r"lifecycle\.command: not set"),
        ({"do": {"lock": ["webhook"]}}, r"lifecycle\.webhook: not set"),
        ({"do": {"warn": ["mail"]}}, r"mail needs notices\.upstream"),
        ({"do": {"lock": ["webhook"]}, "webhook": "https://x.example/"}, r"lifecycle\.webhook_key_file: not set"),
        ({"templates": "/no/such/folder", "do": {}}, r"lifecycle\.templates: /no/such/folder is no folder"),
    )

    @pytest.mark.parametrize(("life", "words"), CASES)
    async def test_what_cannot_be_done_is_told_at_the_start(
        self, tmp_path: Path, life: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(StartError, match=words):
            async with tended(settings(tmp_path, lifecycle=life), tmp_path):
                pass

    async def test_a_webhook_in_the_clear(self, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("k\n")
        life = {
            "do": {"lock": ["webhook"]},
            "webhook": "http://mail.example/",
            "webhook_key_file": str(tmp_path / "key"),
        }
        with pytest.raises(StartError, match="http:// to this machine only"):
            async with tended(settings(tmp_path, lifecycle=life), tmp_path):
                pass

    async def test_a_password_that_cannot_be_read(self, tmp_path: Path) -> None:
        bad = imap(tmp_path, 1, password_file=str(tmp_path / "no"))
        with pytest.raises(StartError, match=r"imap\.password_file"):
            async with tended(settings(tmp_path, imap=bad), tmp_path):
                pass

    async def test_on_reload_the_old_one_stays(self, tmp_path: Path) -> None:
        async with FakeImap() as server:
            put(tmp_path, person())
            heard: list[Outcome] = []
            given = settings(tmp_path, imap=imap(tmp_path, server.port))
            async with tended(given, tmp_path, polled=heard.append) as (tending, _):
                await until(lambda: heard)
                with pytest.raises(StartError):
                    await put_in_force(
                        tending, settings(tmp_path, imap=imap(tmp_path, 1), lifecycle={"do": {"warn": ["mail"]}})
                    )
                heard.clear()
                await until(lambda: heard)
                assert heard[0].failure is None


class TestStops:
    async def test_the_log_tells_once_why_nothing_is_asked(self, tmp_path: Path) -> None:
        put(tmp_path, person(), person(B))
        heard: list[Outcome] = []
        given = settings(tmp_path, imap=imap(tmp_path, free_port()))
        with structlog.testing.capture_logs() as logs:
            async with tended(given, tmp_path, polled=heard.append):
                await until(lambda: heard)
        told = [line for line in logs if line["event"] == "poller.stopped"]
        assert [(line["reason"], line["server"]) for line in told] == [("connect", str(given.imap.host))]
        assert told[0]["log_level"] == "warning"
        assert "pw" not in str(told)


class TestDenyFile:
    async def test_it_follows_the_directory(self, tmp_path: Path) -> None:
        path = tmp_path / "denied"
        put(tmp_path, person(), person(B, State.LOCKED))
        life = {"deny_file": str(path), "do": {"lock": ["deny-file"]}}
        async with tended(settings(tmp_path, lifecycle=life), tmp_path):
            await until(lambda: path.exists() and path.read_text().splitlines()[1:] == [B])
            put(tmp_path, person(state=State.RECLAIMED))
            await until(lambda: path.read_text().splitlines()[1:] == [A, B])
            put(tmp_path, person(B), person())
            await until(lambda: path.read_text().splitlines()[1:] == [])

    async def test_what_a_person_does_to_it_is_undone(self, tmp_path: Path) -> None:
        path = tmp_path / "denied"
        put(tmp_path, person(state=State.LOCKED))
        life = {"deny_file": str(path), "do": {"lock": ["deny-file"]}}
        async with tended(settings(tmp_path, lifecycle=life), tmp_path):
            await until(lambda: path.exists() and A in path.read_text())
            path.write_text(path.read_text().replace(A, B))
            await until(lambda: path.read_text().splitlines()[1:] == [A])
            path.unlink()
            await until(lambda: path.exists() and A in path.read_text())

    async def test_a_reload_leaves_it_to_whoever_keeps_it(self, tmp_path: Path) -> None:
        path = tmp_path / "denied"
        put(tmp_path, person())
        life = {"deny_file": str(path), "do": {"lock": ["deny-file"]}}
        given = settings(tmp_path, lifecycle=life)
        async with tended(given, tmp_path) as (tending, _):
            kept = tending._denying
            assert kept is not None
            await put_in_force(tending, settings(tmp_path, lifecycle={**life, "every": 9}))
            assert tending._denying is kept
            await put_in_force(tending, settings(tmp_path, lifecycle={**life, "deny_file": str(tmp_path / "other")}))
            assert tending._denying is not kept

    async def test_one_that_is_not_ours_is_written_once_it_is_out_of_the_way(self, tmp_path: Path) -> None:
        path = tmp_path / "denied"
        path.write_text("giamdoc:\n")
        put(tmp_path, person(state=State.LOCKED))
        life = {"deny_file": str(path), "do": {"lock": ["deny-file"]}}
        async with tended(settings(tmp_path, lifecycle=life), tmp_path):
            await asyncio.sleep(0.5)
            assert path.read_text() == "giamdoc:\n"
            assert UseMetrics().stale()
            path.unlink()
            await until(lambda: path.exists() and A in path.read_text())
            await until(lambda: not UseMetrics().stale())


class TestSweep:
    async def test_a_lost_lease_pauses_it(self, tmp_path: Path) -> None:
        put(tmp_path, person(), person(B), person("thuhoi@tinh.example", State.RECLAIMED))
        heard: list[str] = []
        async with FakeImap() as server:
            given = settings(tmp_path, imap=imap(tmp_path, server.port))
            hear = lambda outcome: heard.append(outcome.mailbox)  # noqa: E731
            async with tended(given, tmp_path, polled=hear) as (tending, counters):
                await until(lambda: len(heard) > 3)
                assert set(heard) == {A, B}, "and nobody who is reclaimed"
                assert (found := tending.figures()) is not None
                assert found.mailboxes == 2
                real = counters.change

                async def away(*_: object, **__: object) -> None:
                    raise LimitsUnavailable("away")

                counters.change = away  # type: ignore[assignment,method-assign]
                await until(lambda: not tending._sweeps.held)
                await until(lambda: tending._sweep is not None and not tending._sweep._tasks)  # what was under way
                polls = len(heard)
                await asyncio.sleep(0.7)
                assert len(heard) == polls
                assert (found := tending.figures()) is not None
                assert found.mailboxes == 0
                assert found.oldest > 0, "nobody does it, since when"
                counters.change = real  # type: ignore[method-assign]
                await until(lambda: len(heard) > polls)

    async def test_without_a_mail_server_nobody_asks_for_its_lease(self, tmp_path: Path) -> None:
        async with tended(settings(tmp_path), tmp_path) as (tending, _):
            await until(lambda: tending._passes.held)
            assert tending.figures() is None
            assert not tending._sweeps.held

    async def test_a_reload_changes_the_sweep_only_where_it_has_to(self, tmp_path: Path) -> None:
        async with FakeImap() as server:
            given = settings(tmp_path, imap=imap(tmp_path, server.port))
            async with tended(given, tmp_path) as (tending, _):
                before = tending._sweep
                await put_in_force(
                    tending, settings(tmp_path, imap=imap(tmp_path, server.port), lifecycle={"every": 9})
                )
                assert tending._sweep is before
                changed = settings(tmp_path, imap=imap(tmp_path, server.port, rate=5))
                await put_in_force(tending, changed)
                assert tending._sweep is not before
                before = tending._sweep
                (tmp_path / "imap-password").write_text("moi\n")
                await put_in_force(tending, changed)
                assert tending._sweep is not before, "a new password in the same file"
                await put_in_force(tending, settings(tmp_path))
                assert (tending._sweep, tending._sweeping) == (None, None)
                await put_in_force(tending, given)
                await until(lambda: tending._sweeps.held)

    async def test_what_is_looked_at_again_is_polled(self, tmp_path: Path) -> None:
        put(tmp_path, person(), person(B))
        heard: list[str] = []
        async with FakeImap() as server:
            given = settings(tmp_path, imap=imap(tmp_path, server.port, interval=3600.0))
            hear = lambda outcome: heard.append(outcome.mailbox)  # noqa: E731
            async with tended(given, tmp_path, polled=hear) as (tending, _):
                await until(lambda: set(heard) == {A, B})
                heard.clear()
                asked: list[object] = []

                async def other(names: object) -> None:
                    asked.append(names)

                tending.checks.append(other)
                await tending._look([B, "la@tinh.example"])
                await tending._look_elsewhere([B])
                assert (heard, asked) == ([B], [[B]])
                assert (await tending.upkeep.past())[B].observed is not None


class TestPasses:
    async def test_pruned_once_a_day(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        calls: list[float] = []
        real = Upkeep.prune

        async def prune(self: Upkeep, now: float, **more: Any) -> int:
            calls.append(now)
            return await real(self, now, **more)

        monkeypatch.setattr(Upkeep, "prune", prune)
        now = [1_780_000_000.0]
        put(tmp_path, person())
        given = settings(tmp_path, lifecycle={"every": 0.05})
        async with tended(given, tmp_path, clock=lambda: now[0]) as (tending, _):
            tending._clocks._life = lambda: now[0]  # days pass, the clock is not set
            tending._clocks._base = 0.0
            await until(lambda: calls)
            await asyncio.sleep(0.4)
            assert len(calls) == 1
            now[0] += 86_400
            await until(lambda: len(calls) == 2)
            assert tending._age() < 5

    async def test_a_pass_that_fails_is_tried_again_and_its_age_grows(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gateway.tending._AGAIN", 0.05)
        times: list[int] = []

        async def run(_: object) -> None:
            times.append(1)
            raise RuntimeError("a bug")

        monkeypatch.setattr("gateway.acting.rounds.Round.run", run)
        async with tended(settings(tmp_path, lifecycle={"every": 0.05}), tmp_path) as (tending, _):
            await until(lambda: len(times) > 2)
            assert tending._age() > 0.05

    async def test_figures_of_the_pass_are_shown(self, tmp_path: Path) -> None:
        put(tmp_path, person(), person(B, State.LOCKED))
        counts = UseMetrics()
        async with tended(settings(tmp_path, lifecycle={"every": 0.05}), tmp_path):
            await until(lambda: counts.phases.get("locked") == 1)
            assert counts.phases["cannot-tell"] == 1


def test_words_of_the_metrics_are_the_rooms() -> None:
    assert set(POLLED) == {"ok", "other", *(one.value for one in Failure)}
    assert set(PHASES) == {one.value for one in Phase}
    assert set(ACTS) == {one.value for one in Act if one is not Act.CHECK}
    assert set(WAYS) == {one.value for one in Way}
    assert set(WAITS) == {*(one.value for one in Wait), ON_ITS_WAY, UNSEEN}
    assert DEEDS == ("done", "failed")


def test_a_mailboxs_own_regulation_goes_before_its_addresss(tmp_path: Path) -> None:
    given = settings(tmp_path)
    of, reading = profiles_of(given), readings_of(given)
    other = replace(person(), regulation="angiang-50-2009")
    first, second = of(person()), of(other)
    assert first is not None
    assert second is not None
    assert (first.lock_months, second.lock_months) == (3, 0)
    assert len(reading(other).windows) == 4
    assert len(reading(Mailbox("x@y", Kind.UNIT)).windows) == 2
    assert of(replace(person(), regulation="khac")) == first


class TestClock:
    async def test_where_it_is_wrong_nothing_is_done(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("gateway.tending._AGAIN", 0.05)
        passes: list[int] = []

        async def run(_: object) -> Any:
            passes.append(1)
            return Passed()

        monkeypatch.setattr("gateway.acting.rounds.Round.run", run)
        ahead = [0.0]
        given = settings(tmp_path, lifecycle={"every": 0.05})
        with structlog.testing.capture_logs() as logs:
            async with tended(given, tmp_path, clock=lambda: time.time() + ahead[0]) as (tending, _):
                await until(lambda: passes)
                ahead[0] = 3 * 86_400.0
                await until(lambda: tending._wrong)
                before = len(passes)
                await asyncio.sleep(0.3)
                assert len(passes) == before
                await until(lambda: UseMetrics().clock_off == pytest.approx(3 * 86_400.0, abs=5))
                ahead[0] = 0.0
                await until(lambda: len(passes) > before)
                assert UseMetrics().clock_off == 0.0
        told = [(one["event"], one.get("seconds")) for one in logs if "clock" in one["event"]]
        assert told == [("lifecycle.clock_wrong", pytest.approx(3 * 86_400, abs=5)), ("lifecycle.clock_right", None)]
