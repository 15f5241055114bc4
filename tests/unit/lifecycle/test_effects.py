"""What leaves this room: no address can break out of it."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.effects import Way, Ways, command, deny_file, webhook
from gateway.lifecycle.plan import Act, Step
from gateway.lifecycle.stages import Assessment, Phase

TEXT = st.text(st.characters(), max_size=40)


def step(address: str) -> Step:
    told = Assessment(address, Phase.TO_LOCK, 0.0, 1.0, datetime.date(2026, 6, 2), clause="Q4 8.1a")
    return Step(Act.LOCK, told, datetime.date(2026, 6, 3))


@given(st.lists(TEXT, max_size=5))
def test_a_deny_file_has_one_line_for_each_that_fits(addresses: list[str]) -> None:
    made = deny_file(addresses)
    lines = made.text.splitlines()
    assert lines[0].startswith("# ") and made.text.endswith("\n")
    assert sorted([*lines[1:], *made.refused]) == sorted(set(addresses))
    assert all(line.strip() == line and ":" not in line and not line.startswith("#") for line in lines[1:])


def test_a_deny_file_holds_addresses() -> None:
    made = deny_file(["b@x.example", "a@x.example", "a@x.example", "c:d@x.example", "e\n@x.example"])
    assert made.text.splitlines()[1:] == ["a@x.example", "b@x.example"]
    assert made.refused == ("c:d@x.example", "e\n@x.example")


@pytest.mark.parametrize("address", ["--all", "", "a\nb", "a\x00b", "a\u2028b"])
def test_no_command_for_what_could_be_an_option(address: str) -> None:
    assert command(step(address), ["lock", "{mailbox}"]) is None


def test_a_command_is_filled_once() -> None:
    made = command(
        step("{day}@x.example"), ["lock", "--user={mailbox}", "{act} {clause}", "{unknown}", "$(id);{deadline}"]
    )
    assert made == ["lock", "--user={day}@x.example", "lock Q4 8.1a", "{unknown}", "$(id);2026-06-02"]


@given(TEXT)
def test_a_webhook_is_json_for_any_address(address: str) -> None:
    body = json.loads(webhook([step(address)]))
    assert body["steps"][0]["mailbox"] == address and webhook([step(address)]).isascii()


def test_listing_is_the_default() -> None:
    assert Ways().of(Act.LOCK) == {Way.LIST} and not Ways().holds
    made = Ways({Act.LOCK: frozenset({Way.DENY})})
    assert made.of(Act.LOCK) == {Way.LIST, Way.DENY} and made.holds
