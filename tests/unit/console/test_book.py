"""The directory as pages ask for it: what it gives is what a walk would give, and it is read once a version."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.console.book import Book, Shelf, after
from gateway.directory.columns import fold
from gateway.directory.entry import Exemption, Snapshot
from gateway.directory.plan import Wanted, change, diff
from gateway.directory.store import DirectoryStore
from gateway.who import Group, Kind, Mailbox, State, Unit

UNITS = (Unit("A", "Ủy ban"), Unit("B", "Sở Y tế", "A"), Unit("C", "Bệnh viện", "B"), Unit("D", "Khác"))
AN = Mailbox("an@tinh.example", Kind.PERSONAL, "C", "Nguyễn Văn Ân", aliases=("An.Nguyen@tinh.example",))
SYT = Mailbox("SYT@tinh.example", Kind.UNIT, "B", delegates=("AN@tinh.example",))
OLD = Mailbox("cu@tinh.example", Kind.PERSONAL, "D", "Đỗ Cũ", state=State.LOCKED, note="đã chuyển")
GROUPS = (Group("tatca@tinh.example", ("an@tinh.example", "An.nguyen@tinh.example")), Group("x@tinh.example", ("y@z",)))
SPARED = (Exemption(AN.address, "lý do"), Exemption(OLD.address, "khác"))


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    made = DirectoryStore("sqlite:///congthu.db", tmp_path)
    made.prepare()
    made.apply(diff(Snapshot(), Wanted(UNITS, (SYT, OLD, AN), GROUPS, SPARED)), who="test")
    return made


@pytest.fixture
def book(store: DirectoryStore) -> Book:
    return Shelf(store).now()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [AN, OLD, SYT]),
        ({"kind": "unit"}, [SYT]),
        ({"state": "locked"}, [OLD]),
        ({"unit": "A"}, [AN, SYT]),
        ({"unit": "C"}, [AN]),
        ({"unit": "no such"}, []),
        ({"kind": "no such"}, []),
        ({"words": "nguyen van an"}, [AN]),
        ({"words": fold("Đã chuyển")}, [OLD]),
        ({"words": "an nguyen tinh", "state": "locked"}, []),
        ({"unit": "A", "words": "an", "kind": "personal", "state": "active"}, [AN]),
    ],
)
def test_what_is_chosen(book: Book, asked: dict[str, str], found: list[Mailbox]) -> None:
    assert list(book.chosen(**asked)) == found
    assert list(book.chosen(**asked)) == found, "kept"


def test_many_searches_are_not_all_kept(book: Book) -> None:
    for number in range(100):
        assert book.chosen(words=f"nobody {number}") == []
    assert len(book._choices) <= 8


def test_pages_follow_each_other(book: Book) -> None:
    boxes = book.chosen()
    assert [after(boxes, key) for key in ("", AN.key, "b", OLD.key, SYT.key, "zzz")] == [0, 1, 1, 2, 3, 3]


def test_what_is_looked_up(book: Book) -> None:
    assert book.mailbox("AN.NGUYEN@TINH.example") == AN
    assert book.mailbox("nobody@tinh.example") is None
    assert (book.unit("B"), book.unit("?")) == (UNITS[1], None)
    assert book.below("A") == {"A", "B", "C"}
    assert book.of_units(["B", "C", "?"]) == [SYT, AN]
    assert book.units == [("Bệnh viện", "C"), ("Khác", "D"), ("Sở Y tế", "B"), ("Ủy ban", "A")]
    assert book.states == {"active": 2, "warned": 0, "locked": 1, "reclaimed": 0}
    assert book.groups_with(AN) == ["tatca@tinh.example"]
    assert (book.sends_as(AN), book.sends_as(SYT)) == ([SYT.address], [])


def test_a_part_has_what_spares_it_and_no_more(book: Book) -> None:
    part = book.part([AN, SYT])
    assert (part.mailboxes, part.exemptions, part.units) == ((AN, SYT), SPARED[:1], ())


def test_units_in_a_ring_end() -> None:
    ring = Book(Snapshot(1, (Unit("A", "a", "B"), Unit("B", "b", "A"))))
    assert ring.below("A") == {"A", "B"}


def test_it_is_read_once_a_version(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    snapshot = DirectoryStore.snapshot

    def counted(store: DirectoryStore) -> Snapshot:
        nonlocal read
        read += 1
        return snapshot(store)

    monkeypatch.setattr(DirectoryStore, "snapshot", counted)
    shelf = Shelf(store)
    assert shelf.now() is shelf.now()
    assert read == 1
    store.apply(change(snapshot(store), Mailbox("moi@tinh.example", Kind.PERSONAL)), who="another process")
    assert shelf.now().mailbox("moi@tinh.example") is not None
    assert read == 2


def test_where_there_is_no_directory_yet(tmp_path: Path) -> None:
    book = Shelf(DirectoryStore("sqlite:///congthu.db", tmp_path)).now()
    assert (book.chosen(), book.units, book.snapshot.version) == ((), [], 0)
