"""Messages that show one file to some mail clients and hide it from others: one for each ambiguity that is known.

Each shows `FILE`, as it is, to whoever reads it as the message's name says. All were made up for the tests.
"""

from __future__ import annotations

from tests.unit.message.tricks import bodies, headers, structure
from tests.unit.message.tricks.parts import Trick


def tricks() -> list[Trick]:
    """Every one."""
    return [
        *headers.headers(),
        *headers.parameters(),
        *structure.delimiters(),
        *structure.containers(),
        *structure.line_ends(),
        *structure.stacked(),
        *bodies.encodings(),
        *bodies.runs(),
    ]
