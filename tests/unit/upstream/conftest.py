"""An upstream towards fakes, closed after the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from gateway.upstream.smtp import SmtpUpstream
from tests.unit.upstream.fake import FakeServer, Listening, config

Connect = Callable[..., SmtpUpstream]


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Both loops: their transports differ in where errors and pauses show."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Makes an SmtpUpstream towards these fakes; its observer is a Listening."""
    made: list[SmtpUpstream] = []

    def make(*servers: FakeServer, **settings: object) -> SmtpUpstream:
        made.append(SmtpUpstream("test", config(*servers, **settings), "gw.example", Listening()))
        return made[-1]

    yield make
    for upstream in made:
        await upstream.close()
