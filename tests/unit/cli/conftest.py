"""Commands that run inside the test's process set the log up as a process of their own would: it is put back."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from gateway import logs

_ROUTED = ("", "uvicorn", "uvicorn.error", "asyncio")


@pytest.fixture(autouse=True)
def _log_put_back() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _ROUTED]
    before = [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    yield
    if not structlog.is_configured():
        return
    logs.shutdown(0.2)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    for proxy in logs._proxies:  # a logger that was used keeps what was configured then
        proxy.__dict__.pop("bind", None)
    for logger, (level, propagate, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.propagate, logger.handlers[:] = propagate, handlers
