"""The form of an inspection's archive (AG 11): what is in the ZIP, and how its lines are written. Pure.

`rows.jsonl` has the journal's rows as they stand in the chains, byte by byte, a line each; `chain.jsonl` has for each
of these lines its place in its chain, its digest and its hash. A row of another time, which only stands between two of
the period, and a row whose content was removed by retention have an empty line: their links are there, so that the
chain has no hole. `decisions.csv` says the same for people. `manifest.json` holds all of it together.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final

import orjson

from gateway.journal.chain import Key

ROWS: Final = "rows.jsonl"
CHAIN: Final = "chain.jsonl"
TABLE: Final = "decisions.csv"
MANIFEST: Final = "manifest.json"
README: Final = "DOC-TRUOC.txt"
FILES: Final = (ROWS, CHAIN, TABLE, README)
FORM: Final = 1
_SEAL: Final = b"congthu inspection 1\0"


@dataclass(frozen=True, slots=True)
class Link:
    """A row's place. `inside`: it is of the period; `raw`: its content, where that is no single line."""

    chain: int
    seq: int
    digest: bytes
    hash: bytes
    inside: bool
    raw: bytes | None = None

    def line(self) -> bytes:
        """As it is written."""
        made: dict[str, Any] = {
            "chain": self.chain,
            "seq": self.seq,
            "digest": self.digest.hex(),
            "hash": self.hash.hex(),
            "inside": self.inside,
        }
        if self.raw is not None:
            made["raw"] = base64.b64encode(self.raw).decode()
        return orjson.dumps(made) + b"\n"

    @classmethod
    def read(cls, line: bytes) -> Link:
        """From a line. ValueError, KeyError or TypeError for one that is none."""
        made = orjson.loads(line)
        chain, seq, raw = made["chain"], made["seq"], made.get("raw")
        if type(chain) is not int or type(seq) is not int or seq < 0:
            raise ValueError("no place in a chain")
        content = None if raw is None else base64.b64decode(raw, validate=True)
        return cls(
            chain, seq, bytes.fromhex(made["digest"]), bytes.fromhex(made["hash"]), bool(made["inside"]), content
        )


def canonical(manifest: dict[str, Any]) -> bytes:
    """The bytes of a manifest without its seal."""
    bare = {name: value for name, value in manifest.items() if name != "seal"}
    return orjson.dumps(bare, option=orjson.OPT_SORT_KEYS)


def seal(manifest: dict[str, Any], key: Key) -> str:
    """What only who has the journal's key can write."""
    return key.head(_SEAL + canonical(manifest)).hex()
