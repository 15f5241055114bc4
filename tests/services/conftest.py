"""Fixtures that several of these tests share: certificates and a PostgreSQL once a session, a gateway a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.postgres import PostgresServer
from tests.support.recorder import Recorder
from tests.support.tls import Certificates, certificates


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate for the gateway and the upstream, and its authority."""
    folder: Path = tmp_path_factory.mktemp("tls")
    return certificates(folder)


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    """An upstream that keeps every byte, for a whole module."""
    with Recorder() as made:
        yield made


@pytest.fixture(scope="module")
def gate(recorder: Recorder) -> Iterator[Gateway]:
    """An inbound gateway in front of the recorder, for a whole module."""
    with Gateway([listener()], {"mailserver": upstream(recorder.port)}, rules=OBSERVED) as made:
        yield made


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL. Who stops it starts it again."""
    with PostgresServer() as made:
        yield made


@pytest.fixture
def url(postgres: PostgresServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without a row, with every room's tables; a test that is marked `bare` has none of them."""
    if request.node.get_closest_marker("bare") is None:
        yield postgres.emptied()
        return
    made = postgres.database(bare=True)
    yield made
    postgres.drop(made)


@pytest.fixture(scope="class")
def lasting_url(postgres: PostgresServer) -> str:
    """The same for all tests of a class."""
    return postgres.database()
