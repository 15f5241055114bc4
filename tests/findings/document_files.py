"""Small documents, byte for byte the same each time: each format's least that its readers take."""

from __future__ import annotations

from tests.findings.archive_files import zipped

WORDS = "Kính gửi Ủy ban nhân dân"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def _types(part: str, kind: str) -> bytes:
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
        f'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    ).encode()


def _root(part: str) -> bytes:
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_R}/officeDocument" '
        f'Target="{part}"/></Relationships>'
    ).encode()


def _links(**targets: str) -> bytes:
    links = "".join(f'<Relationship Id="{name}" Type="{_R}/{name}" Target="{to}"/>' for name, to in targets.items())
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'.encode()


def docx(words: str = WORDS, *, macros: bool = False, extra: dict[str, bytes] | None = None) -> bytes:
    """A WordprocessingML document; `macros`: with a (hollow) VBA project."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    if macros:
        kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    body = f"{_XML}<w:document {_W}><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>"
    files = {"[Content_Types].xml": _types("word/document.xml", kind), "_rels/.rels": _root("word/document.xml")}
    files["word/document.xml"] = body.encode()
    if macros:
        files["word/_rels/document.xml.rels"] = _links(vbaProject="vbaProject.bin")
        files["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1528)
    return zipped(files | (extra or {}))


def xlsx(words: str = WORDS) -> bytes:
    """A SpreadsheetML workbook with one cell."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    book = (
        f'{_XML}<workbook {main} xmlns:r="{_R}"><sheets><sheet name="Tháng 1" sheetId="1" r:id="worksheet"/></sheets>'
        "</workbook>"
    )
    sheet = (
        f'{_XML}<worksheet {main}><sheetData><row r="1"><c r="B1" t="inlineStr"><is><t>{words}</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    return zipped(
        {
            "[Content_Types].xml": _types("xl/workbook.xml", kind),
            "_rels/.rels": _root("xl/workbook.xml"),
            "xl/workbook.xml": book.encode(),
            "xl/_rels/workbook.xml.rels": _links(worksheet="worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet.encode(),
        }
    )


def odt(words: str = WORDS, *, encrypted: bool = False) -> bytes:
    """An OpenDocument text; `encrypted`: as its manifest says."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'{_XML}<office:document-content xmlns:office="{office}:office:1.0" xmlns:text="{office}:text:1.0">'
        "<office:body>"
        f"<office:text><text:p>{words}</text:p></office:text></office:body></office:document-content>"
    )
    secret = '<manifest:encryption-data manifest:checksum="AA=="/>' if encrypted else ""
    manifest = (
        f'{_XML}<manifest:manifest xmlns:manifest="{office}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path='
        f'"content.xml" manifest:media-type="text/xml">{secret}</manifest:file-entry></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": bytes(200) if encrypted else content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        },
        method=0,
    )


def rtf(words: str = WORDS) -> bytes:
    """An RTF text."""
    coded = "".join(f"\\u{ord(letter)}?" if ord(letter) > 126 else letter for letter in words)
    return ("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\f0 " + coded + "\\par}").encode("ascii")


def _rows(places: list[int]) -> bytes:
    return b"".join(b"%010d 00000 n \n" % at for at in places)


def pdf(words: str = "Kinh gui Uy ban", *, script: bool = False) -> bytes:
    """A PDF of one page; `script`: with JavaScript that runs when it is opened."""
    stream = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode("ascii")
    action = b" /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>" if script else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R" + action + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % at for at in places
    )
    return out + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
