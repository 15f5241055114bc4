"""Attached lists and letters in the forms that offices send, made by hand, the same ones in every run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from html import escape

from tests.unit.documents.packages import docx, open_document, pack, paragraph, xlsx
from tests.unit.documents.pdf_make import lines, page

Rows = Sequence[Sequence[str]]


def as_xlsx(rows: Rows) -> bytes:
    """A workbook with one sheet."""
    made = ""
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for column, text in enumerate(row)
            if text
        )
        made += f'<row r="{number}">{cells}</row>'
    return pack(xlsx(made, name="Danh sách"))


def as_ods(rows: Rows) -> bytes:
    """The same in OpenDocument."""
    cells = ('<table:table-cell office:value-type="string"><text:p>', "</text:p></table:table-cell>")
    made = "".join(
        f"<table:table-row>{''.join(cells[0] + escape(text) + cells[1] for text in row)}</table:table-row>"
        for row in rows
    )
    return pack(open_document("spreadsheet", f'<table:table table:name="DS">{made}</table:table>'))


def as_docx(rows: Rows) -> bytes:
    """A table in a letter."""
    made = ""
    for row in rows:
        cells = "".join(f"<w:tc>{paragraph(f'<w:t>{escape(text)}</w:t>')}</w:tc>" for text in row)
        made += f"<w:tr>{cells}</w:tr>"
    return pack(docx(f"{paragraph('<w:t>DANH SÁCH</w:t>')}<w:tbl>{made}</w:tbl>"))


def as_csv(rows: Rows) -> bytes:
    """With a byte order mark, as a spreadsheet program saves it."""
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def as_html(rows: Rows) -> bytes:
    """A page with a table; some programs save it as .xls."""
    made = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)
    return f'<html><head><meta charset="utf-8"></head><body><table>{made}</table></body></html>'.encode()


def as_pdf(rows: Rows) -> bytes:
    """A page of lines."""
    texts = [" ".join(filter(None, row)) for row in rows]
    codes = (code for code in range(32, 256) if code not in b"()\\")
    letters = dict(zip(sorted(set("".join(texts))), codes, strict=False))
    coded = [bytes(letters[letter] for letter in text) for text in texts]
    return page(lines(*coded), to={code: ord(letter) for letter, code in letters.items()})


def letter_docx(text: str) -> bytes:
    """A letter, a paragraph a line."""
    return pack(docx("".join(paragraph(f"<w:t>{escape(line)}</w:t>") for line in text.split("\n") if line)))


def letter_pdf(text: str) -> bytes:
    """The same, printed."""
    return as_pdf([[line] for line in wrapped(text)])


def wrapped(text: str, width: int = 72) -> list[str]:
    """Lines as a printer breaks them."""
    made: list[str] = []
    for line in text.split("\n"):
        words: list[str] = []
        for word in line.split():
            if words and sum(map(len, words)) + len(words) + len(word) > width:
                made.append(" ".join(words))
                words = []
            words.append(word)
        made.append(" ".join(words))
    return [line for line in made if line]


LISTS: Mapping[str, tuple[str, Callable[[Rows], bytes]]] = {
    "xlsx": ("xlsx", as_xlsx),
    "ods": ("ods", as_ods),
    "docx": ("docx", as_docx),
    "csv": ("csv", as_csv),
    "pdf": ("pdf", as_pdf),
    "xls": ("xls", as_html),
}
LETTERS: Mapping[str, Callable[[str], bytes]] = {"docx": letter_docx, "pdf": letter_pdf}
