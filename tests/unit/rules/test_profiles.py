"""The most specific pattern wins, whatever the order of the file."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.profiles import Profiles

CITY = (("*.q4@tphcm.gov.vn", "q4"), ("q4@tphcm.gov.vn", "office"), ("*@tphcm.gov.vn", "city"), ("*@*.vn", "country"))


@pytest.mark.parametrize("patterns", list(itertools.permutations(CITY)))
def test_quan_4_inside_a_city_wide_domain(patterns: tuple[tuple[str, str], ...]) -> None:
    of = Profiles("default", patterns).of
    assert of("vp.q4@tphcm.gov.vn") == "q4"
    assert of("q4@tphcm.gov.vn") == "office"
    assert of("so@tphcm.gov.vn") == "city"
    assert of("ubnd@angiang.gov.vn") == "country"
    assert of("a@khac.example") == "default"
    assert of("") == "default"


def test_the_domain_is_compared_before_the_local_part() -> None:
    of = Profiles("default", (("chu.tich@*.vn", "person"), ("*@tinh.vn", "domain"))).of
    assert of("chu.tich@tinh.vn") == "domain"
    assert of("chu.tich@x.vn") == "person"


def test_of_equally_specific_patterns_the_first_wins() -> None:
    assert Profiles("d", (("a*@x", "first"), ("*a@x", "second"))).of("aa@x") == "first"
    assert Profiles("d", (("*a@x", "second"), ("a*@x", "first"))).of("aa@x") == "second"


@given(st.lists(st.text("ab.", min_size=1, max_size=6), min_size=1, max_size=50))
def test_what_is_remembered_is_what_is_true(locals_: list[str]) -> None:
    profiles = Profiles("d", CITY)
    for local in locals_ * 2:
        assert profiles.of(f"{local}.q4@tphcm.gov.vn") == "q4"
    assert profiles.of.cache_info().maxsize is not None


def test_the_regulations_in_use_are_known_default_first() -> None:
    assert Profiles("city", CITY).regulations == ("city", "q4", "office", "country")
