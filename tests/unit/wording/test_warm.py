"""The texts that are read at the start ask for everything that is put together late."""

from __future__ import annotations

from gateway.contents import Source
from gateway.wording.reader import WANTS, Reader
from gateway.wording.warm import WRITTEN, warm


def test_every_kind_of_finding_is_among_them() -> None:
    reader = Reader(WANTS)
    for number, text in enumerate(WRITTEN):
        reader.text(Source.BODY, text, part=str(number))
    found = reader.words
    assert {one.family for one in found.legacy} == {"tcvn3", "vni", "mojibake", "viqr"}
    assert found.markings
    assert found.unmarked
    warm()
