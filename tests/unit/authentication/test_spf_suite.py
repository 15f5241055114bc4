"""The published RFC 7208 test suite, every test, through a real DNS server (tests/data/spf says where it is from)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.authentication.answer import Budget
from gateway.authentication.resolver import Resolver, ResolverLimits
from gateway.authentication.spf import check_spf
from tests.lab_dns import Fault, LabDns

DATA = Path(__file__).parents[2] / "data" / "spf" / "rfc7208.json"
SECTIONS: list[dict[str, Any]] = json.loads(DATA.read_text())
CASES = [(section, name) for section in SECTIONS for name in section["tests"]]
TYPES = ("A", "AAAA", "MX", "TXT", "PTR", "CNAME")
HASTY = ResolverLimits(attempt=1.0, lookup=1.0)  # where a zone has names that nobody answers for


def _fill(lab: LabDns, zone: dict[str, list[list[Any]]]) -> None:
    """The suite's zones: records of type SPF are TXT records where the name has no TXT of its own."""
    for name, records in zone.items():
        if not _possible(name):
            continue
        own = any(kind == "TXT" for kind, _ in records)
        values = [("TXT" if kind == "SPF" and not own else kind, value) for kind, value in records]
        present = [(kind, _value(kind, value)) for kind, value in values if kind in TYPES and value != "NONE"]
        lab.set(name, *present)
        if ["TIMEOUT", ""] in records:
            for kind in set(TYPES) - {kind for kind, _ in present}:
                lab.misbehave(name, Fault.TIMEOUT, kind)


def _value(kind: str, value: Any) -> object:
    if kind == "TXT":
        return [text.encode("utf-8") for text in ([value] if isinstance(value, str) else value or [""])]
    return f"{value[0]} {value[1]}" if kind == "MX" else value


def _possible(name: str) -> bool:
    return all(0 < len(label) < 64 for label in name.rstrip(".").split("."))


@pytest.fixture(scope="module")
def lab():
    with LabDns() as server:
        yield server


@pytest.mark.parametrize(("section", "name"), CASES, ids=[name for _, name in CASES])
async def test_the_published_suite(lab: LabDns, section: dict[str, Any], name: str) -> None:
    lab.clear()
    _fill(lab, section["zone"])
    test = section["tests"][name]
    silent = any(["TIMEOUT", ""] in records for records in section["zone"].values())
    resolver = Resolver([lab.server], HASTY if silent else None)
    check = await check_spf(resolver, Budget(), test["host"], test["helo"], test["mailfrom"])
    await resolver.close()
    assert check.result in test["result"], check


def test_the_suite_is_whole() -> None:
    assert (len(SECTIONS), len(CASES)) == (16, 203)
