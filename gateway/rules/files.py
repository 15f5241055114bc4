"""Every file that a message brings, as the rules see it: attachments, and what stands inside them.

It must not know what is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.contents import ContainedFile
from gateway.model import Facts

LONGEST_NAME = 200  # characters of a name in evidence
MOST_NAMED = 10  # files in one finding's evidence


def files_of(facts: Facts) -> Iterator[ContainedFile]:
    """The files that were looked into, and the attachments that needed no look."""
    yield from facts.inspection.files
    seen = {file.part for file in facts.inspection.files if len(file.names) == 1}
    for attachment in facts.message.attachments if facts.message is not None else ():
        if attachment.part not in seen:
            name, kind = (attachment.filename,), attachment.sniffed_type or attachment.declared_type
            yield ContainedFile(attachment.part, name, kind, attachment.decoded_size)


def shown(names: tuple[str, ...], part: str) -> str:
    """A file's way from the attachment inwards: "ho_so.zip › van_ban.exe"; its part where nothing has a name."""
    text = " › ".join(name for name in names if name)
    return text[:LONGEST_NAME] or f"part {part}"


def row(file: ContainedFile) -> Mapping[str, Any]:
    """A file in evidence."""
    return {"file": shown(file.names, file.part), "part": file.part, "kind": file.kind, "bytes": file.size}
