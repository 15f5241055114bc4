"""A letter as Word saves it: parts, roots and relationships of an office's docx, with a picture that fills it up."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_OFFICE = "http://schemas.openxmlformats.org/"
_WORD = f"{_OFFICE}wordprocessingml/2006/main"
_NAMES = (
    f' xmlns:w="{_WORD}" xmlns:r="{_OFFICE}officeDocument/2006/relationships"'
    f' xmlns:mc="{_OFFICE}markup-compatibility/2006" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    f' xmlns:wp="{_OFFICE}drawingml/2006/wordprocessingDrawing" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" mc:Ignorable="w14"'
)
_WORDS = (
    "Căn cứ Luật Tổ chức chính quyền địa phương và đề nghị của Chánh Văn phòng, Ủy ban nhân dân xã giao các ban, ngành"
    " rà soát hồ sơ, tổng hợp số liệu đến hết quý III và gửi báo cáo bằng văn bản trước ngày 15 hằng tháng."
)
_PARTS = "styles settings webSettings fontTable footnotes endnotes header1 footer1"
_ROOTS = {"webSettings": "webSettings", "fontTable": "fonts", "header1": "hdr", "footer1": "ftr"}


def letter(picture: bytes, paragraphs: int = 60) -> bytes:
    """The file's bytes, each time the same; `picture` stands in it as a PNG's would."""
    return packed(
        {name: (_HEAD + text).encode() for name, text in _texts(paragraphs).items()}
        | {"word/media/image1.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + picture}
    )


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip archive, each time the same."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _texts(paragraphs: int) -> Mapping[str, str]:
    parts = _PARTS.split()
    related = {f"{part}.xml": part.rstrip("1") for part in parts} | {
        "theme/theme1.xml": "theme",
        "media/image1.png": "image",
    }
    return {
        "[Content_Types].xml": _types(parts),
        "_rels/.rels": _relations({"word/document.xml": "officeDocument", "docProps/app.xml": "extended-properties"}),
        "word/document.xml": _root("document", f"<w:body>{''.join(map(_paragraph, range(paragraphs)))}</w:body>"),
        "word/_rels/document.xml.rels": _relations(related),
        **{f"word/{part}.xml": _root(_ROOTS.get(part, part), _content(part)) for part in parts},
        "word/theme/theme1.xml": f'<a:theme xmlns:a="{_OFFICE}drawingml/2006/main"><a:themeElements/></a:theme>',
        "docProps/app.xml": f'<Properties xmlns="{_OFFICE}officeDocument/2006/extended-properties"/>',
    }


def _root(name: str, content: str) -> str:
    return f"<w:{name}{_NAMES}>{content}</w:{name}>"


def _paragraph(number: int) -> str:
    run = '<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/><w:sz w:val="28"/></w:rPr>'
    return (
        f'<w:p w14:paraId="{number:08X}"><w:pPr><w:pStyle w:val="Normal{number % 9}"/><w:jc w:val="both"/></w:pPr>'
        f"<w:r>{run}<w:t>{number}. {_WORDS[: 90 + number * 7 % 110]}</w:t></w:r></w:p>"
    )


def _content(part: str) -> str:
    if part == "styles":
        font = '<w:rPr><w:rFonts w:ascii="Times New Roman"/><w:sz w:val="28"/></w:rPr>'
        named = "".join(
            f'<w:style w:styleId="Normal{n}"><w:name w:val="Normal {n}"/>{font}</w:style>' for n in range(40)
        )
        return f"<w:docDefaults><w:rPrDefault>{font}</w:rPrDefault></w:docDefaults>{named}"
    return _paragraph(0) if part in ("header1", "footer1") else ""


def _types(parts: list[str]) -> str:
    prefix = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    named = "".join(f'<Override PartName="/word/{part}.xml" ContentType="{prefix}.{part}+xml"/>' for part in parts)
    main = f'<Override PartName="/word/document.xml" ContentType="{prefix}.document.main+xml"/>'
    return f'<Types xmlns="{_OFFICE}package/2006/content-types">{main}{named}</Types>'


def _relations(targets: Mapping[str, str]) -> str:
    kind = f"{_OFFICE}officeDocument/2006/relationships"
    named = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}/{what}" Target="{target}"/>'
        for number, (target, what) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_OFFICE}package/2006/relationships">{named}</Relationships>'
