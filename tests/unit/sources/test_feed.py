"""From sightings to what is kept: gathered, bounded, tried again, and no loss is ever taken for silence."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.access import Coverage, Evidence, Kind, Sign, Source, Strength
from gateway.sources.feed import Feed, Feeding
from gateway.sources.sight import Sighting

NOON = 1_795_363_200.0  # 2026-11-22 16:00 UTC, a whole hour
AN = "an@tinh.example"
EVENTS = Source.DOVECOT_EVENTS


class Bench:
    """A feed on a clock that stands, and a store that may fail or hang."""

    def __init__(self, **feeding: float) -> None:
        self.now = NOON
        self.fails = self.hangs = False
        self.evidence: list[Evidence] = []
        self.coverage: list[Coverage] = []
        self.feed = Feed(
            self._keep,
            lambda user: user.lower() if user.endswith("tinh.example") else "",
            feeding=Feeding(**feeding),  # type: ignore[arg-type]
            clock=lambda: self.now,
        )

    async def _keep(self, evidence: Sequence[Evidence], coverage: Sequence[Coverage]) -> None:
        if self.hangs:
            await asyncio.sleep(3600)
        if self.fails:
            raise RuntimeError("mật khẩu của kho")
        self.evidence += evidence
        self.coverage += coverage

    def see(self, at: float = 0.0, user: str = AN, **changes: object) -> None:
        self.now = NOON + at
        made = Sighting(user, EVENTS, Sign.LOGIN, self.now, self.now, session="s", master="", service="imap")
        self.feed.note(replace(made, **changes))  # type: ignore[arg-type]


async def test_half_an_hours_logins_are_one_statement() -> None:
    bench = Bench()
    for at in (60.0, 600.0, 1700.0, 1900.0):
        bench.see(at)
    assert await bench.feed.flush()
    assert [(one.not_before - NOON, one.not_after - NOON) for one in bench.evidence] == [(0, 1700), (1800, 1900)]
    assert {(one.kind, one.strength, one.sign, one.actor) for one in bench.evidence} == {
        (Kind.ACCESS, Strength.EXACT, Sign.LOGIN, "imap")
    }
    assert bench.coverage[-1] == Coverage(AN, EVENTS, NOON + 60, NOON + 1900)


async def test_the_same_half_hour_later_replaces() -> None:
    """The store's key is mailbox, source, kind, sign and not_before: its end moves on."""
    bench = Bench()
    bench.see(60.0)
    await bench.feed.flush()
    bench.see(900.0)
    await bench.feed.flush()
    first, second = bench.evidence
    assert first.not_before == second.not_before and first.not_after < second.not_after


async def test_an_event_that_comes_late_reaches_back() -> None:
    bench = Bench()
    bench.see(7200.0, began=NOON + 100)
    await bench.feed.flush()
    (one,) = bench.evidence
    assert (one.not_before, one.not_after) == (NOON, NOON + 7200)


async def test_strangers_are_counted_only() -> None:
    bench = Bench()
    bench.see(user="an@gmail.com")
    await bench.feed.flush()
    assert not bench.evidence and bench.feed.counted == {"stranger": 1}


async def test_a_poller_is_a_control_and_no_use() -> None:
    bench = Bench()
    for at in (0.0, 100.0):
        bench.see(at, master="poller")
    await bench.feed.flush()
    assert not bench.evidence and bench.coverage == [Coverage(AN, EVENTS, NOON, NOON + 100)]
    assert bench.feed.counted == {"control": 2}


async def test_a_command_before_its_login_waits() -> None:
    bench = Bench()
    bench.see(sign=Sign.SELECT, master=None)
    await bench.feed.flush()
    assert not bench.evidence
    bench.see(1.0, master="poller")
    await bench.feed.flush()
    assert not bench.evidence


async def test_the_surer_word_stands() -> None:
    for order in ((None, ""), ("", None)):
        bench = Bench()
        for number, master in enumerate(order):
            bench.see(number, sign=Sign.SELECT, master=master, session="" if master is None else "s")
        await bench.feed.close()
        (one,) = bench.evidence
        assert one.strength is Strength.EXACT and one.not_after == NOON + 1


async def test_a_store_that_fails_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench()
    bench.fails = True
    bench.see(60.0)
    bench.see(70.0)
    assert not await bench.feed.flush() and not await bench.feed.flush()
    bench.see(80.0)
    bench.fails = False
    assert await bench.feed.flush()
    (one,) = bench.evidence
    assert one.not_after == NOON + 80 and bench.coverage[-1].until == NOON + 80
    assert "mật khẩu" not in "".join(capsys.readouterr())


async def test_a_store_that_hangs_holds_nobody_up() -> None:
    bench = Bench(timeout=0.02, hold=0.01, last=0.05)
    bench.hangs = True
    await bench.feed.start()
    bench.see()
    await asyncio.sleep(0.1)
    bench.hangs = False
    await bench.feed.close()
    assert len(bench.evidence) == 1


async def test_an_end_in_the_middle_of_keeping_loses_nothing() -> None:
    bench = Bench(hold=0.01)
    bench.hangs = True
    await bench.feed.start()
    bench.see()
    await asyncio.sleep(0.05)
    bench.hangs = False
    await bench.feed.close()
    assert len(bench.evidence) == 1


async def test_what_has_no_room_ends_the_coverage() -> None:
    bench = Bench(most=10)
    bench.fails = True
    bench.see(0.0)
    bench.see(10.0)
    for number in range(100):
        bench.see(20.0, user=f"hop{number}@tinh.example")
    assert bench.feed.counted["dropped"] == 91
    await bench.feed.flush()
    bench.fails = False
    bench.see(30.0)
    bench.see(40.0)
    await bench.feed.flush()
    assert len(bench.evidence) == 10
    assert {(one.since - NOON, one.until - NOON) for one in bench.coverage if one.mailbox == AN} == {(0, 10), (30, 40)}


@pytest.mark.parametrize("why", ["garbage", "unmarked", "refused"])
async def test_what_could_not_be_taken_ends_the_coverage(why: str) -> None:
    bench = Bench()
    bench.see(0.0)
    bench.feed.lost(EVENTS, why)
    bench.see(10.0)
    await bench.feed.flush()
    assert bench.coverage == [] and bench.feed.counted[why] == 1


async def test_a_poll_that_was_not_seen_ends_the_coverage() -> None:
    bench = Bench()
    bench.see(0.0)
    bench.feed.expect(EVENTS, "binh@tinh.example", NOON + 5)
    bench.now = NOON + 300
    await bench.feed.flush()
    bench.see(310.0)
    await bench.feed.flush()
    assert bench.coverage == []


async def test_one_source_does_not_speak_for_another() -> None:
    bench = Bench()
    bench.see(0.0)
    bench.see(10.0, source=Source.DOVECOT_POLICY)
    await bench.feed.flush()
    assert bench.coverage == []
