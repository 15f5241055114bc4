"""Signing in with an OpenID provider (OpenID Connect Core 1.0, 3.1; RFC 7636): asks it who somebody is. Blocking.

The authorization code flow with state, nonce and PKCE (S256). An ID token is believed if it is signed by a key that the
provider publishes, with an asymmetric algorithm, for this client, now, and in answer to this very sign-in. What went
wrong is for the log; whoever tried learns nothing of it.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError

from gateway.config_console import Oidc
from gateway.console.accounts import folded
from gateway.console.oidc_provider import Known, OidcError, Provider
from gateway.console.oidc_roles import Person, person_of

_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512", "EdDSA")  # none with a secret
_LEEWAY: Final = 60.0  # seconds by which clocks may differ


@dataclass(frozen=True, slots=True)
class Begun:
    """One sign-in on its way: what only this browser and we know."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Begun:
        """A new one, 256 bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


class OidcClient:
    """One provider. `secret`: the client's, "" for a public client. Any thread may use it."""

    def __init__(self, settings: Oidc, secret: str, redirect: str) -> None:
        self._settings, self._secret, self._redirect = settings, secret, redirect
        self._provider = Provider(settings.issuer)

    def address(self, begun: Begun, now: float) -> str:
        """Where the browser is sent. OidcError."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect,
            "scope": " ".join(dict.fromkeys(("openid", *self._settings.scopes))),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        at = self._provider.known(now).authorization
        return f"{at}{'&' if '?' in at else '?'}{urlencode(asked)}"

    def person(self, code: str, begun: Begun, now: float) -> Person:
        """Who signed in, as the claims of a signed token say, and nothing else. OidcError; OidcAway: nobody knows."""
        provider = self._provider.known(now)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect}
        form |= {"client_id": self._settings.client_id, "code_verifier": begun.verifier}
        said = self._provider.ask(provider.token, form, self._authorization(), now)
        token = said.get("id_token")
        if not isinstance(token, str):
            raise OidcError("the provider gave no ID token")
        claims = self._claims(token, provider, now)
        self._check(claims, provider, begun, now)
        return person_of(folded(self._named(claims)), claims, self._settings)

    def _claims(self, token: str, provider: Known, now: float) -> Mapping[str, Any]:
        """What a token says, its signature proved; once more with new keys where none fits: keys are changed."""
        for keys in (provider.keys, None):
            try:
                held = keys if keys is not None else self._provider.known(now, anew=True).keys
                return jwt.decode(token, held, algorithms=list(_ALGORITHMS)).claims
            except (JoseError, ValueError, TypeError, KeyError) as error:
                reason = f"{type(error).__name__}"
        raise OidcError(f"the ID token is not signed as it must be: {reason}")

    def _check(self, claims: Mapping[str, Any], provider: Known, begun: Begun, now: float) -> None:
        """OpenID Connect Core 3.1.3.7."""
        ours, audience = self._settings.client_id, claims.get("aud")
        for_whom = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != provider.issuer:
            raise OidcError("the ID token is another issuer's")
        if ours not in for_whom or (len(for_whom) > 1 and claims.get("azp") != ours):
            raise OidcError("the ID token is for another client")
        if claims.get("azp", ours) != ours:
            raise OidcError("the ID token was given to another client")
        if not _moment(claims, "exp") > now - _LEEWAY or not _moment(claims, "iat") < now + _LEEWAY:
            raise OidcError("the ID token is not of now")
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), begun.nonce.encode()):
            raise OidcError("the ID token answers another sign-in")

    def _named(self, claims: Mapping[str, Any]) -> str:
        value = claims.get(self._settings.claim)
        if not isinstance(value, str) or not value:
            raise OidcError(f"the ID token has no claim {self._settings.claim}")
        if self._settings.claim == "email" and claims.get("email_verified") is not True:
            raise OidcError("the provider did not verify the e-mail address")
        if value != value.strip():  # somebody of another name there would have this one's account here
            raise OidcError(f"the claim {self._settings.claim} begins or ends with a blank")
        return value[:200]

    def _authorization(self) -> str:
        """RFC 6749 2.3.1: both parts form-encoded, then Basic."""
        if not self._secret:
            return ""
        pair = f"{quote(self._settings.client_id, safe='')}:{quote(self._secret, safe='')}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise OidcError(f"the ID token has no {name}")
    return float(value)
