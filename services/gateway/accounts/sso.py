"""Single sign-on by OpenID Connect: the authorization code flow with PKCE, state and nonce.

Nothing of the provider is kept between log-ins: its addresses and keys are asked for each time, so that a key it
replaces needs no restart here.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from libs.common.problems import Forbidden, Unavailable
from services.gateway.settings import GatewaySettings

CALLBACK = "/sso/callback"
# Signatures that need the provider's private key; an HMAC or none would let others sign.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_SECONDS, _LEEWAY_SECONDS = 5.0, 60
_REFUSED = "the sign-in provider's answer could not be trusted; sign in again"


def begin(settings: GatewaySettings) -> tuple[str, dict[str, str]]:
    """Where the browser goes, and what is to be kept of it until it comes back: ``{state, nonce, verifier}``."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce")} | {"verifier": secrets.token_urlsafe(48)}
    endpoint = _metadata(settings)["authorization_endpoint"]
    url, _state = _session(settings).create_authorization_url(
        endpoint, state=kept["state"], nonce=kept["nonce"], code_verifier=kept["verifier"]
    )
    return str(url), kept


def identity(settings: GatewaySettings, kept: Mapping[str, str], came: Mapping[str, str]) -> dict[str, Any]:
    """The claims of whoever came back. came: the query of the way back.

    Forbidden for an answer to another browser's question, one that was refused, or one that is not the provider's.
    """
    state = str(kept.get("state") or "")
    if not state or not hmac.compare_digest(state.encode(), came.get("state", "").encode()):
        raise Forbidden("this sign-in was not begun in this browser, or too long ago; sign in again")
    if came.get("error") or not came.get("code"):
        raise Forbidden("the sign-in provider did not sign you in; sign in again")
    if came.get("iss", settings.sso_issuer) != settings.sso_issuer:
        raise Forbidden(_REFUSED)
    metadata = _metadata(settings)
    token = _token(settings, metadata, came["code"], kept["verifier"])
    claims = _checked(settings, metadata, token, kept["nonce"])
    return claims if "email" in claims else claims | _more(metadata, token, claims["sub"])


def _session(settings: GatewaySettings) -> Any:
    return OAuth2Session(
        settings.sso_client_id,
        settings.sso_client_secret or None,
        token_endpoint_auth_method="client_secret_basic" if settings.sso_client_secret else "none",
        scope="openid email profile",
        redirect_uri=settings.public_url.rstrip("/") + CALLBACK,
        code_challenge_method="S256",
        default_timeout=_SECONDS,
    )


def _metadata(settings: GatewaySettings) -> dict[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0), which must name the issuer it was asked of."""
    found = _get(settings.sso_issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != settings.sso_issuer:
        raise Unavailable("the sign-in provider is not the one of the setting SSO_ISSUER")
    return found


def _token(settings: GatewaySettings, metadata: dict[str, Any], code: str, verifier: str) -> dict[str, Any]:
    try:
        answered = _session(settings).fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
    except OAuthError:
        raise Forbidden("the sign-in provider did not sign you in; sign in again") from None
    except (requests.RequestException, ValueError):
        raise Unavailable("the sign-in provider is not answering; try again in a moment") from None
    return dict(answered)


def _checked(settings: GatewaySettings, metadata: dict[str, Any], token: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The ID token's claims, once its signature, issuer, audience, times and nonce are right (OIDC Core 3.1.3.7)."""
    keys = KeySet.import_key_set(_get(metadata["jwks_uri"]))  # type: ignore[arg-type]  # as the provider sent it
    must: Any = {
        "iss": {"essential": True, "value": settings.sso_issuer},
        "aud": {"essential": True, "value": settings.sso_client_id},
        "sub": {"essential": True},
    }
    params = {"nonce": nonce, "client_id": settings.sso_client_id, "access_token": token.get("access_token")}
    try:
        read = jwt.decode(str(token.get("id_token") or ""), keys, algorithms=_ALGORITHMS)
        claims = CodeIDToken(read.claims, read.header, must, params)
        claims.validate(now=int(time.time()), leeway=_LEEWAY_SECONDS)
    except (JoseError, ValueError, KeyError):
        raise Forbidden(_REFUSED) from None
    return dict(claims)


def _more(metadata: dict[str, Any], token: dict[str, Any], subject: str) -> dict[str, Any]:
    """What the provider tells of a person only when asked; of the same person, or nothing."""
    if not metadata.get("userinfo_endpoint"):
        return {}
    found = _get(metadata["userinfo_endpoint"], {"Authorization": f"Bearer {token.get('access_token')}"})
    return found if found.get("sub") == subject else {}


def _get(url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    try:
        answer = requests.get(url, headers=headers, timeout=_SECONDS)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError):
        raise Unavailable("the sign-in provider is not answering; try again in a moment") from None
    return found if isinstance(found, dict) else {}
