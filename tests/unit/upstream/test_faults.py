"""A next hop that fails at each verb: what is tried again, what never, and which error says so."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import UpstreamBroken, UpstreamDown, UpstreamUnsure
from gateway.upstream.replies import ReplyParser
from gateway.upstream.smtp import SmtpUpstream
from tests.unit.upstream.conftest import Connect
from tests.unit.upstream.fake import EXTENSIONS, FakeServer, Text, envelope, to

PREFIX = b"Received: by gw.example\r\n"
BODY = b"Subject: x\r\n\r\nhello\r\n"
CHUNKING = (*EXTENSIONS, "CHUNKING")


Names = tuple[str, ...]
ONE_AND_TWO = pytest.mark.parametrize("names", [("first",), ("first", "second")], ids=["one", "two"])
"""One recipient is the ordinary case and has a shorter way through the client."""


async def attempt(upstream: SmtpUpstream, content: Text | None = None, names: Names = ("first", "second")) -> int:
    """One message; the final code."""
    transaction = upstream.begin(envelope())
    try:
        replies = await transaction.rcpt(to(*names))
        assert [r.code for r in replies] == [250] * len(names)
        return (await transaction.send(PREFIX, content or Text(BODY))).code
    finally:
        transaction.abort()


def settled(upstream: SmtpUpstream) -> None:
    """No connection is left in use after a failure."""
    assert upstream.pool.used_connections == 0


@pytest.mark.parametrize(
    "behaviour",
    ["drops_at_greeting", "refuses_at_greeting", "421_at_greeting", "malformed_at_greeting", "endless_at_greeting"],
)
async def test_a_bad_greeting_is_down_and_backed_off(connect: Connect, behaviour: str) -> None:
    async with FakeServer(behaviour) as server:
        upstream = connect(server)
        for _ in range(3):
            with pytest.raises(UpstreamDown):
                await attempt(upstream)
        assert len(server.seen) == 1
        assert not upstream.healthy
        settled(upstream)


@ONE_AND_TWO
@pytest.mark.parametrize(
    "behaviour", ["drops_at_greeting", "silent_at_greeting", "421_at_greeting", "surplus_at_greeting"]
)
async def test_a_bad_host_fails_over(connect: Connect, behaviour: str, names: Names) -> None:
    async with FakeServer(behaviour) as bad, FakeServer() as good:
        upstream = connect(bad, good, connect_timeout=1.0)
        assert [await attempt(upstream, names=names) for _ in range(3)] == [250] * 3
        assert len(bad.seen) == 1
        assert len(good.delivered) == 3


@ONE_AND_TWO
@pytest.mark.parametrize("behaviour", ["drops_at_mail", "421_at_mail"])
async def test_lost_before_mails_reply_is_tried_once_more(connect: Connect, behaviour: str, names: Names) -> None:
    async with FakeServer(behaviour, "good") as server:
        assert await attempt(connect(server), names=names) == 250
        assert len(server.seen) == 2
    async with FakeServer(behaviour) as server:
        upstream = connect(server)
        with pytest.raises(UpstreamBroken):
            await attempt(upstream, names=names)
        assert len(server.seen) == 2
        settled(upstream)


@ONE_AND_TWO
async def test_421_at_mail_goes_to_the_other_host(connect: Connect, names: Names) -> None:
    async with FakeServer("421_at_mail") as bad, FakeServer() as good:
        assert await attempt(connect(bad, good), names=names) == 250
        assert (len(bad.seen), len(good.delivered)) == (1, 1)


@ONE_AND_TWO
@pytest.mark.parametrize("extensions", [EXTENSIONS, CHUNKING], ids=["data", "bdat"])
async def test_a_pooled_connection_that_died_is_replaced(
    connect: Connect, extensions: tuple[str, ...], names: Names
) -> None:
    async with FakeServer("drops_when_idle", "good", extensions=extensions) as server:
        upstream = connect(server)
        assert await attempt(upstream, names=names) == 250
        assert await attempt(upstream, names=names) == 250
        assert len(server.delivered) == 2
        assert upstream.observer.failures == [] or upstream.observer.failures == ["lost"]  # type: ignore[attr-defined]


@ONE_AND_TWO
@pytest.mark.parametrize("behaviour", ["goodbye_when_idle", "surplus_when_idle"])
async def test_an_idle_connection_that_speaks_is_dropped(connect: Connect, behaviour: str, names: Names) -> None:
    async with FakeServer(behaviour, "good") as server:
        upstream = connect(server)
        await attempt(upstream, names=names)
        while upstream.pool.idle_connections:
            await asyncio.sleep(0.001)
        assert upstream.pool.open_connections == 0
        assert await attempt(upstream, names=names) == 250
        kinds = [] if behaviour == "goodbye_when_idle" else ["surplus"]
        assert upstream.observer.failures == kinds  # type: ignore[attr-defined]


@ONE_AND_TWO
@pytest.mark.parametrize(
    "behaviour",
    [
        "drops_at_rcpt",
        "421_at_rcpt",
        *(
            f"{kind}_at_{verb}"
            for kind in ("malformed", "bare_lf", "endless", "endless_lines", "surplus")
            for verb in ("mail", "rcpt", "data")
        ),
        "accepts_data_wrongly",
        "drops_in_content",
    ],
)
async def test_broken_before_the_dot(connect: Connect, behaviour: str, names: Names) -> None:
    """Nothing is tried again with a server that cannot be trusted, and nothing was delivered."""
    async with FakeServer(behaviour) as server:
        upstream = connect(server)
        with pytest.raises(UpstreamBroken):
            await attempt(upstream, Text(b"x" * 10**6, chunks=[b"x" * 10**5] * 10), names)
        assert len(server.seen) == 1
        assert server.delivered == []
        settled(upstream)


@ONE_AND_TWO
@pytest.mark.parametrize("verb", ["mail", "rcpt", "data", "greeting"])
async def test_silence_ends(connect: Connect, verb: str, names: Names) -> None:
    async with FakeServer(f"silent_at_{verb}") as server:
        upstream = connect(server, command_timeout=0.4, connect_timeout=0.4 if verb == "greeting" else 10.0)
        with pytest.raises(UpstreamDown if verb == "greeting" else UpstreamBroken):
            await attempt(upstream, names=names)
        assert len(server.seen) == 1
        assert upstream.observer.failures == ["timeout"]  # type: ignore[attr-defined]
        settled(upstream)


async def test_a_server_that_stops_reading_ends(connect: Connect) -> None:
    async with FakeServer("stops_reading") as server:
        upstream = connect(server, data_timeout=0.2)
        with pytest.raises(UpstreamBroken):
            await attempt(upstream, Text(b"x" * 2 * 10**7, chunks=[b"x" * 10**6] * 20))
        settled(upstream)


@ONE_AND_TWO
@pytest.mark.parametrize("extensions", [EXTENSIONS, CHUNKING], ids=["data", "bdat"])
@pytest.mark.parametrize("chunks", [None, [BODY]], ids=["memory", "stream"])
@pytest.mark.parametrize(
    "behaviour", ["drops_after_dot", "silent_after_dot", "malformed_after_dot", "surplus_after_dot", "354_after_dot"]
)
async def test_after_the_dot_nothing_is_sure_and_nothing_tried_again(
    connect: Connect, behaviour: str, chunks: list[bytes] | None, extensions: tuple[str, ...], names: Names
) -> None:
    async with FakeServer(behaviour, extensions=extensions) as server:
        upstream = connect(server, dot_timeout=0.1)
        with pytest.raises(UpstreamUnsure):
            await attempt(upstream, Text(BODY, chunks=chunks), names)
        assert len(server.seen) == 1
        settled(upstream)
        assert upstream.pool.idle_connections == 0


@ONE_AND_TWO
@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("421_after_dot", 451),
        ("rejects_message", 554),
        ("rejects_data", 451),
        ("refuses_in_content", 552),
        ("421_in_content", 451),
        ("421_after_dot_and_stays", 451),
    ],
)
async def test_a_refusal_is_passed_on(connect: Connect, behaviour: str, code: int, names: Names) -> None:
    async with FakeServer(behaviour, "good") as server:
        upstream = connect(server)
        assert await attempt(upstream, Text(b"x" * 10**6, chunks=[b"x" * 1000] * 1000), names) == code
        settled(upstream)
        assert await attempt(upstream, names=names) == (code if behaviour.startswith("rejects") else 250)


@pytest.mark.parametrize("behaviour", ["drops_after_rcpt", "421_at_data", "drops_at_data"])
async def test_lost_before_354_is_replayed(connect: Connect, behaviour: str) -> None:
    async with FakeServer(behaviour, "good") as server:
        upstream = connect(server)
        transaction = upstream.begin(envelope())
        await transaction.rcpt(to("first"))
        await asyncio.sleep(0.03)
        assert (await transaction.send(PREFIX, Text(BODY))).code == 250
        assert [d.rcpts for d in server.delivered] == [["RCPT TO:<first@tinh.example>"]]
        assert len(server.seen) == 2


async def test_bdat_on_a_connection_that_was_closed_is_replayed(connect: Connect) -> None:
    async with FakeServer("drops_after_rcpt", "good", extensions=CHUNKING) as server:
        transaction = connect(server).begin(envelope())
        await transaction.rcpt(to("first"))
        await asyncio.sleep(0.03)
        assert (await transaction.send(PREFIX, Text(BODY))).code == 250
        assert len(server.delivered) == 1


@pytest.mark.parametrize("second", ["rejects_second_recipient", "rejects_mail"])
async def test_a_replay_that_is_answered_otherwise_is_broken(connect: Connect, second: str) -> None:
    async with FakeServer("drops_at_data", second) as server:
        upstream = connect(server)
        with pytest.raises(UpstreamBroken):
            await attempt(upstream)
        assert server.delivered == []
        settled(upstream)


@ONE_AND_TWO
async def test_a_replay_is_done_once(connect: Connect, names: Names) -> None:
    async with FakeServer("drops_at_data") as server:
        with pytest.raises(UpstreamBroken):
            await attempt(connect(server), names=names)
        assert len(server.seen) == 2


@ONE_AND_TWO
@pytest.mark.parametrize("extensions", [EXTENSIONS, CHUNKING], ids=["data", "bdat"])
@pytest.mark.parametrize("content", ["short", "long", "longer", "fails", "short memory"])
async def test_a_truncated_message_is_never_ended(
    connect: Connect, extensions: tuple[str, ...], content: str, names: Names
) -> None:
    class Failing(Text):
        async def chunks(self, size: int = 262144):  # type: ignore[no-untyped-def]
            yield b"half"
            raise OSError("the disk is gone")

    whole = {
        "short": Text(b"abcdef", chunks=[b"abc", b"de"]),
        "long": Text(b"abcdef", chunks=[b"abc", b"defg"]),
        "longer": Text(b"abcdef", chunks=[b"abc", b"defg", b"h"]),
        "fails": Failing(b"halfhalf", chunks=[]),
        "short memory": Text(b"abc", size=6),
    }[content]
    async with FakeServer(extensions=extensions) as server:
        upstream = connect(server)
        with pytest.raises(OSError if content == "fails" else UpstreamBroken):
            await attempt(upstream, whole, names)
        while server.now_open:
            await asyncio.sleep(0.001)
        assert server.delivered == []
        settled(upstream)


@ONE_AND_TWO
@pytest.mark.parametrize("where", ["mail", "data"])
async def test_cancelling_drops_the_connection(connect: Connect, where: str, names: Names) -> None:
    async with FakeServer(f"silent_at_{where}") as server:
        upstream = connect(server)
        task = asyncio.create_task(attempt(upstream, names=names))
        while not any(c.startswith(where.upper()) for seen in server.seen for c in seen.commands):
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        settled(upstream)
        assert upstream.pool.idle_connections == 0


async def test_a_dead_upstream_is_down_and_not_asked_again(connect: Connect) -> None:
    server = FakeServer()
    async with server:
        pass
    upstream = connect(server)
    for _ in range(3):
        with pytest.raises(UpstreamDown):
            await attempt(upstream)
    assert upstream.observer.failures == ["connect"]  # type: ignore[attr-defined]


@ONE_AND_TWO
@pytest.mark.parametrize("chunks", [None, [BODY]], ids=["memory", "stream"])
async def test_cancelling_after_the_dot_drops_the_connection(
    connect: Connect, chunks: list[bytes] | None, names: Names
) -> None:
    async with FakeServer("silent_after_dot") as server:
        upstream = connect(server)
        task = asyncio.create_task(attempt(upstream, Text(BODY, chunks=chunks), names))
        while not (server.seen and b"".join(server.seen[0].blocks).endswith(b"\r\n.\r\n")):
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        settled(upstream)
        assert upstream.pool.idle_connections == 0


@ONE_AND_TWO
async def test_a_slow_client_is_no_silent_server(connect: Connect, names: Names) -> None:
    """The time-out of a command ends with its reply: between two commands the connection may be quiet for longer."""
    async with FakeServer() as server:
        upstream = connect(server, command_timeout=0.5)
        transaction = upstream.begin(envelope())
        await transaction.rcpt(to(*names))
        await asyncio.sleep(0.8)
        await transaction.rcpt(to("later"))
        await asyncio.sleep(0.8)
        assert (await transaction.send(PREFIX, Text(BODY))).code == 250
        assert len(server.seen) == 1
        assert upstream.observer.failures == []  # type: ignore[attr-defined]


async def test_the_limit_of_data_ends_with_354(connect: Connect) -> None:
    """A content that takes its time to come is no reason to cut the connection."""

    class Slow(Text):
        async def chunks(self, size: int = 262144):  # type: ignore[no-untyped-def]
            await asyncio.sleep(0.8)
            yield self.data

    async with FakeServer() as server:
        upstream = connect(server, command_timeout=0.5)
        assert await attempt(upstream, Slow(BODY, chunks=[]), ("first",)) == 250


async def test_a_block_of_known_replies_is_counted_with_those_before(connect: Connect) -> None:
    ReplyParser().feed(b"250 2.1.5 ok\r\n250 2.1.5 ok\r\n", [])
    async with FakeServer("pair_at_rcpt") as server:
        upstream = connect(server)
        with pytest.raises(UpstreamBroken):
            await upstream.begin(envelope()).rcpt(to("first"))
        assert upstream.observer.failures == ["surplus"]  # type: ignore[attr-defined]
