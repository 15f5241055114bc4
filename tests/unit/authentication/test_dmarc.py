"""DMARC: discovery, alignment, policies, malformed records, and what is never a pass."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication import dmarc, suffixes
from gateway.authentication.answer import Budget
from gateway.authentication.dmarc import check_dmarc
from gateway.authentication.dmarc_record import Policy, policies, read
from gateway.authentication.resolver import Resolver
from gateway.who import Check, Method, Result
from tests.lab_dns import Fault, LabDns

NO_SPF = Check(Method.SPF, Result.NONE)


def spf(domain: str, result: Result = Result.PASS) -> Check:
    return Check(Method.SPF, result, domain)


def dkim(domain: str, result: Result = Result.PASS) -> Check:
    return Check(Method.DKIM, result, domain)


async def check(
    resolver: Resolver, domain: str, envelope: Check = NO_SPF, signatures: Sequence[Check] = (), draw: int = 0
) -> Check:
    return await check_dmarc(resolver, Budget(), domain, envelope, signatures, draw=lambda: draw)


class TestAlignment:
    @pytest.mark.parametrize(
        ("record", "domain", "envelope", "signatures", "result"),
        [
            ("p=none", "example.vn", spf("example.vn"), [], Result.PASS),
            ("p=none", "example.vn", spf("bounces.example.vn"), [], Result.PASS),
            ("p=none; aspf=s", "example.vn", spf("bounces.example.vn"), [], Result.FAIL),
            ("p=none; aspf=S", "example.vn", spf("example.vn"), [], Result.PASS),
            ("p=none", "example.vn", spf("evil.net"), [], Result.FAIL),
            ("p=none", "example.vn", spf("example.vn", Result.SOFTFAIL), [], Result.FAIL),
            ("p=none", "example.vn", spf("example.vn", Result.NEUTRAL), [], Result.FAIL),
            ("p=none", "example.vn", NO_SPF, [dkim("example.vn")], Result.PASS),
            ("p=none", "example.vn", NO_SPF, [dkim("evil.net"), dkim("mail.example.vn")], Result.PASS),
            ("p=none; adkim=s", "example.vn", NO_SPF, [dkim("mail.example.vn")], Result.FAIL),
            ("p=none", "example.vn", NO_SPF, [dkim("example.vn", Result.FAIL)], Result.FAIL),
            ("p=none", "example.vn", NO_SPF, [dkim("example.vn", Result.POLICY)], Result.FAIL),
            ("p=none", "example.vn", spf("evil.net"), [dkim("evil.net")], Result.FAIL),
            ("p=none", "example.vn", spf(""), [dkim("")], Result.FAIL),
            ("p=none", "example.vn", NO_SPF, [dkim('"example.vn')], Result.FAIL),
            ("p=none", "example.vn", NO_SPF, [dkim("example.vn\0.evil.net")], Result.FAIL),
        ],
    )
    async def test_who_is_aligned(
        self,
        lab: LabDns,
        resolver: Resolver,
        record: str,
        domain: str,
        envelope: Check,
        signatures: list[Check],
        result: Result,
    ) -> None:
        lab.set(f"_dmarc.{domain}", f"TXT v=DMARC1; {record}")
        assert (await check(resolver, domain, envelope, signatures)).result is result

    async def test_units_of_one_city_are_relaxed_neighbours(self, lab: LabDns, resolver: Resolver) -> None:
        """So DMARC proves the city's domain for its districts: docs/authentication.md says so."""
        lab.set("_dmarc.q4.tphcm.gov.vn", "TXT v=DMARC1; p=reject")
        assert (await check(resolver, "q4.tphcm.gov.vn", spf("q1.tphcm.gov.vn"))).result is Result.PASS
        assert (await check(resolver, "q4.tphcm.gov.vn", spf("angiang.gov.vn"))).result is Result.FAIL


class TestTemporary:
    async def test_an_aligned_check_that_could_not_be_made(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("_dmarc.example.vn", "TXT v=DMARC1; p=reject")
        held = await check(resolver, "example.vn", NO_SPF, [dkim("example.vn", Result.TEMPERROR)])
        assert held.result is Result.TEMPERROR
        other = await check(resolver, "example.vn", NO_SPF, [dkim("evil.net", Result.TEMPERROR)])
        assert other.result is Result.FAIL
        passed = await check(resolver, "example.vn", spf("example.vn"), [dkim("example.vn", Result.TEMPERROR)])
        assert passed.result is Result.PASS

    @pytest.mark.parametrize("name", ["_dmarc.mail.example.vn", "_dmarc.example.vn"])
    async def test_dns_that_fails(self, lab: LabDns, resolver: Resolver, name: str) -> None:
        lab.misbehave(name, Fault.SERVFAIL)
        found = await check(resolver, "mail.example.vn", spf("example.vn"))
        assert (found.result, found.reason) == (Result.TEMPERROR, "DNS: servfail")


class TestDiscovery:
    async def test_the_domains_own_record_comes_first(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("_dmarc.example.vn", "TXT v=DMARC1; p=reject; sp=quarantine")
        lab.set("_dmarc.mail.example.vn", "TXT v=DMARC1; p=none")
        assert (await check(resolver, "mail.example.vn")).policy == "none"
        assert (await check(resolver, "other.example.vn")).policy == "quarantine"
        assert (await check(resolver, "a.b.example.vn")).policy == "quarantine"
        assert (await check(resolver, "example.vn")).policy == "reject"

    async def test_no_record(self, lab: LabDns, resolver: Resolver) -> None:
        found = await check(resolver, "mail.example.vn", spf("mail.example.vn"))
        assert found == Check(Method.DMARC, Result.NONE, "mail.example.vn", "no record")
        assert [asked.name for asked in lab.asked] == ["_dmarc.mail.example.vn", "_dmarc.example.vn"]

    async def test_other_texts_are_left_alone(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("_dmarc.example.vn", "TXT v=spf1 -all", "TXT v=DMARC1; p=reject", "TXT v=DMARC12; p=none")
        assert (await check(resolver, "example.vn")).policy == "reject"

    async def test_two_records_are_none(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("_dmarc.mail.example.vn", "TXT v=DMARC1; p=reject", "TXT v=DMARC1; p=none")
        lab.set("_dmarc.example.vn", "TXT v=DMARC1; p=reject")
        assert (await check(resolver, "mail.example.vn")).result is Result.NONE

    @pytest.mark.parametrize(
        "domain",
        ["", "vn", "example..vn", "example.vn.", '"example.vn"', "example.vn,evil.net", "[10.0.0.1]", "a\n.vn"],
    )
    async def test_what_is_no_domain_never_passes(self, lab: LabDns, resolver: Resolver, domain: str) -> None:
        found = await check(resolver, domain, spf(domain), [dkim(domain)])
        assert (found.result, found.domain) == (Result.PERMERROR, "")
        assert lab.asked == []

    async def test_letters_that_are_not_ascii(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("_dmarc.xn--vitnam-jk8b.vn", "TXT v=DMARC1; p=reject")
        found = await check(resolver, "việtnam.vn", spf("xn--vitnam-jk8b.vn"))
        assert (found.result, found.domain) == (Result.PASS, "xn--vitnam-jk8b.vn")


async def test_the_list_is_read_beside_the_loop(
    lab: LabDns, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in = []

    def load() -> None:
        read_in.append(threading.current_thread())
        suffixes.load()

    lab.set("_dmarc.example.vn", "TXT v=DMARC1; p=reject")
    suffixes._suffixes.cache_clear()
    suffixes._organizational.cache_clear()
    monkeypatch.setattr(dmarc, "load", load)
    for _ in range(2):
        assert (await check(resolver, "mail.example.vn", spf("example.vn"))).result is Result.PASS
    assert len(read_in) == 1 and read_in[0] is not threading.main_thread()


class TestSampling:
    @pytest.mark.parametrize(
        ("record", "draw", "policy"),
        [
            ("p=reject; pct=30", 29, "reject"),
            ("p=reject; pct=30", 30, "quarantine"),
            ("p=quarantine; pct=0", 0, "none"),
            ("p=none; pct=0", 0, "none"),
            ("p=reject; pct=100", 99, "reject"),
            ("p=reject; pct=-5", 99, "reject"),
            ("p=reject; pct=abc", 99, "reject"),
            ("p=reject; pct=999999999999", 99, "reject"),
        ],
    )
    async def test_pct(self, lab: LabDns, resolver: Resolver, record: str, draw: int, policy: str) -> None:
        lab.set("_dmarc.example.vn", f"TXT v=DMARC1; {record}")
        found = await check(resolver, "example.vn", draw=draw)
        assert (found.result, found.policy) == (Result.FAIL, policy)


class TestRecords:
    @pytest.mark.parametrize(
        ("text", "policy"),
        [
            (b"v=DMARC1; p=none", Policy("none", "none")),
            (b"v=DMARC1;p=REJECT;sp=None;", Policy("reject", "none")),
            (b"v=DMARC1 ; p = quarantine ; rua = mailto:a@b.vn", Policy("quarantine", "quarantine")),
            (b"v=DMARC1; p=none; adkim=s; aspf=s; pct=50", Policy("none", "none", True, True, 50)),
            (b"v=DMARC1; p=none; unknown=x; fo=1:d:s; ri=3600", Policy("none", "none")),
            (b"v=DMARC1; rua=mailto:a@b.vn", Policy("none", "none")),
            (b"v=DMARC1; p=bogus; rua=mailto:a@b.vn", Policy("none", "none")),
            (b"v=DMARC1; p=reject; sp=bogus; rua=mailto:a@b.vn!10m", Policy("none", "none")),
            (b"v=DMARC1; p=bogus", None),
            (b"v=DMARC1", None),
            (b"v=DMARC1; p=reject; p=none", None),
            (b"v=DMARC1; p=reject; nonsense", None),
            (b"v=DMARC1; p=reject; \xff=1", None),
            (b"v=DMARC1; p=reject; a=" + b"x" * 5000, None),
        ],
    )
    def test_a_record(self, text: bytes, policy: Policy | None) -> None:
        assert read(text) == policy

    def test_which_texts_are_records(self) -> None:
        texts = [
            b"v=DMARC1",
            b"v=DMARC1;p=none",
            b"v = DMARC1 ; p=none",
            b"v=dmarc1; p=none",
            b" v=DMARC1",
            b"v=DMARC1x",
        ]
        assert policies(texts) == texts[:3]

    @given(st.binary(max_size=300))
    def test_any_octets(self, text: bytes) -> None:
        read(b"v=DMARC1;" + text)
        policies([text])
