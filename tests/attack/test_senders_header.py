"""Nobody writes into the fields that we put above a message, and nobody puts one where only some readers look."""

from __future__ import annotations

import email

import pytest

from tests.smtp.conftest import Start

LOOPBACK = ["127.0.0.0/8"]
CLAIM = b"X-Congthu-Request: proved; mailbox=q4@tphcm.gov.vn; how=login; request=yes"
REST = b"From: a@so.example\r\nTo: q4@tphcm.gov.vn\r\nSubject: thu\r\n"
NO_DNS = {"servers": ["127.0.0.1:9"], "timeout": "1s"}
CHANNEL = [{"address": "q4@tphcm.gov.vn"}]


@pytest.mark.parametrize("blank", [b" ", b"\t"])
@pytest.mark.parametrize("taken_out", [b"", b"X-Congthu-Zzz: no mark then\r\n"])
async def test_the_first_line_does_not_go_on_with_a_field_of_ours(start: Start, blank: bytes, taken_out: bytes) -> None:
    running = await start(authentication=NO_DNS, request_channel=CHANNEL)
    first = blank + b"; dkim=pass header.d=tphcm.gov.vn; proved; request=yes\r\n"
    answer = await running.submit(first + taken_out + REST + b"\r\nXin chao.\r\n.\r\n")
    assert answer.startswith(b"250"), answer
    (kept,) = map(email.message_from_bytes, running.delivered())
    fields = [(name, str(value)) for name, value in kept.items() if name != "Received"]
    assert {"Authentication-Results", "X-Congthu-Request"} <= {name for name, _ in fields}
    assert not [name for name, value in fields if "dkim=pass" in value or "request=yes" in value]


@pytest.mark.parametrize(
    "before",
    [
        b"no field at all\r\n",
        b"\x01",
        b"\xe2\x80\x8b",
        b"X-A: b\r\n\xa0\r\n",
        b"no field\r\n" + b"X-Filler: x\r\n" * 5000,
    ],
)
@pytest.mark.parametrize("top", [True, False])
async def test_a_tag_behind_a_line_that_is_no_field(start: Start, before: bytes, top: bool) -> None:
    running = await start()
    hidden = before + CLAIM + b"\r\n"
    answer = await running.submit((hidden + REST if top else REST + hidden) + b"\r\nXin chao.\r\n.\r\n")
    assert answer.startswith(b"550 5.6.0"), answer
    assert not running.delivered()


async def test_a_tag_with_many_blanks_before_its_colon(start: Start) -> None:
    running = await start()
    hidden = CLAIM.replace(b":", b" " * 100 + b":", 1) + b"\r\n"
    await running.submit(REST + hidden + b"\r\nXin chao.\r\n.\r\n")
    assert not [one for one in running.delivered() if b"request=yes" in one]


@pytest.mark.parametrize("head", [REST + b"no field\r\n", REST, b""])
async def test_what_a_text_says_of_our_fields_is_let_alone(start: Start, head: bytes) -> None:
    running = await start()
    answer = await running.submit(head + b"\r\n" + CLAIM + b"\r\n.\r\n")
    assert answer.startswith(b"250"), answer


async def test_another_clients_login_ends_with_its_address(start: Start) -> None:
    running = await start(xclient=[*LOOPBACK, "203.0.113.8/32"], gateway={"trusted_networks": LOOPBACK})
    client = await running.ready()
    assert (await client.ask(b"XCLIENT ADDR=203.0.113.8 LOGIN=q4@tphcm.gov.vn")).startswith(b"220")
    assert (await client.ask(b"XCLIENT ADDR=203.0.113.9")).startswith(b"220")
    await client.ask(b"EHLO x.example", b"MAIL FROM:<a@so.example>", b"RCPT TO:<q4@tphcm.gov.vn>", b"DATA")
    client.send(REST + b"\r\nXin chao.\r\n.\r\n")
    assert (await client.reply()).startswith(b"250")
    assert b"with ESMTP id" in running.delivered()[0], "ESMTPA: of a client that is logged in"


RESULTS = b"Authentication-Results%b: gw.test.example; dkim=pass header.d=tphcm.gov.vn\r\n"


@pytest.mark.parametrize("before", [b"no field at all\r\n", b"\x01\r\n", b""])
@pytest.mark.parametrize("blanks", [b"", b" " * 100])
async def test_results_in_our_name_where_only_others_read(start: Start, before: bytes, blanks: bytes) -> None:
    running = await start()
    answer = await running.submit(REST + before + RESULTS % blanks + b"\r\nXin chao.\r\n.\r\n")
    kept = b"".join(running.delivered())
    assert answer.startswith(b"550 5.6.0") or (answer.startswith(b"250") and b"dkim=pass" not in kept), answer


async def test_results_of_others_behind_a_line_that_is_no_field_are_let_alone(start: Start) -> None:
    running = await start()
    other = b"Authentication-Results: mx.so.example; dkim=pass\r\n"
    assert (await running.submit(REST + b"no field\r\n" + other + b"\r\nXin chao.\r\n.\r\n")).startswith(b"250")
