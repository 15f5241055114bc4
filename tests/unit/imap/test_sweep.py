"""The sweep with a clock that the test moves: in time, at its rate, once each; it stops, backs off and resumes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence

import pytest

from gateway.access import Failure, Folder, Kind, Observation, Use
from gateway.imap.baseline import Baseline
from gateway.imap.failures import PollFailed
from gateway.imap.ports import Outcome, Past
from gateway.imap.settings import Sweeping, Target
from gateway.imap.sweep import Sweep

HOUR = 3600.0
START = 1_800_000_000.0
SWEEPING = Sweeping(interval=6 * HOUR, rate=10.0, concurrency=4, batch=50, hold=20.0, stopped=900.0)


class FakeClock:
    """Time passes when somebody sleeps: to the earliest of all sleepers' ends."""

    def __init__(self) -> None:
        self.time = START
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.time + max(seconds, 1e-3), future))
        await future

    async def until(self, end: float) -> None:
        """Let everything happen that is due by then."""
        while True:
            for _ in range(10):
                await asyncio.sleep(0)
            self._sleepers = [one for one in self._sleepers if not one[1].done()]
            if not self._sleepers or (first := min(self._sleepers, key=lambda one: one[0]))[0] > end:
                self.time = max(self.time, end)
                return
            self.time = max(self.time, first[0])
            first[1].set_result(None)


class FakeAsker:
    """A server with mailboxes that all look alike; `fault` says what goes wrong for whom."""

    def __init__(self, clock: FakeClock, takes: float = 0.05) -> None:
        self.clock, self.takes = clock, takes
        self.fault: Callable[[str], PollFailed | Exception | None] = lambda _: None
        self.polls: list[tuple[float, str]] = []
        self.probes: list[tuple[float, str]] = []
        self.running = self.most = 0

    async def poll(self, target: Target, before: Baseline | None = None) -> Observation:
        self.polls.append((self.clock.now(), target.mailbox))
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            began = self.clock.now()
            await self.clock.sleep(self.takes)
            if fault := self.fault(target.mailbox):
                raise fault
        finally:
            self.running -= 1
        inbox = Folder("INBOX", Use.INBOX, 7, 4, 3, 1, 3, 4)
        return Observation(target.mailbox, began, self.clock.now(), (inbox,))

    async def probe(self, target: Target) -> None:
        self.probes.append((self.clock.now(), target.mailbox))
        if fault := self.fault(target.mailbox):
            raise fault


class Kept:
    """Records in memory. `broken`: raise. Survives a restart of the sweep."""

    def __init__(self) -> None:
        self.broken = False
        self.baselines: dict[str, bytes] = {}
        self.known: dict[str, Past] = {}
        self.outcomes: list[Outcome] = []

    async def past(self) -> dict[str, Past]:
        self._check()
        return dict(self.known)

    async def baseline(self, mailbox: str) -> bytes | None:
        self._check()
        return self.baselines.get(mailbox)

    async def keep(self, outcomes: Sequence[Outcome]) -> None:
        self._check()
        for one in outcomes:
            self.outcomes.append(one)
            if one.baseline:
                self.baselines[one.mailbox] = one.baseline.to_bytes()
            before = self.known.get(one.mailbox, Past())
            self.known[one.mailbox] = Past(one.at, before.observed if one.failure else one.at)

    def _check(self) -> None:
        if self.broken:
            raise OSError("the store is away")


@dataclasses.dataclass
class Lab:
    """All of it, and the sweep as it runs."""

    clock: FakeClock
    asker: FakeAsker
    records: Kept
    targets: list[Target]
    ours: bool = True
    heard: list[Outcome] = dataclasses.field(default_factory=list)

    def sweep(self, sweeping: Sweeping = SWEEPING) -> Sweep:
        return Sweep(
            self.asker,
            lambda: self.targets,
            self.records,
            sweeping,
            clock=self.clock,
            allowed=lambda: self.ours,
            polled=self.heard.append,
        )

    @contextlib.asynccontextmanager
    async def running(self, sweeping: Sweeping = SWEEPING) -> AsyncIterator[Sweep]:
        sweep = self.sweep(sweeping)
        task = asyncio.create_task(sweep.run())
        yield sweep
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def once(self, targets: Iterable[Target]) -> Sequence[Outcome]:
        return await self.drive(self.sweep().once(targets))

    async def drive(self, work: Coroutine[None, None, Sequence[Outcome]]) -> Sequence[Outcome]:
        """Time passes until it is done."""
        task = asyncio.create_task(work)
        while not task.done():
            await self.clock.until(self.clock.time + 1.0)
        return task.result()


def names(count: int) -> list[Target]:
    return [Target(f"hop{number}@tinh.example") for number in range(count)]


@pytest.fixture
def lab() -> Lab:
    clock = FakeClock()
    return Lab(clock, FakeAsker(clock), Kept(), names(200))


def refused(mailboxes: Iterable[str] = ()) -> Callable[[str], PollFailed | None]:
    """AUTH for these, or for all."""
    wrong = set(mailboxes)
    return lambda mailbox: PollFailed(Failure.AUTH, entering=True) if not wrong or mailbox in wrong else None


class TestPace:
    async def test_each_mailbox_once_in_an_interval(self, lab: Lab) -> None:
        async with lab.running() as sweep:
            await lab.clock.until(START + 60)
            assert len(lab.asker.polls) == 200  # at 10 a second
            await lab.clock.until(START + 49 * HOUR)
        times: dict[str, list[float]] = {}
        for at, mailbox in lab.asker.polls:
            times.setdefault(mailbox, []).append(at)
        assert {len(turns) for turns in times.values()} <= {8, 9}
        for turns in times.values():
            gaps = [later - earlier for earlier, later in itertools.pairwise(turns[1:])]
            assert max(gaps) < 6 * HOUR + 60 and min(gaps) > 6 * HOUR - 60
        assert sweep.figures().mailboxes == 200 and sweep.figures().oldest <= 6 * HOUR + 60

    async def test_never_faster_than_the_rate_nor_more_at_once(self, lab: Lab) -> None:
        lab.asker.takes = 2.0
        async with lab.running():
            await lab.clock.until(START + 200)
        assert lab.asker.most == 4
        lab.asker.takes, lab.targets = 0.001, names(1000)
        lab.asker.polls.clear()
        async with lab.running():
            await lab.clock.until(lab.clock.time + 30)
        starts = [at for at, _ in lab.asker.polls]
        assert len(starts) > 250
        assert all(later - earlier >= 0.7 for earlier, later in zip(starts, starts[10:], strict=False))

    async def test_what_fits_into_the_interval_is_done_in_it(self, lab: Lab) -> None:
        """50,000 mailboxes in six hours are 2.3 a second: here as many a second, in less time, at a rate of 2.5."""
        lab.targets = names(1389)
        tight = dataclasses.replace(SWEEPING, interval=600.0, rate=2.5, refresh=600.0)
        async with lab.running(tight) as sweep:
            await lab.clock.until(START + 1300)
            assert sweep.figures().late < 60
            lab.asker.polls.clear()
            await lab.clock.until(START + 1900)
        turns = Counter(mailbox for _, mailbox in lab.asker.polls)
        assert len(turns) > 0.97 * 1389 and max(turns.values()) <= 2
        a_minute = Counter(int((at - START) // 60) for at, _ in lab.asker.polls)
        assert max(a_minute.values()) <= 151  # spread: never in a rush

    async def test_windows_edges_are_polled_in_time(self, lab: Lab) -> None:
        edges = (START + 1000.0, START + 2000.0)
        lab.targets = [*names(20), Target("donvi@tinh.example", edges=edges)]
        async with lab.running():
            await lab.clock.until(START + 3000)
        turns = [at for at, mailbox in lab.asker.polls if mailbox == "donvi@tinh.example"]
        assert all(any(edge <= at < edge + 5 for at in turns) for edge in edges)

    async def test_new_and_gone_mailboxes(self, lab: Lab) -> None:
        async with lab.running() as sweep:
            await lab.clock.until(START + 60)
            lab.targets = [*lab.targets[100:], Target("moi@tinh.example")]
            await lab.clock.until(START + 200)
            assert sweep.figures().mailboxes == 101
        assert lab.asker.polls[-1][1] == "moi@tinh.example"


class TestResume:
    async def test_after_a_restart_it_goes_on_where_it_was(self, lab: Lab) -> None:
        async with lab.running():
            await lab.clock.until(START + 10)
        done = {mailbox for _, mailbox in lab.asker.polls}
        assert 50 < len(done) < 150
        kept = {one.mailbox for one in lab.records.outcomes}
        assert len(done - kept) <= SWEEPING.concurrency  # those under way
        lab.asker.polls.clear()
        async with lab.running():
            await lab.clock.until(lab.clock.time + 30)
        assert {mailbox for _, mailbox in lab.asker.polls} == {one.mailbox for one in lab.targets} - kept

    async def test_only_where_it_is_ours(self, lab: Lab) -> None:
        lab.ours = False
        async with lab.running():
            await lab.clock.until(START + 100)
            assert not lab.asker.polls
            lab.ours = True
            await lab.clock.until(START + 125)
            lab.ours = False
            await lab.clock.until(START + 130)
            before = len(lab.asker.polls)
            await lab.clock.until(START + 1000)
            assert 10 < before == len(lab.asker.polls) < 200
            lab.records.known = {one.mailbox: Past(lab.clock.time, lab.clock.time) for one in lab.targets}
            lab.ours = True  # somebody else has polled them all meanwhile
            await lab.clock.until(START + 1100)
            assert len(lab.asker.polls) - before < 10

    async def test_what_was_found_is_evidence_in_the_next_round(self, lab: Lab) -> None:
        async with lab.running():
            await lab.clock.until(START + 20 * HOUR)
        last = [one for one in lab.records.outcomes if one.mailbox == "hop7@tinh.example"][-1]
        assert last.findings is not None
        assert {one.kind for one in last.findings.evidence} == {Kind.UNUSED}
        assert last.findings.coverage.until - last.findings.coverage.since > 11 * HOUR


class TestRefused:
    async def test_our_own_account_from_the_beginning(self, lab: Lab) -> None:
        lab.asker.fault, lab.asker.takes = refused(), 2.0
        async with lab.running() as sweep:
            await lab.clock.until(START + 800)
            assert len(lab.asker.polls) == 3 and not lab.asker.probes
            assert lab.asker.most == 1  # one refused login at a time
            assert sweep.figures().stopped == "master-auth"
            await lab.clock.until(START + 1000)
            assert len(lab.asker.polls) == 4
            await lab.clock.until(START + 24 * HOUR)
            assert len(lab.asker.polls) < 12  # pauses grow
            lab.asker.fault = lambda _: None
            await lab.clock.until(START + 31 * HOUR)
            assert sweep.figures().stopped == ""
        assert {one.mailbox for one in lab.records.outcomes if one.failure is None} == {m.mailbox for m in lab.targets}

    async def test_our_own_account_in_the_middle(self, lab: Lab) -> None:
        async with lab.running() as sweep:
            await lab.clock.until(START + 5)
            before = len(lab.asker.polls)
            lab.asker.fault = refused()
            await lab.clock.until(START + 800)
            assert len(lab.asker.polls) - before <= SWEEPING.concurrency + 1
            assert len(lab.asker.probes) == 1
            assert sweep.figures().stopped == "master-auth"
        assert Failure.AUTH not in {one.failure for one in lab.records.outcomes}
        assert Failure.MASTER not in {one.failure for one in lab.records.outcomes}  # nobody's own failure is kept
        assert Failure.MASTER in {one.failure for one in lab.heard}

    async def test_some_mailboxes_only(self, lab: Lab) -> None:
        wrong = {f"hop{number}@tinh.example" for number in range(0, 200, 7)}
        lab.asker.fault = refused(wrong)
        async with lab.running() as sweep:
            await lab.clock.until(START + 100)
            assert sweep.figures().stopped == ""
        assert {one.mailbox for one in lab.records.outcomes if one.failure is Failure.AUTH} == wrong
        assert len(lab.records.outcomes) == 200

    async def test_a_mailbox_that_cannot_be_entered_while_others_can(self, lab: Lab) -> None:
        gone = {f"hop{number}@tinh.example" for number in range(100, 130)}
        lab.asker.fault = lambda who: PollFailed(Failure.REFUSED, "UNAVAILABLE", entering=True) if who in gone else None
        async with lab.running() as sweep:
            await lab.clock.until(START + 100)
            assert sweep.figures().stopped == ""
        assert {one.mailbox for one in lab.records.outcomes if one.failure is Failure.VANISHED} == gone

    @pytest.mark.parametrize(
        "how",
        [
            PollFailed(Failure.REFUSED, "UNAVAILABLE", entering=True),
            PollFailed(Failure.CLOSED, entering=True),
            PollFailed(Failure.AUTH, "AUTHORIZATIONFAILED", own=True, entering=True),
        ],
    )
    async def test_those_that_worked_may_be_gone_themselves(self, lab: Lab, how: PollFailed) -> None:
        gone = {f"hop{number}@tinh.example" for number in (1, 2)}
        sweep = lab.sweep()
        for one in lab.targets[:3]:
            await lab.drive(sweep.once([one]))
        lab.asker.fault = lambda who: how if who in gone else None if who.startswith("hop0@") else refused()(who)
        (outcome,) = await lab.drive(sweep.once([lab.targets[9]]))
        assert outcome.failure is Failure.AUTH and sweep.figures().stopped == ""
        assert [mailbox for _, mailbox in lab.asker.probes] == [f"hop{n}@tinh.example" for n in (2, 1, 0)]


class TestServerDown:
    @pytest.mark.parametrize("kind", [Failure.CONNECT, Failure.TLS, Failure.TIMEOUT, Failure.BYE, Failure.GARBAGE])
    async def test_backs_off_and_recovers(self, lab: Lab, kind: Failure) -> None:
        async with lab.running() as sweep:
            await lab.clock.until(START + 5)
            before = len(lab.asker.polls)
            lab.asker.fault = lambda _: PollFailed(kind)
            await lab.clock.until(START + 2 * HOUR)
            assert len(lab.asker.polls) - before < 35
            assert sweep.figures().stopped == kind.value
            assert sweep.figures().late > HOUR
            lab.asker.fault = lambda _: None
            await lab.clock.until(START + 2 * HOUR + 700)
            assert sweep.figures().stopped == ""
        assert {one.mailbox for one in lab.records.outcomes if one.failure is None} == {m.mailbox for m in lab.targets}

    async def test_one_bad_mailbox_is_tried_again_and_stops_nobody(self, lab: Lab) -> None:
        lab.asker.fault = lambda who: PollFailed(Failure.GARBAGE) if who.startswith("hop7@") else None
        async with lab.running():
            await lab.clock.until(START + 5 * HOUR)
        outcomes = [one.failure for one in lab.records.outcomes if one.mailbox.startswith("hop7@")]
        assert len(outcomes) in (4, 5, 6) and set(outcomes) == {Failure.GARBAGE}
        assert len({one.mailbox for one in lab.records.outcomes if one.failure is None}) == 199

    async def test_a_fault_of_ours_is_that_mailboxs_alone(self, lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
        lab.asker.fault = lambda who: ZeroDivisionError("x") if who.startswith("hop7@") else None
        async with lab.running():
            await lab.clock.until(START + 60)
        assert [one.mailbox for one in lab.records.outcomes if one.failure] == ["hop7@tinh.example"]
        assert "must not" in caplog.text

    async def test_a_failed_poll_cuts_the_chain(self, lab: Lab) -> None:
        lab.targets = names(1)
        async with lab.running():
            await lab.clock.until(START + 10 * HOUR)
            lab.asker.fault = lambda _: PollFailed(Failure.CLOSED)
            await lab.clock.until(START + 18 * HOUR)
            lab.asker.fault = lambda _: None
            await lab.clock.until(START + 40 * HOUR)
        found = [one.findings for one in lab.records.outcomes if one.findings]
        assert len({one.coverage.since for one in found}) == 2
        assert found[-1].coverage.since > START + 18 * HOUR


class TestStoreDown:
    async def test_it_waits_and_nothing_is_lost(self, lab: Lab) -> None:
        async with lab.running():
            await lab.clock.until(START + 3)
            lab.records.broken = True
            await lab.clock.until(START + HOUR)
            assert len(lab.asker.polls) < 60
            lab.records.broken = False
            await lab.clock.until(START + HOUR + 60)
        assert {one.mailbox for one in lab.records.outcomes} == {one.mailbox for one in lab.targets}
        assert len(lab.asker.polls) == 200

    async def test_from_the_beginning(self, lab: Lab) -> None:
        lab.records.broken = True
        async with lab.running():
            await lab.clock.until(START + 100)
            assert not lab.asker.polls
            lab.records.broken = False
            await lab.clock.until(START + 200)
        assert len(lab.records.outcomes) == 200


class TestOnce:
    async def test_all_of_them(self, lab: Lab) -> None:
        lab.asker.fault = refused(["hop3@tinh.example"])
        outcomes = await lab.once(lab.targets)
        assert {one.mailbox for one in outcomes} == {one.mailbox for one in lab.targets}
        assert [one.mailbox for one in outcomes if one.failure] == ["hop3@tinh.example"]
        assert lab.records.outcomes == list(outcomes)
        assert lab.clock.time - START >= 19

    async def test_ends_where_our_account_is_refused(self, lab: Lab) -> None:
        lab.asker.fault = refused()
        outcomes = await lab.once(lab.targets)
        assert [one.failure for one in outcomes] == [Failure.AUTH, Failure.AUTH, Failure.MASTER]

    async def test_nobody(self, lab: Lab) -> None:
        assert await lab.once([]) == []


async def test_a_clock_that_jumps_stops_nothing(lab: Lab) -> None:
    async with lab.running():
        await lab.clock.until(START + 60)
        lab.clock.time += 40 * 24 * HOUR
        await lab.clock.until(lab.clock.time + 60)
        ahead = len(lab.asker.polls)
        assert ahead > 350
        lab.clock.time -= 80 * 24 * HOUR
        lab.clock._sleepers = [(lab.clock.time, future) for _, future in lab.clock._sleepers]
        await lab.clock.until(lab.clock.time + HOUR)
        assert len(lab.asker.polls) >= ahead
