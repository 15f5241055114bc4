"""The digest: keyed, a mailbox's own, and so short that many passwords share it."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gateway.passwords.digest import digest_of

KEY = b"k" * 32


@given(st.binary(min_size=1, max_size=64), st.text(max_size=40), st.binary(max_size=200))
def test_eight_bits_and_always_the_same(key: bytes, mailbox: str, password: bytes) -> None:
    assert 0 <= digest_of(key, mailbox, password) < 256
    assert digest_of(key, mailbox, password) == digest_of(key, mailbox, password)


def test_many_passwords_share_one() -> None:
    counts = Counter(digest_of(KEY, "a@x.example", b"%d" % number) for number in range(25_600))
    assert len(counts) == 256
    assert 50 < min(counts.values()) <= max(counts.values()) < 160  # 100 each, give or take


def test_key_and_mailbox_change_it() -> None:
    passwords = [b"%d" % number for number in range(2000)]
    own = [digest_of(KEY, "a@x.example", one) for one in passwords]
    for other in (
        [digest_of(b"K" * 32, "a@x.example", one) for one in passwords],
        [digest_of(KEY, "b@x.example", one) for one in passwords],
        [hashlib.sha256(one).digest()[0] for one in passwords],
    ):
        assert sum(one == two for one, two in zip(own, other, strict=True)) < 40  # 8, give or take


def test_name_and_password_cannot_be_shifted_into_each_other() -> None:
    pairs = [(f"a{number}", b"b") for number in range(200)]
    shifted = [("a", f"{number}b".encode()) for number in range(200)]
    same = sum(digest_of(KEY, *one) == digest_of(KEY, *two) for one, two in zip(pairs, shifted, strict=True))
    assert same < 20


def test_it_is_the_first_octet_of_an_hmac() -> None:
    """So that a digest of today is known after an upgrade, and a password is not thought to be changed."""
    assert digest_of(KEY, "a@x", b"pw") == hmac.new(KEY, b"\0\0\0\x03a@xpw", hashlib.sha256).digest()[0]
