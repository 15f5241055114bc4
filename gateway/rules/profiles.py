"""Which regulation governs an address: the most specific [[profile]] pattern, else the gateway's own regulation.

Quận 4 is `*.q4@tphcm.gov.vn` and `q4@tphcm.gov.vn` inside a city-wide domain. It must not know rules or listeners.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from gateway.rules.patterns import Pattern

_REMEMBERED = 8192  # addresses; about 2 MiB


class Profiles:
    """Maps an address to a regulation's id. `of` takes `Address.key` and remembers a bounded number of answers.

    The domain is compared first (literal beats wildcard, then the longer), the local part next; two patterns that are
    equally specific are asked in the order of the file.
    """

    __slots__ = ("default", "of", "regulations")

    def __init__(self, default: str, patterns: Iterable[tuple[str, str]]) -> None:
        compiled = [(Pattern(pattern), regulation) for pattern, regulation in patterns]
        self.regulations = tuple(dict.fromkeys((default, *(regulation for _, regulation in compiled))))
        compiled.sort(key=lambda entry: entry[0].specificity, reverse=True)  # stable: the file's order among equals
        self.default = default

        def match(key: str) -> str:
            return next((regulation for pattern, regulation in compiled if pattern.matches(key)), default)

        self.of = lru_cache(maxsize=_REMEMBERED)(match)
