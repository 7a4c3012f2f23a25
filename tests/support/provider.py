"""An identity provider on loopback for tests: metadata, keys, and one token per code, as true or as false as asked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "casework", "a secret between the two"
Claims = dict[str, Any]


def _part(value: Any) -> str:
    return _words(json.dumps(value).encode())


def _words(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _shared(claims: Claims, secret: bytes) -> str:
    said = f"{_part({'alg': 'HS256', 'kid': 'rsa-1'})}.{_part(claims)}"
    return f"{said}.{_words(hmac.digest(secret, said.encode(), 'sha256'))}"


@dataclass
class Provider:
    """`bend` changes the claims before they are signed; `sign` replaces the signature altogether."""

    issuer: str = ""
    asked: dict[str, str] = field(default_factory=dict)  # the last authorization request
    bend: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Provider, Claims], str] | None = None
    rsa: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "rsa-1"}))
    ec: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "ec-1"}))

    def signs_in(self, address: str, login: str, now: datetime, **more: Any) -> dict[str, str]:
        """What the browser brings back after the person signed in there: state and code."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        moment = int(now.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": f"subject of {login}",
            "aud": CLIENT,
            "iat": moment,
            "exp": moment + 300,
            "nonce": self.asked["nonce"],
            "preferred_username": login,
            **more,
        }
        self.claims = self.bend(claims)
        return {"state": self.asked["state"], "code": "one code"}

    def token(self) -> str:
        if self.sign is not None:
            return self.sign(self, self.claims)
        return jwt.encode({"alg": "RS256", "kid": "rsa-1"}, self.claims, self.rsa)

    def by_ec(self, claims: Claims) -> str:
        return jwt.encode({"alg": "ES256", "kid": "ec-1"}, claims, self.ec)

    def unsigned(self, claims: Claims) -> str:
        return f"{_part({'alg': 'none', 'kid': 'rsa-1'})}.{_part(claims)}."

    def by_public_key(self, claims: Claims) -> str:
        """HS256 keyed with the public key that everybody can read; no library would sign that."""
        return _shared(claims, self.rsa.as_pem(private=False))

    def by_client_secret(self, claims: Claims) -> str:
        return _shared(claims, SECRET.encode())

    def by_stranger(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": "rsa-1"}, claims, RSAKey.generate_key(2048))

    def unknown_kid(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": "rsa-9"}, claims, self.rsa)

    def without_kid(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256"}, claims, self.rsa)

    def answer(self, path: str, form: dict[str, list[str]]) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
            return 200, {"issuer": self.issuer} | {name: self.issuer + at for name, at in places.items()}
        if path == "/keys":
            return 200, KeySet([self.rsa, self.ec]).as_dict(private=False)
        verifier = form.get("code_verifier", [""])[0].encode()
        challenge = _words(hashlib.sha256(verifier).digest())
        if path != "/token" or challenge != self.asked["code_challenge"] or form["code"] != ["one code"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*made.answer(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*made.answer(self.path, parse_qs(body)))

        def _say(self, status: int, body: Any) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
