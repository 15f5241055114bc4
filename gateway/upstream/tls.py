"""TLS towards a next hop: contexts are built once from the configuration, at start. Knows nothing of connections."""

from __future__ import annotations

import ssl
from pathlib import Path

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.errors import StartError


def verifies(config: UpstreamConfig) -> bool:
    """Whether the certificate is checked: as configured, else with `required` and `implicit`."""
    return config.tls in ("required", "implicit") if config.tls_verify is None else config.tls_verify


def client_context(config: UpstreamConfig, *, verify: bool | None = None) -> ssl.SSLContext | None:
    """The context for all connections of a next hop, None where tls = "none". TLS 1.2 at least (RFC 8996).

    `verify` overrides the configuration (for looking at a certificate). Raises StartError for an unusable `tls_ca`.
    """
    if config.tls == "none":
        return None
    context = _trusting(config.tls_ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not (verifies(config) if verify is None else verify):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _trusting(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ssl.SSLError) as error:
        raise StartError(f"upstream tls_ca = {authorities}: {error.strerror or error}; name a PEM file") from error


def server_name(config: UpstreamConfig, host: HostPort) -> str:
    """The name that the certificate must have, also sent as SNI."""
    return config.tls_name or host.host


def described(connection: ssl.SSLObject | None) -> str:
    """`TLSv1.3 TLS_AES_256_GCM_SHA384`, or "" without TLS."""
    cipher = connection.cipher() if connection is not None else None
    return f"{connection.version()} {cipher[0]}" if connection is not None and cipher else ""
