"""A signed document that hides its signature under another name than Word gives it."""

from __future__ import annotations

import pytest

from gateway.rewriting.docx import rewrite
from gateway.rewriting.refusal import NotRewrittenError, Reason
from tests.unit.rewriting.support import legacy, made, paragraph, run

_SIGNATURE = b"""<?xml version="1.0"?><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"></Signature>"""


@pytest.mark.parametrize("name", ["_xmlsignatures/sig1.xml", "package/services/digital-signature/abc.psdsxs", "a.xml"])
@pytest.mark.parametrize("prefix", [b"", b"ds:"])
def test_a_signature_under_any_name_is_told(name: str, prefix: bytes) -> None:
    signature = _SIGNATURE.replace(b"Signature", prefix + b"Signature").replace(
        b"xmlns", b"xmlns" + b":ds" * bool(prefix)
    )
    with pytest.raises(NotRewrittenError) as told:
        rewrite(made(paragraph(run(legacy(), ".VnTime")), **{name: signature}))
    assert told.value.reason is Reason.SIGNED
