"""A few connections to PostgreSQL kept open between uses, for any thread: a new one costs milliseconds, more over TLS.

Whoever takes one gets one that answers: it is asked first, for two seconds at most, and where it does not answer every
kept one is put aside and a new one is made, which stands or fails within `connect_timeout`. So a server that was
restarted costs nobody an error, and one that is silent holds a thread hardly longer than without a pool.
"""

from __future__ import annotations

import os
import select
import time
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from gateway.journal.store import make_engine

KEPT: Final = 2
"""Connections of one process that stay open; more are closed when they are given back."""
MOST: Final = 10
"""Connections of one process at once; who comes later waits."""
_WAIT: Final = 10.0  # seconds for one of them, as for a lock
_OLDEST: Final = 300  # seconds: then it is made anew, so that a name that moved to another server is followed
_ANSWER: Final = 2.0  # seconds


def make_pooled(url: sa.URL) -> sa.Engine:
    """An engine over PostgreSQL with a pool. StartError without psycopg."""
    engine = make_engine(
        url,
        poolclass=QueuePool,
        pool_size=KEPT,
        max_overflow=MOST - KEPT,
        pool_timeout=_WAIT,
        pool_recycle=_OLDEST,
        pool_use_lifo=True,
    )
    sa.event.listen(engine, "connect", _connected)
    sa.event.listen(engine, "checkout", _taken)
    return engine


def _connected(connection: Any, record: Any) -> None:
    connection.prepare_threshold = None  # a statement prepared once outlives a migration, and breaks behind a pooler
    record.info.update(process=os.getpid(), new=True)


def _taken(connection: Any, record: Any, proxy: Any) -> None:
    """Hand over a connection that is ours and answers, or have the pool make another."""
    if record.info.get("process") != os.getpid():  # a fork has its parent's: to close it would close the parent's
        record.dbapi_connection = proxy.dbapi_connection = None
        raise sa.exc.DisconnectionError("a connection of another process")
    if not record.info.pop("new", False) and not _answers(connection.pgconn):
        raise sa.exc.InvalidatePoolError("the server does not answer")


def _answers(line: Any) -> bool:
    """Whether the other end takes an empty question and answers it in time."""
    from psycopg import OperationalError
    from psycopg.pq import ExecStatus

    deadline = time.monotonic() + _ANSWER
    try:
        line.send_query(b"")
        while line.flush():
            if not _ready(line.socket, select.POLLOUT, deadline):
                return False
        while line.is_busy():
            if not _ready(line.socket, select.POLLIN, deadline):
                return False
            line.consume_input()
        said = line.get_result()
        return said is not None and said.status == ExecStatus.EMPTY_QUERY and line.get_result() is None
    except OperationalError:
        return False


def _ready(descriptor: int, what: int, deadline: float) -> bool:
    poll = select.poll()  # select() takes no descriptor beyond 1023
    poll.register(descriptor, what)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
