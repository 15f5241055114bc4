"""Hostile servers to polls in one go, and one of many mailboxes each: that mailbox's failure, by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from gateway.access import Failure, Observation
from gateway.imap.evidence import infer
from gateway.imap.failures import PollFailed
from gateway.imap.poll import Poller
from gateway.imap.ports import Outcome, Past
from gateway.imap.settings import Asking, Server, Sweeping, Target
from gateway.imap.sweep import Sweep
from tests.support.imap import CLOSE, STALL, FakeImap
from tests.unit.imap.test_client import ACCOUNT, BAD, LINES, STATUS

ASKED = {"GREETING", "AUTHENTICATE", "STATUS", "GETQUOTAROOT"}
MIXED = b"* STATUS {5}\r\nInbox (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 9)\r\n* STATUS {4}\r\nSent (MESSAGES 1 "
MIXED += b"UIDNEXT 8 UIDVALIDITY 9)\r\nTAG OK done\r\n"


def asker(fake: FakeImap, timeout: float) -> Poller:
    asking = Asking(timeout=timeout, connect=timeout / 2)
    return Poller(Server("127.0.0.1", fake.port, "loopback"), ACCOUNT, asking)


async def second(fake: FakeImap, spoil: Mapping[str, bytes], timeout: float = 30.0) -> Observation:
    """A poll in one go, of a server that has changed since the first."""
    poller = asker(fake, timeout)
    first = infer(None, await poller.poll(Target("an@x"))).baseline
    fake.answers.update(spoil)
    return await poller.poll(Target("an@x"), first)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [(bad, kind) for bad, kind in BAD if bad.keys() <= ASKED and b"LOGINDISABLED" not in bad.get("GREETING", b"")],
)
async def test_what_is_bad_step_by_step_is_bad_at_once(spoil: dict[str, bytes], kind: Failure) -> None:
    async with FakeImap() as fake:
        with pytest.raises(PollFailed) as caught:
            await second(fake, spoil, 1.0 if kind is Failure.TIMEOUT else 30.0)
    assert caught.value.kind is kind


@pytest.mark.parametrize("pieces", [1, 7])
async def test_answers_in_pieces_with_literals(pieces: int) -> None:
    async with FakeImap(pieces=pieces) as fake:
        seen = await second(fake, {"STATUS": MIXED})
    assert [one.uidnext for one in seen.folders] == [4, 8]


async def test_commands_are_written_before_the_greeting() -> None:
    async with FakeImap() as fake:
        poller = asker(fake, 30.0)
        first = infer(None, await poller.poll(Target("an@x"))).baseline
        fake.late = True
        assert (await poller.poll(Target("an@x"), first)).folders[0].uidnext == 4


async def test_a_thousand_lines_at_once() -> None:
    async with FakeImap() as fake:
        seen = await second(fake, {"STATUS": LINES + STATUS + b"TAG OK done\r\n"})
    assert seen.folders[0].uidnext == 4


class Kept:
    """Records in memory."""

    def __init__(self) -> None:
        self.baselines: dict[str, bytes] = {}

    async def past(self) -> dict[str, Past]:
        """Nothing."""
        return {}

    async def baseline(self, mailbox: str) -> bytes | None:
        """The last one."""
        return self.baselines.get(mailbox)

    async def keep(self, outcomes: Sequence[Outcome]) -> None:
        """Keep them."""
        self.baselines.update({one.mailbox: one.baseline.to_bytes() for one in outcomes if one.baseline})


WRONG: Mapping[str, tuple[Mapping[str, bytes], Failure]] = {
    "stalls@x": ({"STATUS": STALL}, Failure.TIMEOUT),
    "closes@x": ({"STATUS": CLOSE}, Failure.CLOSED),
    "bye@x": ({"STATUS": b"* BYE now\r\n"}, Failure.BYE),
    "garbage@x": ({"STATUS": b"\0\xff\r\n"}, Failure.GARBAGE),
    "endless-line@x": ({"STATUS": b"* STATUS " + b"x" * 2_000_000}, Failure.LIMIT),
    "endless-lines@x": ({"STATUS": b"* X\r\n" * 300_000}, Failure.LIMIT),
    "vanished@x": ({"AUTHENTICATE": b"TAG NO [UNAVAILABLE] gone\r\n" + CLOSE}, Failure.VANISHED),
    "no-inbox@x": ({"INBOX": b"TAG NO [NONEXISTENT] gone\r\n"}, Failure.VANISHED),
    "refused@x": ({"AUTHENTICATE": b"TAG NO [AUTHENTICATIONFAILED] no\r\n"}, Failure.AUTH),
    "line\r\nend@x": ({}, Failure.NAME),
}
RIGHT: Mapping[str, Mapping[str, bytes]] = {
    "lines@x": {"STATUS": LINES + STATUS + b"TAG OK x\r\n"},
    'q"uo\\te*%@x': {},
    "nguyễn@x": {},
    "clock@x": {"FETCH": b'* 3 FETCH (UID 3 INTERNALDATE "05-Nov-2099 07:00:00 +0700")\r\nTAG OK x\r\n'},
    **{f"hop{number}@x": {} for number in range(20)},
}


async def test_each_is_that_mailboxs_own_failure() -> None:
    """First and later polls, good and bad ones in turn: nothing stops, each is counted once a round by its name."""
    heard: list[Outcome] = []
    names = list(dict.fromkeys(name for pair in zip(RIGHT, [*WRONG, *RIGHT], strict=False) for name in pair))
    async with FakeImap() as fake:
        fake.by_user = {user: answers for user, (answers, _) in WRONG.items()} | dict(RIGHT)
        sweeping = Sweeping(rate=1e6, concurrency=1)
        sweep = Sweep(asker(fake, 2.0), list, Kept(), sweeping, polled=heard.append)
        for _ in range(2):
            await sweep.once([Target(name) for name in names])
    assert sweep.figures().stopped == ""
    wanted = {user: kind for user, (_, kind) in WRONG.items()} | dict.fromkeys(RIGHT)
    assert {one.mailbox: one.failure for one in heard} == wanted
    assert Counter(one.failure for one in heard) == Counter(2 * [*wanted.values()])
