"""A mail server knows itself by more names than its mail domain, and delivers to its mailboxes by each of them."""

from __future__ import annotations

import pytest

from gateway.config import Settings
from gateway.directory.entry import Snapshot
from gateway.knowing import Knowledge
from gateway.who import Kind, Mailbox

OFFICE = Mailbox("q4@tphcm.gov.vn", Kind.UNIT, aliases=("vanphong@tphcm.gov.vn",))


@pytest.mark.parametrize(
    ("address", "reaches"),
    [
        ("q4@localhost", True),
        ("Q4+x@LOCALHOST", True),
        ("q4@localhost.tphcm.gov.vn", True),
        ("q4%tphcm.gov.vn@localhost", True),
        ("tphcm.gov.vn!q4@localhost", True),
        ('"q4@tphcm.gov.vn"@localhost', True),
        ("q4%localhost@tphcm.gov.vn", True),
        ("vanphong@Mail.tphcm.gov.vn", True),
        ("q4%tphcm.gov.vn@mail.tphcm.gov.vn", True),
        ("q4@box.example", True),
        ("q4@gw.tphcm.gov.vn", True),
        ("q5@localhost", False),
        ("q4@q5.tphcm.gov.vn", False),
        ("q4@localhost-of.example", False),
        ("q4@example.localhost", False),
    ],
)
def test_names_of_the_server_itself(tmp_path: object, address: str, reaches: bool) -> None:
    settings = Settings.model_validate(
        {
            "gateway": {"hostname": "gw.tphcm.gov.vn", "data_dir": tmp_path, "domains": ["tphcm.gov.vn"]},
            "listener": [{"name": "in", "bind": "127.0.0.1:1", "direction": "inbound", "upstream": "box"}],
            "upstream": {"box": {"hosts": ["10.0.0.5:25", "box.example:25"], "tls_name": "mail.tphcm.gov.vn"}},
            "request_channel": [{"address": "q4@tphcm.gov.vn", "exclusive": True}],
        }
    )
    made = Knowledge(settings)._build(Snapshot(1, (), (OFFICE,), ()))
    assert bool(made.channels(address)) is reaches
    assert made.find("q4@localhost") is None, "what only reaches a mailbox is not its address"
