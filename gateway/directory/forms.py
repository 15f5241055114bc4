"""What a regulation asks of addresses (Q4 4.1, AG 5.3): its parameters, and the local parts that a name may have.

Pure. The parameters stand in the regulation's data file, table `parameters.directory`, with the clauses that they come
from. How a unit's name becomes an address is unit_forms.py's knowledge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.directory.names import words
from gateway.errors import RegulationError
from gateway.regulations import Regulation

_Style = Callable[[list[str]], str]
_STYLES: Final[Mapping[str, _Style]] = {
    "initials": lambda name: "".join(word[0] for word in name[:-1]) + name[-1],  # nvanh
    "full": "".join,  # nguyenvananh
    "given-initials": lambda name: name[-1] + "".join(word[0] for word in name[:-1]),  # anhnv
    "middle-given": lambda name: "".join(name[-2:]),  # vananh
}


@dataclass(frozen=True, slots=True)
class Forms:
    """One regulation's address forms. The clauses that ask for each; "" where the text asks for nothing of the kind.

    `suffix`: what every local part ends with (".q4"). `styles`: how a person's name may be written, the first one is
    suggested. `order_digits`: digits of a namesake's number, at least; `first_order`: the number of the second one.
    `short_from_words`: units' names of so many words are abbreviated. `unit_forms`: whether units' addresses follow
    from their names. `channels`: addresses that the text itself gives to offices, in lower case: no form binds them.
    """

    regulation: str
    suffix: str = ""
    styles: tuple[str, ...] = ("initials",)
    order_digits: int = 1
    first_order: int = 2
    short_from_words: int = 3
    unit_forms: bool = False
    form: str = ""
    unit: str = ""
    person: str = ""
    one_address: str = ""
    reader: str = ""
    elsewhere: str = ""
    channels: frozenset[str] = frozenset()

    @classmethod
    def of(cls, regulation: Regulation) -> Forms:
        """A regulation's. RegulationError where its data file has something else than this class knows."""
        table: dict[str, Any] = dict(regulation.parameters.get("directory", {}))
        styles = tuple(table.pop("personal", ("initials",)))
        named = regulation.parameters.get("request-channel", {}).get("addresses", ())
        try:
            made = cls(regulation.id, styles=styles, channels=frozenset(map(str.lower, named)), **table)
        except TypeError as error:
            raise RegulationError(f"{regulation.id}: parameters.directory: {error}") from error
        if unknown := set(styles) - _STYLES.keys():
            raise RegulationError(f"{regulation.id}: parameters.directory.personal: no style {', '.join(unknown)}")
        return made

    def number(self, order: int) -> str:
        """A namesake's number: 02."""
        return str(order).zfill(self.order_digits)

    def person_stems(self, name: str) -> Iterator[str]:
        """A person's name in every style that is accepted, the suggested one first; nothing for a name not in Latin."""
        parts = words(name)
        if parts and all(part.isascii() and part.isalnum() for part in parts):
            for style in self.styles:
                yield _STYLES[style](parts)


def name_of_order(local: str, forms: Forms) -> tuple[str, str]:
    """A local part without the suffix and its number, and the number's digits: "nvanh02.q4" is ("nvanh", "02")."""
    stem = local.removesuffix(forms.suffix)
    name = stem.rstrip("0123456789")
    return (name, stem[len(name) :]) if name else (stem, "")
