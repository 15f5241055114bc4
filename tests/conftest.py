"""For every test: services are real (in CI their absence is a failure), and nothing can hang."""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
from collections.abc import Iterator

import hypothesis
import pytest

from tests.support.services import missing

# The longest that any one test may take, in seconds; a test that needs more says so: @pytest.mark.limit(600).
_LIMIT = 120
_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
hypothesis.settings.register_profile("congthu", deadline=None)  # how long an example takes says what the machine does
hypothesis.settings.load_profile("congthu")


def pytest_configure(config: pytest.Config) -> None:
    """The marker of this file, beside those of pyproject.toml."""
    config.addinivalue_line("markers", f"limit(seconds): this test may take so long; without it {_LIMIT} s")
    config.addinivalue_line("markers", "bare: this test wants a store without any table in it")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job, whose children would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was made until now lives as long as the tests: the garbage collector need not walk it for each of them."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked service(name, …) needs the real thing: in CI a missing one fails, elsewhere it skips."""
    for mark in item.iter_markers("service"):
        for name in mark.args:
            if why := missing(name):
                if _CI:
                    pytest.fail(why, pytrace=False)
                pytest.skip(why)


def _alarm(_number: int, _frame: object) -> None:
    faulthandler.dump_traceback(file=sys.__stderr__, all_threads=True)
    raise TimeoutError("the test took longer than it may")


@pytest.fixture(autouse=True)
def _limited(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that hangs ends with an error and every thread's stack, and its fixtures are torn down."""
    mark = request.node.get_closest_marker("limit")
    seconds = int(mark.args[0]) if mark else _LIMIT
    before = signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(seconds)
    faulthandler.dump_traceback_later(seconds + 60, exit=True)  # for a hang that no signal can end
    yield
    faulthandler.cancel_dump_traceback_later()
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
