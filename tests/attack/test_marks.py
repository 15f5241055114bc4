"""A mark belongs to one judgement: of these bytes, from this sender, under this policy."""

from __future__ import annotations

from tests.attack.test_cap_bypass import _MIXED, _PARTS, _RULES, _TOP
from tests.smtp.conftest import Start


async def test_an_exempted_senders_mark_is_of_no_use_to_others(start: Start) -> None:
    def listener(name: str, direction: str) -> dict[str, object]:
        return {"name": name, "bind": f"127.0.0.1:{len(name)}", "direction": direction, "upstream": "box"}

    running = await start(
        rules=_RULES,
        gateway={"trusted_networks": ["127.0.0.0/8"]},
        listeners=[listener("filter", "proxy-filter"), listener("outbound", "outbound")],
        exemption=[
            {"rule": "attachment-cap", "sender": "boss@tphcm.gov.vn", "reason": "budget files", "expires": "2099-01-01"}
        ],
    )

    async def send(to: str, sender: bytes, wire: bytes) -> bytes:
        client = await running.ready(to)
        await client.ask(b"MAIL FROM:<" + sender + b"@tphcm.gov.vn>", b"RCPT TO:<x@so.example>", b"DATA")
        client.send(wire + b".\r\n")
        return await client.reply()

    message = _TOP + _MIXED + b"\r\n" + _PARTS
    assert (await send("outbound", b"clerk", message)).startswith(b"552"), "the clerk may not"
    assert (await send("filter", b"boss", message)).startswith(b"250"), "the boss may"
    (judged,) = running.delivered()
    assert b"X-Congthu-Pass:" not in judged, "what an exemption let pass is judged again"
