"""A transaction towards a next hop that behaves: what is said, in which writes, and which bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import UpstreamBroken
from gateway.model import Reply
from gateway.upstream.smtp import SmtpUpstream
from tests.unit.upstream.conftest import Connect
from tests.unit.upstream.fake import EXTENSIONS, FakeServer, Text, config, envelope, session, to

PREFIX = b"Received: by gw.example\r\n"
BODY = b"Subject: x\r\n\r\n.dot\r\n..\r\nlast\r\n"
CHUNKING = (*EXTENSIONS, "CHUNKING")


async def deliver(upstream: SmtpUpstream, content: Text, **more: object) -> Reply:
    transaction = upstream.begin(envelope())
    assert [r.code for r in await transaction.rcpt(to("a"))] == [250]
    return await transaction.send(PREFIX, content, **more)  # type: ignore[arg-type]


async def test_one_write_for_mail_and_rcpts_and_one_for_the_message(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server)
        transaction = upstream.begin(envelope(size=99))
        replies = await transaction.rcpt(to("a", "b"))
        final = await transaction.send(PREFIX, Text(b"Subject: x\r\n\r\nhi\r\n"))
        assert [r.code for r in replies] == [250, 250]
        assert (final.code, final.enhanced) == (250, "2.0.0")
        assert server.seen[0].blocks[1:] == [
            b"MAIL FROM:<from@example.org> SIZE=99\r\nRCPT TO:<a@tinh.example>\r\nRCPT TO:<b@tinh.example>\r\n",
            b"DATA\r\n",
            PREFIX + b"Subject: x\r\n\r\nhi\r\n.\r\n",
        ]


async def test_without_pipelining_one_at_a_time(connect: Connect) -> None:
    async with FakeServer(extensions=()) as server:
        assert (await deliver(connect(server), Text(BODY))).code == 250
        assert server.seen[0].blocks[1:3] == [b"MAIL FROM:<from@example.org>\r\n", b"RCPT TO:<a@tinh.example>\r\n"]
        assert server.delivered[0].data == PREFIX + BODY


async def test_a_refused_mail_without_pipelining_says_no_rcpt(connect: Connect) -> None:
    async with FakeServer("rejects_mail", extensions=()) as server:
        replies = await connect(server).begin(envelope()).rcpt(to("a", "b"))
        assert [r.code for r in replies] == [550, 550]
        assert not any(c.startswith("RCPT") for c in server.seen[0].commands)


async def test_the_connection_is_reused(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server)
        for _ in range(5):
            await deliver(upstream, Text(BODY))
        assert len(server.seen) == 1
        assert len(server.delivered) == 5
        assert upstream.pool.idle_connections == 1
        assert upstream.observer.codes == [250] * 5  # type: ignore[attr-defined]


async def test_a_connection_is_closed_after_max_uses(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server, max_uses=2)
        for _ in range(4):
            await deliver(upstream, Text(BODY))
        assert len(server.seen) == 2
        assert server.seen[0].commands[-1] == "QUIT"


async def test_recipients_one_by_one_each_get_their_reply(connect: Connect) -> None:
    async with FakeServer("rejects_second_recipient") as server:
        transaction = connect(server).begin(envelope())
        codes = [(await transaction.rcpt(to(name)))[0].code for name in ("first", "second", "third")]
        assert codes == [250, 550, 250]
        await transaction.send(PREFIX, Text(BODY))
        assert server.delivered[0].rcpts == ["RCPT TO:<first@tinh.example>", "RCPT TO:<third@tinh.example>"]


async def test_mail_refused_is_everybodys_reply_and_the_connection_lives(connect: Connect) -> None:
    async with FakeServer("rejects_mail") as server:
        upstream = connect(server)
        transaction = upstream.begin(envelope())
        assert [r.code for r in await transaction.rcpt(to("a", "b"))] == [550, 550]
        assert [r.code for r in await transaction.rcpt(to("c"))] == [550]
        with pytest.raises(UpstreamBroken):
            await transaction.send(PREFIX, Text(BODY))
        assert upstream.pool.idle_connections == 1


async def test_nobody_accepted_cannot_be_sent(connect: Connect) -> None:
    async with FakeServer("rejects_all") as server:
        transaction = connect(server).begin(envelope())
        await transaction.rcpt(to("a"))
        with pytest.raises(UpstreamBroken):
            await transaction.send(PREFIX, Text(BODY))


async def test_after_an_abort_rset_comes_with_the_next_mail(connect: Connect) -> None:
    async with FakeServer() as server:
        upstream = connect(server)
        transaction = upstream.begin(envelope())
        await transaction.rcpt(to("a"))
        transaction.abort()
        transaction.abort()
        await deliver(upstream, Text(BODY))
        assert len(server.seen) == 1
        assert any(block.startswith(b"RSET\r\nMAIL") for block in server.seen[0].blocks)
        assert len(server.delivered) == 1
        with pytest.raises(UpstreamBroken):
            await transaction.rcpt(to("b"))


@pytest.mark.parametrize("extensions", [EXTENSIONS, CHUNKING, ()])
async def test_after_a_refused_message_rset_comes_with_the_next_mail(
    connect: Connect, extensions: tuple[str, ...]
) -> None:
    """A server that has not forgotten its recipients would send them the next message, or refuse that one for good."""
    async with FakeServer("keeps_the_envelope", extensions=extensions) as server:
        upstream = connect(server)
        assert (await deliver(upstream, Text(BODY))).code == 452
        transaction = upstream.begin(envelope())
        assert [r.code for r in await transaction.rcpt(to("b"))] == [250]
        assert (await transaction.send(PREFIX, Text(BODY))).code == 250
        assert server.delivered[0].rcpts == ["RCPT TO:<b@tinh.example>"]
        assert len(server.seen) == 1


async def test_a_held_transaction_is_replayed(connect: Connect) -> None:
    async with FakeServer("rejects_second_recipient") as server:
        upstream = connect(server)
        slow = upstream.begin(envelope())
        await slow.rcpt(to("first", "second", "third"))
        slow.hold()
        assert upstream.pool.used_connections == 0
        await deliver(upstream, Text(b"other\r\n"))
        assert (await slow.send(PREFIX, Text(BODY))).code == 250
        assert len(server.seen) == 1
        assert server.delivered[1].rcpts == ["RCPT TO:<first@tinh.example>", "RCPT TO:<third@tinh.example>"]


async def test_more_recipients_after_hold(connect: Connect) -> None:
    async with FakeServer() as server:
        transaction = connect(server).begin(envelope())
        await transaction.rcpt(to("a"))
        transaction.hold()
        assert [r.code for r in await transaction.rcpt(to("b"))] == [250]
        await transaction.send(PREFIX, Text(BODY))
        assert len(server.delivered[0].rcpts) == 2


async def test_more_recipients_after_hold_on_a_connection_that_is_clean(connect: Connect) -> None:
    """What was accepted before is said again, although one recipient and no RSET looks like an ordinary beginning."""
    async with FakeServer() as server:
        upstream = connect(server)
        transaction = upstream.begin(envelope())
        await transaction.rcpt(to("a"))
        transaction.hold()
        await deliver(upstream, Text(BODY))
        assert [r.code for r in await transaction.rcpt(to("b"))] == [250]
        await transaction.send(PREFIX, Text(BODY))
        assert server.delivered[1].rcpts == ["RCPT TO:<a@tinh.example>", "RCPT TO:<b@tinh.example>"]
        assert len(server.seen) == 1


@pytest.mark.parametrize("extensions", [EXTENSIONS, CHUNKING], ids=["data", "bdat"])
@pytest.mark.parametrize("form", ["memory", "whole", "bytes"])
@pytest.mark.parametrize(
    "body", [BODY, b".", b"", b"no end", b"\r\n", b".\r\n", b"a\r\n.\r\nMAIL FROM:<evil>\r\n", b"a\r"]
)
async def test_the_bytes_arrive(connect: Connect, extensions: tuple[str, ...], form: str, body: bytes) -> None:
    chunks = {"memory": None, "whole": [body], "bytes": [body[n : n + 1] for n in range(len(body))]}[form]
    async with FakeServer(extensions=extensions) as server:
        assert (await deliver(connect(server), Text(body, chunks=chunks))).code == 250
        added = b"" if extensions is CHUNKING or body.endswith(b"\r\n") or not body else b"\r\n"
        assert server.delivered[0].data == PREFIX + body + added
        assert server.delivered[0].by == ("BDAT" if extensions is CHUNKING else "DATA")
        assert len(server.seen[0].commands) == 4


async def test_bdat_is_one_command_with_everything(connect: Connect) -> None:
    async with FakeServer(extensions=CHUNKING) as server:
        await deliver(connect(server), Text(BODY))
        assert server.seen[0].blocks[-1] == b"BDAT %d LAST\r\n" % len(PREFIX + BODY) + PREFIX + BODY


async def test_chunking_can_be_switched_off(connect: Connect) -> None:
    async with FakeServer(extensions=CHUNKING) as server:
        await deliver(connect(server, chunking=False), Text(BODY))
        assert server.delivered[0].by == "DATA"


@pytest.mark.parametrize("extensions", [EXTENSIONS, CHUNKING], ids=["data", "bdat"])
@pytest.mark.parametrize("chunks", [None, [b"Forged: 1\r\nA", b": b\r\nForged: 2\r\n\r\n.body"]])
async def test_forged_fields_are_left_out(
    connect: Connect, extensions: tuple[str, ...], chunks: list[bytes] | None
) -> None:
    body = b"Forged: 1\r\nA: b\r\nForged: 2\r\n\r\n.body"
    async with FakeServer(extensions=extensions) as server:
        await deliver(connect(server), Text(body, chunks=chunks), skip=[(0, 11), (17, 28)])
        assert server.delivered[0].data.removesuffix(b"\r\n") == PREFIX + b"A: b\r\n\r\n.body"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(
        st.sampled_from([b"\r\n", b".", b"text", b"\r\n.\r\n", b"", b"\r\n..", b"\r", b"x" * 100]), max_size=9
    ),
    bdat=st.booleans(),
    memory=st.booleans(),
)
def test_any_content_in_any_chunking_arrives_once(pieces: list[bytes], bdat: bool, memory: bool) -> None:
    """Byte identity through the real client: whatever the content and its chunks, one message, the same bytes."""
    import asyncio

    async def once() -> None:
        async with FakeServer(extensions=CHUNKING if bdat else EXTENSIONS) as server:
            upstream = SmtpUpstream("test", config(server), "gw.example")
            body = b"".join(pieces)
            await deliver(upstream, Text(body, chunks=None if memory else pieces))
            await deliver(upstream, Text(b"next\r\n"))
            await upstream.close()
            added = b"" if bdat or not body or (PREFIX + body).endswith(b"\r\n") else b"\r\n"
            assert [d.data for d in server.delivered] == [PREFIX + body + added, PREFIX + b"next\r\n"]

    asyncio.run(once())


async def test_a_large_message_is_paced_by_the_server(connect: Connect) -> None:
    chunk = b"x" * 65534 + b"\r\n"
    async with FakeServer() as server:
        assert (await deliver(connect(server), Text(chunk * 64, chunks=[chunk] * 64))).code == 250
        assert server.delivered[0].data == PREFIX + chunk * 64


async def test_parameters_only_where_offered(connect: Connect) -> None:
    async with FakeServer(extensions=("PIPELINING",)) as server:
        transaction = connect(server).begin(envelope(size=9, body="8BITMIME", ret="FULL", envid="x"))
        recipients = to("a")
        recipients[0].notify = "NEVER"
        await transaction.rcpt(recipients)
        assert server.seen[0].commands[1:] == ["MAIL FROM:<from@example.org>", "RCPT TO:<a@tinh.example>"]
        transaction.abort()


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)])
async def test_smtputf8_that_is_not_offered_is_refused_by_us(connect: Connect, extensions: tuple[str, ...]) -> None:
    async with FakeServer(extensions=extensions) as server:
        upstream = connect(server)
        for names in (("a", "b"), ("a",)):
            replies = await upstream.begin(envelope(smtputf8=True)).rcpt(to(*names))
            assert [(r.code, r.enhanced) for r in replies] == [(553, "5.6.7")] * len(names)
        assert upstream.pool.idle_connections == 1


async def test_one_byte_at_a_time(connect: Connect) -> None:
    async with FakeServer("one_byte_at_a_time") as server:
        upstream = connect(server)
        for _ in range(2):
            assert (await deliver(upstream, Text(BODY))).code == 250
        assert len(server.seen) == 1


async def test_helo_where_ehlo_is_unknown(connect: Connect) -> None:
    async with FakeServer("no_ehlo") as server:
        assert (await deliver(connect(server), Text(BODY))).code == 250
        assert server.seen[0].commands[:2] == ["EHLO gw.example", "HELO gw.example"]


async def test_xforward_is_told_anew_for_every_transaction(connect: Connect) -> None:
    async with FakeServer(extensions=("PIPELINING", "XFORWARD NAME ADDR")) as server:
        upstream = connect(server, xforward=True)
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.2"):
            transaction = upstream.begin(envelope(client=session(address)))
            await transaction.rcpt(to("a"))
            await transaction.send(PREFIX, Text(BODY))
        said = [c for c in server.seen[0].commands if c.startswith("XFORWARD")]
        assert said == [f"XFORWARD NAME=host.example ADDR=192.0.2.{n}" for n in (1, 2, 2)]
        assert len(server.seen) == 1


async def test_xclient_binds_a_connection_to_its_client(connect: Connect) -> None:
    async with FakeServer(extensions=("PIPELINING", "XCLIENT NAME ADDR HELO")) as server:
        upstream = connect(server, xclient=True)
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1"):
            transaction = upstream.begin(envelope(client=session(address)))
            await transaction.rcpt(to("a"))
            await transaction.send(PREFIX, Text(BODY))
        assert len(server.seen) == 2
        assert server.seen[0].commands[:3] == [
            "EHLO gw.example",
            "XCLIENT NAME=host.example ADDR=192.0.2.1 HELO=client.example",
            "EHLO client.example",
        ]
        assert sum(c.startswith("MAIL") for c in server.seen[0].commands) == 2
