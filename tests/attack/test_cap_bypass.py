"""Ways around the attachment cap: what was judged must be what is delivered."""

from __future__ import annotations

import base64
import email
import email.policy
import os

import pytest

from tests.smtp.conftest import Running, Start, without_trace

_FILE = base64.encodebytes(os.urandom(3 * 2**20)).replace(b"\n", b"\r\n")
_PARTS = (
    b"--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=a.zip\r\n\r\n" + _FILE + b"--b--\r\n"
)
_TOP = b"From: a@so.example\r\nTo: q4@tphcm.gov.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
_MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n"
_BEGUN = _TOP + b"Content-Type:\r\nX-Congthu-Pass: v\r\n"
_RULES = {"attachment-cap": {"limit": "1 MiB"}}


def attached(message: bytes) -> int:
    parsed = email.message_from_bytes(message, policy=email.policy.compat32)
    return sum(len(p.get_payload(decode=True) or b"") for p in parsed.walk() if p.get_filename())


async def through(start: Start, message: bytes) -> tuple[bytes, Running]:
    running = await start(rules=_RULES)
    return await running.submit(message + b".\r\n"), running


async def test_the_plain_message_is_refused(start: Start) -> None:
    answer, _ = await through(start, _TOP + _MIXED + b"\r\n" + _PARTS)
    assert answer.startswith(b"552")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(_TOP + b"X: y\r\n" * 1000 + _MIXED + b"\r\n", id="too many fields"),
        pytest.param(_TOP + b"X-Long: y\r\n" + (b" " + b"z" * 900 + b"\r\n") * 300 + _MIXED + b"\r\n", id="too large"),
        pytest.param(
            _BEGUN
            + (b" " + b"z" * 13 + b"\r\n") * ((2**18 - len(_BEGUN)) // 16)
            + b" multipart/mixed; boundary=b\r\n\r\n",
            id="the rest of a forged mark completes the field before it",
        ),
    ],
)
async def test_header_bounds_do_not_hide_attachments(start: Start, head: bytes) -> None:
    answer, running = await through(start, head + _PARTS)
    print(answer)
    if answer.startswith(b"250"):
        delivered = without_trace(running.delivered()[0])
        print(delivered[:200], attached(delivered))
        assert attached(delivered) <= 2**20, "over the cap in the recipient's mailbox"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"X: y\r\n" * 1000, id="too many fields in a part"),
        pytest.param(b"X-Long: y\r\n" + (b" " + b"z" * 900 + b"\r\n") * 80, id="too large a part header"),
    ],
)
async def test_part_header_bounds_do_not_hide_attachments(start: Start, head: bytes) -> None:
    answer, running = await through(start, _TOP + _MIXED + b"\r\n" + _PARTS.replace(b"--b\r\n", b"--b\r\n" + head))
    print(answer)
    if answer.startswith(b"250"):
        delivered = without_trace(running.delivered()[0])
        assert attached(delivered) <= 2**20, "over the cap in the recipient's mailbox"


async def test_a_header_before_a_genuine_mark_does_not_change_the_message(start: Start) -> None:
    def listener(name: str, direction: str) -> dict[str, object]:
        return {"name": name, "bind": f"127.0.0.1:{len(name)}", "direction": direction, "upstream": "box"}

    running = await start(
        # The first passage reads it as a text, as some mail programs do: other readings would show what it holds.
        rules={**_RULES, "attachment-cap": {**_RULES["attachment-cap"], "filter": "off"}, "unscannable": "off"},
        gateway={"trusted_networks": ["127.0.0.0/8"]},
        listeners=[listener("filter", "proxy-filter"), listener("outbound", "outbound")],
    )

    async def send(to: str, wire: bytes) -> bytes:
        client = await running.ready(to)
        await client.ask(b"MAIL FROM:<a@tphcm.gov.vn>", b"RCPT TO:<x@so.example>", b"DATA")
        client.send(wire + b".\r\n")
        return await client.reply()

    # A message of nothing but text, to oneself: it comes back with its mark.
    assert (await send("filter", _TOP + b"\r\n" + _PARTS)).startswith(b"250")
    (judged,) = running.delivered()
    mark = judged[judged.index(b"X-Congthu-Pass:") :]
    # The same bytes under one more field, over the mail server and out.
    answer = await send("outbound", _MIXED + mark)
    print(answer)
    if answer.startswith(b"250"):
        assert attached(without_trace(running.delivered()[1])) <= 2**20, "over the cap on its way out"
