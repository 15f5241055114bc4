"""How much ordinary mail would be looked at twice or refused: the scan over a folder of real messages.

Run: python -m benchmarks.false_alarms FOLDER [--list]; deploy/dev/real_mail.py makes such a folder. Prints how many
messages are suspicious (all readings are made of them), how many have each defect, how many are disputed (`unscannable`
would refuse them), how many show attachments that the strict reading does not, and how long the readings took.
`--list`: the disputed and the differing messages by file. `--folders`: the first figures for each folder.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from gateway.message.union import strict_view
from tests.evasion.ours import scan, union

_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")


@dataclass(slots=True)
class Tally:
    """What was counted, and the files behind it."""

    messages: int = 0
    not_ours: int = 0  # with bare CR or LF or NUL: refused before any scan
    suspicious: int = 0
    seconds: list[float] = field(default_factory=list)  # CPU seconds of each second look
    defects: Counter[str] = field(default_factory=Counter)
    disputes: Counter[str] = field(default_factory=Counter)
    disputed: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    folders: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, name: str, raw: bytes) -> None:
        """Count one message."""
        if _BARE.search(raw):
            self.not_ours += 1
            return
        self.messages += 1
        folder = name.split("/", 1)[0]
        scanned = scan(raw)
        view = strict_view(scanned)
        if scanned.suspicious:
            self.suspicious += 1
            began = time.process_time()
            view = union(raw, scanned)
            self.seconds.append(time.process_time() - began)
        self.folders.update([(folder, "messages"), *([(folder, "suspicious")] if scanned.suspicious else [])])
        self.folders.update([(folder, "disputed")] if view.disputes else [])
        self.defects.update({defect.name for defect in view.defects})
        self.disputes.update({defect.name for defect in view.disputes})
        if view.disputes:
            self.disputed.append(f"{name}: {', '.join(f'{one.name}@{one.where}' for one in view.disputes)}")
        new = [one for one in view.attachments if one.reading]
        if new:
            shown = ", ".join(f"{one.reading} {one.filename!r} {one.decoded_size}" for one in new[:4])
            more = view.attachment_bytes - scanned.attachment_bytes
            self.differing.append(f"{name}: {shown} (+{more} bytes)")

    def lines(self) -> list[str]:
        """The report."""

        def row(label: str, count: int) -> str:
            return f"{label:<50}{count:8}{100 * count / max(1, self.messages):8.2f} %"

        out = [row("messages", self.messages), row("suspicious", self.suspicious), row("disputed", len(self.disputed))]
        out.append(row("attachments that only another reading shows", len(self.differing)))
        out.append(f"{'left out: bare CR or LF, or NUL':<50}{self.not_ours:8}")
        if self.seconds:
            out.append(f"second look: {sum(self.seconds):.2f} s CPU in all, longest {max(self.seconds) * 1e3:.1f} ms")
        out += ["", "messages with a defect"] + [row(f"  {name}", count) for name, count in self.defects.most_common()]
        return out + ["", "messages in dispute"] + [row(f"  {name}", n) for name, n in self.disputes.most_common()]

    def by_folder(self) -> list[str]:
        """A line a folder."""
        columns = ("messages", "suspicious", "disputed")
        out = ["", f"{'folder':<50}" + "".join(f"{name:>12}" for name in columns)]
        for folder in sorted({folder for folder, _name in self.folders}):
            out.append(f"{folder:<50}" + "".join(f"{self.folders[folder, name]:12}" for name in columns))
        return out


def main() -> None:
    """Print the report."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--list", action="store_true")
    arguments.add_argument("--folders", action="store_true")
    given = arguments.parse_args()
    tally = Tally()
    for path in sorted(given.folder.rglob("*.eml")):
        tally.take(str(path.relative_to(given.folder)), path.read_bytes())
    print("\n".join([*tally.lines(), *(tally.by_folder() if given.folders else [])]))
    if given.list:
        print("\n".join(["", "disputed", *tally.disputed, "", "differing", *tally.differing]))


if __name__ == "__main__":
    main()
