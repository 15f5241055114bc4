"""The gateway under faults, with time-outs short enough to wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.congthu import Gateway, Table, listener, upstream
from tests.support.recorder import Recorder

# Seconds; an upstream that says nothing is given up after these.
SHORT: Table = {"connect_timeout": 2, "command_timeout": 2, "data_timeout": 2, "dot_timeout": 2, "backoff": 0.2}
MakeGateway = Callable[..., Gateway]


@pytest.fixture(scope="module")
def hop() -> Iterator[Recorder]:
    """An upstream for a whole module."""
    with Recorder() as made:
        yield made


@pytest.fixture
def clean(hop: Recorder) -> Recorder:
    """The module's upstream, without faults and messages."""
    hop.fail.clear()
    hop.messages.clear()
    return hop


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """An upstream whose faults a test sets."""
    with Recorder() as made:
        yield made


@pytest.fixture
def make_gate(recorder: Recorder) -> Iterator[MakeGateway]:
    """Make a started inbound gateway in front of the recorder: `options` for the listener, tables by keyword."""
    made: list[Gateway] = []

    def make(
        options: Table | None = None, to: Table | None = None, *, ready: bool = True, **sections: Table
    ) -> Gateway:
        target = upstream(recorder.port, **{**SHORT, **(to or {})})
        gate = Gateway([listener(**(options or {}))], {"mailserver": target}, **sections)
        gate.start(ready=ready)
        made.append(gate)
        return gate

    yield make
    for gate in made:
        gate.stop()
