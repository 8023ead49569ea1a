"""A small, strict OpenID Connect provider for tests: one client, codes that work once, signed id tokens.

It refuses what a real one refuses: another client or secret, a redirect that is not registered, a code used twice or
with another redirect, a wrong PKCE verifier, a token that it never gave.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "desk", "stand-in secret"


@dataclass
class Provider:
    """Who is signed in there (`person`), and what was refused."""

    redirect: str
    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def authorize(self, query: dict[str, str]) -> str:
        """The address to send the browser back to. Raises `ValueError`."""
        if query.get("client_id") != CLIENT or query.get("response_type") != "code":
            raise ValueError("client")
        if query.get("redirect_uri") != self.redirect:
            raise ValueError("redirect_uri")
        if "openid" not in query.get("scope", "").split() or not query.get("state"):
            raise ValueError("scope or state")
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"challenge": query.get("code_challenge", ""), "nonce": query.get("nonce")}
        return f"{self.redirect}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """Tokens for a code, once. Raises `ValueError`."""
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            name, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
            name, secret = unquote(name), unquote(secret)
        if (name, secret) != (CLIENT, SECRET):
            raise ValueError("client secret")
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("grant_type") != "authorization_code" or form.get("redirect_uri") != self.redirect:
            raise ValueError("code")
        if asked["challenge"]:
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["challenge"]:
                raise ValueError("PKCE")
        access, now = secrets.token_urlsafe(16), int(time.time())
        self.tokens[access] = dict(self.person)
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.person}
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def document(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }


@contextlib.contextmanager
def provider(redirect: str) -> Iterator[Provider]:
    """A running provider that sends people back to `redirect` and nowhere else."""
    it = Provider(redirect)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def _json(self, data: Any, status: int = 200) -> None:
            content = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _refuse(self, why: str) -> None:
            it.refused.append(why)
            self._json({"error": "invalid_request", "error_description": why}, 400)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/.well-known/openid-configuration":
                self._json(it.document())
            elif parts.path == "/jwks":
                public = json.loads(RSAAlgorithm.to_jwk(it.key.public_key()))
                self._json({"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]})
            elif parts.path == "/userinfo":
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                if token in it.tokens:
                    self._json(it.tokens[token])
                else:
                    self._refuse("token")
            elif parts.path == "/authorize":
                try:
                    back = it.authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
                except ValueError as bad:
                    self._refuse(str(bad))
                    return
                self.send_response(302)
                self.send_header("Location", back)
                self.end_headers()
            else:
                self._refuse(parts.path)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            try:
                self._json(it.token(form, self.headers.get("Authorization", "")))
            except ValueError as bad:
                self._refuse(str(bad))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
