"""What the record of requests promises, on whatever database. A subclass gives the fixture `url`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.directory.outbox import Notice, Outbox
from gateway.directory.request_store import Request, RequestSeen, RequestStore
from tests.unit.directory.support_store import filled

SEEN = RequestSeen(
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


def numbered(number: int) -> RequestSeen:
    return replace(SEEN, reference=f"R{number:05}", when=SEEN.when + number)


class RequestContract:
    """Requests are kept once and answered once."""

    @pytest.fixture
    def store(self, url: str, tmp_path: Path) -> RequestStore:
        return RequestStore(filled(tmp_path, url).database)

    def test_what_was_seen_is_kept_and_found(self, store: RequestStore) -> None:
        other = replace(SEEN, channel="hotro@tphcm.gov.vn")
        store.add([SEEN, other, numbered(1), replace(numbered(2), mailbox="x@tphcm.example", kinds=())])
        assert store.find(SEEN.reference) == [Request(other), Request(SEEN)]
        assert [one.seen.reference for one in store.list(limit=2)] == ["R00002", "R00001"]
        assert len(store.list(mailbox="PNV.q4@tphcm.example")) == 3
        assert len(store.list(since=SEEN.when + 1)) == 2
        assert store.find("none") == []

    def test_the_same_twice_stays_as_it_was(self, store: RequestStore) -> None:
        store.add([SEEN])
        store.answer(SEEN.reference, by="lan", answer="xong", now=5.0)
        store.add([replace(SEEN, rows=99), SEEN])
        assert store.find(SEEN.reference) == [Request(SEEN, 5.0, "lan", "xong")]

    def test_it_is_answered_once_with_its_notice(self, store: RequestStore) -> None:
        store.add([SEEN])
        notice = Notice("completion", SEEN.reference, "q4@x", "pnv@x", b"x")
        assert store.answer(SEEN.reference, by="lan", answer="xong", now=5.0, notices=[notice]) == 1
        assert store.answer(SEEN.reference, by="minh", answer="lại", now=6.0, notices=[notice]) == 0
        assert store.answer("none", by="minh", answer="", now=6.0, notices=[notice]) == 0
        assert len(Outbox(store._database).list()) == 1
        assert store.list(open_only=True) == []

    def test_hostile_values_are_kept_harmless(self, store: RequestStore) -> None:
        store.add([replace(SEEN, message_id="<\x00\ud800>" + "x" * 5000, rows=2**40, how="'; --", kinds=("a\x00",))])
        (found,) = store.find(SEEN.reference)
        assert len(found.seen.message_id) <= 998
        assert "\x00" not in found.seen.message_id
        assert found.seen.rows == 2**31 - 1
