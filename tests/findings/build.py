"""Writes the corpora by class: messages, and beside each what must be found. Run: python -m tests.findings.build.

What is expected was written down by hand, from what the message was built of; nothing of it comes from the scanner.
All messages and files were made up for these corpora, and are the same each time.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.findings import contained, hidden, mail
from tests.findings.sample import Sample

FOLDER = Path(__file__).parent
_CLASSES = (
    mail.well_formed,
    mail.sloppy,
    hidden.hostile,
    hidden.tnef_mail,
    hidden.smime,
    contained.archives,
    contained.documents,
)


def samples() -> list[Sample]:
    """Every message of the corpora."""
    return [sample for made in _CLASSES for sample in made()]


def expected(sample: Sample) -> str:
    """The JSON beside a message."""
    return json.dumps(sample.expected(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write them."""
    for sample in samples():
        folder = FOLDER / sample.group
        folder.mkdir(exist_ok=True)
        (folder / f"{sample.name}.eml").write_bytes(sample.raw)
        (folder / f"{sample.name}.json").write_text(expected(sample), encoding="utf-8")
    sys.stdout.write(f"{len(samples())} messages\n")


if __name__ == "__main__":
    main()
