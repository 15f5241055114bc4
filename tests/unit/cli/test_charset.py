"""`congthu charset`: files of every kind, what is said of them, and how it ends."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.cli.charset_open import Opener, UnreadableError
from gateway.cli.charset_words import NOTES, repair
from gateway.contents import LegacyText, Source
from gateway.inspection.limits import PoolLimits
from gateway.vietnamese import Family, Note

HACK = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"
UNICODE = "Cộng hoà xã hội chủ nghĩa Việt Nam"
SECOND = "§éc lËp - Tù do - H¹nh phóc"
_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    b'wordprocessingml.document.main+xml"/></Types>'
)


def charset(*arguments: object, input: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["charset", *map(str, arguments)], input=input)


def found(*arguments: object, input: bytes | None = None) -> dict[str, Any]:
    result = charset(*arguments, "--json", input=input)
    value = orjson.loads(result.stdout)
    assert value["exit_code"] == result.exit_code
    assert isinstance(value, dict)
    return value


_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Some title</dc:title></cp:coreProperties>'
)


def docx(*paragraphs: tuple[str, str]) -> bytes:
    """A document with these (font, text) paragraphs, and a title among its properties."""
    body = "".join(
        f'<w:p><w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr><w:t>{text}</w:t></w:r></w:p>'
        for font, text in paragraphs
    )
    root = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    return zipped(
        {"[Content_Types].xml": _TYPES, "word/document.xml": root.encode(), "docProps/core.xml": _CORE.encode()}
    )


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def mail(body: str, *, subject: str = "Report", attached: dict[str, bytes] | None = None) -> bytes:
    head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    parts = [f"{head}{body}\r\n".encode()]
    for name, data in (attached or {}).items():
        head = (
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        )
        parts.append(head.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n"))
    encoded = base64.b64encode(subject.encode()).decode()
    head = (
        f"From: a@so.example\r\nSubject: =?utf-8?B?{encoded}?=\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    )
    return head.encode() + b"".join(b"--b\r\n" + part for part in parts) + b"--b--\r\n"


class TestText:
    @pytest.mark.parametrize(
        ("data", "family"),
        [
            (HACK.encode(), "tcvn3"),
            (HACK.encode("latin-1"), "tcvn3"),
            (HACK.encode("utf-16"), "tcvn3"),
            ("Coäng hoaø xaõ hoäi chuû nghóa Vieät Nam".encode("latin-1"), "vni"),
            (UNICODE.encode().decode("cp1252", "replace").encode(), "mojibake"),
        ],
    )
    def test_a_violation(self, tmp_path: Path, data: bytes, family: str) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"Good line\r\n" + data if b"\0" not in data else data)
        value = found(path)
        (text,) = value["files"][0]["found"]
        assert (value["verdict"], value["exit_code"]) == ("violation", 1)
        assert (text["charset"], text["source"], text["verdict"]) == (family, "document", "violation")
        assert text["label"] == Family(family).label
        assert text["damaged"] >= 4
        assert text["passages"][0]["place"] == ("line 1" if b"\0" in data else "line 2")
        assert "việt nam" in text["passages"][0]["understood"].lower()
        assert text["repair"]["vi"] and text["repair"]["en"]

    @pytest.mark.parametrize(
        "text", [UNICODE, unicodedata.normalize("NFD", UNICODE), "plain English", "Müller, Straße, café", "", "\n\n"]
    )
    def test_nothing_wrong(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "a.txt"
        path.write_text(text)
        value = found(path)
        assert value["exit_code"] == 0
        assert value["verdict"] in ("ok", "note")

    def test_a_table_by_cells(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(f"STT;Tªn\n1;NguyÔn V¨n An, {HACK}\n".encode("latin-1"))
        (text,) = found(path)["files"][0]["found"]
        assert text["charset"] == "tcvn3"
        assert "cell B2" in [passage["place"] for passage in text["passages"]]

    @pytest.mark.parametrize("arguments", [(), ("-",)])
    def test_standard_input(self, arguments: tuple[str, ...]) -> None:
        value = found(*arguments, input=HACK.encode())
        assert value["exit_code"] == 1
        assert value["files"][0]["name"] == "-"
        assert [text["source"] for text in value["files"][0]["found"]] == ["document"]

    def test_noise_is_not_checked_and_no_error(self, tmp_path: Path) -> None:
        path = tmp_path / "a.bin"
        path.write_bytes(bytes(range(256)) * 500)
        value = found(path)
        assert (value["verdict"], value["exit_code"]) == ("not-checked", 0)
        assert "not checked · chưa kiểm tra" in charset(path).stdout
        path = tmp_path / "a.txt"
        path.write_bytes(bytes(range(32)) * 500)
        value = found(path)
        assert (value["verdict"], value["exit_code"]) == ("not-checked", 0)
        assert value["files"][0]["unchecked"] == [{"names": [], "reason": "damaged"}]

    @pytest.mark.parametrize(
        ("text", "note", "verdict", "arrow"),
        [
            ("Ðộc lập - Tự do - Hạnh phúc của nhân dân", "eth", "warning", True),
            ("Coongj hoaf xax hooij chur nghiax Vieetj Nam, ddoocj laapj tuwj do", "telex", "warning", True),
            ("C?ng h?a x? h?i ch? ngh?a Vi?t Nam ??c l?p t? do h?nh ph?c", "lossy", "warning", False),
            (unicodedata.normalize("NFD", UNICODE), "nfd", "note", False),
        ],
    )
    def test_a_note(self, tmp_path: Path, text: str, note: str, verdict: str, arrow: bool) -> None:
        path = tmp_path / "a.txt"
        path.write_text(text)
        (one,) = found(path)["files"][0]["found"]
        assert (one["notes"], one["verdict"], one["charset"], one["label"]) == ([note], verdict, None, "")
        result = charset(path)
        assert result.exit_code == 0
        assert f"{verdict}: {note}: {NOTES[note].en}" in result.stdout
        assert ("→" in result.stdout) is arrow

    def test_every_place_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("\n".join(f"{UNICODE}\n{HACK}{' ChÝnh phñ' * (number % 5)}" for number in range(40)))
        (text,) = found(path)["files"][0]["found"]
        places = [passage["place"] for passage in text["passages"]]
        assert places == [f"line {number}" for number in range(2, 81, 2)]  # in the order of the text
        assert "35 more: --all" in charset(path).stdout
        assert "line 80" in charset(path, "--all").stdout


class TestDocuments:
    def test_a_document_by_paragraph_with_its_fonts(self, tmp_path: Path) -> None:
        path = tmp_path / "BaoCao.docx"
        path.write_bytes(docx(("Times New Roman", UNICODE), (".VnTime", HACK), (".VnTimeH", SECOND)))
        (file,) = found(path)["files"]
        (text,) = file["found"]
        assert file["kind"].endswith("wordprocessingml.document")
        assert [(one["place"], one["font"]) for one in sorted(text["passages"], key=lambda one: str(one["place"]))] == [
            ("paragraph 2", ".VnTime"),
            ("paragraph 3", ".VnTimeH"),
        ]
        assert UNICODE in [passage["understood"] for passage in text["passages"]]
        assert "UniKey" in text["repair"]["vi"] and "TCVN3 (ABC)" in text["repair"]["vi"]

    def test_capitals_by_their_font(self, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        path.write_bytes(docx((".VnTimeH", HACK), ("Arial", "Straße")))
        result = charset(path, "--convert")
        assert result.stdout == f"{UNICODE.upper()}\nStraße\n"

    def test_a_legacy_font_over_good_text_is_named_with_its_places(self, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        path.write_bytes(docx(("Arial", UNICODE), (".VnTime", UNICODE), (".VnTime", "ASCII")))
        (text,) = found(path)["files"][0]["found"]
        assert (text["verdict"], text["charset"], text["notes"]) == ("warning", None, ["legacy-font"])
        assert [(one["place"], one["font"]) for one in text["passages"]] == [("paragraph 2", ".VnTime")]
        assert "→" not in charset(path).stdout

    def test_a_mail_with_everything(self, tmp_path: Path) -> None:
        path = tmp_path / "thu.eml"
        attached = {"ho_so.zip": zipped({"trong.docx": docx((".VnTime", HACK)), "tot.txt": UNICODE.encode()})}
        path.write_bytes(mail(SECOND, subject=HACK, attached=attached))
        (file,) = found(path)["files"]
        texts = {(text["source"], tuple(text["names"]), text["where"]): text for text in file["found"]}
        assert set(texts) == {
            ("header", (), "Subject"),
            ("body", (), ""),
            ("document", ("ho_so.zip", "trong.docx"), ""),
        }
        assert {text["charset"] for text in texts.values()} == {"tcvn3"}
        assert texts["body", (), ""]["passages"][0]["understood"] == "Độc lập - Tự do - Hạnh phúc"

    def test_what_others_wrote_is_a_warning(self, tmp_path: Path) -> None:
        path = tmp_path / "thu.eml"
        path.write_bytes(mail(f"Kính gửi\r\n\r\n> {HACK}\r\n> {SECOND}"))
        value = found(path)
        assert [(text["source"], text["verdict"]) for text in value["files"][0]["found"]] == [("quoted", "warning")]
        assert (value["verdict"], value["exit_code"]) == ("warning", 0)

    def test_a_name_inside(self, tmp_path: Path) -> None:
        path = tmp_path / "a.zip"
        path.write_bytes(zipped({"Céng hoµ x· héi chñ nghÜa.txt": b"x"}))
        (text,) = found(path)["files"][0]["found"]
        assert (text["source"], text["names"]) == ("name", ["Céng hoµ x· héi chñ nghÜa.txt"])

    def test_what_is_encrypted_is_not_checked(self, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(b"%PDF-1.4\nnothing")
        value = found(path)
        assert value["exit_code"] == 0
        assert value["files"][0]["unchecked"]

    def test_markings_and_prose_without_marks_only_where_asked(self, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        prose = (
            "Kinh gui Uy ban nhan dan tinh, don vi chung toi xin bao cao tinh hinh thuc hien nhiem vu trong quy nay "
        )
        path.write_bytes(docx(("Arial", "TỐI MẬT"), ("Arial", "KẾ HOẠCH"), ("Arial", "Công tác năm 2026")))
        assert "markings" not in found(path)["files"][0]
        value = found(path, "--all")
        assert [(one["level"], one["where"]) for one in value["files"][0]["markings"]] == [("tối mật", "paragraph 1")]
        assert value["exit_code"] == 0
        assert "TỐI MẬT" in charset(path, "--all").stdout
        path = tmp_path / "b.txt"
        path.write_text(prose * 3)
        (unmarked,) = found(path, "--all")["files"][0]["unmarked"]
        assert unmarked["unmarked"] >= 30
        assert "without diacritics" in charset(path, "--all").stdout


class TestConverting:
    def test_a_text_as_a_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(f"{HACK}\r\n\r\n  {SECOND}\n".encode("latin-1"))
        result = charset(path, "--convert")
        assert result.stdout_bytes.decode() == f"{UNICODE}\r\n\r\n  Độc lập - Tự do - Hạnh phúc\n"
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
        assert "TCVN3/ABC" in result.stderr

    def test_good_text_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        text = f"{UNICODE}\r\nMüller\tStraße\n"
        path.write_bytes(text.encode())
        result = charset(path, "--convert")
        assert (result.stdout_bytes.decode(), result.exit_code) == (text, 0)

    def test_decomposed_text_is_composed(self) -> None:
        result = charset("--convert", input=unicodedata.normalize("NFD", UNICODE).encode())
        assert result.stdout == UNICODE

    def test_into_a_file(self, tmp_path: Path) -> None:
        path, new = tmp_path / "a.csv", tmp_path / "b.csv"
        path.write_bytes(f"1;{HACK}\n2;{SECOND}\n".encode("latin-1"))
        result = charset(path, "--convert", "-o", new)
        assert new.read_text() == f"1;{UNICODE}\n2;Độc lập - Tự do - Hạnh phúc\n"
        assert (result.stdout, result.exit_code) == ("", 1)

    def test_what_is_too_short_to_be_recognised(self) -> None:
        result = charset("--convert", "--charset", "vni", input="Vaên".encode("latin-1"))
        assert result.stdout == "Văn"

    def test_several_files_have_headings(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(HACK)
        (tmp_path / "b.txt").write_text(f"{HACK}\n")
        result = charset(tmp_path / "a.txt", tmp_path / "b.txt", "--convert")
        assert result.stdout == "".join(f"==> {tmp_path / name} <==\n{UNICODE}\n" for name in ("a.txt", "b.txt"))

    def test_a_document_without_its_properties(self, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        path.write_bytes(docx((".VnTime", HACK), ("Arial", UNICODE)))
        with Opener() as opener:
            assert "property title" in [unit.place for unit in opener.open(str(path)).documents[0].units]
        assert charset(path, "--convert").stdout == f"{UNICODE}\n{UNICODE}\n"

    def test_a_document_of_a_charset_that_is_known(self, tmp_path: Path) -> None:
        path = tmp_path / "a.docx"
        path.write_bytes(docx(("Arial", "öô")))
        assert charset(path, "--convert").stdout == "öô\n"
        assert charset(path, "--convert", "--charset", "vni").stdout == "ươ\n"

    def test_wide_characters(self) -> None:
        assert charset("--convert", input=HACK.encode("utf-16")).stdout == UNICODE

    def test_unicode_with_bytes_of_something_else_in_it(self) -> None:
        given = f"{UNICODE}, {UNICODE}\n".encode() * 5 + HACK.encode("latin-1")
        assert charset("--convert", input=given).stdout == f"{UNICODE}, {UNICODE}\n" * 5 + UNICODE

    def test_in_json(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(HACK)
        assert found(path, "--convert")["files"][0]["converted"] == UNICODE
        assert "converted" not in found(path)["files"][0]

    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            (["-o", "x"], "--convert"),
            (["--charset", "vni"], "--convert"),
            (["--charset", "klingon", "--convert"], "klingon"),
            (["a", "b", "--convert", "-o", "x"], "one file"),
            (["-", "-"], "once"),
        ],
    )
    def test_wrong_usage(self, arguments: list[str], word: str) -> None:
        result = charset(*arguments)
        assert result.exit_code == 2
        assert word in result.stderr

    def test_a_file_is_not_written_over_itself(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(HACK)
        result = charset(path, "--convert", "-o", path)
        assert result.exit_code == 2
        assert path.read_text() == HACK

    def test_a_place_that_cannot_be_written(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(HACK)
        result = charset(path, "--convert", "-o", tmp_path / "no" / "x")
        assert result.exit_code == 2
        assert "cannot be written" in result.stderr


class TestTrouble:
    def test_each_file_by_itself(self, tmp_path: Path) -> None:
        good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
        good.write_text(UNICODE)
        bad.write_text(HACK)
        result = charset(tmp_path / "none.txt", good, tmp_path, bad)
        assert result.exit_code == 2
        assert result.stderr.splitlines() == [
            f"congthu: {tmp_path / 'none.txt'}: there is no such file",
            f"congthu: {tmp_path}: it is a folder",
        ]
        assert f"{bad}: violation" in result.stdout
        assert result.stdout.splitlines()[-1] == "4 files: 1 violation, 1 ok, 2 not read"
        value = found(tmp_path / "none.txt", good)
        assert value["files"][0] == {"name": str(tmp_path / "none.txt"), "error": "there is no such file"}
        assert (value["verdict"], value["exit_code"]) == ("ok", 2)

    def test_names_of_any_bytes(self, tmp_path: Path) -> None:
        name = os.fsdecode(HACK.encode("latin-1") + b"\x1b[2J\x07.txt")
        (tmp_path / name).write_text("x")
        value = found(tmp_path / name)
        (text,) = value["files"][0]["found"]
        assert (text["source"], text["charset"]) == ("name", "tcvn3")
        assert value["files"][0]["name"].endswith("\\xd6t Nam\x1b[2J\x07.txt")
        assert not set("\x1b\x07") & set(charset(tmp_path / name).stdout)
        assert charset("a\0b").exit_code == 2

    def test_controls_do_not_reach_the_terminal(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(f"\x1b[2J\u202e{HACK}\x1b]0;x\x07")
        assert not set("\x1b\u202e\x07") & set(charset(path, "--all").stdout)

    def test_a_converted_text_does_not_steer_the_terminal(
        self, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(f"\x1b[2J{UNICODE}\r\nend".encode())
        assert charset(path, "--convert").stdout_bytes == path.read_bytes()  # into a pipe goes what it says
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        with pytest.raises(SystemExit):
            main(["charset", "--convert", str(path)])
        assert capsysbinary.readouterr().out.decode() == f"\\x1b[2J{UNICODE}\nend\n"

    def test_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"x" * 101)
        with Opener(largest=100) as opener, pytest.raises(UnreadableError, match="larger"):
            opener.open(str(path))

    def test_a_reader_that_never_ends_is_an_error_of_this_file(self, tmp_path: Path) -> None:
        path, good = tmp_path / "a.docx", tmp_path / "b.docx"
        path.write_bytes(docx(("Arial", "x")))
        good.write_bytes(docx(("Arial", "y")))
        hurried = Opener(limits=PoolLimits(count=1, timeout=0.0, prewarm=False))
        with hurried as opener, pytest.raises(UnreadableError, match="could not be opened"):
            opener.open(str(path))
        with Opener() as opener:
            assert opener.open(str(good)).documents[0].units[0].text == "y"

    def test_no_reader_no_traceback(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(f"{HACK}\n" * 20_000)
        command = f"{sys.executable} -m gateway charset"
        script = f"{command} --all {path} | head -1; {command} --convert {path} | head -1"
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=60, env=environment)
        assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr
        assert done.stdout.splitlines()[-1].decode() == UNICODE


def test_the_choices_are_the_families() -> None:
    (option,) = [parameter for parameter in main.get_command(None, "charset").params if parameter.name == "charset"]  # type: ignore[union-attr,arg-type]
    assert list(option.type.choices) == [family.value for family in Family]  # type: ignore[attr-defined]


def test_every_note_has_its_words() -> None:
    assert set(NOTES) == {note.value for note in Note}


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("kind", ["txt", "docx", "pdf", ""])
def test_every_family_can_be_repaired(family: Family, source: Source, kind: str) -> None:
    advice = repair(LegacyText(source, "", (), "", family.value, 9, 1.0), kind)
    assert advice is not None
    assert advice.vi and advice.en and "{" not in advice.vi + advice.en


class TestRewriting:
    """A Word document that comes back as one."""

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["charset", "--convert", *arguments])

    def test_it_is_written_in_unicode(self, tmp_path: Path) -> None:
        old, new = tmp_path / "cu.docx", tmp_path / "moi.DOCX"
        old.write_bytes(docx((".VnTime", HACK)))
        result = self.run("-o", str(new), str(old), "--json")
        assert result.exit_code == 0, result.output
        (told,) = orjson.loads(result.stdout)["files"]
        assert (told["written"], told["charsets"], told["texts"]) == (str(new), ["TCVN3/ABC"], 1)
        with zipfile.ZipFile(new) as archive:
            written = archive.read("word/document.xml").decode()
        assert UNICODE in written and "Times New Roman" in written and ".VnTime" not in written
        assert told["left"] == {}
        again = self.run("-o", str(tmp_path / "x.docx"), str(new))
        assert again.exit_code == 2 and "nothing in it needs converting" in again.stderr
        assert sorted(one.name for one in tmp_path.iterdir()) == ["cu.docx", "moi.DOCX"]

    def test_what_stays_as_it_was_is_said_in_both_languages(self, tmp_path: Path) -> None:
        old, new = tmp_path / "cu.docx", tmp_path / "moi.docx"
        old.write_bytes(docx((".VnTime", HACK)))
        with zipfile.ZipFile(old, "a") as archive:
            archive.writestr("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0")
        said = self.run("-o", str(new), str(old)).stderr
        assert "left as it was: 1 embedded objects" in said and "giữ nguyên, chưa chuyển: 1 đối tượng nhúng" in said

    def test_what_is_no_document(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(HACK)
        result = self.run("-o", str(tmp_path / "a.docx"), str(tmp_path / "a.txt"), "--json")
        assert result.exit_code == 2
        assert orjson.loads(result.stdout)["files"][0]["reason"] == "not-docx"
        missing = self.run("-o", str(tmp_path / "a.docx"), str(tmp_path / "no.docx"), "--json")
        assert orjson.loads(missing.stdout)["files"][0]["reason"] == "unreadable"
        assert not (tmp_path / "a.docx").exists()

    def test_where_it_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "a.docx").write_bytes(docx((".VnTime", HACK)))
        result = self.run("-o", str(tmp_path / "no" / "b.docx"), str(tmp_path / "a.docx"))
        assert result.exit_code == 2 and "cannot be written" in result.output
