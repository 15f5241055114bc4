"""`congthu` commands run inside the test's own process: one of its own takes a second to import everything."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import structlog
from click.testing import CliRunner, Result

from gateway import logs
from gateway.cli import main

_ROUTED = ("", "uvicorn", "uvicorn.error", "asyncio")


@contextlib.contextmanager
def log_put_back() -> Iterator[None]:
    """Commands set the log up as a process of their own would: afterwards it is as it was."""
    loggers = [logging.getLogger(name) for name in _ROUTED]
    before = [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    try:
        yield
    finally:
        if structlog.is_configured():
            _reset()
            for logger, (level, propagate, handlers) in zip(loggers, before, strict=True):
                logger.setLevel(level)
                logger.propagate, logger.handlers[:] = propagate, handlers


def _reset() -> None:
    logs.shutdown(0.2)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    for proxy in logs._proxies:  # a logger that was used keeps what was configured then
        proxy.__dict__.pop("bind", None)


def invoke(*arguments: str) -> Result:
    """What a command says and its exit code; raises what it raises."""
    with log_put_back():
        done = CliRunner().invoke(main, arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def congthu(*arguments: str) -> str:
    """The standard output of a command; AssertionError with its words on exit 2."""
    done = invoke(*arguments)
    assert done.exit_code in (0, 1), f"{arguments}: {done.exit_code} {done.output}"
    return done.stdout
