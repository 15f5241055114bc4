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
from gateway.directory.outbox import Notice, Outbox
from gateway.directory.request_store import Request, RequestSeen, RequestStore
from gateway.directory.requests import RequestBook
from tests.unit.directory.support_store import filled

_SEEN = RequestSeen(
    "1M80-NEG8-RHAW-QJ4M",
    1_790_000_000.0,
    "q4@tphcm.gov.vn",
    "pnv.q4@tphcm.example",
    "pnv",
    "login",
    ("create", "remove"),
    True,
    12,
    2,
    "<a@b>",
)


@pytest.fixture
def store(tmp_path: Path) -> RequestStore:
    return RequestStore(filled(tmp_path).database)


def _numbered(number: int) -> RequestSeen:
    return replace(_SEEN, reference=f"R{number:05}", when=_SEEN.when + number)


def test_what_was_seen_is_kept_and_found(store: RequestStore) -> None:
    other = replace(_SEEN, channel="hotro@tphcm.gov.vn")
    store.add([_SEEN, other, _numbered(1), replace(_numbered(2), mailbox="x@tphcm.example", kinds=())])
    assert store.find(_SEEN.reference) == [Request(other), Request(_SEEN)]
    assert [one.seen.reference for one in store.list(limit=2)] == ["R00002", "R00001"]
    assert len(store.list(mailbox="PNV.q4@tphcm.example")) == 3
    assert len(store.list(since=_SEEN.when + 1)) == 2
    assert store.find("none") == []


def test_the_same_twice_stays_as_it_was(store: RequestStore) -> None:
    store.add([_SEEN])
    store.answer(_SEEN.reference, by="lan", answer="xong", now=5.0)
    store.add([replace(_SEEN, rows=99), _SEEN])
    assert store.find(_SEEN.reference) == [Request(_SEEN, 5.0, "lan", "xong")]


def test_it_is_answered_once_with_its_notice(tmp_path: Path, store: RequestStore) -> None:
    store.add([_SEEN])
    notice = Notice("completion", _SEEN.reference, "q4@x", "pnv@x", b"x")
    assert store.answer(_SEEN.reference, by="lan", answer="xong", now=5.0, notices=[notice]) == 1
    assert store.answer(_SEEN.reference, by="minh", answer="lại", now=6.0, notices=[notice]) == 0
    assert store.answer("none", by="minh", answer="", now=6.0, notices=[notice]) == 0
    assert len(Outbox(store._database).list()) == 1
    assert store.list(open_only=True) == []


def test_hostile_values_are_kept_harmless(store: RequestStore) -> None:
    store.add([replace(_SEEN, message_id="<\x00\ud800>" + "x" * 5000, rows=2**40, how="'; --", kinds=("a\x00",))])
    (found,) = store.find(_SEEN.reference)
    assert len(found.seen.message_id) <= 998
    assert "\x00" not in found.seen.message_id
    assert found.seen.rows == 2**31 - 1


async def _until(condition: object, timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_noting_does_not_wait_and_closing_writes_the_rest(store: RequestStore) -> None:
    book = RequestBook(store)
    await book.start()
    for number in range(250):
        book.note(_numbered(number))
    await _until(lambda: book.written == 250)
    for number in range(250, 300):
        book.note(_numbered(number))
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
    book.note(_SEEN)
    await _until(lambda: book.written == 1)
    await book.close()
    assert await asyncio.to_thread(store.find, _SEEN.reference) == [Request(_SEEN)]


async def test_a_full_queue_and_a_dead_store_are_said_by_reference(store: RequestStore) -> None:
    book = RequestBook(_Broken(store, 10**6), queue=2)
    await book.start()
    with structlog.testing.capture_logs() as logs:
        for number in range(3):
            book.note(_numbered(number))
        await book.close(timeout=0.05)
        book.note(_numbered(9))
    assert book.dropped == 4
    said = [line["reference"] for line in logs if line["event"] == "directory.request_dropped"]
    assert said == ["R00002", "R00000", "R00001", "R00009"]


async def test_a_bug_does_not_keep_the_others_waiting(store: RequestStore) -> None:
    book = RequestBook(store)
    await book.start()
    book.note(replace(_SEEN, kinds=(7,)))  # type: ignore[arg-type]
    await _until(lambda: book.dropped == 1)
    book.note(_SEEN)
    await _until(lambda: book.written == 1)
    await book.close()


async def test_closing_a_book_that_never_started(store: RequestStore) -> None:
    book = RequestBook(store)
    book.note(_SEEN)
    await book.close()
    assert book.dropped == 1
