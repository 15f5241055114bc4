"""How many megabytes of text a second each detector judges: medians of interleaved rounds, and ratios to each peer.

MB are 10^6 bytes of UTF-8 (of the bytes themselves for raw text), on one core, CPU time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.charset_encoders import Encoder
from benchmarks.charset_negatives import plain_ascii
from benchmarks.charset_samples import Judge, encoded, lines_of, unmarked

PIECE = 32_000  # characters of one text that is judged
ORDINARY, LEGACY = 50.0, 5.0  # MB/s, the goals
_LEAST = 0.05  # CPU seconds of one measurement


@dataclass(slots=True)
class Speed:
    """One kind of text; MB/s of each detector, one figure a round."""

    what: str
    goal: float
    rounds: dict[str, list[float]] = field(default_factory=dict)

    def median(self, name: str) -> float:
        """MB/s."""
        return median(self.rounds[name])

    def ratio(self, name: str, to: str) -> float:
        """The median of the ratios within each round."""
        return median(one / two for one, two in zip(self.rounds[name], self.rounds[to], strict=True))


def kinds(folder: Path, encoders: Sequence[Encoder]) -> list[tuple[Speed, list[bytes | str]]]:
    """The kinds of text with their pieces."""
    vi, english = lines_of(folder / "vi.txt"), plain_ascii(lines_of(folder / "neg_en_GB.txt"))
    code, french = lines_of(folder / "neg_code.txt")[:20_000], lines_of(folder / "neg_fr.txt")
    mail = [line for four in zip(english, english[1:], english[2:], vi, strict=False) for line in four]
    good = {"English, ASCII": english, "source code": code, "English, a quarter Vietnamese": mail, "Vietnamese": vi}
    good |= {"Vietnamese without marks": [unmarked(line) for line in vi[:8000]], "French": french}
    out: list[tuple[Speed, list[bytes | str]]] = []
    for name, lines in good.items():
        out.append((Speed(f"{name}, text", ORDINARY), list(_pieces(lines))))
    out.append((Speed("Vietnamese, UTF-8 bytes", ORDINARY), [one.encode() for one in _pieces(vi)]))
    for family in ("tcvn3", "vni", "mojibake", "viscii", "viqr"):
        encoder = next((one for one in encoders if one.family == family), None)
        if encoder is not None:
            samples = encoded(encoder, vi[:6000])
            out.append((Speed(f"{family}, font hack", LEGACY), list(_pieces([one.hack for one in samples]))))
            out.append((Speed(f"{family}, raw", LEGACY), _raw([one.data for one in samples])))
    return out


def _pieces(lines: Sequence[str]) -> list[str]:
    text = "\n".join(lines)
    return [text[at : at + PIECE] for at in range(0, min(len(text), 20 * PIECE), PIECE)]


def _raw(lines: Sequence[bytes]) -> list[bytes | str]:
    data = b"\n".join(lines)
    return [data[at : at + PIECE] for at in range(0, min(len(data), 20 * PIECE), PIECE)]


def measure(judge: Judge, pieces: Sequence[bytes | str]) -> float:
    """MB/s over as many of the pieces, again and again, as take long enough to be timed."""
    size, spent, at = 0, 0.0, 0
    while spent < _LEAST:
        piece = pieces[at % len(pieces)]
        began = time.process_time()
        judge(piece)
        spent += time.process_time() - began
        size += len(piece) if isinstance(piece, bytes) else len(piece.encode("utf-8", "replace"))
        at += 1
    return size / spent / 1e6


def speeds(folder: Path, encoders: Sequence[Encoder], judges: dict[str, Judge], rounds: int) -> list[Speed]:
    """Every kind of text, every detector, round by round."""
    all_kinds = kinds(folder, encoders)
    for _ in range(rounds):
        for speed, pieces in all_kinds:
            for name, judge in judges.items():
                speed.rounds.setdefault(name, []).append(measure(judge, pieces))
    return [speed for speed, _pieces in all_kinds]
