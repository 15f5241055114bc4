"""What is wrong with one mailbox's address by itself: its form, and whether it fits its holder or its unit. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.directory.forms import Forms, name_of_order
from gateway.directory.unit_forms import stems
from gateway.who import Kind, Mailbox, Unit

_LOCAL: Final = re.compile(r"[a-z0-9]+(?:[._\-][a-z0-9]+)*\Z")
_BETWEEN: Final = str.maketrans("", "", "._-")


@dataclass(frozen=True, slots=True)
class Trouble:
    """`what`: a stable name. `clause`: that asks for it. `sure`: not a matter for a person. `better`: what would do."""

    what: str
    clause: str
    text: str
    better: str = ""
    sure: bool = True


def address_troubles(mailbox: Mailbox, forms: Forms, unit: Unit | None, parent: Unit | None) -> Iterator[Trouble]:
    """Everything about its address. A fault of form hides the questions that need a good form."""
    local, _, domain = mailbox.key.rpartition("@")
    if not _LOCAL.match(local):
        if forms.form:
            yield Trouble(
                "letters", forms.form, "only a-z, 0-9 and single dots or hyphens between them are easy to type"
            )
        return
    if not local.endswith(forms.suffix):
        yield Trouble("suffix", forms.form, f"it does not end with {forms.suffix}@{domain}")
        return
    if mailbox.kind is Kind.PERSONAL:
        yield from _person(mailbox.holder, local, domain, forms)
    elif mailbox.kind is Kind.UNIT and unit is not None and forms.unit_forms:
        yield from _unit(unit, parent, local, domain, forms)


def without_separators(local: str) -> str:
    """A local part without dots, hyphens and underscores."""
    return local.translate(_BETWEEN)


def _person(holder: str, local: str, domain: str, forms: Forms) -> Iterator[Trouble]:
    accepted = list(forms.person_stems(holder))
    if not accepted or not forms.person:
        return
    stem, number = name_of_order(local, forms)
    plain = stem if len(accepted) == 1 else without_separators(stem)  # a text with one form has no dots in it
    if plain not in accepted:
        text = f"the name {holder} does not give this address"
        yield Trouble("holder-name", forms.person, text, f"{accepted[0]}{forms.suffix}@{domain}")
    elif number and (len(number) != max(forms.order_digits, len(str(int(number)))) or int(number) < 1):
        better = f"{stem}{forms.number(max(1, int(number)))}{forms.suffix}@{domain}"
        text = f"a namesake's number has {forms.order_digits} digits"
        yield Trouble("order-number", forms.person, text, better)


def _unit(unit: Unit, parent: Unit | None, local: str, domain: str, forms: Forms) -> Iterator[Trouble]:
    accepted = list(dict.fromkeys(stems(unit.name, parent.name if parent else "", forms.short_from_words)))
    if accepted and local.removesuffix(forms.suffix) not in accepted:
        text = f"the name {unit.name} gives another address"
        yield Trouble("unit-name", forms.unit, text, f"{accepted[0]}{forms.suffix}@{domain}", sure=False)
