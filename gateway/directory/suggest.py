"""A free address for a new mailbox, as the regulation writes it: Nguyễn Văn Anh is nvanh, the next one nvanh02.

Pure: what is taken is asked of whoever calls. An address that somebody had before and gave back (a reclaimed mailbox)
must count as taken, or the new holder reads the old one's mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Final

from gateway.directory.addresses import address_key
from gateway.directory.entry import Snapshot
from gateway.directory.forms import Forms
from gateway.directory.unit_forms import stems
from gateway.who import Kind, Unit

_MOST_NAMESAKES: Final = 10_000


def suggest(
    name: str,
    taken: Callable[[str], bool],
    forms: Forms,
    domain: str,
    *,
    kind: Kind = Kind.PERSONAL,
    parent: Unit | None = None,
) -> str:
    """The first free address for a person's, a unit's or a service's name.

    `taken`: whether an address (in lower case) is somebody's. `parent`: of a unit, the one above it. ValueError, for
    people, where the name has no letters that an address can have, or nothing is free.
    """
    made = list(_stems(name, forms, kind, parent))
    if not made:
        raise ValueError(f"no address can be made of {name!r}: it has no Latin letters")
    for local in islice(_candidates(made, forms, kind), _MOST_NAMESAKES):
        address = f"{local}{forms.suffix}@{domain.lower()}"
        if not taken(address):
            return address
    raise ValueError(f"every address for {name!r} is taken")


def _stems(name: str, forms: Forms, kind: Kind, parent: Unit | None) -> Iterator[str]:
    if kind is Kind.PERSONAL:
        yield from forms.person_stems(name)
    else:
        yield from stems(name, parent.name if parent else "", forms.short_from_words)


def _candidates(made: list[str], forms: Forms, kind: Kind) -> Iterator[str]:
    """A unit's other spellings before numbers; a person's number before another spelling of the name."""
    first = made[:1] if kind is Kind.PERSONAL else list(dict.fromkeys(made))
    yield from first
    for order in count(forms.first_order):
        yield f"{first[0]}{forms.number(order)}"


def taken_in(snapshot: Snapshot) -> Callable[[str], bool]:
    """What is taken in a directory: every address, alias and group, whatever the mailbox's state."""
    known = {address_key(address) for one in snapshot.mailboxes for address in (one.address, *one.aliases)}
    known |= {address_key(group.address) for group in snapshot.groups}
    return lambda address: address_key(address) in known
