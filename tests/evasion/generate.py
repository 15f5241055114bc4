"""Messages that hide a known payload under every ambiguity that we could construct or find described.

Run: python -m tests.evasion.generate FOLDER, to have them as files. Names are stable: lists of what was missed compare.
Each message shows the payload to some reader of mail that exists or could; the class "doubtful" holds those where only
a strange one would. Line ends are CRLF throughout: bare ones never get past the listener.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.evasion import (
    base64_body,
    boundary_parameter,
    combined,
    delimiter,
    encoding_field,
    field_name,
    nested,
    quoted_body,
    runs,
)
from tests.evasion.doubtful import why
from tests.evasion.payload import Hidden

_SOURCES = (encoding_field, boundary_parameter, field_name, delimiter, base64_body, quoted_body, runs, nested, combined)


def messages() -> Iterator[Hidden]:
    """Every message, each once, in a stable order."""
    seen: set[bytes] = set()
    for source in _SOURCES:
        for message in source.messages():
            if message.raw not in seen:
                seen.add(message.raw)
                strange = why(message.title)
                yield Hidden("doubtful", f"{message.group}-{message.name}", message.raw) if strange else message


def write(folder: Path) -> list[Path]:
    """Write them as FOLDER/group/name.eml."""
    paths = []
    for message in messages():
        path = folder / message.group / f"{message.name}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(message.raw)
        paths.append(path)
    return paths


if __name__ == "__main__":
    print(f"{len(write(Path(sys.argv[1])))} messages")
