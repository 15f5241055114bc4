"""An upstream towards fakes, closed after the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from gateway.upstream.smtp import SmtpUpstream
from tests.unit.upstream.fake import FakeServer, Listening, config

Connect = Callable[..., SmtpUpstream]


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
