"""Every name that the journal may show of a sender stands in docs/sender.md."""

from __future__ import annotations

import re
from pathlib import Path

import gateway.authentication
from gateway.who import Proof, Result

ROOM = Path(gateway.authentication.__file__).parent
PAGE = (Path(__file__).parents[3] / "docs" / "sender.md").read_text(encoding="utf-8")
_DISPUTED = re.compile(
    r'(?:dispute\(|stray\(.*, |disputes\[|problems\[|problem=|return )"([a-z0-9-]+)"|^    \("([a-z-]+)", re\.',
    re.MULTILINE,
)
_WHY = re.compile(
    r'(?<=")(?:dkim-[a-z-]+|[a-z]+-(?:author|authors|mismatch|other|unknown|proof))(?=")|reverse-path-other'
)


def documented(names: set[str]) -> None:
    assert names
    assert not {name for name in names if f"`{name}`" not in PAGE}


def test_disputes() -> None:
    sources = [path.read_text(encoding="utf-8") for path in ROOM.glob("sender*.py")]
    found = {match[1] or match[2] for source in sources for match in _DISPUTED.finditer(source)}
    assert {"address-in-name", "no-from", "header-end", "look-alike", "comment", "too-many"} <= found
    documented(found | {"several-from", "several-sender", "several-reply-to"})


def test_why_no_mailbox_is_proved() -> None:
    found = {name for path in ("identity.py", "bound.py") for name in _WHY.findall((ROOM / path).read_text("utf-8"))}
    assert {"dkim-replayed", "login-other", "sender-mismatch", "no-proof", "several-authors"} <= found
    failed = {f"dkim-{result}" for result in Result if result not in (Result.PASS, Result.SOFTFAIL, Result.NONE)}
    documented(found | failed | {"disputed"})


def test_proofs() -> None:
    documented({proof.value for proof in Proof if proof is not Proof.NONE} | {"owner", "delegate"})
