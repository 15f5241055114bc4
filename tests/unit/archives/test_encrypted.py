"""What needs a password: listed by name where the names can be had, and never read."""

from __future__ import annotations

import io

import pytest

from gateway.archives.budget import Budget
from gateway.archives.entry import Entry
from gateway.archives.expand import expand
from gateway.contents import Why
from tests.unit.archives import samples
from tests.unit.archives.looking import look
from tests.unit.archives.making import central, ended, local, rar4, rar5


@pytest.mark.parametrize(
    "data", [samples.SEVEN_ZIP, samples.ZIP_CRYPTO, samples.ZIP_AES, rar4([("a.txt", b"x")], file_flags=4)]
)
def test_entries_are_listed(data: bytes) -> None:
    seen = look(data)
    assert [(entry.name, entry.encrypted, entry.size) for entry in seen.entries] == [("a.txt", True, 0)]
    assert seen.failed == [("a.txt", Why.ENCRYPTED)]
    assert (seen.problems, seen.raised) == ([], None)


@pytest.mark.parametrize("data", [samples.SEVEN_ZIP_HEADERS, rar4([], archive_flags=0x80), rar5([], encrypted=True)])
def test_lists_that_are_encrypted_themselves(data: bytes) -> None:
    assert look(data).raised is Why.ENCRYPTED
    assert look(data).entries == []


def test_a_zip_with_an_encrypted_directory() -> None:
    flags = 1 | 1 << 6 | 1 << 13
    data = ended(local(b"1", b"x" * 20, flags=flags), [bytes(50)])
    seen = look(data)
    assert [entry.encrypted for entry in seen.entries] == [True]
    assert Why.ENCRYPTED in seen.whys


@pytest.mark.parametrize("data", [samples.SEVEN_ZIP, samples.ZIP_AES])
def test_nobody_needs_to_read_them(data: bytes) -> None:
    found = list(expand(io.BytesIO(data), "", "", Budget()))
    assert [(type(each), each.name) for each in found] == [(Entry, "a.txt")]


def test_one_of_several() -> None:
    first = local(b"a", b"12", flags=1)
    data = ended(first + local(b"b", b"3"), [central(b"a", 2, 0, flags=1), central(b"b", 1, len(first))])
    seen = look(data)
    assert seen.failed == [("a", Why.ENCRYPTED)]
    assert ("b", b"3") in seen.files
