"""Fonts' names, as documents and style sheets have them, and what charset is behind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.vietnamese.family import Family
from gateway.vietnamese.fonts import family_of_font


@pytest.mark.parametrize(
    ("name", "family", "capitals"),
    [
        (".VnTime", Family.TCVN3, False),
        (".VnTimeH", Family.TCVN3, True),
        (".vntimeh", Family.TCVN3, True),
        (".VnArial NarrowH", Family.TCVN3, True),
        (".VnArial Narrow", Family.TCVN3, False),
        (".VnTimeH Bold", Family.TCVN3, True),
        (".VnTimeH,BoldItalic", Family.TCVN3, True),
        ('"\\.VnTimeH", sans-serif', Family.TCVN3, True),
        ("'.VnTime'", Family.TCVN3, False),
        ("ABCDEF+.VnTime-Bold", Family.TCVN3, False),
        ("VnTime", Family.TCVN3, False),
        ("VNI-Times", Family.VNI, False),
        ("VNI-Helve-Condense", Family.VNI, False),
        ("VNI Aptima", Family.VNI, False),
        ("VniHelvetica", Family.VNI, False),
        ("VPS Times", Family.VPS, False),
        ("VPS Times Hoa", Family.VPS, True),
        ("VI Times", Family.VISCII, False),
        ("VI Times H", Family.VISCII, True),
        ("BKHCM1 Times", Family.BKHCM1, False),
        ("BK HCM 2 Times", Family.BKHCM2, False),
        ("VNtimes new roman", Family.VIETWARE_X, False),
        ("SVNtimes new roman", None, False),
        ("Times New Roman", None, False),
        ("UVN Bach Tuyet", None, False),
        ("UTM Times", None, False),
        ("SVN-Arial", None, False),
        ("Arial H", None, False),
        ("Vnbank", None, False),
        ("Vista Sans", None, False),
        ("", None, False),
        (",", None, False),
    ],
)
def test_names(name: str, family: Family | None, capitals: bool) -> None:
    assert family_of_font(name) == (family, capitals)


@settings(deadline=None)
@given(st.text())
def test_any_name_is_taken(name: str) -> None:
    family_of_font(name)


def test_a_name_of_a_megabyte_costs_nothing_much() -> None:
    assert family_of_font(".VnTime" + "-bold" * 200_000)[0] is Family.TCVN3
