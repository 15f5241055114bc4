"""Organizational domains and alignment (RFC 7489 3.1, 3.2), by the Public Suffix List that publicsuffixlist brings.

Only strictly spelled domains are compared: whatever `domain_of` refuses has no organizational domain, and nothing is
aligned with it.
"""

from __future__ import annotations

import functools

from publicsuffixlist import PublicSuffixList

from gateway.authentication.domains import domain_of


def organizational(domain: str) -> str:
    """The registered domain (q4.tphcm.gov.vn: tphcm.gov.vn); a public suffix is its own; "" for what is no domain."""
    return _organizational(domain_of(domain))


def aligned(one: str, other: str, *, strict: bool) -> bool:
    """Whether two domains belong together: the same, or (relaxed) of one organizational domain. Never for bad ones."""
    first, second = domain_of(one), domain_of(other)
    if not first or not second:
        return False
    return first == second or (not strict and _organizational(first) == _organizational(second))


def loaded() -> bool:
    """Whether the list is at hand; the first question reads it otherwise (about 0.1 s), which is not for a loop."""
    return _suffixes.cache_info().currsize > 0


def load() -> None:
    """Read the list now."""
    _suffixes()


@functools.lru_cache(maxsize=4096)
def _organizational(domain: str) -> str:
    return (_suffixes().privatesuffix(domain) or domain) if domain else ""


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
