"""An OpenID Connect provider as a process of its own, on Authlib's server side: ``python -m tests.support.oidc_provider
PORT CLIENT_ID CLIENT_SECRET``. It signs whoever comes in without asking, as the person it was told to.

``PUT /_person`` takes the claims of the next ID tokens; with ``"_foreign_key": true`` they are signed with a key that
the provider does not publish.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import RSAKey

from tests.support.servers import ROOT
from tests.support.waiting import eventually

CLIENT_ID, CLIENT_SECRET = "amo-crm", "a secret of the provider's"


@dataclass
class Client:
    """The one client there is."""

    client_id: str
    client_secret: str

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/sso/callback")

    def check_client_secret(self, secret: str) -> bool:
        return secret == self.client_secret

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """A code that was given out, and what the request for it said."""

    code: str
    said: dict[str, Any]
    redirect_uri: str | None = None
    auth_time: int = field(default_factory=lambda: int(time.time()))

    @property
    def code_challenge(self) -> str | None:
        return self.said.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.said.get("code_challenge_method")

    def get_redirect_uri(self) -> str | None:
        return self.redirect_uri

    def get_scope(self) -> str:
        return str(self.said.get("scope"))

    def get_nonce(self) -> str | None:
        return self.said.get("nonce")

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


def create_app(issuer: str, client: Client) -> Flask:
    """The provider."""
    app, codes = Flask(__name__), dict[str, Code]()
    person: dict[str, Any] = {"sub": "nobody"}
    own, foreign = RSAKey.generate_key(2048, {"kid": "own"}), RSAKey.generate_key(2048, {"kid": "own"})

    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic"]

        def save_authorization_code(self, code: str, asked: Any) -> None:
            codes[code] = Code(code, dict(asked.payload.data), asked.payload.redirect_uri)

        def query_authorization_code(self, code: str, _client: Any) -> Code | None:
            return codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            codes.pop(code.code, None)

        def authenticate_user(self, _code: Code) -> dict[str, Any]:
            return person

    class IdToken(OpenIDCode):
        def exists_nonce(self, _nonce: str, _request: Any) -> bool:
            return False

        def get_jwt_config(self, _grant: Any = None, _client: Any = None) -> dict[str, Any]:
            key = foreign if person.get("_foreign_key") else own
            return {"key": key.as_dict(private=True), "alg": "RS256", "iss": issuer, "exp": 600, "kid": "own"}

        def generate_user_info(self, user: dict[str, Any], _scope: str) -> dict[str, Any]:
            return {name: value for name, value in user.items() if not name.startswith("_")}

    server = AuthorizationServer(app, query_client=lambda _id: client, save_token=lambda *_: None)
    server.register_grant(Grant, [CodeChallenge(required=True), IdToken(require_nonce=True)])

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Any:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return jsonify({"issuer": issuer} | {name: f"{issuer}/{path}" for name, path in ends.items()})

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=person)
        return server.create_authorization_response(grant=grant, grant_user=person)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/keys")
    def keys() -> Any:
        return jsonify({"keys": [own.as_dict(private=False)]})

    @app.put("/_person")
    def become() -> Any:
        person.clear()
        person.update(request.get_json())
        return ""

    return app


@dataclass(frozen=True)
class Provider:
    """A provider that runs."""

    issuer: str

    def sign_in_as(self, **claims: Any) -> None:
        """Whom the next browser comes back as."""
        requests.put(f"{self.issuer}/_person", json=claims, timeout=10).raise_for_status()


@contextmanager
def running(port: int) -> Iterator[Provider]:
    """A provider on a port of this machine, as long as the block lasts."""
    provider = Provider(f"http://127.0.0.1:{port}")
    command = [sys.executable, "-m", __spec__.name if __spec__ else __name__, str(port), CLIENT_ID, CLIENT_SECRET]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: _answers(provider))
        yield provider
    finally:
        process.terminate()
        process.wait(10)


def _answers(provider: Provider) -> bool:
    try:
        return requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=2).ok
    except requests.ConnectionError as error:
        raise ConnectionError(str(error)) from error


if __name__ == "__main__":
    import os

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    create_app(f"http://127.0.0.1:{sys.argv[1]}", Client(*sys.argv[2:4])).run("127.0.0.1", int(sys.argv[1]))
