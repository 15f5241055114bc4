"""How an address is compared, and which other addresses a mail server may understand by it. Any text is fine.

Pure. Two questions with two answers: `address_key` is exact, for "is this that mailbox?"; `Readings` is generous, for
"could this reach that mailbox?". What only a generous reading finds is never a proof of anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from encodings.idna import ToUnicode
from itertools import islice
from typing import Final

_PLAIN: Final = re.compile(r"[a-z0-9._+=&'*\-]+@(?:[a-z0-9_](?:[a-z0-9_\-]*)\.)*[a-z0-9][a-z0-9_\-]*\Z")
_QUOTING: Final = re.compile(r'\\(.)|"', re.S)
_DOTS: Final = re.compile("[\u3002\uff0e\uff61]")  # other full stops that a domain may be written with (RFC 3490 3.1)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789_-"
_MAX_LABEL: Final = 63  # octets, RFC 1035 2.3.4: nothing longer is a name, and decoding one costs more than its length
_MAX_SPLITS: Final = 8
_MAX_DEPTH: Final = 4  # addresses within addresses: a%b%c@d


def address_key(address: str) -> str:
    """The form in which addresses are compared: lower case, NFC, no quotes, no route; domain in Unicode, no final dot.

    Never raises. Two addresses with the same key are the same mailbox to every mail server that ignores case.
    """
    lowered = address.lower()
    if _PLAIN.match(lowered) is not None and "xn--" not in lowered:
        return lowered
    local, domain = split(_without_route(lowered.strip()))
    local = unicodedata.normalize("NFC", _unquoted(local))
    return f"{local}@{domain_key(domain)}" if domain else local


def split(address: str) -> tuple[str, str]:
    """Local part and domain at the last "@"; ("postmaster", "") where there is none (RFC 5321 4.5.1)."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (address, "")


def domain_key(domain: str) -> str:
    """A domain in lower case and Unicode (A-labels decoded), compatibility forms folded, without its final dot."""
    if domain.isascii() and "xn--" not in domain and domain[-1:] != ".":
        return domain.lower()
    text = unicodedata.normalize("NFKC", _DOTS.sub(".", domain)).lower()
    return ".".join(map(_label, text.rstrip(".").split(".")))


def _label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _MAX_LABEL:
        return label
    try:
        return unicodedata.normalize("NFKC", ToUnicode(label)).lower()
    except UnicodeError:
        return label


def _unquoted(local: str) -> str:
    if '"' not in local and "\\" not in local:
        return local
    return _QUOTING.sub(lambda match: match[1] or "", local)


def _without_route(address: str) -> str:
    """Without "@a,@b:" in front (RFC 5321 4.1.2, A-d-l), which mail servers ignore."""
    return address.partition(":")[2] if address.startswith("@") and ":" in address else address


class Readings:
    """The addresses that mail to an address may really go to, as mail servers are known to rewrite them.

    `separators`: characters that begin a sub-address ("+", RFC 5233). `aliases`: domains that stand for others, both as
    keys. `ours`: our mail server's domains ("*.x": all below x): only where such a one is the outer domain, servers
    take the local part apart (Postfix: allow_percent_hack, swap_bangpath, resolve_dequoted_address). `hosts`: names of
    the mail server itself: who writes to one of them means a mailbox of ours (Postfix: mydestination).
    """

    __slots__ = ("_aliases", "_below", "_hosts", "_ours", "_separators", "_single")

    def __init__(
        self, separators: str, aliases: Mapping[str, str], ours: frozenset[str], hosts: frozenset[str] = frozenset()
    ) -> None:
        self._hosts = hosts - ours
        self._separators = re.compile(f"[{re.escape(separators)}]") if separators else None
        word = f"[{re.escape(''.join(sorted(set(_LETTERS) - set(separators))))}]+"
        dots = "" if "." in separators else rf"(?:\.{word})*"
        self._single = re.compile(rf"{word}{dots}@[a-z0-9][a-z0-9.\-]*\Z")
        self._aliases = aliases
        self._ours = ours
        self._below = tuple(domain[1:] for domain in ours if domain.startswith("*."))

    def exact(self, address: str) -> str:
        """The key, in the domain that its domain stands for."""
        key = address_key(address)
        if not self._aliases or "@" not in key:
            return key
        local, _, domain = key.rpartition("@")
        for _ in range(_MAX_DEPTH):  # not for ever: aliases may stand in a circle
            if domain not in self._aliases:
                break
            domain = self._aliases[domain]
        return f"{local}@{domain}"

    def is_single(self, key: str) -> bool:
        """Whether a key has one reading only, itself: almost every address, told quickly."""
        return self._single.match(key) is not None and not self._is_host(key.rpartition("@")[2])

    def bases(self, key: str) -> Iterator[str]:
        """The addresses that a key is a sub-address of, the longest first: so.nv for so.nv+tuyen-dung."""
        if self._separators is None:
            return
        local, at, domain = key.rpartition("@")
        places = [match.start() for match in islice(self._separators.finditer(local), _MAX_SPLITS)]
        for place in reversed(places):
            if place:  # "+x@domain" is a sub-address of nobody
                yield f"{local[:place]}{at}{domain}"

    def all(self, address: str) -> Iterator[str]:
        """Every reading, as keys, with the address itself first; "local@" where no domain of ours is named."""
        yield from self._read(self.exact(address), 0)
        if address.endswith('"'):  # a quoted local part without a domain, which may hold an address
            yield from self._read(self.exact(_unquoted(address)), 1)

    def _read(self, key: str, depth: int) -> Iterator[str]:
        yield key
        folded = unicodedata.normalize("NFKC", key).lower() if not key.isascii() else key
        stripped = self._trimmed(folded)
        if stripped != key:
            yield stripped
        yield from self.bases(stripped)
        local, domain = split(stripped)
        if not domain or self._is_host(domain):
            yield f"{local}@"
            yield from self.bases(f"{local}@")
        if depth < _MAX_DEPTH and self._takes_apart(domain):
            for inner in _inner(local):
                yield from self._read(self.exact(inner), depth + 1)

    def _takes_apart(self, domain: str) -> bool:
        return not domain or domain in self._ours or domain.endswith(self._below) or self._is_host(domain)

    def _is_host(self, domain: str) -> bool:
        return domain in self._hosts or domain.startswith(("[", "localhost.")) or domain == "localhost"

    @staticmethod
    def _trimmed(key: str) -> str:
        local, at, domain = key.rpartition("@")
        return f"{local.strip(' .')}{at}{domain}" if at else key.strip(" .")


def _inner(local: str) -> Iterator[str]:
    """The addresses that stand in a local part: a@b, a%b, b!a."""
    if "@" in local:
        yield local
    elif "%" in local:
        name, _, domain = local.rpartition("%")
        yield f"{name}@{domain}"
    if "!" in local:
        domain, _, name = local.partition("!")
        yield f"{name}@{domain}"
