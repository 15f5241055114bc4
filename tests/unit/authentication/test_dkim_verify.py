"""DKIM verification: what passes, what does not and why, and that nothing hostile raises, waits or grows."""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.authentication.answer import Budget
from gateway.authentication.dkim_header import Header, signed_text
from gateway.authentication.dkim_keys import _ed25519, _rsa
from gateway.authentication.dkim_verify import LIMITS, check_dkim
from gateway.authentication.keys import SigningKey
from gateway.authentication.signing import SigningProfile
from gateway.who import Check, Method, Result
from tests.unit.authentication.dkim_support import (
    BODY,
    DOMAIN,
    HEADER,
    NOW,
    Kept,
    Table,
    key,
    published,
    sign,
    split,
    verified,
    verify,
)

MESSAGE = HEADER + b"\r\n" + BODY
SIMPLE = SigningProfile(relaxed_header=False, relaxed_body=False)


async def _one(message: bytes, table: Table | None = None, now: float = NOW) -> Check:
    (check,) = await verify(message, table or published(key()), now)
    return check


async def test_an_unsigned_message_has_no_checks_and_asks_nothing() -> None:
    table = published(key())
    assert await verify(MESSAGE, table) == ()
    assert table.asked == []


async def test_what_a_passing_check_tells() -> None:
    check = await _one(await sign(MESSAGE, key()) + MESSAGE)
    assert (check.method, check.result, check.domain, check.selector) == (Method.DKIM, Result.PASS, DOMAIN, "s1")
    assert (check.agent, check.signed_at, check.expires, check.partial) == (f"@{DOMAIN}", NOW, 0, False)
    assert check.signed.count("from") == 2  # once more than it is there
    assert {"to", "date", "message-id", "subject", "content-type", "mime-version"} <= set(check.signed)
    assert re.fullmatch("[0-9a-f]{64}", check.digest)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize("profile", [SIMPLE, SigningProfile()])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<phuong1.q4@", b"<phuong2.q4@"),
        (b"Danh   sach", b"Danh sac"),
        (b"q4@tphcm", b"q4@tphcn"),
        (b"d\xc3\xb2ng", b"dong"),
        (b"\r\n.\r\n", b"\r\n..\r\n"),
        (b"Date: ", b"From: <b@example.org>\r\nDate: "),
        (b"\r\nDate: ", b"\r\nDate: Mon, 21 Sep 2026 10:00:00 +0700\r\nDate: "),
    ],
)
async def test_any_change_fails(kind: str, profile: SigningProfile, old: bytes, new: bytes) -> None:
    one = key(kind)
    signed = await sign(MESSAGE, one, profile=profile) + MESSAGE
    check = await _one(signed.replace(old, new, 1), published(one))
    assert check.result is Result.FAIL
    assert check.digest == ""


@pytest.mark.parametrize(
    ("old", "new"), [(b"  hai", b"hai"), (b"d\xc3\xb2ng ", b"d\xc3\xb2 ng"), (b"\r\n.", b".")], ids=["w", "s", "l"]
)
async def test_relaxed_does_not_forgive_words_made_or_joined(old: bytes, new: bytes) -> None:
    signed = await sign(MESSAGE, key()) + MESSAGE
    assert (await _one(signed.replace(old, new))).result is Result.FAIL


async def test_relaxed_forgives_what_relays_do() -> None:
    signed = await sign(MESSAGE, key()) + MESSAGE
    changed = (
        signed.replace(b"Subject:  Danh   sach\t hop", b"SUBJECT : Danh\r\n sach hop")
        .replace(b"  hai  \t d", b" hai\td")
        .removesuffix(b"\r\n\r\n")
    )
    assert changed != signed
    assert (await _one(changed)).result is Result.PASS
    strict = await sign(MESSAGE, key(), profile=SIMPLE) + MESSAGE
    assert (await _one(strict.replace(b"SUBJECT", b"x").replace(b"Subject:  D", b"Subject: D"))).result is Result.FAIL


async def _with_tags(change: Callable[[bytes], bytes]) -> Check:
    """A true signature whose tags were changed before it was verified: its form is judged first."""
    signature = await sign(MESSAGE, key())
    changed = change(signature)
    assert changed != signature
    return await _one(changed + MESSAGE)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (rb"v=1", b"v=2", "unknown version"),
        (rb"v=1; ", b"", "no v="),
        (rb"a=rsa-sha256", b"a=rsa-md5", "unknown algorithm"),
        (rb"c=relaxed/relaxed", b"c=loose", "unknown canonicalization"),
        (rb"c=relaxed/relaxed", b"c=relaxed/", None),
        (rb"d=[^;]+", b"d=", "no d="),
        (rb"d=[^;]+", b'd=q4"x.example', "d= is not a domain"),
        (rb"d=[^;]+", b"d=example", "d= is not a domain"),
        (rb"d=[^;]+", b"d=.example.org", "d= is not a domain"),
        (rb"d=[^;]+", b"d=example.org.", "d= is not a domain"),
        (rb"d=[^;]+", b"d=a b.example", "d= is not a domain"),
        (rb"d=[^;]+", b"d=192.0.2.1", "d= is not a domain"),
        (rb"d=[^;]+", b"d=" + b"a." * 126 + b"vn", "d= is not a domain"),
        (rb"d=[^;]+", b"d=\xff\xfe.example", "a tag is not UTF-8"),
        (rb"d=[^;]+", b"d=a\x00.example", "a tag has control characters"),
        (rb"s=s1", b"s=", "no s="),
        (rb"s=s1", b"s=s1;s=s1", "a tag stands twice"),
        (rb"s=s1", b"s=../s1", "s= is not a selector"),
        (rb"s=s1", b"s=a\xc3\xa9", "s= is not a selector"),
        (rb"s=s1", b"s=" + b"a." * 120 + b"a", "s= and d= are too long"),
        (rb"s=s1", b"s=s1; q=http", "unknown way to query for the key"),
        (rb"s=s1", b"s=s1; i=@example.org", "i= does not belong to d="),
        (rb"s=s1", b"s=s1; i=xphuong1.q4.example", "i= does not belong to d="),
        (rb"s=s1", b"s=s1; i=a@x" + DOMAIN.encode(), "i= does not belong to d="),
        (rb"s=s1", b"s=s1; x=10", "x= is not after t="),
        (rb"s=s1", b"s=s1; l=-1", "l= is no number"),
        (rb"s=s1", b"s=s1; l=" + b"9" * 77, "l= is no number"),
        (rb"t=\d+", b"t=now", "t= is no number"),
        (rb"h=from", b"h=to", None),
        (rb"h=[^;]+", b"h=to:date", "From is not signed"),
        (rb"h=[^;]+", b"h=from::to", "h= names what is no header field"),
        (rb"h=[^;]+", b"h=from" + b":a" * 300, "h= names too many fields"),
        (rb"h=[^;]+", b"h=from:t o", "h= names what is no header field"),
        (rb"bh=[^;]+", b"bh=AAAA", "bh= has the wrong length"),
        (rb"bh=[^;]+", b"bh=A", "bh= is no base64"),
        (rb"\tb=.*", b"\tb=!\r\n", "b= is no base64"),
        (rb"\tb=.*", b"\tb=\r\n", "no b="),
        (rb": v=1", b": =; v=1", "not a tag list"),
        (rb": v=1", b": ;v=1", "not a tag list"),
        (rb": v=1", b": " + b"z=1;" * 70 + b"v=1", "too many tags"),
        (rb": v=1", b": z=" + b"a" * 17_000 + b";v=1", "tag list is too long"),
    ],
)
async def test_the_form_is_strict(old: bytes, new: bytes, reason: str | None) -> None:
    check = await _with_tags(lambda signature: re.sub(old, lambda _: new, signature, count=1, flags=re.DOTALL))
    assert check.result is (Result.FAIL if reason is None else Result.PERMERROR)
    if reason is not None:
        assert check.reason == reason


async def test_a_d_with_a_quote_is_not_looked_up() -> None:
    table = Table({})
    await verify((await sign(MESSAGE, key())).replace(b"d=phuong1", b'd=phuo"1') + MESSAGE, table)
    assert table.asked == []


@pytest.mark.parametrize(
    ("seconds", "life", "result", "reason"),
    [
        (0, 600, Result.PASS, ""),
        (600 + 300, 600, Result.PASS, ""),
        (600 + 301, 600, Result.FAIL, "the signature has expired"),
        (-300, 0, Result.PASS, ""),
        (-301, 0, Result.FAIL, "signed in the future"),
    ],
)
async def test_times(seconds: int, life: int, result: Result, reason: str) -> None:
    signed = await sign(MESSAGE, key(), profile=SigningProfile(life=life)) + MESSAGE
    check = await _one(signed, now=NOW + seconds)
    assert (check.result, check.reason, check.expires) == (result, reason, NOW + life if life else 0)


def _record(change: Callable[[str], str], kind: str = "rsa") -> Table:
    one = key(kind)
    return Table({one.record_name: [change(one.record).encode()]})


@pytest.mark.parametrize(
    ("change", "result", "reason"),
    [
        (lambda r: r.removeprefix("v=DKIM1; "), Result.PASS, ""),
        (lambda r: r.replace("k=rsa; ", ""), Result.PASS, ""),
        (lambda r: r + ";", Result.PASS, ""),
        (lambda r: r.replace("; ", ";; "), Result.PASS, ""),
        (lambda r: r + "; s=email; h=sha1:sha256; t=s; n=note", Result.PASS, ""),
        (lambda r: re.sub("p=(.{50})", r"p=\1 ", r), Result.PASS, ""),
        (lambda r: r + "; t=y", Result.PASS, "the key is marked as being tested"),
        (lambda r: "k=rsa; v=DKIM1; " + r.partition("k=rsa; ")[2], Result.PERMERROR, "the record is no DKIM key"),
        (lambda r: r.replace("DKIM1", "dkim1"), Result.PERMERROR, "the record is no DKIM key"),
        (lambda r: re.sub("p=.*", "p=", r), Result.PERMERROR, "the key was revoked"),
        (lambda r: "v=DKIM1; k=rsa", Result.PERMERROR, "the record has no key"),
        (lambda r: "v=spf1 -all", Result.PERMERROR, "the record is no DKIM key"),
        (lambda r: r + "; s=tlsrpt", Result.PERMERROR, "the key is not for mail"),
        (lambda r: r + "; h=sha1", Result.PERMERROR, "the key is not for sha256"),
        (lambda r: r.replace("k=rsa", "k=ecdsa"), Result.PERMERROR, "unknown kind of key"),
        (lambda r: r.replace("k=rsa", "k=ed25519"), Result.PERMERROR, "the key cannot be read"),
        (lambda r: r[:-21], Result.PERMERROR, "p= is no base64"),
        (lambda r: r.replace("p=", "p=!"), Result.PERMERROR, "p= is no base64"),
        (lambda r: re.sub("p=.*", "p=QUJD", r), Result.PERMERROR, "the key cannot be read"),
        (lambda r: re.sub("p=.*", "p=" + "QUJD" * 5000, r), Result.PERMERROR, "tag list is too long"),
        (lambda r: key("rsa", number=1).record, Result.FAIL, "the signature does not fit the header"),
        (lambda r: key("ed25519").record, Result.PERMERROR, "the key is of another kind than a="),
    ],
)
async def test_key_records(change: Callable[[str], str], result: Result, reason: str) -> None:
    check = await _one(await sign(MESSAGE, key()) + MESSAGE, _record(change))
    assert (check.result, check.reason) == (result, reason)


@pytest.mark.parametrize("octets", [0, 31, 33])
async def test_ed25519_keys_have_one_length(octets: int) -> None:
    one = key("ed25519")
    record = f"v=DKIM1; k=ed25519; p={b64encode(bytes(octets)).decode() or 'AAAA'}".encode()
    check = await _one(await sign(MESSAGE, one) + MESSAGE, Table({one.record_name: [record]}))
    assert (check.result, check.reason) == (Result.PERMERROR, "the key cannot be read")


async def test_a_testing_key_s_failure_is_no_failure() -> None:
    signed = await sign(MESSAGE, key()) + MESSAGE.replace(b"Danh ", b"Dan ")
    check = await _one(signed, _record(lambda record: record + "; t=y"))
    assert check.result is Result.NEUTRAL


async def test_a_subdomain_in_i_needs_a_key_that_allows_it() -> None:
    one = key()
    signed = (await _resigned(b"s=s1", b"s=s1; i=An@van.sub." + DOMAIN.encode(), one)) + MESSAGE
    assert (await _one(signed)).agent == f"An@van.sub.{DOMAIN}"
    assert (await _one(signed)).result is Result.PASS
    check = await _one(signed, _record(lambda record: record + "; t=s"))
    assert (check.result, check.reason) == (Result.PERMERROR, "i= is a subdomain, which the key forbids")


async def _resigned(old: bytes, new: bytes, one: SigningKey, message: bytes = MESSAGE) -> bytes:
    """A signature of ours with other tags, signed anew."""
    text = (await sign(message, one, profile=SIMPLE)).replace(old, new, 1)
    unsigned = text[: text.index(b"\tb=") + 3] + b"\r\n"
    header = Header(unsigned + split(message)[0], 1000)
    names = b"".join((re.search(rb"h=([^;]+)", text) or [b"", b""])[1].split()).split(b":")
    signed = signed_text(header, names, header.fields[0], relaxed=False)
    return unsigned[:-2] + b64encode(one.sign(hashlib.sha256(signed).digest())) + b"\r\n"


@pytest.mark.parametrize(("length", "added", "result", "partial"), [
    (0, b"", Result.FAIL, True),
    (None, b"", Result.PASS, False),
    (None, b"them vao\r\n", Result.PASS, True),
    (10_000, b"", Result.FAIL, False),
])  # fmt: skip
async def test_a_body_length(length: int | None, added: bytes, result: Result, partial: bool) -> None:
    canonical = BODY.rstrip(b"\r\n") + b"\r\n"
    message = HEADER + b"\r\n" + canonical
    given = len(canonical) if length is None else length
    check = await _one(await _resigned(b"; t=", b"; l=%d; t=" % given, key(), message) + message + added)
    assert (check.result, check.partial) == (result, partial)


async def test_dns_that_does_not_answer() -> None:
    check = await _one(await sign(MESSAGE, key()) + MESSAGE, Table({key().record_name: "timeout"}))
    assert (check.result, check.reason) == (Result.TEMPERROR, "no answer from DNS for the key (timeout)")
    check = await _one(await sign(MESSAGE, key()) + MESSAGE, Table())
    assert (check.result, check.reason) == (Result.PERMERROR, "no key in DNS")


async def test_other_records_under_the_name_do_not_matter() -> None:
    one = key()
    table = Table({one.record_name: [b"v=spf1 -all", b"\xff\x00", one.record.encode()]})
    assert (await _one(await sign(MESSAGE, one) + MESSAGE, table)).result is Result.PASS


async def test_old_ways_are_policy() -> None:
    check = await _with_tags(lambda signature: signature.replace(b"rsa-sha256", b"rsa-sha1"))
    assert (check.result, check.reason) == (Result.POLICY, "rsa-sha1 is not accepted (RFC 8301)")
    small = _small_key(768).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    table = Table({key().record_name: [b"v=DKIM1; p=" + b64encode(small)]})
    check = await _one(await sign(MESSAGE, key()) + MESSAGE, table)
    assert (check.result, check.reason) == (Result.POLICY, "key of 768 bits")


def _small_key(bits: int) -> RSAPublicKey:
    return RSAPublicNumbers(65537, (1 << (bits - 1)) + 1).public_key()


@pytest.mark.parametrize(("modulus", "exponent"), [(1 << 4096, 65537), (1 << 2047, (1 << 33) + 1)])
def test_large_keys_are_not_taken(modulus: int, exponent: int) -> None:
    octets = RSAPublicNumbers(exponent, modulus + 1).public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    assert _rsa(octets) == "the key is too large"


def test_junk_keys_are_texts() -> None:
    assert isinstance(_rsa(b""), str)
    assert isinstance(_ed25519(b""), str)


async def test_several_signatures_each_have_their_check() -> None:
    keys = [key("rsa"), key("ed25519", selector="e1"), key("rsa", domain="q4.example")]
    first = await sign(MESSAGE, *keys[:2])
    assert first.count(b"DKIM-Signature: ") == 2
    other = await sign(MESSAGE, keys[2], domain="a.q4.example")
    table = published(*keys)
    checks = await verify(other + first + MESSAGE, table)
    assert [(c.result, c.domain, c.selector) for c in checks] == [
        (Result.PASS, "q4.example", "s1"),
        (Result.PASS, DOMAIN, "s1"),
        (Result.PASS, DOMAIN, "e1"),
    ]
    assert len({check.digest for check in checks}) == 3
    table.records[keys[1].record_name] = "servfail"
    checks = await verify(other + first + MESSAGE.replace(b"Danh ", b"Dan "), table)
    assert [c.result for c in checks] == [Result.FAIL, Result.FAIL, Result.TEMPERROR]


async def test_the_digest_names_what_was_signed_not_its_spelling() -> None:
    signature = await sign(MESSAGE, key())
    spelled = signature.replace(b"\tb=", b"\tb= \t ").replace(b"DKIM-Signature:", b"Dkim-SIGNATURE :")
    assert spelled != signature
    one, other = await _one(signature + MESSAGE), await _one(spelled + b"Received: x\r\n" + MESSAGE)
    assert one.digest == other.digest != ""


async def test_only_the_first_signatures_are_looked_at() -> None:
    table = published(key())
    junk = b"".join(b"DKIM-Signature: v=1; d=a%d.example; s=x; a=rsa-sha256\r\n" % n for n in range(100))
    checks = await verify(junk + await sign(MESSAGE, key()) + MESSAGE, table)
    assert len(checks) == LIMITS.signatures
    assert table.asked == []  # their form is bad, so nobody asks for their keys


async def test_one_key_is_asked_for_once() -> None:
    table = published(key())
    signature = await sign(MESSAGE, key())
    checks = await verify(signature * LIMITS.signatures + MESSAGE, table)
    assert [check.result for check in checks] == [Result.PASS] * LIMITS.signatures
    assert table.asked == [key().record_name]


@pytest.mark.parametrize("change", [
    lambda m: m.replace(b"Subject:", b"Subject"),
    lambda m: m.replace(b"To: q4", b"\x00To: q4"),
    lambda m: b" folded first\r\n" + m,
    lambda m: b"From x@y Mon\r\n" + m,
    lambda m: b"X: y\r\n" * 1001 + m,
    lambda m: b"X: " + b"y" * 300_000 + b"\r\n" + m,
])  # fmt: skip
async def test_a_header_that_is_none_is_a_permerror(change: Callable[[bytes], bytes]) -> None:
    check = await _one(change(await sign(MESSAGE, key()) + MESSAGE))
    assert check.result is Result.PERMERROR


@pytest.mark.parametrize("cut", [2, -2, -9])
async def test_a_header_that_is_not_all_there_is_a_permerror(cut: int) -> None:
    """Where the scan ended the header early or late, others may read fields that no signature was asked about."""
    signed = await sign(MESSAGE, key()) + MESSAGE
    header, start = split(signed)
    (check,) = await check_dkim(published(key()), Budget(), header, Kept(signed), start + cut, NOW)
    assert (check.result, check.reason) == (Result.PERMERROR, "the header does not end where the body begins")


async def test_a_message_that_is_only_a_header() -> None:
    signed = await sign(HEADER, key()) + HEADER
    assert split(signed)[1] == len(signed)
    assert (await _one(signed)).result is Result.PASS


async def test_a_body_that_is_gone_is_a_temperror() -> None:
    signed = await sign(MESSAGE, key()) + MESSAGE
    checks = await verify(signed, published(key()), content=Kept(signed, file=True, lost=2))
    assert [check.result for check in checks] == [Result.TEMPERROR]


async def test_a_large_header_and_body_leave_the_loop_free() -> None:
    body = b"Q" * 76 + b"\r\n"
    message = HEADER + b"X-Long: " + b"z " * 60_000 + b"\r\n\r\n" + body * 270_000
    signed = await sign(message, key()) + message
    header, start = split(signed)
    task = asyncio.ensure_future(
        check_dkim(published(key()), Budget(), header, Kept(signed, file=True), start, NOW, LIMITS)
    )
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10, "how many there are says what else the machine does"
    assert [check.result for check in task.result()] == [Result.PASS]


_TAG_VALUES = st.sampled_from(
    [b"1", b"rsa-sha256", b"ed25519-sha256", b"relaxed", b"simple/relaxed", DOMAIN.encode(), b"s1", b"from:to", b"QUJD"]
) | st.binary(max_size=12)
_TAGS = st.lists(
    st.tuples(
        st.sampled_from([b"v", b"a", b"b", b"bh", b"c", b"d", b"h", b"i", b"l", b"q", b"s", b"t", b"x"]), _TAG_VALUES
    ),
    max_size=12,
)


@settings(max_examples=150)
@given(_TAGS, st.binary(max_size=40), st.sampled_from([b"; ", b";", b";\r\n\t", b" ; "]))
def test_nothing_raises_and_nothing_passes(tags: list[tuple[bytes, bytes]], junk: bytes, between: bytes) -> None:
    signature = b"DKIM-Signature: " + between.join(name + b"=" + value for name, value in tags) + b"\r\n"
    checks = verified(signature + HEADER + b"\r\n" + junk, published(key()))
    assert not any(check.result is Result.PASS for check in checks)
    assert all(check.reason and check.reason.isascii() and check.reason.isprintable() for check in checks)


@settings(max_examples=150)
@given(st.binary(max_size=60), st.integers(0, 700), st.integers(0, 8))
def test_damage_anywhere_never_raises(junk: bytes, at: int, cut: int) -> None:
    message = _signed()
    changed = message[:at] + junk + message[at + cut :]
    for check in verified(changed, published(key())):
        assert check.reason.isascii()
        if check.result is Result.PASS:
            assert split(changed)[0].lower().count(b"\nfrom:") <= 1


def _signed() -> bytes:
    return asyncio.run(sign(MESSAGE, key())) + MESSAGE


@given(st.binary(max_size=200))
def test_any_record_is_an_answer(record: bytes) -> None:
    (check,) = verified(_signed(), Table({key().record_name: [record]}))
    assert check.result in (Result.PERMERROR, Result.POLICY)
