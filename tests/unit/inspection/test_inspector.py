"""The whole way with real children: what a confined process finds is what the walk finds, and the loop never waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import structlog
import uvloop
from blockbuster import blockbuster_ctx

from gateway import metrics
from gateway.contents import Trait, Why
from gateway.inspection.inspector import Inspector, PoolLimits, Result
from gateway.inspection.samples import samples
from gateway.message.spool import SpoolPool
from tests.unit.inspection.support import FILES, TEXT, inspector, mail, part, scan, zipped
from tests.unit.inspection.test_walk import JPEG, PROGRAM, tarred, walk

REAL = "gateway.inspection.child"
ZIP = zipped([("x.exe", PROGRAM), ("deep.zip", zipped([("y.txt", b"hello\r\n")]))])


def names(result: Result) -> list[str]:
    return ["/".join(file.names) for file in result.files]


async def test_a_file_s_files() -> None:
    async with inspector(REAL) as made:
        raw = mail(part(ZIP, "a.zip"), part(JPEG, "b.jpg"))
        found = await made.inspect(raw, scan(raw), FILES)
        assert names(found) == ["a.zip", "a.zip/x.exe", "a.zip/deep.zip", "a.zip/deep.zip/y.txt", "b.jpg"]
        assert found.files[0].traits == (Trait.CONTAINER,)
        assert (found.unchecked, found.documents, found.view) == ((), (), None)
        assert not [name for name in made.lacking if not name.startswith("gateway.")]


async def test_a_confined_child_finds_what_the_walk_finds() -> None:
    raw = mail(*(part(data, name) for name, data in samples().items()), part(ZIP, "b.zip"))
    here = walk(raw, text=True)
    with structlog.testing.capture_logs() as lines:
        async with inspector(REAL) as made:
            found = await made.inspect(raw, scan(raw), TEXT)
            again = await made.inspect(raw, scan(raw), TEXT)
    assert again == found
    assert list(found.files) == here.files
    assert list(found.unchecked) == here.unchecked
    texts = {document.names: [unit.text for unit in document.units] for document in found.documents}
    assert texts == here.texts
    assert [line for line in lines if line["event"] == "inspection.bug"] == [], "something is loaded too late"


async def test_more_archives_than_a_page_of_callbacks() -> None:
    """What a library's callbacks need is made before the process is confined; later it could not be had."""
    many = zipped([(f"{n}.tar", tarred([(f"{n}.txt", b"hello %d" % n)])) for n in range(300)])
    raw = mail(part(many, "many.zip"))
    async with inspector(REAL) as made:
        for _ in range(3):
            found = await made.inspect(raw, scan(raw), FILES)
            assert found.unchecked == ()
            assert len(found.files) == 601


async def test_a_suspicious_message_is_read_in_every_way() -> None:
    inner = mail(part(ZIP, "in.zip"), boundary="inner")
    raw = mail(part(inner, "fw.eml", "message/rfc822"))
    scanned = scan(raw)
    assert scanned.suspicious
    async with inspector(REAL) as made:
        only_view = await made.inspect(raw, scanned, frozenset())
        assert only_view.view is not None
        assert only_view.files == ()
        assert "in.zip" in [attachment.filename for attachment in only_view.view.attachments]
        assert all(extract.steps for extract in only_view.view.extracts)
        both = await made.inspect(raw, scanned, FILES)
        assert both.view == only_view.view
        assert names(both)[:3] == ["fw.eml", "fw.eml/in.zip", "fw.eml/in.zip/x.exe"]


async def test_nothing_is_asked_where_nothing_is_wanted() -> None:
    async with inspector(REAL, count=0) as made:
        raw = mail(part(JPEG, "b.jpg"))
        assert await made.inspect(raw, scan(raw), frozenset()) == Result()


async def test_text_comes_in_pieces_and_is_put_together() -> None:
    lines = [f"line {n} of the text" for n in range(9000)]
    raw = mail(part("\r\n".join(lines).encode(), "a.txt"))
    async with inspector(REAL) as made:
        found = await made.inspect(raw, scan(raw), TEXT)
        (document,) = found.documents
        assert (document.part, document.names) == ("1.2", ("a.txt",))
        text = "\n".join(unit.text for unit in document.units)
        assert all(line in text for line in lines[::500])
        assert len(document.units) > 4000


async def test_a_large_message_on_disk_does_not_stop_the_loop(tmp_path: Path) -> None:
    pool = SpoolPool(tmp_path, threshold=256 << 10, memory_cap=64 << 20, disk_cap=64 << 20)
    spool = pool.new()
    raw = mail(part(zipped([("x.exe", PROGRAM + bytes(range(256)) * 9000)]) + bytes(3 << 20), "a.zip"))
    for at in range(0, len(raw), 65536):
        spool.feed(raw[at : at + 65536])
        if spool.needs_flush:
            await spool.flush()
    await spool.finish()
    assert spool.fileno is not None
    async with inspector(REAL) as made:
        await made.inspect(raw, scan(raw), FILES)
        with blockbuster_ctx():
            found = await made.inspect(spool, scan(raw), FILES)
    spool.close()
    assert names(found) == ["a.zip", "a.zip/x.exe"]


def test_on_the_loop_that_workers_run() -> None:
    async def run() -> list[Result]:
        made = Inspector(PoolLimits(count=2))
        await made.start()
        raw = mail(part(ZIP, "a.zip"))
        results = await asyncio.gather(*(made.inspect(raw, scan(raw), FILES) for _ in range(20)))
        await made.close()
        return results

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        results = runner.run(run())
    assert len(set(map(str, results))) == 1
    assert len(results[0].files) == 4


def value(name: str, **labels: str) -> float:
    return metrics.WORKER.get_sample_value(name, labels) or 0.0


async def test_metrics() -> None:
    metrics.flush()
    done, died, seconds = (
        value("congthu_inspections_total", result="done"),
        value("congthu_inspections_total", result="unavailable"),
        value("congthu_inspection_seconds_count"),
    )
    raw = mail(part(ZIP, "a.zip"))
    async with inspector(REAL) as made:
        for _ in range(3):
            await made.inspect(raw, scan(raw), FILES)
        metrics.flush()
        assert value("congthu_inspection_children", state="idle") == 1
        assert value("congthu_inspection_children", state="busy") == 0
    async with inspector(count=0) as none:
        assert (await none.inspect(raw, scan(raw), FILES)).unchecked[0].reason is Why.UNAVAILABLE
    metrics.flush()
    assert value("congthu_inspections_total", result="done") - done == 3
    assert value("congthu_inspections_total", result="unavailable") - died == 1
    assert value("congthu_inspection_seconds_count") - seconds == 4
    assert value("congthu_inspection_waiting") == 0


@pytest.mark.parametrize("memory", [64 << 20])
async def test_memory_is_bounded_by_the_setting(memory: int) -> None:
    """A document that needs more than there is costs itself, and the child, but no other message."""
    big = zipped([("zeros.docx", bytes(150 << 20))])
    raw, other = mail(part(big, "a.zip")), mail(part(ZIP, "b.zip"))
    async with inspector(REAL, memory=memory) as made:
        found = await made.inspect(raw, scan(raw), FILES)
        assert {each.reason for each in found.unchecked} <= {Why.TOO_LARGE, Why.RATIO, Why.DIED}
        assert found.unchecked
        assert len((await made.inspect(other, scan(other), FILES)).files) == 4
