"""The process that rewrites one document: takes it from stdin, gives up what it does not need, answers on stdout.

`python -m gateway.rewriting.child MEMORY SECONDS [CHARSET]`: one line of JSON, and behind it the new document where
there is one. Everything that the work needs is loaded, by doing it once, before this process can open no more files.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Sequence
from typing import Any, Final

from gateway.inspection.confine import confine, cpu_alarm
from gateway.rewriting.docx import Rewritten, rewrite
from gateway.rewriting.refusal import NotRewrittenError, Reason
from gateway.vietnamese import Family, to_hack

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORDS: Final = "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc: thưa các đồng chí"


def main(argv: Sequence[str] | None = None) -> int:
    """The process's entry. Returns its exit code."""
    memory, seconds, *family = sys.argv[1:] if argv is None else argv
    data = sys.stdin.buffer.read()
    _practise()
    confine(int(memory))
    cpu_alarm(float(seconds))
    said, made = _answered(data, Family(family[0]) if family else None)
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + made)
    sys.stdout.buffer.flush()
    return 0


def _answered(data: bytes, family: Family | None) -> tuple[dict[str, Any], bytes]:
    try:
        made = rewrite(data, family)
    except NotRewrittenError as error:
        return {"refused": error.reason.value}, b""
    except MemoryError:
        return {"refused": Reason.TOO_LARGE.value}, b""
    except RecursionError:
        return {"refused": Reason.DAMAGED.value}, b""
    except Exception as error:  # a bug of ours: its kind is told, never its text
        return {"refused": Reason.FAILED.value, "error": type(error).__name__}, b""
    return _told(made), made.data


def _told(made: Rewritten) -> dict[str, Any]:
    return {
        "charsets": list(made.charsets),
        "texts": made.texts,
        "fonts": made.fonts,
        "embedded": made.embedded,
        "left": dict(made.left),
        "size": len(made.data),
    }


def _practise() -> None:
    """Rewrite a document of our own in every charset: what is loaded at its first use is loaded now."""
    for family in Family:
        for given in (None, family):
            try:
                rewrite(_sample(to_hack(_WORDS, family)), given)
            except NotRewrittenError:
                continue


def _sample(words: str) -> bytes:
    made = io.BytesIO()
    body = f'<w:p><w:r><w:rPr><w:rFonts w:ascii=".VnTime"/></w:rPr><w:t>{words}</w:t></w:r></w:p>'
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>')
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main())
