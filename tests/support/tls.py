"""Certificates of a throw-away authority, as files and contexts."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificates:
    """A server's chain and key, the authority that signed it, and a context for each side."""

    chain: Path
    key: Path
    authority: Path

    def server(self) -> ssl.SSLContext:
        """For a server that shows the chain."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain, self.key)
        return context

    def client(self) -> ssl.SSLContext:
        """For a client that trusts the authority only."""
        return ssl.create_default_context(cafile=str(self.authority))


def certificates(folder: Path, *names: str) -> Certificates:
    """Make them in `folder` for these names (default: the gateway's and the upstream's, localhost and 127.0.0.1)."""
    authority = trustme.CA()
    issued = authority.issue_cert(*(names or ("gw.tinh.example", "mail.tinh.example", "localhost", "127.0.0.1")))
    made = Certificates(folder / "chain.pem", folder / "key.pem", folder / "ca.pem")
    issued.private_key_pem.write_to_path(str(made.key))
    for index, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(str(made.chain), append=index > 0)
    authority.cert_pem.write_to_path(str(made.authority))
    return made
