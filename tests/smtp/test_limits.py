"""What a sender may send, end to end: reserved at RCPT, settled at the end, put off with a reason and one record."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from gateway.errors import LimitsUnavailable
from gateway.rates import Ask, Grant
from tests.smtp.conftest import MESSAGE, Client, Running, Start

PERSON, OTHER = "an@tphcm.gov.vn", "ba@tphcm.gov.vn"
TRUSTED = {"trusted_networks": ["127.0.0.0/8"]}
REFERENCE = re.compile(rb"\[([0-9A-Za-z-]+)\]")


def listener(direction: str = "submission", **options: Any) -> dict[str, Any]:
    own = {"auth_required": False, "auth": False} if direction == "submission" else {}
    return {"name": direction, "bind": "127.0.0.1:1", "direction": direction, "upstream": "box", **own, **options}


async def gate(start: Start, *listeners: dict[str, Any], **options: Any) -> Running:
    """A gateway whose clients are our own mail server: accounts go by the reverse-path."""
    return await start(listeners=list(listeners) or [listener()], gateway=TRUSTED, **options)


def limits(*recipients: str, **other: Any) -> dict[str, Any]:
    return {"unknown": {"recipients": list(recipients), "messages": [], "new_recipients": [], "size": [], **other}}


async def envelope(client: Client, sender: str, count: int) -> list[bytes]:
    """The replies to `count` recipients, given one at a time."""
    assert (await client.ask(f"MAIL FROM:<{sender}>".encode())).startswith(b"250")
    return [await client.ask(f"RCPT TO:<n{n}@khac.example>".encode()) for n in range(count)]


async def message(client: Client, sender: str, count: int = 1, body: bytes = MESSAGE) -> bytes:
    """The reply to a whole message to this many recipients, or the first one that refuses."""
    for reply in await envelope(client, sender, count):
        if not reply.startswith(b"250"):
            await client.ask(b"RSET")
            return reply
    assert (await client.ask(b"DATA")).startswith(b"354")
    client.send(body + b".\r\n")
    return await client.reply()


async def settled(running: Running) -> None:
    async with asyncio.timeout(60):
        while running.app.charging.unsettled:
            await asyncio.sleep(0.01)


async def test_beyond_its_limit_a_sender_waits_and_others_do_not(start: Start) -> None:
    running = await gate(start, limits=limits("3/hour"))
    client = await running.ready("submission")
    assert (await message(client, PERSON, 2)).startswith(b"250")
    replies = await envelope(client, PERSON, 3)
    assert [reply[:9] for reply in replies] == [b"250 2.1.5", b"450-4.7.1", b"450-4.7.1"]
    assert b"3 recipients an hour" in replies[1]
    await client.ask(b"RSET")
    assert (await message(client, OTHER, 3)).startswith(b"250")


async def test_many_refusals_are_one_record(start: Start) -> None:
    running = await gate(start, limits=limits("1/hour"))
    client = await running.ready("submission")
    replies = await envelope(client, PERSON, 12)
    references = {match[1] for reply in replies[1:] if (match := REFERENCE.search(reply))}
    assert len(references) == 1
    (row,) = [row for row in await running.decisions() if row["action"] == "tempfail"]
    assert row["reference"] == references.pop().decode()
    assert json.loads(row["payload"])["findings"][0]["evidence"]["account"] == f"path:{PERSON}"


@pytest.mark.parametrize("end", [b"RSET", b"QUIT", b"drop", b"too big"])
async def test_what_was_not_sent_does_not_count(start: Start, end: bytes) -> None:
    running = await gate(start, listener(max_size="1KiB"), limits=limits("3/hour"))
    client = await running.ready("submission")
    assert all(reply.startswith(b"250") for reply in await envelope(client, PERSON, 3))
    if end == b"drop":
        await client.close()
    elif end == b"too big":
        await client.ask(b"DATA")
        client.send(MESSAGE + b"x" * 2000 + b"\r\n.\r\n")
        assert (await client.reply()).startswith(b"552")
    else:
        await client.ask(end)
    if end in (b"drop", b"QUIT"):
        client = await running.ready("submission")
    await settled(running)
    assert (await message(client, PERSON, 3)).startswith(b"250")


async def test_a_refused_message_does_not_count(start: Start) -> None:
    running = await gate(start, limits=limits("2/hour", messages=["1/hour"]), rules={"secret-marking": "enforce"})
    client = await running.ready("submission")
    secret = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "TỐI MẬT\r\n\r\nBáo cáo\r\n".encode()
    assert (await message(client, PERSON, 2, secret)).startswith(b"550")
    await settled(running)
    assert (await message(client, PERSON, 2)).startswith(b"250")
    assert (await message(client, PERSON, 1)).startswith(b"450")


async def test_at_one_moment_no_more_than_the_limit(start: Start) -> None:
    running = await gate(start, limits=limits("20/hour"))

    async def one() -> bytes:
        client = await running.ready("submission")
        return await message(client, PERSON)

    replies = await asyncio.gather(*(one() for _ in range(45)))
    assert sum(reply.startswith(b"250") for reply in replies) == 20
    assert sum(reply.startswith(b"450") for reply in replies) == 25


async def test_observed_everything_passes_and_is_recorded_once_a_message(start: Start) -> None:
    running = await gate(start, limits=limits("1/hour"), rules={"outbound-throttle": "observe"})
    client = await running.ready("submission")
    assert (await message(client, PERSON, 1)).startswith(b"250")
    assert (await message(client, PERSON, 4)).startswith(b"250")
    first, second = await running.decisions()
    found = json.loads(second["payload"])["findings"]
    assert not json.loads(first["payload"]).get("findings")
    assert [(one["rule"], one["mode"]) for one in found] == [("outbound-throttle", "observe")]


async def test_off_nothing_is_counted(start: Start) -> None:
    running = await gate(start, limits=limits("1/hour"), rules={"outbound-throttle": "off"})
    client = await running.ready("submission")
    assert (await message(client, PERSON, 4)).startswith(b"250")


async def test_mail_that_passes_twice_is_counted_once(start: Start) -> None:
    """Submission, then the mail server's own outbound through the same gateway."""
    running = await gate(
        start, listener(), listener("outbound"), limits=limits("2/hour"), authentication={"verify": False}
    )
    client = await running.ready("submission")
    assert (await message(client, PERSON, 1)).startswith(b"250")
    (delivered,) = (running.folder / "maildir").rglob("new/*")
    kept = delivered.read_bytes()
    kept = kept[kept.index(b"Received:") :].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    again = await running.ready("outbound")
    for _ in range(3):
        assert (await message(again, PERSON, 1, kept)).startswith(b"250")
    await settled(running)
    assert (await message(again, PERSON, 2)).startswith(b"450")  # without a mark it is counted, as one whole message
    assert (await message(again, PERSON, 1)).startswith(b"250")


async def test_a_post_to_a_list_counts_once_to_who_wrote_it(start: Start) -> None:
    running = await gate(start, listener(), listener("outbound"), limits=limits("6/hour"))
    client, server = await running.ready("submission"), await running.ready("outbound")
    await client.ask(f"MAIL FROM:<{PERSON}>".encode(), b"RCPT TO:<toanthe@tphcm.gov.vn>", b"DATA")
    post = b"From: an@tphcm.gov.vn\r\nTo: toanthe@tphcm.gov.vn\r\nSubject: Hop\r\n\r\nMoi hop.\r\n"
    client.send(post + b".\r\n")
    assert (await client.reply()).startswith(b"250")
    for member in range(6):  # the mail server sends it on to the members, by the list's own reverse-path (VERP)
        path = f"toanthe-bounces+n{member}=khac.example@tphcm.gov.vn"
        await server.ask(f"MAIL FROM:<{path}>".encode())
        assert (await server.ask(f"RCPT TO:<n{member}@khac.example>".encode())).startswith(b"250")
        await server.ask(b"DATA")
        server.send(post + b".\r\n")
        assert (await server.reply()).startswith(b"250")
    await settled(running)
    replies = await envelope(client, PERSON, 6)
    assert [reply[:3] for reply in replies] == [b"250"] * 5 + [b"450"]
    beyond = await message(server, "toanthe-bounces+x@tphcm.gov.vn")
    assert beyond.startswith(b"450-4.7.1 Hop thu toanthe-bounces@tphcm.gov.vn da gui den muc 6"), beyond


async def test_distinct_new_recipients_a_day(start: Start) -> None:
    running = await gate(start, limits=limits(new_recipients=["3/day"]))
    client = await running.ready("submission")
    assert (await message(client, PERSON, 3)).startswith(b"250")
    await settled(running)
    assert (await message(client, PERSON, 3)).startswith(b"250"), "whom one has written to is not new"
    replies = await envelope(client, PERSON, 4)
    assert [reply[:3] for reply in replies] == [b"250"] * 3 + [b"450"]
    assert b"3 new recipients a day" in replies[3]


async def test_what_never_fits_is_told_so(start: Start) -> None:
    running = await gate(start, limits=limits(size=["1KiB/day"]))
    client = await running.ready("submission")
    refused = await message(client, PERSON, 1, MESSAGE + b"x" * 900 + b"\r\n" + b"y" * 200 + b"\r\n")
    assert refused.startswith(b"552-5.3.4")
    assert b"never fits" in refused
    assert (await message(client, PERSON)).startswith(b"250"), "and it costs nothing"


async def test_the_size_counts_though_nobody_declared_it(start: Start) -> None:
    running = await gate(start, limits=limits("99/hour", size=["1KiB/day"]))
    client = await running.ready("submission")
    body = MESSAGE + b"x" * 600 + b"\r\n"
    assert (await message(client, PERSON, 1, body)).startswith(b"250")
    assert (await message(client, PERSON, 1, body)).startswith(b"450")
    await settled(running)
    assert (await message(client, PERSON, 1, MESSAGE)).startswith(b"250")


class Gone:
    """A store that gives no answer."""

    async def start(self) -> None:
        raise LimitsUnavailable("gone")

    async def close(self) -> None:
        pass

    async def reserve(self, _ask: Ask) -> Grant:
        raise LimitsUnavailable("gone")

    async def settle(self, *_: Any) -> None:
        raise LimitsUnavailable("gone")


@pytest.mark.parametrize(("configured", "code"), [("enforce", b"250"), ({"unavailable": "tempfail"}, b"451")])
async def test_without_its_store_as_configured(start: Start, configured: Any, code: bytes) -> None:
    running = await gate(start, limits=limits("1/hour"), rules={"outbound-throttle": configured})
    kept, running.app.charging.store = running.app.charging.store, Gone()  # type: ignore[assignment]
    client = await running.ready("submission")
    assert (await message(client, PERSON)).startswith(code)
    assert not any((await running.app.ready()).values())  # mail that nobody counts goes on
    row = (await running.decisions())[-1]
    assert json.loads(row["payload"])["findings"][0]["evidence"] == {"uncounted": True}
    running.app.charging.store = kept
    assert (await message(client, PERSON)).startswith(b"250")


async def test_bounces_have_an_account_of_their_own(start: Start) -> None:
    running = await gate(start, listener("outbound"), limits={"bounces": {"recipients": ["2/hour"]}})
    client = await running.ready("outbound")
    assert [(await message(client, ""))[:3] for _ in range(3)] == [b"250", b"250", b"450"]
    assert (await message(client, PERSON)).startswith(b"250")


@pytest.mark.parametrize(("count", "last"), [(1, b"250"), (2, b"450")])
async def test_a_report_has_one_recipient(start: Start, count: int, last: bytes) -> None:
    """RFC 3464 2: what looks like one and goes to several is mail of whoever stands in From, and counted to it."""
    running = await gate(start, listener("outbound"), limits=limits("3/hour"))
    client = await running.ready("outbound")
    report = (
        b"From: postmaster@tphcm.gov.vn\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n"
        b" boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nx\r\n--x--\r\n"
    )
    assert [(await message(client, "", count, report))[:3] for _ in range(2)] == [b"250", last]


async def test_a_reload_changes_the_limits_and_keeps_what_was_counted(start: Start) -> None:
    running = await gate(start, limits=limits("2/hour"))
    client = await running.ready("submission")
    assert [(await message(client, PERSON))[:3] for _ in range(3)] == [b"250", b"250", b"450"]
    tree = running.app.settings.model_dump()
    tree["limits"]["unknown"]["recipients"] = ["3/hour"]
    await running.app.reload(type(running.app.settings).model_validate(tree))
    client = await running.ready("submission")
    assert [(await message(client, PERSON))[:3] for _ in range(2)] == [b"250", b"450"]
