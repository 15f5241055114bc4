"""Authentication-Results: ours can be read by others, and those that speak in our name are found."""

from __future__ import annotations

import authres
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.domains import domain_of
from gateway.authentication.results import authentication_results, forged
from gateway.message.headers import fields_of
from gateway.who import Check, Method, Result

OURS = "gw.tinh.example"


def _read(field: bytes) -> authres.AuthenticationResultsHeader:
    """As the `authres` library reads it."""
    return authres.AuthenticationResultsHeader.parse(field.decode("ascii").replace("\r\n", "").rstrip())


CHECKS = (
    Check(Method.SPF, Result.SOFTFAIL, "a.example", "no mechanism matched", scope="mailfrom"),
    Check(Method.DKIM, Result.PASS, "a.example", selector="s1", agent="@a.example"),
    Check(Method.DKIM, Result.PERMERROR, "b.example", "no key in DNS", selector="s2", agent="An@x.b.example"),
    Check(Method.DMARC, Result.PASS, "a.example", policy="reject"),
    Check(Method.ARC, Result.TEMPERROR, "c.example", "no answer"),
)


def test_another_library_reads_ours() -> None:
    field = authentication_results(OURS, CHECKS, mail_from="an@a.example", helo="mx.a.example")
    read = _read(field)
    assert read.authserv_id == OURS
    assert [(one.method, one.result) for one in read.results] == [
        ("spf", "softfail"),
        ("dkim", "pass"),
        ("dkim", "permerror"),
        ("dmarc", "pass"),
        ("arc", "fail"),
    ]
    properties = [{f"{p.type}.{p.name}": p.value for p in one.properties} for one in read.results]
    assert properties[:4] == [
        {"smtp.mailfrom": "an@a.example"},
        {"header.d": "a.example", "header.s": "s1"},
        {"header.d": "b.example", "header.s": "s2", "header.i": "An@x.b.example"},
        {"header.from": "a.example"},
    ]
    assert read.results[0].reason == "no mechanism matched"
    assert b"dmarc=pass (p=reject)" in field


def test_nothing_checked_and_nothing_signed() -> None:
    assert authentication_results(OURS, ()) == b"Authentication-Results: gw.tinh.example;\r\n\tnone\r\n"
    field = authentication_results(OURS, [Check(Method.SPF, Result.NONE, scope="helo")], helo="mx.example")
    assert field == b"Authentication-Results: gw.tinh.example;\r\n\tdkim=none;\r\n\tspf=none smtp.helo=mx.example\r\n"


_ANY = st.text(max_size=80)


@given(_ANY, _ANY, _ANY, _ANY, _ANY, st.sampled_from(Method), st.sampled_from(Result), st.sampled_from(["", "helo"]))
def test_nothing_can_be_smuggled_in(
    domain: str, reason: str, selector: str, agent: str, sender: str, method: Method, result: Result, scope: str
) -> None:
    check = Check(method, result, domain, reason, selector, agent, scope, policy=reason)
    field = authentication_results(OURS, [check] * 2, mail_from=sender, helo=sender)
    lines = field.split(b"\r\n")
    assert lines[-1] == b""
    assert all(line.startswith(b"\t") for line in lines[1:-1])
    assert b"\r" not in field.replace(b"\r\n", b"")
    assert b"\n" not in field.replace(b"\r\n", b"")
    assert field.isascii()
    assert field.decode().replace("\r\n\t", "").strip().isprintable()
    read = _read(field)
    assert read.authserv_id == OURS
    assert [one.method for one in read.results if one.method != "dkim" or method is Method.DKIM] == [method.value] * 2


@pytest.mark.parametrize(
    ("name", "written"),
    [("cổng.example", b"xn--cng-qmz.example"), ("GW.Tinh.Example", b"gw.tinh.example"), ("cong thu", b'"cong thu"')],
)
def test_our_name_is_written_so_that_we_find_it_again(name: str, written: bytes) -> None:
    field = authentication_results(name, ())
    assert field.startswith(b"Authentication-Results: " + written + b";")
    assert forged(fields_of(field, 0, len(field)), (name,)) == [(0, len(field))]


def test_quotes_and_backslashes_stay_inside() -> None:
    field = authentication_results(OURS, [Check(Method.SPF, Result.FAIL, reason='a"b\\')])
    assert b'reason="a\\"b\\\\"\r\n' in field


def test_many_checks_are_cut() -> None:
    assert authentication_results(OURS, [CHECKS[1]] * 500).count(b"dkim=") == 20


CLAIMS = [
    "gw.tinh.example; spf=pass",
    "gw.tinh.example;",
    "gw.tinh.example",
    "gw.tinh.example 1; spf=pass",
    "gw.tinh.example (v) 1 (w); spf=pass",
    "GW.Tinh.EXAMPLE; spf=pass",
    "gw.tinh.example.; spf=pass",
    "(a (nested) comment \\) still) gw.tinh.example; spf=pass",
    "(" * 2000 + ")" * 2000 + "gw.tinh.example; spf=pass",
    "\r\n\tgw.tinh.example\r\n\t; spf=pass",
    '"gw.tinh.example"; spf=pass',
    '"gw.ti\\nh.example"; spf=pass',
    '"gw.tinh"".example"; spf=pass',
    "gw.tinh\t.example; spf=pass",
    "gw.tinh.example\x00; spf=pass",
    "gw.tinh\u200b.example; spf=pass",
    "ｇｗ.tinh.example; spf=pass",
    "=?utf-8?q?gw.tinh.example?=; spf=pass",
    "=?utf-8?b?Z3cudGluaC5leGFtcGxl?=; spf=pass",
    "(never closed gw.tinh.example; spf=pass",
    "never opened) gw.tinh.example; spf=pass",
    "gw.tinh.example/1; spf=pass",
    "gw.tinh.example spf=pass",
    "gw(x).tinh(y).example; spf=pass",
    "x.example, gw.tinh.example; spf=pass",
    "gw.tinh.example=; spf=pass",
    "<gw.tinh.example>; spf=pass",
]
OTHERS = [
    "mx.other.example; spf=pass smtp.mailfrom=gw.tinh.example",
    "mx.other.example (for gw.tinh.example); spf=pass",
    "mx.gw.tinh.example; none",
    "gw.tinh.example.org; none",
    "xgw.tinh.example; none",
    "tinh.example 1; none",
    "",
    "; none",
    "spf=pass (gw.other.example: domain designates) smtp.mailfrom=a@gw.tinh.example; none",
]


@pytest.mark.parametrize("value", CLAIMS)
def test_fields_in_our_name(value: str) -> None:
    assert _found(value), value


@pytest.mark.parametrize("value", OTHERS[:-1])
def test_fields_of_others_stay(value: str) -> None:
    assert not _found(value), value


def _found(value: str, ours: tuple[str, ...] = (OURS,)) -> bool:
    raw = b" " + value.encode() + b"\r\n"
    return forged([(b"authentication-results", raw, 3, 9)], ours) == [(3, 9)]


@pytest.mark.parametrize(
    ("ours", "value", "found"),
    [
        ("cổng.tỉnh.example", "", None),
        ("cổng.tỉnh.example", "cổng.tỉnh.example; spf=pass", True),
        ("cổng.tỉnh.example", "CỔNG.tỉnh.example; spf=pass", True),
        ("cổng.tỉnh.example", "cong.tinh.example; spf=pass", False),
        ("Cong Thu 1", '"cong thu 1"; spf=pass', True),
        ("congthu", "congthu; none", True),
        ("congthu", "congthu2; none", False),
        ("", "; none", False),
    ],
)
def test_names_that_are_no_plain_domain(ours: str, value: str, found: bool | None) -> None:
    if found is None:
        value = f"{domain_of(ours)}; spf=pass"
    assert _found(value, (ours,)) is (found is not False)


def test_the_ranges_are_of_whole_fields_in_order() -> None:
    header = (
        b"Received: a\r\n"
        b"Authentication-Results: gw.tinh.example;\r\n\tspf=pass\r\n"
        b"AUTHENTICATION-results : mx.other.example; none\r\n"
        b"X-Authentication-Results: gw.tinh.example; spf=pass\r\n"
        b"authentication-RESULTS\t: gw.tinh.example; dkim=pass\r\n"
        b"From: a@b.example\r\n"
    )
    ranges = forged(fields_of(header, 0, len(header)), (OURS,))
    assert [header[start:end] for start, end in ranges] == [
        b"Authentication-Results: gw.tinh.example;\r\n\tspf=pass\r\n",
        b"authentication-RESULTS\t: gw.tinh.example; dkim=pass\r\n",
    ]


@given(st.binary(max_size=300))
def test_any_value_has_an_answer(value: bytes) -> None:
    forged([(b"authentication-results", value, 0, 1)], (OURS, ""))


@given(
    st.lists(st.sampled_from(["(", ")", '"', "\\", " ", ";", "1", "gw.tinh.example", "x"]), max_size=12).map("".join)
)
def test_what_another_library_reads_as_ours_is_found(value: str) -> None:
    try:
        name = _read(f"Authentication-Results: {value}".encode()).authserv_id
    except Exception:  # whatever it makes of it, it names nobody
        return
    if name is not None and name.lower() == OURS:
        assert _found(value)


@pytest.mark.parametrize(
    "value", ["(" * 250_000, "\\(" * 120_000, '"' * 250_000, "=?q?" * 60_000, "a " * 120_000, "(a" * 99_999]
)
def test_long_values_take_linear_time(value: str) -> None:
    assert not _found(value)
