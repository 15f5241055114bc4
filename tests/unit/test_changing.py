"""Several changes as one: all of them, in their order, or none."""

from __future__ import annotations

from gateway.changing import Change, quick, together


def noted(name: str, told: list[str]) -> Change:
    async def commit() -> None:
        told.append(f"commit {name}")

    return Change(commit, lambda: told.append(f"discard {name}"))


async def test_together_they_come_into_force_in_their_order() -> None:
    told: list[str] = []
    await together([noted("a", told), quick(lambda: told.append("quick")), noted("b", told)]).commit()
    assert told == ["commit a", "quick", "commit b"]


def test_what_was_opened_last_is_closed_first() -> None:
    told: list[str] = []
    together([noted("a", told), quick(lambda: told.append("quick")), noted("b", told)]).discard()
    assert told == ["discard b", "discard a"]
