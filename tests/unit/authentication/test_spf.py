"""SPF beyond the published suite: limits, faults, hostile domains, and what a Check says."""

from __future__ import annotations

import asyncio
import ipaddress
import random
import warnings

import pytest
from blockbuster import blockbuster_ctx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.authentication.answer import Budget
from gateway.authentication.resolver import Resolver
from gateway.authentication.spf import SpfLimits, check_spf
from gateway.who import Check, Method, Result
from tests.lab_dns import Fault, LabDns

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # an escape in its source that Python is to refuse one day
    import spf as pyspf

IP = "192.0.2.1"


async def check(
    resolver: Resolver, mail_from: str = "a@example.vn", ip: str = IP, helo: str = "mail.example.vn"
) -> Check:
    return await check_spf(resolver, Budget(), ip, helo, mail_from)


class TestOutcome:
    async def test_what_it_says(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "TXT v=spf1 ip4:192.0.2.1 -all")
        passed = Check(Method.SPF, Result.PASS, "example.vn", "matched ip4", scope="mailfrom")
        assert await check(resolver, "a@EXAMPLE.vn") == passed
        assert (await check(resolver, ip="198.51.100.1")).reason == "matched all"

    async def test_a_null_reverse_path_asks_for_helo(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("mail.example.vn", "TXT v=spf1 ip4:192.0.2.1 -all")
        found = await check(resolver, "")
        assert (found.result, found.scope, found.domain) == (Result.PASS, "helo", "mail.example.vn")

    async def test_an_ipv4_address_inside_ipv6(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "TXT v=spf1 ip4:192.0.2.1 -all")
        assert (await check(resolver, ip="::ffff:192.0.2.1")).result is Result.PASS
        assert (await check(resolver, ip="2001:db8::1")).result is Result.FAIL

    @pytest.mark.parametrize("ip", ["", "localhost", "192.0.2.256", "unix:/x"])
    async def test_a_client_without_an_address_never_passes(self, lab: LabDns, resolver: Resolver, ip: str) -> None:
        lab.set("example.vn", "TXT v=spf1 +all")
        assert (await check(resolver, ip=ip)).result is Result.PERMERROR

    @pytest.mark.parametrize(
        "mail_from",
        [
            "a@",
            "a@vn",
            "a@[192.0.2.1]",
            "a@a..vn",
            "a@a.vn.",
            'a@"x".vn',
            "a@x y.vn",
            "@",
            "a",
            "a@\n.vn",
            "a@b@",
            "a@/.vn",
        ],
    )
    async def test_what_is_no_domain_is_not_asked_for(self, lab: LabDns, resolver: Resolver, mail_from: str) -> None:
        found = await check(resolver, mail_from)
        assert (found.result, found.domain) == (Result.NONE, "")
        assert lab.asked == []

    async def test_letters_that_are_not_ascii(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("xn--vitnam-jk8b.vn", "TXT v=spf1 ip4:192.0.2.1 -all")
        assert (await check(resolver, "đồng@việtnam.vn")).result is Result.PASS

    async def test_underscores_may_carry_a_policy(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("_x.example.vn", "TXT v=spf1 ip4:192.0.2.1 -all")
        assert (await check(resolver, "a@_x.example.vn")).result is Result.PASS


class TestLimits:
    async def test_ten_terms_and_no_more(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("a.vn", "A 198.51.100.1")
        lab.set("ten.vn", "TXT v=spf1 " + "a:a.vn " * 10 + "+all")
        lab.set("eleven.vn", "TXT v=spf1 " + "a:a.vn " * 11 + "+all")
        assert (await check(resolver, "a@ten.vn")).result is Result.PASS
        assert (await check(resolver, "a@eleven.vn")).result is Result.PERMERROR

    async def test_two_void_questions_and_no_more(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("two.vn", "TXT v=spf1 a:no1.vn mx:no2.vn +all")
        lab.set("three.vn", "TXT v=spf1 a:no1.vn mx:no2.vn exists:no3.vn +all")
        assert (await check(resolver, "a@two.vn")).result is Result.PASS
        assert (await check(resolver, "a@three.vn")).result is Result.PERMERROR

    async def test_they_can_be_set(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("three.vn", "TXT v=spf1 a:no1.vn mx:no2.vn exists:no3.vn +all")
        found = await check_spf(resolver, Budget(), IP, "h.vn", "a@three.vn", SpfLimits(voids=3))
        assert found.result is Result.PASS

    @pytest.mark.parametrize(
        "record", ["include:loop.vn", "redirect=loop.vn", "include:b.loop.vn", "redirect=b.loop.vn"]
    )
    async def test_loops_end(self, lab: LabDns, resolver: Resolver, record: str) -> None:
        lab.set("loop.vn", f"TXT v=spf1 {record}")
        lab.set("b.loop.vn", f"TXT v=spf1 {record.replace('b.loop', 'loop')}")
        assert (await check(resolver, "a@loop.vn")).result is Result.PERMERROR

    async def test_a_bush_of_includes_ends(self, lab: LabDns, resolver: Resolver) -> None:
        for number in range(12):
            lab.set(f"n{number}.vn", "TXT v=spf1 " + " ".join(f"include:n{number + 1}.vn" for _ in range(9)))
        assert (await check(resolver, "a@n0.vn")).result is Result.PERMERROR
        assert len(lab.asked) <= 11

    async def test_many_mail_exchangers(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "TXT v=spf1 mx -all", *(f"MX {n} m{n}.vn" for n in range(11)))
        assert (await check(resolver)).result is Result.PERMERROR
        assert lab.count("m0.vn") == 0

    async def test_the_names_of_a_client_are_bounded(self, lab: LabDns, resolver: Resolver) -> None:
        names = [f"m{n}.evil.net" for n in range(40)]
        lab.reverse(IP, *names)
        for name in names:
            lab.set(name, "A 198.51.100.9")
        lab.set("example.vn", "TXT v=spf1 ptr ?all")
        assert (await check(resolver)).result is Result.NEUTRAL
        assert sum(asked.type == "A" for asked in lab.asked) == 10

    async def test_a_message_has_one_budget(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "TXT v=spf1 a:a.vn -all")
        lab.set("a.vn", f"A {IP}")
        found = await check_spf(resolver, Budget(queries=1), IP, "h.vn", "a@example.vn")
        assert (found.result, found.reason) == (Result.TEMPERROR, "DNS: budget")


class TestFaults:
    @pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in (Fault.SLOW, Fault.LOST_ONCE)])
    @pytest.mark.parametrize("name", ["example.vn", "a.vn"])
    async def test_dns_that_fails_is_never_a_pass(
        self, lab: LabDns, resolver: Resolver, hasty: Resolver, fault: Fault, name: str
    ) -> None:
        lab.set("example.vn", "TXT v=spf1 a:a.vn -all")
        lab.set("a.vn", "A 198.51.100.1")
        lab.misbehave(name, fault)
        overcome = fault in (Fault.TRUNCATED, Fault.WRONG_THEN_RIGHT)
        other = {Fault.OTHER_NAME: Result.NONE if name == "example.vn" else Result.FAIL}
        expected = Result.FAIL if overcome else other.get(fault, Result.TEMPERROR)
        asked = hasty if expected is Result.TEMPERROR else resolver
        assert (await check(asked)).result is expected

    async def test_a_reverse_zone_that_fails_is_no_match(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "TXT v=spf1 ptr ?all")
        lab.misbehave("1.2.0.192.in-addr.arpa", Fault.SERVFAIL)
        assert (await check(resolver)).result is Result.NEUTRAL

    async def test_the_reason_is_ours(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "TXT v=spf1 a:evil\x07(comment)%{z} -all")
        found = await check(resolver)
        assert found.result is Result.PERMERROR and "evil" not in found.reason

    async def test_the_loop_is_not_blocked(self, lab: LabDns, resolver: Resolver) -> None:
        lab.set("example.vn", "TXT v=spf1 a:a.vn mx -all", *(f"MX {n} m.vn" for n in range(5)))
        lab.set("m.vn", f"A {IP}")
        with blockbuster_ctx():
            assert (await check(resolver)).result is Result.PASS


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_any_record_sender_and_helo(lab: LabDns, record: bytes, mail_from: str, helo: str) -> None:
    async def run() -> Check:
        resolver = Resolver([lab.server])
        try:
            await check_spf(resolver, Budget(), IP, helo, mail_from)
            return await check_spf(resolver, Budget(), IP, helo, f"{mail_from}@example.vn")
        finally:
            await resolver.close()

    lab.set("example.vn", ("TXT", b"v=spf1 " + record))
    found = asyncio.run(run())
    assert found.reason.isascii() and found.domain == "example.vn"


TERMS = """
all a mx ptr a:a.vn a:a.vn/24 mx:b.vn//64 ptr:b.vn exists:%{ir}.a.vn include:b.vn include:c.vn include:none.vn
ip4:192.0.2.0/28 ip6:2001:db8::/32 ip4:192.0.2.300 a/33 mx/ foo redirect=c.vn redirect=none.vn x=y exists:%{d1r}.b.vn
a:%{p} exists:%{l}.%{o} a:none.vn
"""
CLIENTS = ["192.0.2.1", "192.0.2.9", "192.0.2.77", "2001:db8::5", "198.51.100.1"]


def _zone(rng: random.Random) -> dict[str, list[str]]:
    """Mail exchangers have both kinds of address, clients have names, no record includes itself. pyspf goes on asking
    after a match, counts a question again that it asked before, and calls a record that includes itself wrong before
    it reads it; RFC 7208 asks for none of these."""

    def record(domain: str) -> str:
        terms = [
            t for t in rng.sample(TERMS.split(), rng.randint(1, 5)) if not t.endswith((f":{domain}", f"={domain}"))
        ]
        return "TXT v=spf1 " + " ".join(rng.choice(["", "+", "-", "~", "?"]) * ("=" not in t) + t for t in terms)

    return {
        "example.vn": [record("example.vn"), "A 192.0.2.1", "AAAA 2001:db8:ffff::1", "MX 10 a.vn"],
        "a.vn": ["A 192.0.2.1", "A 192.0.2.200", "AAAA 2001:db8::5"],
        "b.vn": [record("b.vn"), "MX 1 a.vn", "MX 2 example.vn"],
        "c.vn": [record("c.vn"), "A 198.51.100.7"],
        **{ipaddress.ip_address(client).reverse_pointer: ["PTR mail.b.vn", "PTR a.vn"] for client in CLIENTS},
        "mail.b.vn": ["A 192.0.2.1", "AAAA 2001:db8::6"],
        "vn.b.vn": ["A 127.0.0.2"],
        "x.example.vn": ["A 127.0.0.3"],
    }


@pytest.mark.parametrize("seed", range(200))
async def test_pyspf_says_the_same(lab: LabDns, resolver: Resolver, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """An independent reading of the RFC, on random records."""
    rng = random.Random(seed)
    zone = _zone(rng)
    for name, records in zone.items():
        lab.set(name, *records)
    monkeypatch.setattr(pyspf, "DNSLookup", lambda name, kind, *_, **__: list(_lookup(zone, name, kind)))
    ip = rng.choice(CLIENTS)
    theirs, _, _ = pyspf.query(ip, "x@example.vn", "mail.b.vn").check()
    ours = await check(resolver, "x@example.vn", ip, "mail.b.vn")
    assert ours.result == theirs, (ip, zone)


def _lookup(zone: dict[str, list[str]], name: str, kind: str):
    for text in zone.get(name.lower().rstrip("."), []):
        found, value = text.split(" ", 1)
        if found == kind:
            data: object = value
            if kind == "TXT":
                data = (value.encode(),)
            elif kind == "MX":
                data = (int(value.split()[0]), value.split()[1])
            elif kind == "AAAA":
                data = ipaddress.ip_address(value).packed
            yield (name, kind), data
