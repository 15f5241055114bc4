"""The quality of gateway/vietnamese on text that it was not made from, and its speed, beside what people use today.

Run: python -m benchmarks.charset [--quick | --less N] [--split test|dev] [--corpus FOLDER] [--only PART …] [--json]
[--examples]. Without --corpus the texts are built under benchmarks/results/vietnamese out of Debian packages (about 250
MB, once; see deploy/dev/vietnamese_corpus.py). The `test` split was used for nothing else. Peers are asked about fewer
texts: most of them are slow. Every share is of texts, or of letters where it says so.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import charset_markings as markings
from benchmarks import charset_negatives as negatives
from benchmarks import charset_quality as quality
from benchmarks.charset_encoders import Encoder, available
from benchmarks.charset_peers import peers
from benchmarks.charset_report import Check, Report, Row
from benchmarks.charset_samples import Judge, lines_of, long_enough
from benchmarks.charset_speed import ORDINARY, speeds
from deploy.dev.vietnamese_corpus import build

CACHE = Path("benchmarks/results/vietnamese")
PARTS = ("damaged", "cut", "amid", "others", "conversion", "alarms", "markings", "speed")


@dataclass(frozen=True)
class Run:
    """What to measure: the corpus, who is asked, and how much of it."""

    report: Report
    folder: Path
    encoders: list[Encoder]
    peers: dict[str, Judge]
    quick: int  # 1, or how many times less

    @property
    def lines(self) -> list[str]:
        """The Vietnamese paragraphs."""
        return lines_of(self.folder / "vi.txt")

    @property
    def detectors(self) -> quality.Detectors:
        """Ours, and the peers for fewer texts."""
        return quality.Detectors(self.peers, 400 if self.quick == 1 else 100)


def _cells(run: Run, cells: Iterator[quality.Cell]) -> None:
    names = [quality.OURS, *run.peers]
    columns = f"{'texts':>8}" + "".join(f"{name[:19]:>20}" for name in names) + "  (% found, rightly named)"
    for cell in cells:
        asked = [name for name in names if name in cell.asked]
        found = {name: [100 * cell.share(name), 100 * cell.share(name, "right")] for name in asked}
        shown = "".join(f"{one:11.3f}{two:9.3f}" for one, two in found.values())
        checks = [
            Check(f"{cell.row}, {cell.family}: {what}", found[quality.OURS][at], goal)
            for at, (what, goal) in enumerate(cell.goals)
        ]
        texts = cell.asked[quality.OURS]
        run.report.add(Row(cell.row, cell.what, texts, checks, found, cell.missed), columns, f"{texts:8}{shown}")


def _damaged(run: Run) -> None:
    _cells(run, quality.damaged_cells(run.detectors, run.encoders, run.lines, 25_000 // run.quick))


def _cut(run: Run) -> None:
    _cells(run, quality.cut_cells(run.detectors, run.encoders, run.lines, 12_000 // run.quick))


def _amid(run: Run) -> None:
    _cells(run, quality.amid_cells(run.detectors, run.encoders, run.lines, 4000 // run.quick))


def _others(run: Run) -> None:
    _cells(run, quality.other_cells(run.detectors, run.encoders, run.lines, 4000 // run.quick))


def _conversion(run: Run) -> None:
    table, lines = "conversion, letters right", long_enough(run.lines, 20)
    for one in quality.conversions(run.encoders, lines, 2500 // run.quick):
        checks = [Check(table, 100 * one.share, 99.9)]
        row = Row(table, one.what, one.marked, checks, {}, one.examples)
        run.report.add(row, f"{'letters':>8}{'right %':>10}", f"{one.marked:8}{100 * one.share:10.4f}")


def _alarms(run: Run) -> None:
    total = quality.Alarms("in all")
    for what, texts in negatives.groups(run.folder, run.quick):
        _alarm(run, one := quality.Alarms(what).judge(texts))
        total.add(one)
    _alarm(run, total, [Check("false alarms in 200,000", total.alarms * 200_000 / total.texts, 1, False, "")])
    for what, texts in negatives.others(run.folder, run.quick):
        _alarm(run, quality.Alarms(what).judge(texts))
    for name, judge in run.peers.items():
        texts = (text for _what, group in negatives.groups(run.folder, 200 * run.quick) for text in group)
        _alarm(run, quality.flagged(name, judge, texts))


def _alarm(run: Run, one: quality.Alarms, checks: list[Check] | None = None) -> None:
    row = Row("false alarms", one.what, one.texts, checks or [], {"violations": [one.alarms]}, one.examples)
    columns = f"{'texts':>8}{'violations':>11}{'warnings':>9}"
    run.report.add(row, columns, f"{one.texts:8}{one.alarms:11}{one.warnings:9}")


def _markings(run: Run) -> None:
    papers = markings.documents(run.folder)[:: run.quick]
    official = markings.official(papers)
    for table, found in (
        ("secret-marking, false alarms", markings.ordinary(run.lines[:: run.quick], papers)),
        ("secret-marking, missed", markings.stamped(official, 1000 // run.quick)),
        ("secret-marking, missed in legacy text", markings.legacy(official, run.encoders, 500 // run.quick)),
    ):
        for one in found:
            checks = [] if one.goal is None else [Check(table, 100 * one.share, 100 * one.goal, False)]
            shown = f"{one.texts:8}{one.wrong:8}{100 * one.share:9.3f}"
            row = Row(table, one.what, one.texts, checks, {}, one.examples)
            run.report.add(row, f"{'texts':>8}{'wrong':>8}{'%':>9}", shown)


def _speed(run: Run) -> None:
    judges: dict[str, Judge] = {quality.OURS: quality.family, **run.peers}
    columns = "".join(f"{name[:19]:>20}" for name in judges)
    for one in speeds(run.folder, run.encoders, judges, 7 if run.quick == 1 else 3):
        case = "speed on ordinary text" if one.goal == ORDINARY else "speed on legacy text"
        checks = [Check(case, one.median(quality.OURS), one.goal, unit="MB/s")]
        beside = "".join(f"{one.median(name):11.2f} ({one.ratio(quality.OURS, name):5.1f}x)" for name in run.peers)
        row = Row("speed, MB/s (ours as times theirs)", one.what, 0, checks, one.rounds, [])
        run.report.add(row, columns, f"{one.median(quality.OURS):20.1f}{beside}")


_MEASURES: dict[str, Callable[[Run], None]] = dict(
    zip(PARTS, (_damaged, _cut, _amid, _others, _conversion, _alarms, _markings, _speed), strict=True)
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--less", type=int, default=1, metavar="N", help="so many times fewer texts")
    parser.add_argument("--quick", dest="less", action="store_const", const=20, help="--less 20")
    parser.add_argument("--split", choices=("test", "dev"), default="test")
    parser.add_argument("--corpus", type=Path, default=CACHE, help="a folder that the script built")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--examples", action="store_true", help="show what ours got wrong")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    return parser.parse_args()


def main() -> None:
    """Print the tables."""
    given = _arguments()
    if not (given.corpus / given.split / "vi.txt").is_file():
        build(given.corpus, given.corpus / ".packages")
    report = Report(given.json, given.examples)
    encoders = available(given.corpus / ".packages")
    run = Run(report, given.corpus / given.split, encoders, peers(), given.less)
    report.say(f"{given.split} split of {given.corpus}; encoders: {', '.join(sorted({one.name for one in encoders}))}")
    for part in given.only:
        _MEASURES[part](run)
    report.summary()
    if given.json:
        print(report.as_json())


if __name__ == "__main__":
    main()
