"""The snapshot that the rules ask: any spelling of an address, any text, and nothing but those who are stopped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.blocks.standings import LONGEST, NOBODY, Standings, key_of
from gateway.rates import Block, Blocks, Standing

AN = "an.nguyen@tinh.example"
ALL = Standings(
    3,
    [
        Block(AN, Standing.LOCKED, 1.0),
        Block("b@tinh.example", Standing.BLOCKED, 2.0),
        Block("c@tinh.example", Standing.SUSPECT, 3.0),
        Block("d@tinh.example", Standing.RELEASED, 4.0),
        Block(key_of("nguyễn@xn--tnh-vl5a.example"), Standing.BLOCKED, 5.0),
    ],
)


def test_it_is_found_by_any_spelling() -> None:
    for spelling in (AN, AN.upper(), '"an.nguyen"@tinh.example', "an.nguyen@TINH.example."):
        found = ALL.find(spelling)
        assert found is not None
        assert found.standing is Standing.LOCKED
    for spelling in (
        "nguyễn@xn--tnh-vl5a.example",
        "NGUYỄN@XN--TNH-VL5A.example",
        "nguye\u0302\u0303n@xn--tnh-vl5a.example",
    ):
        assert ALL.find(spelling) is not None


def test_others_are_not() -> None:
    for other in ("", "an@tinh.example", "an.nguyen+x@tinh.example", AN + "\x00", "@", "d@tinh.example"):
        assert ALL.find(other) is None


def test_who_was_released_and_how_many_stand_how() -> None:
    assert (ALL.released("D@tinh.example"), ALL.released(AN), ALL.released("x")) == (4.0, 0, 0)
    assert ALL.counts() == {Standing.SUSPECT: 1, Standing.BLOCKED: 2, Standing.LOCKED: 1}
    assert (len(ALL), len(NOBODY), NOBODY.find(AN)) == (4, 0, None)


def test_it_is_what_the_rules_ask() -> None:
    blocks: Blocks = ALL
    assert blocks.find(AN) is not None


@given(st.text())
def test_any_text_is_a_key(text: str) -> None:
    key = key_of(text)
    assert len(key) <= LONGEST
    key.encode()
    assert "\x00" not in key
    assert key_of(key) == key_of(key_of(key))
    assert Standings(1, [Block(key, Standing.BLOCKED, 0.0)]).find(text) is not None
