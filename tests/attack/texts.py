"""Messages and files with words in them, for attacks on the rules that read words."""

from __future__ import annotations

from tests.support.client import Client
from tests.support.congthu import Gateway
from tests.support.mime import zipped

# Typed in TCVN3 with a .VnTime font, read as Latin-1, kept as Unicode.
LEGACY = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"
GOOD = "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_KINDS = "http://schemas.openxmlformats.org/package/2006"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE = "application/vnd.openxmlformats-officedocument"


def eml(body: str | bytes, kind: str, subject: str = "Bao cao") -> bytes:
    """A message with one text, its bytes as they are, CRLF line ends."""
    head = (
        f"From: vanthu@tinh.example\nTo: an@khac.example\nSubject: {subject}\nMIME-Version: 1.0\n"
        f"Content-Type: {kind}\nContent-Transfer-Encoding: 8bit\n\n"
    )
    content = head.encode() + (body if isinstance(body, bytes) else body.encode()) + b"\n"
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _linked(number: str, target: str, what: str) -> str:
    return f'<Relationship Id="{number}" Target="{target}" Type="{_LINKS}/{what}"/>'


def _package(main: str, kind: str, files: dict[str, str]) -> bytes:
    types = f'<Override PartName="/{main}" ContentType="{_OFFICE}.{kind}.main+xml"/>'
    xml = '<Default Extension="xml" ContentType="application/xml"/>'
    rels = f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{xml}'
    first = {
        "[Content_Types].xml": f'<Types xmlns="{_KINDS}/content-types">{rels}{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_KINDS}/relationships">{_linked("r1", main, "officeDocument")}'
        "</Relationships>",
    }
    return zipped({name: text.encode() for name, text in (first | files).items()})


def docx_with(runs: str) -> bytes:
    """A Word document with one paragraph of these runs, in XML."""
    document = f"<w:document {_WORD}><w:body><w:p>{runs}</w:p></w:body></w:document>"
    return _package("word/document.xml", "wordprocessingml.document", {"word/document.xml": document})


def sheet(header: str = "", *rows: tuple[str, ...]) -> bytes:
    """An Excel workbook with a header, in XML, and rows of cells."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
    )
    page = f"<headerFooter><oddHeader>{header}</oddHeader></headerFooter>" if header else ""
    linked = _linked("r1", "worksheets/sheet1.xml", "worksheet")
    return _package(
        "xl/workbook.xml",
        "spreadsheetml.sheet",
        {
            "xl/workbook.xml": f'<workbook {_SHEET} xmlns:r="{_LINKS}"><sheets><sheet name="Bang" sheetId="1" '
            'r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_KINDS}/relationships">{linked}</Relationships>',
            "xl/worksheets/sheet1.xml": f"<worksheet {_SHEET}><sheetData>{cells}</sheetData>{page}</worksheet>",
        },
    )


def refused(gateway: Gateway, content: bytes) -> str:
    """What a client of ours heard after the end of this message; "250 …" where it was taken."""
    with Client(gateway.port_of("outbound"), timeout=60) as client:
        client.ehlo()
        return client.message(content, "vanthu@tinh.example", "an@khac.example").text
