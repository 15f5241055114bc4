"""Chuyển mã: what is sent is read by a process of its own, within bounds; and no file name leads anywhere."""

from __future__ import annotations

import base64
import html
import io
import re
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.console import converter
from gateway.console.brakes import Brake
from gateway.console.routes import PUBLIC
from gateway.console.web import Site
from tests.unit.console.support import Browser, Running, token_in
from tests.unit.console.test_hostile import EVIL, check

_TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam, ®éc lËp tù do h¹nh phóc"
_UNICODE = "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập tự do hạnh phúc"


@pytest.fixture
def client(own: Running) -> Iterator[Browser]:
    site = Site(own.services, PUBLIC, public=True, frame="public.html")
    yield Browser(own.runner, site.application(), "http://testserver", "192.0.2.9")


def send(client: Browser, text: str = "", file: tuple[str, bytes] | None = None, **more: str) -> httpx.Response:
    token = token_in(client.get("/chuyen-ma").text)
    files = {"tep": file if file is not None else ("", b"")}
    return client.post("/chuyen-ma", data={"token": token, "van_ban": text, **more}, files=files)


def document(text: str, padding: int = 0, more: str = "") -> bytes:
    """A small docx; `padding`: megabytes of blanks that pack to nothing; `more`: another part."""
    made = io.BytesIO()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    words = f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        archive.writestr("word/document.xml", words)
        if more:
            archive.writestr(more, b"\xd0\xcf\x11\xe0")
        for number in range(padding):
            archive.writestr(f"word/media/{number}.xml", b" " * 2**20)
    return made.getvalue()


def test_a_pasted_text_becomes_unicode(client: Browser) -> None:
    found = send(client, _TCVN3)
    assert found.status_code == 200 and _UNICODE in found.text and "TCVN3" in found.text
    whole = send(client, _TCVN3, lam="tai-ve", bang_ma="tcvn3")
    assert whole.content.decode("utf-8-sig") == _UNICODE
    assert whole.headers["content-disposition"] == 'attachment; filename="unicode.txt"'


def test_a_document_becomes_unicode_and_nothing_is_left(
    client: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    found = send(client, file=("../../công văn\r\nX: y.docx", document(_TCVN3)))
    assert found.status_code == 200 and _UNICODE in found.text
    assert sorted(tmp_path.iterdir()) == before
    assert "X: y" not in str(found.headers)


def test_a_word_document_comes_back_as_one(client: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    found = send(client, file=("công văn.docx", document(_TCVN3)), lam="docx")
    assert found.headers["content-disposition"] == 'attachment; filename="unicode.docx"'
    assert found.headers["content-type"].endswith("wordprocessingml.document")
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert _UNICODE in archive.read("word/document.xml").decode()
    assert sorted(tmp_path.iterdir()) == before


def test_what_stays_as_it_was_is_told_with_the_document(client: Browser) -> None:
    found = send(client, file=("a.docx", document(_TCVN3, more="word/embeddings/oleObject1.bin")), lam="docx")
    assert found.status_code == 200 and "1 đối tượng nhúng" in found.text and "ký hiệu chèn" not in found.text
    link = re.search(r'download="unicode.docx" href="data:[a-z.-]+/[a-z.-]+;base64,([A-Za-z0-9+/=&#;]+)"', found.text)
    assert link is not None
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(html.unescape(link[1])))) as archive:
        assert _UNICODE in archive.read("word/document.xml").decode()


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        (("a.docx", document(_UNICODE)), "", "không có gì cần chuyển"),
        (("a.docx", document(_TCVN3, 100)), "", "bung ra quá lớn"),
        (("a.docx", b"PK\x03\x04" + b"\xff" * 3000), "", "bị hỏng"),
        (("a.odt", b"%PDF"), "", "không phải văn bản Word"),
        (None, _TCVN3, "không phải văn bản Word"),
    ],
    ids=["unicode", "bomb", "noise", "pdf", "pasted"],
)
def test_why_no_document_comes_back(client: Browser, file: tuple[str, bytes] | None, text: str, words: str) -> None:
    found = send(client, text, file, lam="docx")
    assert found.status_code == 200 and words in found.text
    assert "content-disposition" not in found.headers


def test_what_is_unicode_already_is_told_so(client: Browser) -> None:
    assert "đã là Unicode" in send(client, _UNICODE).text


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n" + b"\xff" * 5000, b"\x00" * 100_000, b"PK\x03\x04" + b"\xff" * 3000, document("x", 300)],
    ids=["pdf", "nothing", "zip", "bomb"],
)
def test_what_cannot_be_read(client: Browser, content: bytes) -> None:
    begun = time.monotonic()
    found = send(client, file=("a.docx", content))
    assert found.status_code == 200 and "Traceback" not in found.text
    assert time.monotonic() - begun < 60


def test_hostile_text_stays_text(client: Browser) -> None:
    found = send(client, "\n".join(EVIL).replace("\x00", "").encode(errors="replace").decode() + _TCVN3)
    assert found.status_code == 200
    check(found.text.replace(EVIL[7], ""))


def test_bounds(client: Browser, own: Running) -> None:
    assert send(client).status_code == 400
    assert send(client, "x" * 200_001).status_code == 413
    assert send(client, file=("a.txt", b"x" * (12 * 2**20))).status_code == 413
    own.services.conversion_brake = Brake(0, 300.0)
    assert send(client, _TCVN3).status_code == 429
    own.services.conversion_brake, own.services.conversions_brake = Brake(9, 1.0), Brake(0, 300.0)
    assert send(client, _TCVN3).status_code == 429


def test_an_upload_of_100_megabytes_is_cut_off(client: Browser) -> None:
    sent = 0

    async def body() -> object:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="tep"; filename="a"\r\n\r\n'
        for _ in range(1600):
            sent += 1
            yield b"a" * 65536

    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/chuyen-ma", content=body(), headers=headers).status_code == 413
    assert sent < 200


def test_others_wait_and_are_told(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "_WAIT", 0.01)
    with converter._turns, converter._turns:
        assert send(client, _TCVN3).status_code == 503


def test_one_that_never_ends_is_ended(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "_SECONDS", 0.05)
    found = send(client, _TCVN3)
    assert found.status_code == 200 and "Không đọc được chữ nào" in found.text


def test_a_download_is_ours_alone(client: Browser) -> None:
    token = token_in(client.get("/chuyen-ma").text)
    found = client.post("/chuyen-ma/tai-ve", data={"token": token, "ket_qua": "<script>a\nb"})
    assert found.content == b"\xef\xbb\xbf<script>a\r\nb" and found.headers["content-type"].startswith("text/plain")
    assert client.post("/chuyen-ma/tai-ve", data={"ket_qua": "x"}).status_code == 403


def test_so_many_large_forms_and_no_more(own: Running) -> None:
    site = Site(own.services, PUBLIC, public=True, frame="public.html", uploading=4)
    client = Browser(own.runner, site.application(), "http://testserver", "192.0.2.9")
    assert send(client, _TCVN3).status_code == 503
    assert client.get("/chuyen-ma").status_code == 200
    site.uploading = 3
    assert send(client, _TCVN3).status_code == 200 and site.uploading == 3
