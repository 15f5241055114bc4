"""Archives and documents as attachments: what is in them, and what about them is notable."""

from __future__ import annotations

import io
import zipfile

from tests.findings import archive_files as a
from tests.findings import document_files as d
from tests.findings.sample import Sample, attached, mixed

_EXE = "application/x-dosexec"


def _one(group: str, name: str, file: str, data: bytes, **found: object) -> Sample:
    return Sample(group, name, mixed(attached(file, data)), ((file, len(data)),), **found)  # type: ignore[arg-type]


def archives() -> list[Sample]:
    """Archives of each kind, and such as are made to hurt."""
    text, program = {"a.txt": a.TEXT}, {"bao cao.pdf": a.PROGRAM}
    opened = {"traits": {"f.bin": ("container",)}}
    listed = {"kinds": {"f.bin › a.txt": "text/plain"}}
    kinds = {"zip": a.zipped(text), "tar": a.tarred(text), "rar": a.rar(text), "cab": a.cab(text)}
    packed = {f"tar-{kind}": a.compressed(kind, a.tarred(text)) for kind in ("gz", "bz2", "xz")}
    samples = [_one("archives", name, "f.bin", data, **opened, **listed) for name, data in kinds.items()]
    samples += [_one("archives", name, "f.bin", data, **opened) for name, data in packed.items()]
    samples += [
        _one(
            "archives",
            "zip-in-zip",
            "o.zip",
            a.zipped({"i.zip": a.zipped(text)}),
            kinds={"o.zip › i.zip › a.txt": "text/plain"},
        ),
        _one("archives", "program-in-zip", "f.zip", a.zipped(program), kinds={"f.zip › bao cao.pdf": _EXE}),
        _one(
            "archives", "program-in-rar", "f.rar", a.rar({"baocao.pdf": a.PROGRAM}), kinds={"f.rar › baocao.pdf": _EXE}
        ),
        _one(
            "archives",
            "double-extension",
            "f.zip",
            a.zipped({"bao cao.pdf.exe": a.PROGRAM}),
            kinds={"f.zip › bao cao.pdf.exe": _EXE},
        ),
        _one(
            "archives",
            "direction-of-writing",
            "f.zip",
            a.zipped({"bao cao\u202efdp.exe": a.PROGRAM}),
            kinds={"f.zip › bao cao\u202efdp.exe": _EXE},
        ),
        _one("archives", "path-upwards", "f.zip", a.zipped({"../../a.txt": a.TEXT}), traits={"f.zip": ("container",)}),
        _one("archives", "zip-under-other-name", "a.pdf", a.zipped(program), kinds={"a.pdf › bao cao.pdf": _EXE}),
        _one(
            "archives",
            "zip-after-program",
            "setup.exe",
            a.PROGRAM + a.zipped(text),
            kinds={"setup.exe › a.txt": "text/plain"},
        ),
        _one(
            "archives",
            "zip-after-pdf",
            "a.pdf",
            d.pdf() + a.zipped(program),
            kinds={"a.pdf › bao cao.pdf": _EXE},
            text=("Kinh gui Uy ban",),
        ),
        _one(
            "archives",
            "pdf-named-in-zip",
            "f.zip",
            a.zipped({"%PDF-1.4 a.txt": a.TEXT, "bao cao.pdf": a.PROGRAM}, method=0),
            kinds={"f.zip › bao cao.pdf": _EXE},
        ),
        _one("archives", "encrypted", "f.zip", a.encrypted(a.zipped(text)), unchecked={"f.zip › a.txt": "encrypted"}),
        _one("archives", "bomb", "f.zip", a.zipped({"zeros": bytes(20 * 2**20)}), unchecked={"f.zip": "ratio"}),
        _one("archives", "bomb-gz", "f.gz", a.compressed("gz", bytes(20 * 2**20)), unchecked={"f.gz": "ratio"}),
        _one("archives", "overlapping", "f.zip", a.overlapping(), unchecked={"f.zip › a.txt": "overlap"}),
        _one("archives", "too-deep", "f.zip", a.deep(8), unchecked={"": "too-deep"}),
        _one(
            "archives",
            "too-many",
            "f.zip",
            a.zipped({f"{at}": b"" for at in range(1200)}),
            unchecked={"f.zip": "too-many"},
        ),
        _one(
            "archives", "cut", "f.zip", a.zipped({"a.bin": bytes(range(256)) * 8})[:-90], unchecked={"f.zip": "damaged"}
        ),
        _one("archives", "empty", "f.zip", a.zipped({})),
    ]
    return samples


def documents() -> list[Sample]:
    """Documents of several kinds, with what is notable about them and some of their text."""
    words = (d.WORDS,)
    return [
        _one("documents", "docx", "a.docx", d.docx(), text=words),
        _one("documents", "docx-named-bin", "a.bin", d.docx(), text=words),
        _one("documents", "docm", "a.docm", d.docx(macros=True), text=words, traits={"a.docm": ("macros",)}),
        _one("documents", "docm-named-docx", "a.docx", d.docx(macros=True), text=words, traits={"a.docx": ("macros",)}),
        _one("documents", "docx-in-zip", "f.zip", a.zipped({"a.docx": d.docx()}), text=words),
        _one("documents", "program-in-docx", "a.docx", d.docx(extra={"word/embeddings/a.bin": a.PROGRAM}), text=words),
        _one("documents", "docx-with-entities", "a.docx", _billion_laughs()),
        _one("documents", "xlsx", "a.xlsx", d.xlsx(), text=words),
        _one("documents", "odt", "a.odt", d.odt(), text=words),
        _one("documents", "odt-encrypted", "a.odt", d.odt(encrypted=True), traits={"a.odt": ("encrypted",)}),
        _one("documents", "rtf", "a.rtf", d.rtf(), text=words),
        _one("documents", "pdf", "a.pdf", d.pdf(), text=("Kinh gui Uy ban",)),
        _one("documents", "pdf-with-script", "a.pdf", d.pdf(script=True), traits={"a.pdf": ("active-content",)}),
        _one(
            "documents",
            "html",
            "a.html",
            f"<html><body><p>{d.WORDS}</p><script>var x</script></body></html>".encode(),
            text=words,
        ),
        _one("documents", "csv", "a.csv", f"ten,noi dung\r\nAn,{d.WORDS}\r\n".encode(), text=words),
        _one("documents", "txt", "a.txt", f"{d.WORDS}\r\n".encode(), text=words),
        _one("documents", "eml", "a.eml", mixed(attached("b.txt", d.WORDS.encode(), "text/plain")), text=words),
    ]


def _billion_laughs() -> bytes:
    """A document whose only text is an entity of entities: none may be expanded."""
    entities = '<!ENTITY a "ha ha ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">'
    with zipfile.ZipFile(io.BytesIO(d.docx("&d;"))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    main = files["word/document.xml"].decode()
    files["word/document.xml"] = main.replace("<w:document", f"<!DOCTYPE x [{entities}]><w:document", 1).encode()
    return a.zipped(files)
