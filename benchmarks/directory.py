"""What the directory in memory costs: building 20,000 mailboxes, a lookup of each kind, and the loop's lag meanwhile.

Times are of the processor, so that other work on the machine counts little.
Run: python -m benchmarks.directory [--mailboxes 20000]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import time
from collections.abc import Callable

from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.directory.watch import Watcher, breathe
from gateway.who import Channel, Group, Kind, Lookup, Mailbox, Unit

FAMILIES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Lý",
)
MIDDLES = ("Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Thanh", "Quốc", "Xuân", "Thu", "Hồng", "Kim")
GIVEN = (
    "Anh",
    "Bình",
    "Cường",
    "Dũng",
    "Hà",
    "Hải",
    "Hạnh",
    "Hoa",
    "Hùng",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
)
CHANNELS = (Channel("q4@tphcm.gov.vn", ("yeucau@q4.tphcm.gov.vn",)), Channel("capphat@tphcm.gov.vn", exclusive=True))
LOOKUPS: dict[str, Callable[[Lookup], object]] = {
    "find, an address": lambda made: made.find("U77.q4@TPHCM.gov.vn"),
    "find, a sub-address": lambda made: made.find("u77.q4+tin@tphcm.gov.vn"),
    "find, a stranger": lambda made: made.find("somebody@gmail.com"),
    "channels, a mailbox": lambda made: made.channels("u77.q4@tphcm.gov.vn"),
    "channels, a channel": lambda made: made.channels("q4@tphcm.gov.vn"),
    "channels, a disguise": lambda made: made.channels('"q4+x"@tphcm.gov.vn.'),
    "held_by, a display name": lambda made: made.held_by("Anh Nguyen Van - Phong Noi vu"),
}


def snapshot(count: int, version: int = 1) -> Snapshot:
    """A city's directory: people with namesakes, aliases, a few forwards, and groups of fifty."""
    chance = random.Random(4)

    def mailbox(number: int) -> Mailbox:
        holder = " ".join(map(chance.choice, (FAMILIES, MIDDLES, MIDDLES, GIVEN)))
        aliases = (f"alias{number}@tphcm.gov.vn",) if number % 3 == 0 else ()
        forwards = ("q4@tphcm.gov.vn",) if number % 1000 == 0 else ()
        address = f"u{number}.q4@tphcm.gov.vn"
        return Mailbox(address, Kind.PERSONAL, f"P{number % 500}", holder, aliases, forwards=forwards)

    mailboxes = tuple(mailbox(number) for number in range(count))
    groups = tuple(
        Group(f"g{number}@tphcm.gov.vn", tuple(one.address for one in chance.sample(mailboxes, min(50, count))))
        for number in range(count // 50)
    )
    return Snapshot(version, tuple(Unit(f"P{number}", f"Phòng {number}") for number in range(500)), mailboxes, groups)


class Memory:
    """A source whose version goes up each time that it is asked."""

    def __init__(self, held: Snapshot) -> None:
        self._held, self._version = held, 0

    def version(self) -> int:
        """One more than before."""
        self._version += 1
        return self._version

    def snapshot(self) -> Snapshot:
        """The same entries with the newest version."""
        return Snapshot(self._version, self._held.units, self._held.mailboxes, self._held.groups)


async def lag(held: Snapshot) -> tuple[float, float]:
    """Seconds of one rebuild beside a loop that wants to run every millisecond, and the loop's longest wait."""
    watcher = Watcher(Memory(held), lambda one: Directory.build(one, CHANNELS, pause=breathe))
    began = time.perf_counter()
    task = asyncio.create_task(watcher.look())
    worst, last = 0.0, began
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        worst, last = max(worst, now - last - 0.001), now
    return last - began, worst


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", type=int, default=20_000)
    held = snapshot(parser.parse_args().mailboxes)
    gc.set_threshold(20_000, 20, 20)  # as a worker has it
    seconds = []
    for _ in range(5):
        began = time.process_time()
        made = Directory.build(held, CHANNELS)
        seconds.append(time.process_time() - began)
    print(
        f"build {len(held.mailboxes):,} mailboxes, {len(held.groups):,} groups: {min(seconds):.3f} s of the processor"
    )
    for name, ask in LOOKUPS.items():
        began = time.process_time()
        for _ in range(20_000):
            ask(made)
        print(f"{name:<26} {(time.process_time() - began) / 20_000 * 1e6:6.2f} µs")
    took, worst = min((asyncio.run(lag(held)) for _ in range(3)), key=lambda pair: pair[1])
    print(f"rebuild beside a busy loop: {took:.3f} s, the loop's longest wait {worst * 1000:.1f} ms")


if __name__ == "__main__":
    main()
