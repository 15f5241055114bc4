"""SRS, BATV and VERP are told from a mailbox's own address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.rewriting import rewriting


@pytest.mark.parametrize(
    ("local", "how"),
    [
        ("SRS0=HHH=TT=khac.example=ai", "srs"),
        ("srs0+HHH=TT=khac.example=ai", "srs"),
        ("SRS1=HHH=relay.example==HHH=TT=khac.example=ai", "srs"),
        ("SRS0-HHH=TT=khac.example=ai", "srs"),
        ("bounces+SRS=abcde=FG@x", "srs"),  # Exchange Online
        ("prvs=0123456789=soxd", "batv"),
        ("PRVS=soxd/0123456789", "batv"),
        ("msprvs1=18123abcdef=bounces-1", "batv"),
        ("btv1==012345==soxd", "batv"),
        ("list-bounces+an=tinh.example", "verp"),
        ("list-return-123-an=tinh.example", "verp"),
        ('"prvs=0123456789=soxd"', "batv"),
    ],
)
def test_rewritten(local: str, how: str) -> None:
    assert rewriting(local) == how


@pytest.mark.parametrize("local", ["", "soxd", "nvanh.q4", "so+x", "srs", "srs0", "prvs", "MAILER-DAEMON", "o'neil"])
def test_as_it_was_written(local: str) -> None:
    assert rewriting(local) == ""


@given(st.text(max_size=300))
def test_any_text_is_fine(text: str) -> None:
    assert rewriting(text) in ("", "srs", "batv", "verp")
    assert bool(rewriting(text)) >= ("=" in text)
