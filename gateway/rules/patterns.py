"""Address patterns and domain sets, as people write them in the configuration.

In an address pattern `*` stands for any characters, dots too; nothing else is special, since `?` and `[` are legal in
a local part. Case does not matter. Matching takes linear time; a pattern is compiled once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

_LONGEST_DOMAIN = 255  # RFC 5321 4.5.3.1.2


def in_domains(domain: str, domains: Collection[str]) -> bool:
    """Whether a lower-case domain is one of `domains`, where "*.tinh.example" takes every subdomain but not itself."""
    if domain in domains:
        return True
    if len(domain) > _LONGEST_DOMAIN:
        return False
    if not domain.isascii():
        return _in_ascii(domain, domains)
    _, dot, rest = domain.partition(".")
    while dot:
        if f"*.{rest}" in domains:
            return True
        _, dot, rest = rest.partition(".")
    return False


def _in_ascii(domain: str, domains: Collection[str]) -> bool:
    """The same for a domain in Unicode (RFC 6531): ours are configured in their ASCII form (xn--…)."""
    try:
        return in_domains(domain.encode("idna").decode("ascii").lower(), domains)
    except UnicodeError:  # no such domain can exist
        return False


class Pattern:
    """One address pattern: "q4@tphcm.gov.vn", "*.q4@tphcm.gov.vn", "*@tphcm.gov.vn", "*@*.gov.vn", "tphcm.gov.vn".

    A pattern without `@` is a domain. ValueError if nothing could ever match it.
    """

    __slots__ = ("_domain", "_local", "specificity", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        local, at, domain = text.strip().lower().rpartition("@")
        if not at:
            local = "*"
        if not local or not domain or any(c.isspace() for c in local + domain):
            raise ValueError(f"not an address pattern: {text!r}")
        self._local, self._domain = _glob(local), _glob(domain)
        self.specificity = (*_weight(domain), *_weight(local))

    def matches(self, key: str) -> bool:
        """Whether an address in lower case (`Address.key`) fits. The null reverse-path fits no pattern."""
        local, at, domain = key.rpartition("@")
        return bool(at) and self._domain(domain) and self._local(local)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


def _weight(text: str) -> tuple[bool, int]:
    """What is literal is more specific than what has a `*`; among equals, more literal characters are."""
    return "*" not in text, len(text.replace("*", ""))


def _glob(pattern: str) -> Callable[[str], bool]:
    """Compile one side of a pattern. No regular expression: several `.*` would backtrack on hostile input."""
    if "*" not in pattern:
        return pattern.__eq__
    first, *middle, last = pattern.split("*")
    least = sum(map(len, (first, *middle, last)))

    def matches(text: str) -> bool:
        if len(text) < least or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for piece in middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return matches
