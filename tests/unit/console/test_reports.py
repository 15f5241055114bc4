"""Báo cáo: made by a process of its own, on record, in each format; and the archive of an inspection."""

from __future__ import annotations

import csv
import html
import io
import re
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pypdf
import pytest

from gateway.console import making
from gateway.console.accounts import Role
from gateway.console.brakes import Brake
from gateway.console.making import Job, make
from gateway.console.pages.reports import FORMATS, REPORTS
from gateway.reports.make import NAMES
from gateway.reports.render import MEDIA
from tests.unit.console.support import Running, post

_TITLES = {
    "quarterly": "Tình hình sử dụng hệ thống thư điện tử công vụ",
    "dormant": "Hộp thư điện tử công vụ không sử dụng",
    "windows": "Việc kiểm tra hộp thư điện tử công vụ theo khung giờ",
    "violations": "Tình hình vi phạm quy chế sử dụng thư điện tử công vụ",
    "changes": "Số lượng và thông tin thay đổi hộp thư điện tử công vụ",
    "answers": "Thời gian trả lời thư của hộp thư đơn vị",
    "availability": "Độ sẵn sàng của hệ thống thư điện tử",
    "units": "Thống kê đơn vị ứng dụng thư điện tử vào công việc",
}
_PERIOD = {"first": "2026-11-01", "last": "2026-11-30"}


def test_every_report_has_a_name() -> None:
    assert tuple(REPORTS) == NAMES


@pytest.mark.parametrize(
    ("form", "begins"), [("html", b"<!doctype html>"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("pdf", b"%PDF")]
)
def test_formats(filled: Running, form: str, begins: bytes) -> None:
    found = post(
        filled.client(Role.VIEWER), "/bao-cao/lap", {"name": "violations", "format": form, "quarter": "2026Q4"}
    )
    assert found.status_code == 200 and found.content.lower().startswith(begins.lower()), found.content[:300]
    if form == "html":
        policy = found.headers["content-security-policy"]
        assert (
            "style-src 'sha256-" in policy
            and "script" not in policy
            and found.text.count("<style") == policy.count("sha256")
        )
    else:
        assert found.headers["content-disposition"] == f'attachment; filename="congthu-violations-2026Q4.{form}"'


def _read(content: bytes, form: str) -> str:
    """What a file says, opened by somebody else's reader."""
    if form == "pdf":
        return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell
        )
    if form == "csv":
        return "\n".join(cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row)
    return html.unescape(re.sub("<[^>]+>", " ", content.decode()))


@pytest.mark.parametrize("name", NAMES)
def test_every_report_in_every_format(filled: Running, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """In this process: one of its own for each of 32 files would take half a minute (`test_formats` has one)."""
    monkeypatch.setattr(making, "_run", making._report)
    monkeypatch.setattr(filled.services, "report_brake", Brake(100, 1.0))
    client, tables = filled.client(Role.VIEWER), []
    unit = filled.services.book.units[-1][1]  # where one may be asked for: a PDF of all takes seconds
    for form in FORMATS:
        found = post(client, "/bao-cao/lap", {"name": name, "format": form, "quarter": "2026Q4", "unit": unit})
        assert (found.status_code, found.headers["content-type"].partition(";")[0]) == (
            200,
            MEDIA[form].partition(";")[0],
        )
        text = " ".join(_read(found.content, form).split())
        assert "�" not in text
        if form == "csv":
            tables.append(found.content.decode("utf-8-sig").partition("\r\n")[0].strip('"'))
        else:
            assert _TITLES[name].lower() in text.lower(), (form, text[:500])
        if form == "xlsx":
            tables += [sheet["A1"].value for sheet in openpyxl.load_workbook(io.BytesIO(found.content)).worksheets[1:2]]
    assert len(tables) == 2 and tables[0] == tables[1] != ""  # the first table of the spreadsheet and of the CSV


def test_it_is_on_record(filled: Running) -> None:
    post(filled.client(Role.VIEWER), "/bao-cao/lap", {"name": "dormant", "quarter": "2026Q3", "format": "csv"})
    text = filled.client(Role.SECURITY).get("/nhat-ky").text
    assert "Lập báo cáo" in text and "dormant.csv" in text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"name": "x", "quarter": "2026Q3"}, 404),
        ({"name": "violations", "quarter": "2026Q3", "format": "exe"}, 404),
        ({"name": "violations", "quarter": "<script>"}, 400),
        ({"name": "violations", "quarter": "9999Q9"}, 400),
        ({"name": "violations", "first": "2026-13-01", "last": "2026-01-01"}, 400),
        ({"name": "violations", "first": "2026-02-01", "last": "2026-01-01"}, 400),
        ({"name": "violations", "first": "1980-02-01", "last": "2026-01-01"}, 400),
        ({"name": "violations", "quarter": "2026Q4", "unit": "<script>alert(1)</script>\r\nX: y"}, 400),
    ],
)
def test_what_cannot_be_asked(filled: Running, data: dict[str, str], status: int) -> None:
    found = post(filled.client(Role.VIEWER), "/bao-cao/lap", data)
    assert found.status_code == status
    assert "<script>alert" not in found.text and "x" not in found.headers


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "danh bạ không có đơn vị khong-co"), ("en", "the directory had no unit khong-co at the end")],
)
def test_why_it_cannot_be_made_is_said_in_the_readers_language(filled: Running, language: str, said: str) -> None:
    client = filled.client(Role.VIEWER)
    client.cookies.set("congthu-language", language)
    found = post(client, "/bao-cao/lap", {"name": "violations", "quarter": "2026Q4", "unit": "khong-co"})
    assert found.status_code == 400 and said in found.text


def test_an_archive_for_an_inspection(filled: Running) -> None:
    found = post(filled.client(Role.SECURITY), "/bao-cao/thanh-tra", _PERIOD)
    assert found.status_code == 200 and found.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert "manifest.json" in archive.namelist()
    assert "Xuất hồ sơ thanh tra" in filled.client(Role.SECURITY).get("/nhat-ky").text


def test_so_many_and_no_more(own: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    client = own.client(Role.VIEWER)
    monkeypatch.setattr(making, "_WAIT", 0.01)
    data = {"name": "violations", "quarter": "2026Q3"}
    with making._turns, making._turns:
        assert post(client, "/bao-cao/lap", data).status_code == 503
    own.services.report_brake = Brake(0, 300.0)
    assert post(client, "/bao-cao/lap", data).status_code == 429


def test_one_that_takes_too_long(own: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "_SECONDS", 0.05)
    found = post(own.client(Role.VIEWER), "/bao-cao/lap", {"name": "violations", "quarter": "2026Q3"})
    assert found.status_code == 400 and "quá lâu" in found.text


def test_nothing_is_left_behind(own: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.lifecycle.days import day_of
    from gateway.reports.quarters import Quarter, calendar_period

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    period = calendar_period(Quarter.of(day_of(1_795_000_000.0)))
    made = make(Job(own.services.settings, "violations", period, "", "csv", 1_795_000_000.0))
    folder = made.path.parent
    assert made.path.exists()
    made.close()
    assert not folder.exists()
