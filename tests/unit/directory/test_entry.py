"""Entries as text and as JSON, and what counts as an address."""

from __future__ import annotations

import unicodedata

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.entry import (
    Exemption,
    Snapshot,
    What,
    clean_address,
    entry_from,
    key_of,
    record_of,
    unfit,
    what_of,
)
from gateway.who import Mailbox
from tests.unit.directory.support_store import DAY, GROUP, PERSON, SCANNER, SPARED, UNIT_MAILBOX, UNITS


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("nvan@tinh.example", "nvan@tinh.example"),
        ("  NVAn@TINH.Example. ", "NVAn@tinh.example"),
        ("so.noivu+x@a-b.example", "so.noivu+x@a-b.example"),
        ('"an nguyen"@tinh.example', '"an nguyen"@tinh.example'),
        (unicodedata.normalize("NFD", "bình@tỉnh.example"), "bình@tỉnh.example"),
        ("q4@localhost", "q4@localhost"),
    ],
)
def test_addresses_that_mail_reaches(text: str, made: str) -> None:
    assert clean_address(text) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nvan",
        "@tinh.example",
        "nvan@",
        "nvan@.example",
        "nvan@tinh..example",
        "nvan@-tinh.example",
        "nv an@tinh.example",
        ".nvan@tinh.example",
        "nvan.@tinh.example",
        "nvan@[10.0.0.1]",
        "Nguyễn Văn An <nvan@tinh.example>",
        "nvan@tinh.example,other@tinh.example",
        "nvan@tinh\x00.example",
        "nv\u200ban@tinh.example",
        "nv\u202ean@tinh.example",
        "nv\ud800an@tinh.example",
        "n" * 65 + "@tinh.example",
        "nvan@" + "t" * 64 + ".example",
        "nvan@" + "tinh." * 60 + "example",
    ],
)
def test_what_no_mail_reaches_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match="address") as caught:
        clean_address(text)
    assert len(str(caught.value)) < 120


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_value_error_and_cleaning_is_final(text: str) -> None:
    try:
        made = clean_address(text)
    except ValueError:
        return
    assert clean_address(made) == made
    assert made.isprintable()


@pytest.mark.parametrize("entry", [*UNITS, UNIT_MAILBOX, PERSON, SCANNER, GROUP, SPARED, Exemption("a@b", "x")])
def test_json_gives_the_same_entry_back(entry: Mailbox) -> None:
    record = orjson.loads(orjson.dumps(record_of(entry)))
    assert entry_from(what_of(entry), record) == entry
    assert "" not in record.values()


def test_a_record_of_a_newer_version_is_read_as_far_as_it_is_known() -> None:
    assert entry_from(What.UNIT, {"code": "pnv", "name": "x", "colour": "red"}).code == "pnv"  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="sleeping"):
        entry_from(What.MAILBOX, {"address": "a@b", "kind": "personal", "state": "sleeping"})


def test_keys() -> None:
    assert key_of(UNITS[0]) == "pnv"
    assert key_of(Mailbox("An@x.example", PERSON.kind)) == "an@x.example"


def test_a_snapshot_finds_by_alias_and_in_any_case() -> None:
    snapshot = Snapshot(1, UNITS, (PERSON, UNIT_MAILBOX), (GROUP,))
    assert snapshot.mailbox("AN.Q4@tphcm.example") is PERSON
    assert snapshot.mailbox("nobody@tphcm.example") is None
    assert snapshot.unit_mailbox("pnv") is UNIT_MAILBOX
    assert snapshot.unit_mailbox("") is None
    assert snapshot.unit("q4") is UNITS[1]


def test_an_exemption_holds_on_its_last_day() -> None:
    assert Exemption("a@b", "x", DAY).holds(DAY)
    assert not Exemption("a@b", "x", DAY).holds(DAY.replace(day=2))
    assert Exemption("a@b", "x").holds(DAY)


def test_letters_that_nobody_types_are_named() -> None:
    assert unfit("Nguyễn Văn An, 1 + 1") == ""
    assert unfit("An\u202e") == "U+202E"
    assert unfit("An\n") == "U+000A"
