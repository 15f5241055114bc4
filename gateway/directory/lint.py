"""What in the directory is not as the regulations ask: each remark names the clause that asks for it.

Pure and linear in the number of entries. Only what a regulation asks for is remarked: Quận 4's says nothing of one
address a person, so nothing is said of it there. What would make the directory contradict itself is flaws.py's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from gateway.directory.addresses import address_key, domain_key
from gateway.directory.entry import Snapshot
from gateway.directory.forms import Forms
from gateway.directory.lint_address import Trouble, address_troubles, without_separators
from gateway.directory.names import same_words, words
from gateway.who import Kind, Mailbox, State


class Weight(StrEnum):
    """How sure a remark is. Stable names."""

    ERROR = "error"  # not as the clause asks
    NOTICE = "notice"  # a person should look


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about one mailbox. `what`: a stable name; `text`: for people; `better`: an address or value, or ""."""

    address: str
    what: str
    weight: Weight
    clause: str
    text: str
    better: str = ""


FormsOf = Callable[[Mailbox], Forms]


def lint(
    snapshot: Snapshot, forms_of: FormsOf, domains: Iterable[str] = (), channels: Collection[str] = ()
) -> Iterator[Remark]:
    """Every remark, by mailbox in the snapshot's order, then those about several.

    `forms_of`: the regulation that a mailbox follows. `domains`: ours ("*.example" with subdomains); none: any will do.
    `channels`: addresses in lower case that take requests; like those that a regulation names, they need no form.
    Reclaimed mailboxes are nobody's: only their addresses count.
    """
    ours = _Domains(domains)
    names = {unit.code: unit for unit in snapshot.units}
    alive = [mailbox for mailbox in snapshot.mailboxes if mailbox.state is not State.RECLAIMED]
    for mailbox in alive:
        forms = forms_of(mailbox)
        unit = names.get(mailbox.unit)
        parent = names.get(unit.parent) if unit else None
        if not ours.holds(mailbox.address) and (clause := _clause(mailbox, forms)):
            yield _remark(mailbox, Trouble("domain", clause, "its domain is not one of ours"))
        if mailbox.key not in forms.channels and mailbox.key not in channels:
            for trouble in address_troubles(mailbox, forms, unit, parent):
                yield _remark(mailbox, trouble)
        for trouble in chain(_people(mailbox, forms), _forwards(mailbox, forms, ours)):
            yield _remark(mailbox, trouble)
    yield from _look_alike(snapshot.mailboxes, forms_of)
    yield from _one_address(alive, forms_of)


def _remark(mailbox: Mailbox, trouble: Trouble) -> Remark:
    weight = Weight.ERROR if trouble.sure else Weight.NOTICE
    return Remark(mailbox.address, trouble.what, weight, trouble.clause, trouble.text, trouble.better)


def _clause(mailbox: Mailbox, forms: Forms) -> str:
    return {Kind.UNIT: forms.unit, Kind.PERSONAL: forms.person}.get(mailbox.kind, "") or forms.form


class _Domains:
    """Our domains, for asking whether an address is inside."""

    def __init__(self, domains: Iterable[str]) -> None:
        given = [domain.lower() for domain in domains]
        self._whole = {domain_key(one) for one in given if not one.startswith("*.")}
        self._below = tuple(f".{domain_key(one[2:])}" for one in given if one.startswith("*."))

    def holds(self, address: str) -> bool:
        domain = address_key(address).rpartition("@")[2]
        return not (self._whole or self._below) or domain in self._whole or domain.endswith(self._below)


def _people(mailbox: Mailbox, forms: Forms) -> Iterator[Trouble]:
    """Whose it is: a person's has a holder, a unit's somebody who reads it, both a unit."""
    if mailbox.kind is Kind.PERSONAL and not mailbox.holder.strip() and forms.person:
        yield Trouble("no-holder", forms.person, "a personal mailbox without its holder's name")
    if mailbox.kind is Kind.UNIT and not mailbox.holder.strip() and not mailbox.delegates and forms.reader:
        yield Trouble("no-reader", forms.reader, "nobody is named who reads this unit's mailbox", sure=False)
    if mailbox.kind is not Kind.SERVICE and not mailbox.unit and (clause := _clause(mailbox, forms)):
        yield Trouble("no-unit", clause, "it belongs to no unit", sure=False)


def _forwards(mailbox: Mailbox, forms: Forms, ours: _Domains) -> Iterator[Trouble]:
    if forms.elsewhere:
        for target in mailbox.forwards:
            if not ours.holds(target):
                yield Trouble("forwards-outside", forms.elsewhere, f"its mail is forwarded to {target}")


def _look_alike(mailboxes: Iterable[Mailbox], forms_of: FormsOf) -> Iterator[Remark]:
    """Addresses that people take for one another: nvlinh and nvIinh, so.noivu and sonoivu."""
    seen: dict[str, Mailbox] = {}
    for mailbox in mailboxes:
        local, _, domain = address_key(mailbox.address).rpartition("@")
        drawn = f"{''.join(same_words(f'x{without_separators(local)}'))}@{domain}"  # x: a number is kept
        other = seen.setdefault(drawn, mailbox)
        clause = forms_of(mailbox).form
        if other is not mailbox and clause:
            text = f"hard to tell from {other.address}"
            yield Remark(mailbox.address, "look-alike", Weight.NOTICE, clause, text)


def _one_address(mailboxes: Iterable[Mailbox], forms_of: FormsOf) -> Iterator[Remark]:
    """One address a unit and a person (AG 5.3). Two with one name in one unit may be two people: a notice."""
    for (kind, _, _), several in _by_owner(mailboxes, forms_of).items():
        first = several[0]
        for other in several[1:]:
            clause = forms_of(other).one_address
            if kind is Kind.UNIT:
                text = f"its unit has {first.address} already"
                yield Remark(other.address, "second-address", Weight.ERROR, clause, text, first.address)
            else:
                same = _spelled(first.holder) == _spelled(other.holder)
                text = f"{first.address} has a holder of {'this' if same else 'nearly this'} name in the same unit"
                yield Remark(other.address, "second-address", Weight.NOTICE, clause, text, first.address)
    for mailbox in mailboxes:
        if mailbox.aliases and (clause := forms_of(mailbox).one_address):
            text = f"further addresses: {', '.join(mailbox.aliases[:3])}"
            yield Remark(mailbox.address, "aliases", Weight.NOTICE, clause, text)


def _by_owner(mailboxes: Iterable[Mailbox], forms_of: FormsOf) -> Mapping[tuple[Kind, str, str], list[Mailbox]]:
    owners: defaultdict[tuple[Kind, str, str], list[Mailbox]] = defaultdict(list)
    for mailbox in mailboxes:
        if not mailbox.unit or not forms_of(mailbox).one_address:
            continue
        if mailbox.kind is Kind.UNIT:
            owners[mailbox.kind, mailbox.unit, ""].append(mailbox)
        elif mailbox.kind is Kind.PERSONAL and (name := " ".join(sorted(words(mailbox.holder)))):
            owners[mailbox.kind, mailbox.unit, name].append(mailbox)
    return owners


def _spelled(name: str) -> str:
    return " ".join(name.casefold().split())
