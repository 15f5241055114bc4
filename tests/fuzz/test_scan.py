"""Invariant: whatever bytes come and however they are cut, the scan ends, names nothing twice, and finds the same tree.

A fixed number of cases, each from a seed, so that a failure can be had again: mutations of the corpus, spliced and cut.
"""

from __future__ import annotations

import random

import pytest

from tests.corpus.build import cases
from tests.unit.message.mail import cut, facts, scan, scan_pieces

_SEEDS = [case.raw for case in cases() if len(case.raw) < 8000]
_TOKENS = [
    b"\r\n",
    b"\n",
    b"\r",
    b"--b",
    b"--b--",
    b"=",
    b'"',
    b";",
    b"\r\n\r\n",
    b".",
    b"\0",
    b"\xff",
    b"Content-Type:",
]


def mutated(seed: int) -> bytes:
    """A message of the corpus, damaged a few times, sometimes inside another."""
    dice = random.Random(seed)
    data = bytearray(dice.choice(_SEEDS))
    for _ in range(dice.randint(1, 12)):
        at, what = dice.randrange(len(data) + 1), dice.randrange(5)
        if what == 0:
            data[at : at + dice.randint(0, 9)] = dice.choice(_TOKENS)
        elif what == 1:
            del data[at : at + dice.randint(1, 60)]
        elif what == 2:
            data[at:at] = data[: dice.randint(0, 300)]
        elif what == 3:
            other = dice.choice(_SEEDS)
            data[at:at] = other[dice.randrange(len(other)) :][:2000]
        else:
            data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 5)))
    return bytes(data)


@pytest.mark.parametrize("block", range(10))
def test_scan(block: int) -> None:
    for seed in range(block * 60, block * 60 + 60):
        data = mutated(seed)
        found = scan(data)
        assert len(set(found.defects)) == len(found.defects)
        dice = random.Random(-seed)
        places = [dice.randrange(len(data) + 1) for _ in range(dice.randint(1, 30))] if data else []
        assert facts(scan_pieces(cut(data, places))) == facts(found), f"seed {seed}"
