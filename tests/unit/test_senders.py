"""Whose a login is, and who may send as whom."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway.senders import address_of_login, is_of, mailbox_named, mailbox_of_login, may_send_as, same_address
from gateway.who import Channel, Kind, Mailbox, NoDirectory, State

ANH = Mailbox("nvanh@tinh.example", Kind.PERSONAL, aliases=("anh@tinh.example",))
BINH = Mailbox("ttbinh@tinh.example", Kind.PERSONAL)
UNIT = Mailbox("vp@tinh.example", Kind.UNIT, delegates=("anh@tinh.example", "x@khac.example"))
OURS = frozenset({"tinh.example"})


class Small(NoDirectory):
    """A directory that also follows sub-addresses, as the real one may."""

    def __init__(self, *mailboxes: Mailbox) -> None:
        self._all = mailboxes

    def find(self, address: str) -> Mailbox | None:
        local, _, domain = address.lower().rpartition("@")
        key = f"{local.partition('+')[0]}@{domain}"
        return next((one for one in self._all if key in (one.key, *one.aliases)), None)

    def channels(self, address: str) -> Sequence[Channel]:
        return ()


BOOK = Small(ANH, BINH, UNIT)


@pytest.mark.parametrize("login", ["nvanh@tinh.example", "NVAnh@Tinh.example", "anh@tinh.example", "nvanh", "anh"])
def test_a_login_s_mailbox(login: str) -> None:
    assert mailbox_of_login(login, BOOK, OURS) is ANH


@pytest.mark.parametrize(
    "login",
    ["", "?", "khac", "nvanh+x", "nvanh+x@tinh.example", "nvanh@khac.example", "TINH\\nvanh", "nv anh", "n\u212ah"],
)
def test_a_login_that_is_nobody_s(login: str) -> None:
    assert mailbox_of_login(login, BOOK, OURS) is None


@pytest.mark.parametrize("domains", [[], ["tinh.example", "khac.example"], ["*.tinh.example"]])
def test_a_bare_login_is_nobody_s_where_its_domain_is_not_plain(domains: list[str]) -> None:
    assert address_of_login("nvanh", domains) == ""
    assert address_of_login("nvanh@tinh.example", domains) == "nvanh@tinh.example"


@pytest.mark.parametrize("login", ["?", "", "a b", "TINH\\a", "n\u212a", "a" * 65])
def test_a_login_that_is_no_local_part_stands_for_nothing(login: str) -> None:
    assert address_of_login(login, OURS) == ""


def test_a_realm_for_bare_logins() -> None:
    domains = ["tinh.example", "khac.example"]
    assert address_of_login("nvanh", domains, "tinh.example") == "nvanh@tinh.example"
    assert mailbox_of_login("nvanh", BOOK, domains, "tinh.example") is ANH
    assert mailbox_of_login("nvanh", BOOK, domains, "khac.example") is None


def test_a_mailbox_is_named_exactly() -> None:
    assert mailbox_named("ANH@tinh.example", BOOK) is ANH
    assert mailbox_named("nvanh+tin@tinh.example", BOOK) is None
    assert is_of("nvanh@tinh.example", ANH)
    assert not is_of("ttbinh@tinh.example", ANH)


@pytest.mark.parametrize(
    ("who", "other", "may"),
    [
        (ANH, ANH, True),
        (ANH, UNIT, True),
        (BINH, UNIT, False),
        (ANH, BINH, False),
        (UNIT, ANH, False),
        (ANH, Mailbox("b@tinh.example", Kind.PERSONAL, delegates=("nvanh@tinh.example",)), False),
        (ANH, Mailbox("may@tinh.example", Kind.SERVICE, delegates=("NVAnh@tinh.example",)), True),
        (Mailbox("nvanh@tinh.example", Kind.PERSONAL, state=State.LOCKED), UNIT, False),
    ],
)
def test_who_may_send_as_whom(who: Mailbox, other: Mailbox, may: bool) -> None:
    assert may_send_as(who, other) is may


def test_a_locked_delegate_uses_no_other_mailbox() -> None:
    unit = Mailbox("vp@tinh.example", Kind.UNIT, delegates=("nvanh@tinh.example",))
    assert may_send_as(Mailbox("nvanh@tinh.example", Kind.PERSONAL), unit)
    for state in (State.LOCKED, State.RECLAIMED):
        assert not may_send_as(Mailbox("nvanh@tinh.example", Kind.PERSONAL, state=state), unit)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a@tinh.example", "A@TINH.EXAMPLE", True),
        ("a@tỉnh.example", f"a@{'tỉnh.example'.encode('idna').decode()}", True),
        ("a@tỉnh.example", "a@tinh.example", False),
        ("a@.tỉnh", "a@.tỉnh", True),
        ("a@.tỉnh", "a@tỉnh", False),
        ("a@tinh.example", "b@tinh.example", False),
    ],
)
def test_addresses_are_compared_by_case_and_script(one: str, other: str, same: bool) -> None:
    assert same_address(one, other) is same
