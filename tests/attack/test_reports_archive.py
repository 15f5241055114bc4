"""A hostile archive of an inspection, and hostile cells in what offices open with a spreadsheet."""

from __future__ import annotations

import zipfile
from pathlib import Path

import orjson
import pytest

from gateway.cli.report_inspection import verify_archive
from gateway.journal.export import cells
from gateway.journal.query import Found
from gateway.reports.archive_check import check
from tests.unit.reports.contract_archive import take
from tests.unit.reports.support import Office, decision


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    office = Office(folder, "sqlite:///congthu.db")
    office.usual()
    office.wrote([decision() for _ in range(5)])
    take(office, folder / "a.zip")
    return folder / "a.zip"


def _again(whole: Path, out: Path, method: int, **changed: bytes) -> Path:
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name.partition(".")[0], old.read(name)))
    return out


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_no_other_packing_is_an_exception(whole: Path, tmp_path: Path, method: int) -> None:
    """LZMA names its own dictionary, up to 4 GiB; what is damaged raises errors of other libraries."""
    made = _again(whole, tmp_path / "b.zip", method)
    data = bytearray(made.read_bytes())
    with zipfile.ZipFile(made) as archive:
        for one in archive.infolist():
            at = one.header_offset + 30 + len(one.filename) + 12
            data[at : at + 40] = b"\xff" * 40
    made.write_bytes(data)
    assert check(made, None).report.total


@pytest.mark.parametrize(
    "name", ["journal", "since", "until", "decisions", "rows", "chains", "files", "form", "key_id"]
)
@pytest.mark.parametrize("value", [None, "\x1b[2J", [], {}, -1, 1.5])
def test_no_manifest_is_a_traceback(
    whole: Path, tmp_path: Path, name: str, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(whole) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
    for gone in (False, True):
        manifest[name] = value
        if gone:
            del manifest[name]
        made = _again(whole, tmp_path / "c.zip", zipfile.ZIP_DEFLATED, manifest=orjson.dumps(manifest))
        verify_archive(made, None, as_json=False)
        verify_archive(made, None, as_json=True)
        assert "\x1b[2J" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    ["=1+1", "\x00=1+1", "\xa0=1+1", " \x0b=1+1", "\u2028@SUM(1)", "\u200b=1+1", "\uff1d1+1", "\u3000=1+1",
     'a;=HYPERLINK("http://x.example")', "a; +1", "a\t=1+1", "a;\x0b-1"],
)  # fmt: skip
def test_no_cell_of_an_export_is_a_formula(name: str) -> None:
    """Nor one of its parts where the semicolon parts cells, as Windows may have it with a comma for decimals."""
    found = Found(
        1, {"time": 1, "reference": name, "reply": name, "attachments": [{"filename": name}, {"filename": name}]}
    )
    for cell in cells(found):
        for part in cell.split(";"):
            assert not part.lstrip(" \t\xa0\u3000").startswith(("=", "+", "-", "@", "\uff1d")), cell
