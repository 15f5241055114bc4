"""What strangers make DNS do holds up nobody else's proof, nor the event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from gateway import proving
from gateway.authentication.answer import Budget
from gateway.authentication.resolver import Resolver, ResolverLimits
from tests.lab_dns import Fault, LabDns
from tests.smtp.conftest import Start


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("s._domainkey.xa.example", ""),
        ("S._domainkey.XA.example", ""),
        ("xa.example", ""),
        ("s._domainkey.axa.example", "busy"),
        ("other.example", "busy"),
    ],
)
async def test_silent_names_leave_room_for_declared_domains(name: str, failed: str) -> None:
    with LabDns({"s._domainkey.xa.example": ["TXT v=DKIM1"], "xa.example": ["TXT x"]}) as lab:
        for number in range(4):
            lab.misbehave(f"silent{number}.example", Fault.TIMEOUT)
        resolver = Resolver([lab.server], ResolverLimits(concurrent=4), preferred=("*.Xa.example",))
        waiting = [asyncio.create_task(resolver.txt(f"silent{n}.example", Budget())) for n in range(4)]
        await asyncio.sleep(0)
        answer = await resolver.txt(name, Budget())
        assert answer.failed == failed
        await resolver.close()
        await asyncio.gather(*waiting)


_HARD = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}".encode()  # 18 letters in its compatibility form


@pytest.mark.parametrize(("lines", "elsewhere"), [(40, True), (1, False)])
async def test_a_large_header_is_read_elsewhere(
    start: Start, monkeypatch: pytest.MonkeyPatch, lines: int, elsewhere: bool
) -> None:
    threads: list[threading.Thread] = []

    def noted(name: str) -> None:
        real = getattr(proving, name)

        def reads(*given: Any, **named: Any) -> Any:
            threads.append(threading.current_thread())
            return real(*given, **named)

        monkeypatch.setattr(proving, name, reads)

    noted("forged")
    noted("read_sender")
    running = await start()
    result = b"Authentication-Results: " + _HARD * 300 + b"\r\n"
    answer = await running.submit(result * lines + b"From: a@so.example\r\n\r\nXin chao.\r\n.\r\n")
    assert answer.startswith(b"250"), answer
    assert len(threads) == 2
    assert {one is not threading.main_thread() for one in threads} == {elsewhere}
