"""The log: safe lines, one stream, and a reader that does not keep up costs lines, not time."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import log_sink, logs


class Pipe:
    """A pipe that the log writes into."""

    def __init__(self) -> None:
        self.reading, writing = os.pipe()
        self.writing = os.fdopen(writing, "wb", buffering=0)

    def lines(self) -> list[Any]:
        """Every line so far, as JSON."""
        return [orjson.loads(line) for line in self.raw().splitlines()]

    def raw(self) -> bytes:
        """Everything written until now."""
        logs.shutdown()
        os.set_blocking(self.reading, False)
        data = b""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.reading, 65536):
                data += piece
        return data


@contextlib.contextmanager
def _kept(*names: str) -> Iterator[None]:
    """Loggers as if nobody had touched them (an HTTP server sets a level, once made), and afterwards as they were."""
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.level, logger.propagate, logger.handlers[:]) for logger in loggers]
    for logger in loggers[1:]:
        logger.setLevel(logging.NOTSET)
    yield
    for logger, (level, propagate, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.propagate, logger.handlers[:] = propagate, handlers


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """A pipe; the configuration of structlog and of the loggers is put back afterwards."""
    made = Pipe()
    with _kept("", "uvicorn", "uvicorn.error", "asyncio"):
        yield made
        logs.shutdown(0.2)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    made.writing.close()
    os.close(made.reading)


def test_a_line_is_json_with_what_was_given(pipe: Pipe) -> None:
    logs.configure("info", "json", pipe.writing)
    logs.get_logger("smtp").bind(session="S1").info("smtp.message", size=5, ok=True, to=["a@b"], none=None, s=0.5)
    (line,) = pipe.lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "smtp.message",
        "logger": "smtp",
        "level": "info",
        "session": "S1",
        "size": 5,
        "ok": True,
        "to": ["a@b"],
        "none": None,
        "s": 0.5,
    }


def test_less_than_the_level_is_not_logged(pipe: Pipe) -> None:
    logs.configure("warning", "json", pipe.writing)
    log = logs.get_logger("x")
    log.info("no")
    logging.getLogger("aiosmtpd").info("no")
    log.warning("yes")
    assert [line["event"] for line in pipe.lines()] == ["yes"]


@pytest.mark.parametrize("format", ["json", "console"])
def test_control_characters_never_leave(pipe: Pipe, format: str) -> None:
    logs.configure("info", format, pipe.writing)
    hostile = "x\r\n\x1b[31m\x00\x7f\x9b\u2028\u202edầu\ud800"
    logs.get_logger("x").info(hostile, helo=hostile, many=[hostile], deep={hostile: {hostile: b"\r\n\x1b"}})
    logging.getLogger("other").info("said %s", hostile)
    data = pipe.raw()
    assert data.count(b"\n") == 2
    assert not set(data) & (set(range(32)) - {10}), data
    assert "dầu".encode() in data


_TEXT = st.text(st.characters(), max_size=50)


@settings(max_examples=100)
@given(
    st.dictionaries(
        _TEXT,
        st.recursive(
            st.none() | st.integers() | st.floats() | _TEXT | st.binary() | st.builds(object),
            lambda inner: st.lists(inner) | st.dictionaries(_TEXT | st.integers(), inner),
            max_leaves=6,
        ),
        max_size=5,
    )
)
def test_any_event_is_one_line_of_json(values: dict[str, Any]) -> None:
    line = logs._json({**values, "event": "e", "level": "info", "logger": "x", "time": 1.5})
    assert line.count(b"\n") == 1
    assert orjson.loads(line)["time"] == "1970-01-01T00:00:01.500Z"


def test_values_are_bounded(pipe: Pipe) -> None:
    logs.configure("info", "json", pipe.writing)
    long = "x" * 10**6
    nested: list[Any] = []
    for _ in range(100):
        nested = [nested, long]
    log = logs.get_logger("x")
    log.info(
        "e", text=long, data=long.encode(), many=[long] * 1000, nested=nested, thing={"a": {"b": {"c": {"d": long}}}}
    )
    assert len(pipe.raw()) < 64 * 2 * logs.MAX_TEXT


class _Rude:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_a_value_that_cannot_be_shown_costs_no_line(pipe: Pipe) -> None:
    logs.configure("info", "json", pipe.writing)
    logs.get_logger("x").info("e", thing=_Rude())
    logging.getLogger("y").error("%d", "not a number")
    first, second = [line for line in pipe.lines() if line["logger"] in ("x", "y")]
    assert "RuntimeError in repr" in first["thing"]
    assert "not a number" in second["event"]


def test_an_exception_is_one_line(pipe: Pipe) -> None:
    logs.configure("info", "json", pipe.writing)
    try:
        raise ValueError("bad\n\x1b value")
    except ValueError as error:
        logs.get_logger("x").error("one", exc_info=True)
        logs.get_logger("x").error("two", exc_info=error)
        logging.getLogger("y").exception("three")
    logs.get_logger("x").info("four", exc_info=True)
    *failed, fine = pipe.lines()
    assert [line["event"] for line in failed] == ["one", "two", "three"]
    assert all("Traceback" in line["traceback"] and "ValueError" in line["error"] for line in failed)
    assert "traceback" not in fine


def test_what_libraries_say_joins_the_stream(pipe: Pipe) -> None:
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.addHandler(logging.StreamHandler(io.StringIO()))
    logs.configure("info", "json", pipe.writing)
    uvicorn.info("Started %s", "server")
    logging.getLogger("asyncio").info("chatter")
    logging.getLogger("asyncio").error("real")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("careful", stacklevel=1)
    told = [(line["logger"], line["level"], line["event"][:14]) for line in pipe.lines()]
    assert told[:2] == [("uvicorn.error", "info", "Started server"), ("asyncio", "error", "real")]
    assert told[2][:2] == ("py.warnings", "warning")


def test_a_console_line_is_for_people(pipe: Pipe) -> None:
    logs.configure("info", "console", pipe.writing)
    logs.get_logger("x").info("smtp.message", sender="An Nguyễn", size=5)
    assert pipe.raw().decode().rstrip().endswith('info    smtp.message sender="An Nguyễn" size=5')


def test_a_full_pipe_costs_lines_and_says_how_many(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_sink, "MAX_LINES", 100)
    logs.configure("info", "json", pipe.writing)
    log = logs.get_logger("x")
    done = threading.Event()

    def chatter() -> None:
        for number in range(3000):
            log.info("e", number=number, text="x" * 200)
        done.set()

    threading.Thread(target=chatter, daemon=True).start()
    assert done.wait(20)  # nobody reads, and it comes to an end all the same
    assert logs.dropped() > 0
    os.set_blocking(pipe.reading, False)
    events: list[Any] = []
    data = b""

    def all_told() -> bool:
        """Each line was read or stands in one of the counts; there may be several."""
        nonlocal data
        with contextlib.suppress(BlockingIOError):
            data += os.read(pipe.reading, 65536)
        *lines, data = data.split(b"\n")
        events.extend(map(orjson.loads, lines))
        return len(_named(events, "e")) + sum(event["count"] for event in _named(events, "logs.dropped")) == 3000

    _until(all_told)
    assert sum(event["count"] for event in _named(events, "logs.dropped")) == logs.dropped()


def _named(events: list[Any], name: str) -> list[Any]:
    return [event for event in events if event["event"] == name]


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_reader_that_is_gone_is_no_error(pipe: Pipe) -> None:
    logs.configure("info", "json", pipe.writing)
    os.close(pipe.reading)
    logs.get_logger("x").info("e")
    logs.shutdown()
    assert logs.dropped() == 1
    pipe.reading = os.open("/dev/null", os.O_RDONLY)


def test_the_newest_configuration_holds(pipe: Pipe) -> None:
    log = logs.get_logger("x")
    logs.configure("error", "json", pipe.writing)
    log.info("not seen")
    logs.configure("info", "json", pipe.writing)
    log.info("seen")
    assert [line["event"] for line in pipe.lines()] == ["seen"]


@pytest.mark.parametrize(("level", "format"), [("loud", "json"), ("info", "xml")])
def test_a_wrong_level_or_format_is_an_error(level: str, format: str) -> None:
    with pytest.raises(ValueError, match="no such log"):
        logs.configure(level, format)


def test_tests_can_capture_events(pipe: Pipe) -> None:
    logs.configure("info", "json", pipe.writing)
    with structlog.testing.capture_logs() as captured:
        logs.get_logger("x").info("e", a=1)
    assert captured == [{"event": "e", "a": 1, "log_level": "info"}]


_FORKS = """
import os, sys
from gateway import logs
logs.configure("info", "json", sys.stdout)
log = logs.get_logger("x")
log.info("parent before")
if os.fork() == 0:
    log.info("child")
    logs.shutdown()
    os._exit(0)
os.wait()
log.info("parent after")
"""


def test_a_forked_worker_logs_too_and_nothing_twice() -> None:
    done = subprocess.run([sys.executable, "-c", _FORKS], capture_output=True, text=True, timeout=60, check=True)
    events = [orjson.loads(line)["event"] for line in done.stdout.splitlines()]
    assert sorted(events) == ["child", "parent after", "parent before"]
