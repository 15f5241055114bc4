"""Which folder is for what."""

from __future__ import annotations

import pytest

from gateway.access import Use
from gateway.imap.folders import of_interest, use_of


@pytest.mark.parametrize(
    ("attributes", "name", "expected"),
    [
        ({"\\hasnochildren", "\\sent"}, "Da gui", Use.SENT),
        ({"\\junk"}, "Sent", Use.JUNK),
        (set(), "INBOX", Use.INBOX),
        (set(), "Sent Items", Use.SENT),
        (set(), "INBOX.Sent", Use.SENT),
        (set(), "INBOX/Drafts", Use.DRAFTS),
        (set(), "Th&AbA- &AREA4w- g&Hu0-i", Use.SENT),
        (set(), "Deleted Items", Use.TRASH),
        (set(), "Khách hàng", Use.OTHER),
        (set(), "Archive/Sent", Use.OTHER),
        (set(), "", Use.OTHER),
    ],
)
def test_by_attribute_then_by_name(attributes: set[str], name: str, expected: Use) -> None:
    assert use_of(attributes, name) is expected


def test_the_servers_own_word_comes_first_and_what_cannot_be_opened_is_left_out() -> None:
    folders = [
        (frozenset[str](), "Sent"),
        (frozenset({"\\noselect", "\\sent"}), "Sent Mail"),
        (frozenset({"\\sent"}), "Gui"),
        (frozenset({"\\trash"}), "Trash"),
        (frozenset[str](), "INBOX"),
    ]
    assert of_interest(folders, [Use.SENT, Use.INBOX]) == [(Use.SENT, "Gui"), (Use.SENT, "Sent")]
    assert of_interest(folders, []) == []
