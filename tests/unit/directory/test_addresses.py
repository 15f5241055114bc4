"""Addresses are compared by what mail servers deliver them to; any text is taken, in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory.addresses import Readings, address_key, domain_key, split

PLAIN = Readings("+", {}, frozenset({"tphcm.gov.vn"}))


class TestKey:
    @pytest.mark.parametrize(
        "spelling",
        [
            "q4@tphcm.gov.vn",
            "Q4@TPHCM.gov.VN",
            '"q4"@tphcm.gov.vn',
            '"Q\\4"@tphcm.gov.vn',
            "q4@tphcm.gov.vn.",
            "q4@tphcm\u3002gov\uff0evn",
            "@relay.example,@b.example:q4@tphcm.gov.vn",
            "q4@ｔｐｈｃｍ.gov.vn",
            " q4@tphcm.gov.vn ",
        ],
    )
    def test_spellings_of_one_address(self, spelling: str) -> None:
        assert address_key(spelling) == "q4@tphcm.gov.vn"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("a@xn--bcher-kva.example", "a@bücher.example"),
            ("a@XN--BCHER-KVA.example.", "A@BÜCHER.example"),
            ("phòng@tinh.example", "pho\u0300ng@tinh.example"),
        ],
    )
    def test_forms_of_one_address(self, one: str, other: str) -> None:
        assert address_key(one) == address_key(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("q4@tphcm.gov.vn", "q.4@tphcm.gov.vn"),
            ("q4@tphcm.gov.vn", "ｑ4@tphcm.gov.vn"),  # full width: no server delivers it to q4 for certain
            ("q4@tphcm.gov.vn", "q4%tphcm.gov.vn@evil.example"),
            ("q4+a@tphcm.gov.vn", "q4@tphcm.gov.vn"),
            ("a@xn--bcher-kva.example", "a@bucher.example"),
        ],
    )
    def test_other_addresses(self, one: str, other: str) -> None:
        assert address_key(one) != address_key(other)

    @pytest.mark.parametrize(
        "text", ["", "@", "q4", "q4@", "@tphcm.gov.vn", "xn--@xn--", "a@xn--" + "9" * 70, '"', "\\"]
    )
    def test_odd_texts_have_a_key(self, text: str) -> None:
        assert isinstance(address_key(text), str)

    def test_no_domain(self) -> None:
        assert (address_key("Postmaster"), split("postmaster")) == ("postmaster", ("postmaster", ""))
        assert domain_key("GOV.vn.") == "gov.vn"

    @given(st.text(max_size=80) | st.text('q4@.+%!"\\[]: \u3002x', max_size=40))
    def test_a_key_is_its_own_key_or_at_least_taken(self, text: str) -> None:
        key = address_key(text)
        assert key == key.lower() or not key.isascii()
        list(PLAIN.all(text))

    @pytest.mark.parametrize("piece", ["a.", "+", "%a", "!a", '"', "@", "\\", "xn--a.", "\u3002", ",@a", "ａ"])
    def test_long_texts_take_linear_time(self, piece: str) -> None:
        text = piece * 100_000  # quadratic or exponential time would be stopped by the limit on each test
        address_key(text)
        for place in (text, f"{text}@tphcm.gov.vn", f"q4@{text}", f"@{text}"):
            assert sum(1 for _ in PLAIN.all(place)) < 200
            PLAIN.is_single(place)


class TestReadings:
    @pytest.mark.parametrize(
        "spelling",
        [
            "q4+tin@tphcm.gov.vn",
            '"q4+tin"@tphcm.gov.vn',
            '"q4 "@tphcm.gov.vn',
            "q4%tphcm.gov.vn@tphcm.gov.vn",
            "q4+x%tphcm.gov.vn@tphcm.gov.vn",
            "tphcm.gov.vn!q4@tphcm.gov.vn",
            '"q4@tphcm.gov.vn"@tphcm.gov.vn',
            '"q4%tphcm.gov.vn@tphcm.gov.vn"@[192.0.2.1]',
            "ｑ４@tphcm.gov.vn",
            "q4++++++++++++++++++++x@tphcm.gov.vn",
        ],
    )
    def test_what_a_server_may_deliver_to_it(self, spelling: str) -> None:
        assert "q4@tphcm.gov.vn" in list(PLAIN.all(spelling))
        assert not PLAIN.is_single(address_key(spelling))

    @pytest.mark.parametrize("spelling", ["q4", "q4@", "Q4@[192.0.2.1]", "q4@[IPv6:2001:db8::1]", "q4+x@[192.0.2.1]"])
    def test_without_a_domain_of_ours(self, spelling: str) -> None:
        assert "q4@" in list(PLAIN.all(spelling))

    @pytest.mark.parametrize("spelling", ["q4%tphcm.gov.vn", "tphcm.gov.vn!q4+x", '"q4@tphcm.gov.vn"'])
    def test_an_address_in_one_without_a_domain(self, spelling: str) -> None:
        assert "q4@tphcm.gov.vn" in list(PLAIN.all(spelling))

    @pytest.mark.parametrize(
        "spelling", ["q4%tphcm.gov.vn@evil.example", "x@q4.tphcm.gov.vn", "+q4@tphcm.gov.vn", "aq4@tphcm.gov.vn"]
    )
    def test_what_no_server_does(self, spelling: str) -> None:
        assert "q4@tphcm.gov.vn" not in list(PLAIN.all(spelling))

    def test_below_a_domain_of_ours(self) -> None:
        below = Readings("+", {}, frozenset({"*.gov.vn"}))
        assert "q4@tphcm.gov.vn" in list(below.all("q4%tphcm.gov.vn@mail.so.gov.vn"))
        assert "q4@tphcm.gov.vn" not in list(below.all("q4%tphcm.gov.vn@gov.vn.example"))

    def test_the_longest_base_comes_first(self) -> None:
        assert list(PLAIN.bases("a+b+c@x")) == ["a+b@x", "a@x"]
        assert list(PLAIN.bases("+b@x")) == []
        assert list(Readings("", {}, frozenset()).bases("a+b@x")) == []
        assert list(Readings("-+", {}, frozenset()).bases("a-b+c@x")) == ["a-b@x", "a@x"]

    def test_domains_that_stand_for_others(self) -> None:
        readings = Readings("+", {"old.example": "new.example", "a": "b", "b": "a"}, frozenset())
        assert readings.exact("X@Old.example") == "x@new.example"
        assert readings.exact("x@a") in ("x@a", "x@b")  # a circle ends
        assert readings.exact("x") == "x"

    @given(st.from_regex(r"[a-z0-9._\-]{1,20}@[a-z0-9.\-]{1,20}", fullmatch=True))
    def test_single_means_one_reading(self, address: str) -> None:
        key = PLAIN.exact(address)
        if PLAIN.is_single(key):
            assert set(PLAIN.all(address)) == {key}
