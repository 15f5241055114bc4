"""Fixtures that several of these tests share: certificates once a session, a gateway in front of a recorder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.congthu import OBSERVED, Gateway, listener, upstream
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
