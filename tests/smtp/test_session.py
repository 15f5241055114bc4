"""A session as a stranger sees it."""

from __future__ import annotations

import asyncio
import base64
import json
import time

import pytest

from gateway.app import App
from gateway.message.scan import Scanner
from tests.smtp.conftest import MESSAGE, Start

ENVELOPE = (b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>")


def attachment(size: int) -> bytes:
    body = base64.encodebytes(b"%PDF-1.4\n" + bytes(size - 9)).replace(b"\n", b"\r\n")
    return (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nxem tep\r\n"
        b'--b\r\nContent-Type: application/pdf; name="so.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + body
        + b"--b--\r\n"
    )


async def test_the_greeting_tells_no_version_and_hello_comes_whole(start: Start) -> None:
    running = await start()
    client = await running.connect(greet=False)
    assert await client.reply() == b"220 gw.test.example ESMTP\r\n"
    client.send(b"EHLO x.example\r\n")
    hello = await client.reader.read(65536)
    assert hello.endswith(b"\r\n") and hello.splitlines()[-1][3:4] == b" "
    words = {line[4:].split()[0] for line in hello.splitlines()[1:]}
    assert {b"PIPELINING", b"SIZE", b"8BITMIME", b"ENHANCEDSTATUSCODES"} <= words
    assert b"STARTTLS" not in words and b"AUTH" not in words and b"XCLIENT" not in words


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b"EHLO my printer", "my printer"),
        (b"EHLO  x.example ", "x.example"),
        (b"HELO\tx.example", "x.example"),
        ("EHLO PHÒNG-CNTT".encode(), "PHÒNG-CNTT"),
        (b"EHLO t\xf4i\x01", "t\ufffdi?"),
        (b"EHLO " + b"x" * 400, "x" * 255),
    ],
)
async def test_a_client_may_call_itself_anything(start: Start, said: bytes, kept: str) -> None:
    running = await start()
    client = await running.connect()
    assert (await client.ask(said)).startswith(b"250")
    await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<b@tphcm.gov.vn>", b"DATA", MESSAGE + b".")
    assert json.loads((await running.decisions())[0]["payload"])["helo"] == kept
    assert running.delivered()[0].isascii()


async def test_blanks_at_the_end_of_a_command_mean_nothing(start: Start) -> None:
    """RFC 5321 4.1.1."""
    running = await start()
    client = await running.connect()
    said = [b"EHLO x.example ", *(line + b" \t" for line in ENVELOPE), b"NOOP  ", b"DATA  "]
    assert (await client.ask(*said)).startswith(b"354 ")
    assert (await client.ask(MESSAGE + b".")).startswith(b"250 ")
    assert (await client.ask(*ENVELOPE, b"DATA\t")).startswith(b"354 ")
    assert (await client.ask(MESSAGE + b".")).startswith(b"250 ")
    assert (await client.ask(*ENVELOPE, b"DATA x")).startswith(b"501 ")


@pytest.mark.parametrize("said", [b"EHLO", b"EHLO  \t", b"HELO a\0b"])
async def test_a_client_calls_itself_something(start: Start, said: bytes) -> None:
    client = await (await start()).connect()
    assert (await client.ask(said)).startswith(b"50")


async def test_a_good_message_arrives_byte_for_byte_and_is_on_record(start: Start) -> None:
    running = await start()
    assert (await running.submit(MESSAGE + b".\r\n")).startswith(b"250 ")
    assert running.contents() == [MESSAGE]
    rows = await running.decisions()
    assert [(row["action"], row["listener"]) for row in rows] == [("accept", "inbound")]


async def test_dots_are_unstuffed_once(start: Start) -> None:
    running = await start()
    wire = MESSAGE + b"..\r\n...two\r\n. one\r\n"
    assert (await running.submit(wire + b".\r\n")).startswith(b"250 ")
    assert running.contents() == [MESSAGE + b".\r\n..two\r\n one\r\n"]


async def test_the_cap_is_refused_with_its_clause_and_reference_and_recorded_first(start: Start) -> None:
    running = await start()
    reply = await running.submit(attachment(15 * 2**20 + 1) + b".\r\n")
    assert reply.startswith(b"552-5.3.4 ") and b"Q4 4.2" in reply
    rows = await running.decisions()
    assert [row["action"] for row in rows] == ["reject"]
    assert rows[0]["reference"].encode() in reply
    assert running.delivered() == []


async def test_exactly_the_cap_passes(start: Start) -> None:
    running = await start()
    assert (await running.submit(attachment(15 * 2**20) + b".\r\n")).startswith(b"250 ")


@pytest.mark.parametrize(
    "bad",
    [
        b"a\nb\r\n",
        b"a\rb\r\n",
        b"a\0b\r\n",
        b"\n.\nMAIL\r\n",
        b"a\r\n.\nb\r\n",
        b"a\n.\r\nb\r\n",
        b"a\r.\r\nb\r\n",
        b"a\r\r\n",
    ],
)
async def test_bare_newlines_and_nul_are_drained_and_refused(start: Start, bad: bytes) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE, b"DATA")
    client.send(MESSAGE + bad + b".\r\nNOOP\r\n")
    assert (await client.reply()).startswith(b"550 5.6.0 ")
    assert (await client.reply()).startswith(b"250 ")
    assert running.delivered() == []


async def test_a_normalising_listener_forwards_crlf(start: Start) -> None:
    running = await start(bare_newline="normalize")
    assert (await running.submit(b"Subject: x\n\nline\rtwo\r\n.\r\n")).startswith(b"250 ")
    assert running.contents() == [b"Subject: x\r\n\r\nline\r\ntwo\r\n"]


async def test_a_normalising_listener_still_refuses_nul(start: Start) -> None:
    running = await start(bare_newline="normalize")
    assert (await running.submit(MESSAGE + b"a\0b\r\n.\r\n")).startswith(b"550 5.6.0 ")


async def test_pipelined_commands_get_their_replies_in_order(start: Start) -> None:
    running = await start()
    client = await running.ready()
    client.send(
        b"\r\n".join((ENVELOPE[0], ENVELOPE[1], b"RCPT TO:<x@gmail.com>", b"RCPT TO:<b@tphcm.gov.vn>", b"DATA", b""))
    )
    codes = [(await client.reply())[:3] for _ in range(5)]
    assert codes == [b"250", b"250", b"550", b"250", b"354"]
    client.send(MESSAGE + b".\r\nQUIT\r\n")
    assert [(await client.reply())[:3] for _ in range(2)] == [b"250", b"221"]
    assert len(running.delivered()) == 2


async def test_it_is_no_open_relay(start: Start) -> None:
    running = await start()
    client = await running.ready()
    assert (await client.ask(ENVELOPE[0], b"RCPT TO:<x@elsewhere.example>")).startswith(b"550 5.7.1 ")
    for routed in (
        b"x%elsewhere.example@tphcm.gov.vn",
        b'"x@elsewhere.example"@tphcm.gov.vn',
        b"elsewhere.example!x@tphcm.gov.vn",
    ):
        assert (await client.ask(b"RCPT TO:<" + routed + b">")).startswith(b"550 5.7.1 ")
    assert (await client.ask(b"RCPT TO:<@tphcm.gov.vn:x@elsewhere.example>")).startswith(b"501 ")
    assert (await client.ask(b"RCPT TO:<x@tphcm.gov.vn.elsewhere.example>")).startswith(b"550 5.7.1 ")


async def test_postmaster_is_always_taken(start: Start) -> None:
    running = await start()
    client = await running.ready()
    assert (await client.ask(ENVELOPE[0], b"RCPT TO:<Postmaster>")).startswith(b"250 ")


async def test_our_own_domain_is_not_believed_from_outside(start: Start) -> None:
    running = await start(gateway={"regulation": "angiang-50-2009"})
    client = await running.ready()
    reply = await client.ask(b"MAIL FROM:<chutich@tphcm.gov.vn>")
    assert reply[:9] in (b"550 5.7.1", b"550-5.7.1")
    rows = await running.decisions()
    assert [row["stage"] for row in rows] == ["mail"]
    assert rows[0]["reference"].encode() in reply


async def test_size_is_refused_at_mail(start: Start) -> None:
    running = await start(max_size="1MiB")
    client = await running.ready()
    assert (await client.ask(b"MAIL FROM:<a@so.example> SIZE=1048577")).startswith(b"552 5.3.4 ")
    assert (await client.ask(b"MAIL FROM:<a@so.example> SIZE=1048576")).startswith(b"250 ")


async def test_a_message_that_lied_about_its_size_is_refused_at_its_end(start: Start) -> None:
    running = await start(max_size="64KiB")
    reply = await running.submit(MESSAGE + b"x" * 70_000 + b"\r\n.\r\n")
    assert reply.startswith(b"552 5.3.4 ")


async def test_a_line_over_the_limit_is_refused_and_a_long_one_passes(start: Start) -> None:
    running = await start(max_line="10KiB")
    long = MESSAGE + b"y" * 10_000 + b"\r\n"
    assert (await running.submit(long + b".\r\n")).startswith(b"250 ")
    assert (await running.submit(MESSAGE + b"y" * 10_300 + b"\r\n.\r\n")).startswith(b"550 5.6.0 ")
    assert running.contents() == [long]


async def test_bdat(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE)
    half = len(MESSAGE) // 2
    client.send(b"BDAT %d\r\n" % half + MESSAGE[:half] + b"BDAT %d LAST\r\n" % (len(MESSAGE) - half) + MESSAGE[half:])
    assert (await client.reply()).startswith(b"250 ")
    assert (await client.reply()).startswith(b"250 ")
    assert running.contents() == [MESSAGE]


async def test_bdat_content_that_looks_like_the_end_of_data_is_content(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE)
    content = MESSAGE + b".\r\nMAIL FROM:<x@y>\r\n"
    client.send(b"BDAT %d LAST\r\n" % len(content) + content)
    assert (await client.reply()).startswith(b"250 ")
    assert running.contents() == [content]


@pytest.mark.parametrize("content", [b"Subject: x\n\nhello\r\n", b"Subject: x\r\n\r\nend\r", b"a\0b\r\n"])
async def test_bdat_with_bare_newlines_is_refused(start: Start, content: bytes) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE)
    client.send(b"BDAT %d LAST\r\n" % len(content) + content)
    assert (await client.reply()).startswith(b"550 5.6.0 ")
    assert running.delivered() == []


async def test_bdat_without_recipients_is_drained(start: Start) -> None:
    running = await start()
    client = await running.ready()
    client.send(b"BDAT 10 LAST\r\n0123456789NOOP\r\n")
    assert (await client.reply()).startswith(b"503 ")
    assert (await client.reply()).startswith(b"250 ")


async def test_data_after_bdat_is_refused(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE)
    client.send(b"BDAT 3\r\nabc")
    await client.reply()
    assert (await client.ask(b"DATA")).startswith(b"503 ")


@pytest.mark.parametrize(
    "commands",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\nEHLO x\r\nMAIL FROM:<a@b>\r\n",
        b"EHLO x\r\nMAIL FROM:<a@so.example>\r\n",
        b"EHLO x.example\r\n",
    ],
)
async def test_other_protocols_and_early_pipelining_are_cut(start: Start, commands: bytes) -> None:
    running = await start()
    client = await running.connect()
    client.send(commands)
    if commands.count(b"\r\n") == 1:
        assert (await client.reply()).startswith(b"250-")
        return
    answer = await client.rest()
    assert answer[:1] == b"5" and answer.count(b"\r\n") == 1


@pytest.mark.parametrize("delay", ["50ms", "300ms"])
async def test_an_early_talker_is_cut(start: Start, delay: str) -> None:
    running = await start(greet_delay=delay)
    client = await running.connect(greet=False)
    client.send(b"EHLO bot.example\r\nMAIL FROM:<x@y.example>\r\n")
    answer = await client.rest()
    assert answer.startswith(b"554 5.5.0 ") and answer.count(b"\r\n") == 1, answer


async def test_body_that_does_not_wait_for_354_is_cut(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE)
    client.send(b"DATA\r\n" + MESSAGE + b".\r\n")
    assert (await client.rest()).startswith(b"554 5.5.0 ")
    assert running.delivered() == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (b"NOOP\n", b"500"),
        (b"\r\n", b"500"),
        (b"XYZZY\r\n", b"500"),
        (b"MAIL FROM:<\xff@x>\r\n", b"501"),
        (b"N" * 3000 + b"\r\n", b"500"),
        (b"N" * 100_000 + b"\r\n", b"500"),
        (b"NOOP a\rb\r\n", b"500"),
        (b"MAIL FROM:<a@b> FOO=1\r\n", b"555"),
        ("MAIL FROM:<tôi@x.vn>\r\n".encode(), b"553"),
        (b"RCPT TO:<q4@tphcm.gov.vn>\r\n", b"503"),
        (b"DATA\r\n", b"503"),
        (b"STARTTLS\r\n", b"502"),
        (b"AUTH PLAIN\r\n", b"502"),
        (b"XCLIENT ADDR=1.2.3.4\r\n", b"550"),
        (b"XFORWARD ADDR=1.2.3.4\r\n", b"550"),
        (b"VRFY root\r\n", b"252"),
    ],
)
async def test_bad_commands_get_one_reply_and_the_session_goes_on(start: Start, command: bytes, code: bytes) -> None:
    running = await start()
    client = await running.ready()
    client.send(command)
    assert (await client.reply())[:3] == code
    if command != b"\r\n":
        assert (await client.ask(b"NOOP")).startswith(b"250 ")


async def test_command_limits(start: Start) -> None:
    running = await start(max_errors=3, max_commands=5)
    client = await running.ready()
    await client.ask(b"XA", b"XB")
    assert (await client.ask(b"XC")).startswith(b"500 ")
    assert (await client.rest()).startswith(b"421 4.7.0 ")
    client = await running.ready()
    await client.ask(b"NOOP", b"NOOP", b"NOOP", b"NOOP")
    assert (await client.rest()).startswith(b"421 4.7.0 ")


async def test_connection_limits(start: Start) -> None:
    running = await start(max_connections=3, max_connections_per_address=2)
    await running.connect()
    await running.connect()
    third = await running.connect(greet=False)
    assert (await third.reply()).startswith(b"421 4.7.0 ")


async def test_recipient_limit(start: Start) -> None:
    running = await start(max_recipients=2)
    client = await running.ready()
    client.send(ENVELOPE[0] + b"\r\n" + (ENVELOPE[1] + b"\r\n") * 3)
    assert [(await client.reply())[:3] for _ in range(4)] == [b"250", b"250", b"250", b"452"]


async def test_an_idle_client_is_told_to_go(start: Start) -> None:
    running = await start(command_timeout="2s")
    client = await running.ready()
    assert (await client.rest()).startswith(b"421 4.4.2 ")


async def test_a_client_that_drips_a_command_is_told_to_go(start: Start) -> None:
    running = await start(command_timeout="1s")
    client = await running.ready()

    async def drip() -> None:
        for octet in b"NOOP" + b" x" * 20:
            client.send(bytes([octet]))
            await asyncio.sleep(0.2)

    dripping = asyncio.create_task(drip())
    answer = await client.reader.readline()  # an octet that comes later is answered by a reset
    dripping.cancel()
    assert answer.startswith(b"421 4.4.2 ")


async def test_a_client_that_goes_in_mid_message_leaves_nothing(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE, b"DATA")
    client.send(MESSAGE * 1000)
    await client.writer.drain()
    client.writer.transport.abort()
    async with asyncio.timeout(60):
        while running.app.spools.open_spools or running.app.spools.memory_used:
            await asyncio.sleep(0.01)
    assert running.delivered() == []


async def test_a_client_that_half_closes_after_its_message_gets_its_reply(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE, b"DATA")
    client.send(MESSAGE + b".\r\n")
    client.writer.write_eof()
    assert (await client.rest()).startswith(b"250 ")
    assert len(running.delivered()) == 1


async def test_a_journal_that_cannot_be_written_means_451(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    running = await start()
    monkeypatch.setattr(type(running.app.journal), "room", lambda self: False)
    assert (await running.submit(MESSAGE + b".\r\n")).startswith(b"451 4.3.0 ")
    assert running.delivered() == []


async def test_a_bug_after_the_reply_is_not_told(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    running = await start()

    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("gateway.pipeline.Pipeline._count", broken)
    client = await running.ready()
    await client.ask(*ENVELOPE, b"DATA")
    client.send(MESSAGE + b".\r\nNOOP\r\n")
    assert (await client.reply()).startswith(b"250 ")
    assert (await client.reply()).startswith(b"250 2.0.0 OK")
    assert len(running.delivered()) == 1


async def test_many_ordinary_chunks_are_no_abuse(start: Start) -> None:
    running = await start(max_commands=5)
    client = await running.ready()
    await client.ask(*ENVELOPE)
    for _ in range(20):
        client.send(b"BDAT 1024\r\n" + b"x" * 1022 + b"\r\n")
        assert (await client.reply()).startswith(b"250 ")
    client.send(b"BDAT 0 LAST\r\n")
    assert (await client.reply()).startswith(b"250 ")


@pytest.mark.parametrize("verb", [b"DATA", b"BDAT"])
async def test_others_have_their_turn_while_a_message_takes_long_to_scan(
    start: Start, monkeypatch: pytest.MonkeyPatch, verb: bytes
) -> None:
    sizes: list[int] = []
    turns: set[int] = set()
    feed = Scanner.feed

    def slow(self: Scanner, data: bytes) -> None:
        sizes.append(len(data))
        until = time.perf_counter() + 0.011
        while time.perf_counter() < until:
            pass
        feed(self, data)

    async def other() -> None:
        while True:
            turns.add(len(sizes))
            await asyncio.sleep(0)

    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE)
    monkeypatch.setattr(Scanner, "feed", slow)
    content = MESSAGE + b"x\r\n" * 200_000
    if verb == b"DATA":
        await client.ask(b"DATA")
        client.send(content + b".\r\n")
    else:
        client.send(b"BDAT %d LAST\r\n" % len(content) + content)
    task = asyncio.create_task(other())
    try:
        assert (await client.reply()).startswith(b"250 ")
    finally:
        task.cancel()
    assert sum(sizes) == len(content)
    assert sizes[0] <= 128 * 1024 + 8 and max(sizes[1:]) <= 32 * 1024 + 8
    assert turns >= set(range(1, len(sizes)))


async def test_a_bug_is_451_without_its_text(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    running = await start()

    async def broken(self: object, arrival: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("gateway.pipeline.Pipeline.conclude", broken)
    reply = await running.submit(MESSAGE + b".\r\n")
    assert reply.startswith(b"451 4.3.0 ") and b"secret" not in reply
    assert running.app.spools.open_spools == 0


async def test_a_loop_is_refused(start: Start) -> None:
    running = await start()
    reply = await running.submit(b"Received: from a by b; now\r\n" * 60 + MESSAGE + b".\r\n")
    assert reply.startswith(b"554 5.4.6 ")


async def test_stopping_says_421_to_idle_sessions(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await App.drain(running.app, 2.0)
    assert (await client.rest()).startswith(b"421 4.3.2 ")


async def test_a_transaction_under_way_is_finished_when_stopping(start: Start) -> None:
    running = await start()
    client = await running.ready()
    await client.ask(*ENVELOPE, b"DATA")
    drain = asyncio.create_task(running.app.drain(60.0))
    await asyncio.sleep(0.1)
    client.send(MESSAGE + b".\r\n")
    assert (await client.reply()).startswith(b"250 ")
    assert (await client.rest()).startswith(b"421 4.3.2 ")
    await drain
    assert len(running.delivered()) == 1
