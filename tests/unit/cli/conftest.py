"""Commands that run inside the test's process set the log up as a process of their own would: it is put back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.commands import log_put_back


@pytest.fixture(autouse=True)
def _log_put_back() -> Iterator[None]:
    with log_put_back():
        yield
