"""SPF records and macros: the grammar of RFC 7208 12 and 7, RFC 7.4's examples, and any text in bounded time."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.spf_macro import address_values, asks_for_p, expand
from gateway.authentication.spf_record import Mechanism, Record, is_spf, read
from gateway.who import Result

GOOD = """
ALL A mX/0 a//0 a/32//128 ip4:0.0.0.0/0 ip6:::/0 ip6:::ffff:192.0.2.1/96 x= x=%%%_%- a:%{d} a:%{d2r.-+,/_=}.vn
exists:%{L}.a-b.1-2 a:x.vn. ptr a:x/y.vn include:a_b.vn
"""
BAD = """
all:x.vn all/8 al a: a:/24 a/33 a//129 a/024 a/ a// a:vn a:x.123 a:x.-v a:x.v- a:%{z}.vn a:%{d0} a:%{d a:%d.vn a:%
a:%{c}.vn exp=%{t}.vn exists exists: include include:%{r}.vn ip4 ip4: ip4:192.0.2 ip4:192.0.2.256 ip4:192.0.2.01
ip4:192.0.2.1/33 ip4:192.0.2.1//64 ip6:192.0.2.1 ip6:::1/129 ip6:fe80::1%eth0 ++all redirect= x=%{z} =x - ? a:đ.vn
ip4/24 ptr/24 1x=y
"""


class TestTerms:
    def test_a_record_of_everything(self) -> None:
        text = (
            b"v=spf1 +a:x.vn/24//64 -mx ~ptr:y.vn ?exists:%{i}.z.vn ip4:192.0.2.7/24 ip6:2001:db8::/32 include:w.vn "
            b"other=%{d} exp=e.vn redirect=r.vn -all"
        )
        four, six = ipaddress.ip_address("192.0.2.7"), ipaddress.ip_address("2001:db8::")
        assert read(text) == Record(
            (
                Mechanism(Result.PASS, "a", "x.vn", None, 24, 64),
                Mechanism(Result.FAIL, "mx"),
                Mechanism(Result.SOFTFAIL, "ptr", "y.vn"),
                Mechanism(Result.NEUTRAL, "exists", "%{i}.z.vn"),
                Mechanism(Result.PASS, "ip4", "", four, 24),
                Mechanism(Result.PASS, "ip6", "", six, prefix6=32),
                Mechanism(Result.PASS, "include", "w.vn"),
                Mechanism(Result.FAIL, "all"),
            ),
            redirect="r.vn",
        )

    @pytest.mark.parametrize("term", GOOD.split())
    def test_a_good_term(self, term: str) -> None:
        assert isinstance(read(f"v=spf1 {term}".encode()), Record)

    @pytest.mark.parametrize(
        "term", [*BAD.split(), "redirect=a.vn redirect=b.vn", "exp=a.vn exp=b.vn", "a:x.vn\t-all", "ip4:\u0661.2.3.4"]
    )
    def test_a_bad_term_spoils_the_record(self, term: str) -> None:
        found = read(f"v=spf1 ip4:192.0.2.1 {term} -all".encode())
        assert (
            isinstance(found, str)
            and found.isascii()
            and found.endswith(("malformed", "domain", "unknown", "twice", "large", "ASCII"))
        )

    def test_which_texts_are_records(self) -> None:
        assert [is_spf(text) for text in (b"v=spf1", b"V=SPF1 -all", b"v=spf10", b" v=spf1", b"v=spf1\t-all")] == [
            True, True, False, False, False,
        ]  # fmt: skip

    def test_a_record_that_is_too_long(self) -> None:
        assert read(b"v=spf1 " + b"a " * 3000) == "the record is too long"

    def test_a_record_of_too_many_terms(self) -> None:
        assert read(b"v=spf1 " + b"a " * 401) == "the record has too many terms"
        assert isinstance(read(b"v=spf1 " + b"a " * 400), Record)

    @pytest.mark.parametrize(
        ("term", "client", "covered"),
        [
            ("ip4:192.0.2.7/24", "192.0.2.255", True),
            ("ip4:192.0.2.7/25", "192.0.2.128", False),
            ("ip4:192.0.2.7", "192.0.2.6", False),
            ("ip4:192.0.2.7/0", "10.0.0.1", True),
            ("ip4:0.0.0.0/0", "::1", False),
            ("ip6:2001:db8::/33", "2001:db8:7fff::1", True),
            ("ip6:2001:db8::/33", "2001:db8:8000::1", False),
            ("ip6:::/0", "192.0.2.1", False),
        ],
    )
    def test_how_far_addresses_are_compared(self, term: str, client: str, covered: bool) -> None:
        record = read(f"v=spf1 {term}".encode())
        assert isinstance(record, Record)
        (mechanism,) = record.mechanisms
        assert mechanism.address is not None
        assert mechanism.covers(ipaddress.ip_address(client), mechanism.address) is covered

    @given(st.binary(max_size=300))
    def test_any_octets(self, text: bytes) -> None:
        assert isinstance(read(b"v=spf1 " + text), Record | str)

    @given(st.text(alphabet="ampxip4:/.%{}d-_ =0129r+~?", max_size=60))
    def test_almost_terms(self, text: str) -> None:
        assert isinstance(read(f"v=spf1 {text}".encode()), Record | str)

    @pytest.mark.parametrize("filler", ["a", "-", "a-", ".", "a.", "%{l", "%{d}", "/", "1", "%{d1", "%{d" + "." * 50])
    @pytest.mark.parametrize("end", ["_", "", "%", "/24"])
    @pytest.mark.limit(5)
    def test_long_terms_take_no_time(self, filler: str, end: str) -> None:
        for start in ("a:", "exists:", "x=", "redirect=", "ip4:", ""):
            long = filler * (4000 // len(filler))
            found = read(f"v=spf1 {start}{long}{end}".encode())
            if isinstance(found, Record) and found.mechanisms:
                expand(found.mechanisms[0].domain, {"l": "x" * 64, "d": "a." * 100 + "vn"})


RFC = {"s": "strong-bad@email.example.com", "l": "strong-bad", "o": "email.example.com", "d": "email.example.com"}


class TestMacros:
    @pytest.mark.parametrize(
        ("spec", "name"),
        [
            ("%{s}", "strong-bad@email.example.com"),
            ("%{o}", "email.example.com"),
            ("%{d4}", "email.example.com"),
            ("%{d2}", "example.com"),
            ("%{d1}", "com"),
            ("%{dr}", "com.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
            ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
            ("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"),
            ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
            ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ],
    )
    def test_the_examples_of_rfc_7208_7_4(self, spec: str, name: str) -> None:
        assert expand(spec, {**RFC, **address_values(ipaddress.ip_address("192.0.2.3"))}) == name

    def test_ipv6(self) -> None:
        values = {**RFC, **address_values(ipaddress.ip_address("2001:db8::cb01"))}
        assert expand("%{ir}.%{v}._spf.%{d2}", values) == (
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"
        )

    def test_escapes_and_capitals(self) -> None:
        assert expand("%%%_%-%{L}.vn", {"l": "a b/c-d_~é"}) == "% %20a%20b%2Fc-d_~%C3%A9.vn"

    def test_a_name_that_is_too_long_loses_its_left(self) -> None:
        name = expand("%{l}.example.vn", {"l": ".".join(["abcdefgh"] * 40)})
        assert len(name) <= 253 and name.endswith(".abcdefgh.example.vn") and name.startswith("abcdefgh.")

    def test_who_needs_a_validated_name(self) -> None:
        assert asks_for_p("%{p}.vn") and asks_for_p("x.%{P2r}.vn") and not asks_for_p("p.%{d}.%%{p")

    @given(st.text(alphabet="%{}slodiphv0123r.-+,/_=ax", max_size=80), st.text(max_size=80))
    def test_any_spec_and_value(self, spec: str, value: str) -> None:
        expand(spec, dict.fromkeys("slodiphv", value))
