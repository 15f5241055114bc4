"""Anchors: the lines of the log that say where a chain stood, read back from wherever the log was kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from gateway.journal.verify import Anchor


def read_anchors(path: Path) -> Iterator[Anchor]:
    """Every readable `journal.anchor` line of a log in JSON lines; other lines are passed over. OSError."""
    with path.open("rb") as lines:
        for line in lines:
            if b'"journal.anchor"' not in line:
                continue
            try:
                event = orjson.loads(line[line.index(b"{") :])
                made = Anchor(event["chain"], int(event["number"]), int(event["seq"]), bytes.fromhex(event["hash"]))
            except (ValueError, KeyError, TypeError):
                continue
            if made.seq >= 0:
                yield made
