"""A small OpenID provider over real HTTP, which can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

CLIENT, SECRET = "congthu", "bi mat:cua/congthu"


class Provider:
    """`claims`: what its next token says beside the usual, or instead (None takes one away). `algorithm`, `key`."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key: Any = ECKey.generate_key("P-256", {"kid": "1"})
        self.published: list[Any] = [self.key]
        self.algorithm = "ES256"
        self.claims: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.document: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.shared: list[dict[str, Any]] = []  # keys that it should never publish
        self.moved = False
        self.asked: list[str] = []  # paths, in order
        self.wait: threading.Event | None = None  # nothing is answered before it is set

    def sign_in(self, address: str) -> str:
        """What the person's browser does there: the query with which it comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        self.codes["c1"] = asked
        return f"code=c1&state={asked['state']}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint."""
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if asked is None or pair != "congthu:bi%20mat%3Acua%2Fcongthu":
            return 400, {"error": "invalid_grant"}
        if challenge.decode().rstrip("=") != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "sub": "7", "exp": now + 300, "iat": now, "nonce": asked["nonce"]}
        said |= {"preferred_username": "Quantri", **self.claims}
        said = {name: value for name, value in said.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "1"}
        return 200, {
            "token_type": "Bearer",
            "id_token": jwt.encode(header, said, self.key, algorithms=[self.algorithm]),
        }

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        """Its pages for programs."""
        self.asked.append(path)
        if self.wait is not None:
            self.wait.wait(20)
        if path == "/.well-known/openid-configuration":
            return 200, self.document
        if path == "/keys":
            public = list(KeySet(self.published).as_dict(private=False)["keys"])
            return 200, {"keys": [*public, *self.shared]}
        if path == "/elsewhere":
            return 200, self.document
        return 404, {}


OCT = OctKey.import_key("a secret that is long enough for HMAC-SHA256", {"kid": "1"})


@contextmanager
def provider() -> Iterator[Provider]:
    """One that runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if made.moved and self.path.startswith("/.well-known/"):
                self.send_response(302)
                self.send_header("Location", f"{made.issuer}/elsewhere")
                self.end_headers()
                return
            self._say(*made.answer(self.path))

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(text).items()}
            self._say(*made.token(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, body: dict[str, Any]) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
