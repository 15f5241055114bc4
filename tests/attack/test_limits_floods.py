"""What a stopped sender does to the journal, the store and the queue of settlements."""

from __future__ import annotations

import asyncio

import pytest

from gateway.blocks.standings import Standings
from gateway.rates import Block, Standing
from tests.attack.test_limits_accounts import AN, LOOPBACK, boxes, gate, knows, logged_in, message, own
from tests.smtp.conftest import Start
from tests.smtp.test_limits import listener


async def test_a_locked_login_with_many_paths_makes_one_record(start: Start) -> None:
    running = await gate(start)
    knows(running, *boxes())
    running.app._knowledge.known.blocks = Standings(1, [Block(AN, Standing.LOCKED, 1.0)])
    for _ in range(5):
        client = await logged_in(running, AN)
        for number in range(8):
            answer = await client.ask(f"MAIL FROM:<r{_}x{number}@khac.example>".encode())
            assert answer.startswith(b"550")
    rows = [row for row in await running.decisions() if row["action"] == "reject"]
    assert len(rows) <= 2, f"{len(rows)} durable records of one locked login within a minute"


async def test_messages_that_are_put_off_whole_make_one_record_too(start: Start) -> None:
    running = await gate(start, listener(), listener("outbound"), limits={"unknown": own("1/hour")})
    client = await running.ready("outbound")
    for _ in range(21):
        await message(client, AN)
    rows = [row for row in await running.decisions() if row["action"] == "tempfail"]
    assert len(rows) <= 2, f"{len(rows)} durable records of one throttled sender within a minute"


async def test_a_throttled_client_does_not_go_on_for_ever(start: Start) -> None:
    running = await gate(
        start, listener(xclient=LOOPBACK, max_commands=50, max_errors=20), limits={"unknown": own("1/hour")}
    )
    client = await logged_in(running, AN)
    await client.ask(f"MAIL FROM:<{AN}>".encode(), b"RCPT TO:<a@khac.example>")
    for number in range(2000):
        answer = await client.ask(f"RCPT TO:<n{number}@khac.example>".encode())
        if answer.startswith(b"421"):
            return
        assert answer.startswith(b"450")
    raise AssertionError("2,000 recipients were put off in one session, each a question to the store")


@pytest.mark.parametrize("sessions", [60])
async def test_settlements_keep_up_with_reservations(start: Start, sessions: int) -> None:
    """Sessions that only reserve and give up. What waits to be given back counts against everybody meanwhile."""
    running = await gate(start, limits={"unknown": own("100000/hour")})
    most, ended = 0, 0

    async def one(number: int) -> None:
        nonlocal ended
        client = await running.ready("submission")
        for turn in range(40):
            client.send(f"MAIL FROM:<u{number}@tphcm.gov.vn>\r\nRCPT TO:<n{turn}@khac.example>\r\nRSET\r\n".encode())
            for _ in range(3):
                await client.reply()
            ended += 1

    async def look() -> None:
        nonlocal most
        while True:
            most = max(most, running.app.charging.unsettled)
            await asyncio.sleep(0.005)

    looking = asyncio.create_task(look())
    await asyncio.gather(*(one(number) for number in range(sessions)))
    looking.cancel()
    print("ended", ended, "most unsettled", most)
    assert most <= 4 * sessions, f"{most} of {ended} transactions waited to be settled"
