"""Recipients of ours that a mail server which trusts us would send elsewhere."""

from __future__ import annotations

import pytest

from tests.smtp.conftest import Start

ROUTED = [
    b"victim%evil.example@tphcm.gov.vn",
    b'"victim@evil.example"@tphcm.gov.vn',
    b"evil.example!victim@tphcm.gov.vn",
]


@pytest.mark.parametrize("recipient", ROUTED)
async def test_a_routed_local_part_is_refused_on_inbound(start: Start, recipient: bytes) -> None:
    running = await start()
    client = await running.ready()
    answer = await client.ask(b"MAIL FROM:<a@so.example>", b"RCPT TO:<" + recipient + b">")
    assert answer.startswith(b"5")
