"""Decisions to write and ways to look at what was written."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gateway.journal import Decision, Journal, new_reference
from gateway.journal.chain import load_key
from gateway.journal.reader import open_reader
from gateway.journal.store import make_engine, resolve_url
from gateway.journal.verify import Anchor, Report, verify
from gateway.model import Action, Attachment, Finding, Mode, Reply

URL = "sqlite:///congthu.db"
_numbers = itertools.count()


def decision(**changes: Any) -> Decision:
    """An accepted message; each has its own reference."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "time": 1_790_000_000.0 + number,
        "reference": new_reference(),
        "session_id": "01KAB3F9X7ZQ",
        "listener": "inbound",
        "direction": "inbound",
        "client_address": "203.0.113.7",
        "reverse_path": "An@so.tinh.example",
        "recipients": ["Binh@tinh.example", "chi@tinh.example"],
        "size": 4096,
        "sha256": "a" * 64,
        "checked": ("attachment-cap", "own-domain"),
        "reply": "250 2.0.0 Ok",
        "upstream_reply": "250 2.0.0 Ok: queued",
        "upstream": "mailserver",
        "seconds": 0.0123,
    }
    return Decision(**{**values, **changes})


def finding(rule: str = "attachment-cap", clauses: tuple[str, ...] = ("Q4 4.2",), **evidence: Any) -> Finding:
    """What a rule found."""
    reply = Reply(552, "5.3.4", "Attachments are larger than 15 MiB")
    return Finding(rule, clauses, Action.REJECT, reply, evidence, Mode.ENFORCE)


def refusal(**changes: Any) -> Decision:
    """A refused message with an attachment and a finding."""
    values: dict[str, Any] = {
        "action": "reject",
        "reply": "552 5.3.4 Attachments are larger than 15 MiB",
        "upstream_reply": "",
        "attachments": [Attachment("báo cáo.docx", "application/msword", "application/zip", 16777216, "b" * 64, "2")],
        "findings": [finding(bytes=16777216)],
    }
    return decision(**{**values, **changes})


@contextlib.asynccontextmanager
async def running(folder: Path, url: str = URL, **options: Any) -> AsyncIterator[Journal]:
    """A journal that is started, and closed at the end."""
    options.setdefault("node", "gw1")
    options.setdefault("commit_interval", 0.01)
    journal = Journal(url, folder, **options)
    await journal.start()
    try:
        yield journal
    finally:
        await journal.close()


async def wrote(folder: Path, *decisions: Decision, **options: Any) -> None:
    """Write decisions with one journal, in one group each so that places are known: genesis 0, the first 1, …"""
    async with running(folder, **options) as journal:
        for one in decisions:
            await journal.commit(one)


def check(folder: Path, url: str = URL, *, node: str = "", anchors: tuple[Anchor, ...] = ()) -> Report:
    """Verify everything."""
    with contextlib.closing(open_reader(url, folder)) as connection:
        return verify(connection, folder, load_key(folder), node=node, anchors=anchors)


def names(report: Report) -> set[str]:
    """The kinds of problems that were found."""
    return {problem.name for problem in report.problems}


@contextlib.contextmanager
def raw(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database as somebody with write access to the file sees it."""
    connection = sqlite3.connect(folder / "congthu.db", isolation_level=None, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def sql(url: str, folder: Path, statement: str, **values: object) -> list[Any]:
    """Do it to the database as somebody with its password would; the rows that it gives, or one with their number."""
    engine = make_engine(resolve_url(url, folder))
    with engine.begin() as connection:
        done = connection.execute(sa.text(statement), values)
        return [tuple(row) for row in done] if done.returns_rows else [(done.rowcount,)]


@contextlib.contextmanager
def held(url: str, folder: Path) -> Iterator[None]:
    """Meanwhile somebody else keeps every writer of decisions waiting."""
    engine = make_engine(resolve_url(url, folder))
    with engine.connect() as connection, connection.begin() as transaction:
        if engine.dialect.name == "postgresql":  # SQLite: our BEGIN has taken the lock
            connection.execute(sa.text("LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE"))
        yield
        transaction.rollback()


def references(folder: Path, url: str = URL) -> set[str]:
    """Every reference in the database."""
    return {row[0] for row in sql(url, folder, "SELECT reference FROM decisions WHERE kind = 'decision'")}


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for something that another thread does."""
    import asyncio

    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it did not happen")
        await asyncio.sleep(0.005)
