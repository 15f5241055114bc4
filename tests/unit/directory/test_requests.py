"""Requests are noted without waiting, written when the store answers, answered once, and never silently lost."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from gateway.directory import requests as book_module
from gateway.directory.errors import DirectoryUnavailable
from gateway.directory.request_store import Request, RequestStore
from gateway.directory.requests import RequestBook
from tests.unit.directory.contract_requests import SEEN, RequestContract, numbered
from tests.unit.directory.support_store import filled


@pytest.fixture
def url() -> str:
    return "sqlite:///congthu.db"


class TestSqlite(RequestContract):
    """Every promise."""


@pytest.fixture
def store(url: str, tmp_path: Path) -> RequestStore:
    return RequestStore(filled(tmp_path, url).database)


async def _until(condition: object, timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_noting_does_not_wait_and_closing_writes_the_rest(store: RequestStore) -> None:
    book = RequestBook(store)
    await book.start()
    for number in range(250):
        book.note(numbered(number))
    await _until(lambda: book.written == 250)
    for number in range(250, 300):
        book.note(numbered(number))
    await book.close()
    assert (book.written, book.waiting, book.dropped) == (300, 0, 0)
    assert len(await asyncio.to_thread(store.list)) == 300


class _Broken(RequestStore):
    """A store that is down for its first calls."""

    def __init__(self, inner: RequestStore, failures: int) -> None:
        self._inner, self.left = inner, failures

    def add(self, seen: object) -> None:
        if self.left:
            self.left -= 1
            raise DirectoryUnavailable("down")
        self._inner.add(seen)  # type: ignore[arg-type]


async def test_what_the_store_does_not_take_is_tried_again(
    store: RequestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_module, "_FIRST_PAUSE", 0.01)
    book = RequestBook(_Broken(store, 3))
    await book.start()
    book.note(SEEN)
    await _until(lambda: book.written == 1)
    await book.close()
    assert await asyncio.to_thread(store.find, SEEN.reference) == [Request(SEEN)]


async def test_a_full_queue_and_a_dead_store_are_said_by_reference(store: RequestStore) -> None:
    book = RequestBook(_Broken(store, 10**6), queue=2)
    await book.start()
    with structlog.testing.capture_logs() as logs:
        for number in range(3):
            book.note(numbered(number))
        await book.close(timeout=0.05)
        book.note(numbered(9))
    assert book.dropped == 4
    said = [line["reference"] for line in logs if line["event"] == "directory.request_dropped"]
    assert said == ["R00002", "R00000", "R00001", "R00009"]


async def test_a_bug_does_not_keep_the_others_waiting(store: RequestStore) -> None:
    book = RequestBook(store)
    await book.start()
    book.note(replace(SEEN, kinds=(7,)))  # type: ignore[arg-type]
    await _until(lambda: book.dropped == 1)
    book.note(SEEN)
    await _until(lambda: book.written == 1)
    await book.close()


async def test_closing_a_book_that_never_started(store: RequestStore) -> None:
    book = RequestBook(store)
    book.note(SEEN)
    await book.close()
    assert book.dropped == 1
