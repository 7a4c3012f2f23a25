"""Sign-on by the city's own identity provider (OpenID Connect Core 1.0, code flow with PKCE): one ID token, checked.

It says who somebody is and nothing else: accounts and rights are made here. Nothing is asked of any other network.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from ...settings import Settings

# Pinned: signatures with the provider's private key only; never "none", never a shared secret.
ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY = 60  # seconds between two clocks
OLDEST = 600  # seconds since the token was made
PATIENCE = 5  # seconds for an answer of the provider
WELL_KNOWN = "/.well-known/openid-configuration"
PATH = "/sign-in/sso/answer"


class SsoRefused(Exception):
    """The provider's answer proves nothing; `code` says why, for the trail."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider names, and whether it asked for more than a password itself."""

    login: str
    strong: bool


def offered(settings: Settings) -> bool:
    return bool(settings.oidc_issuer and settings.public_origin)


def words(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def address(settings: Settings, *, state: str, nonce: str, verifier: str) -> str:
    """Where the browser is sent: the provider's authorization endpoint with state, nonce and PKCE (S256)."""
    place = _metadata(settings)["authorization_endpoint"]
    with _session(settings) as asking:
        url, _ = asking.create_authorization_url(place, state=state, nonce=nonce, code_verifier=verifier)
    return str(url)


def identity(settings: Settings, *, code: str, nonce: str, verifier: str, now: datetime) -> Identity:
    """Exchange the code and check the token; SsoRefused("sso_…") for whatever does not fit."""
    metadata = _metadata(settings)
    token = _exchange(settings, metadata, code, verifier)
    claims = checked(settings, token, _keys(metadata), nonce=nonce, now=now)
    login = claims.get(settings.oidc_login_claim)
    if not isinstance(login, str) or not login:
        raise SsoRefused("sso_unbound")
    means = claims.get("amr")
    strong = isinstance(means, list) and bool(set(settings.oidc_strong_amr) & {str(m) for m in means})
    return Identity(login, strong)


def checked(
    settings: Settings, token: str, keys: Mapping[str, Any], *, nonce: str, now: datetime
) -> dict[str, Any]:
    """Claims of a token signed by a key of the provider, for this client, this sign-in and this moment."""
    claims, seconds = _signed(token, keys), now.timestamp()
    if claims.get("iss") != settings.oidc_issuer or not claims.get("sub"):
        raise SsoRefused("sso_issuer")
    _for_us(claims, settings.oidc_client_id)
    made, ends, begins = (_number(claims, name) for name in ("iat", "exp", "nbf"))
    if made is None or ends is None or ends <= seconds - LEEWAY or made < seconds - OLDEST - LEEWAY:
        raise SsoRefused("sso_expired")
    if max(made, begins or 0) > seconds + LEEWAY:
        raise SsoRefused("sso_future")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise SsoRefused("sso_nonce")
    return claims


def _signed(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    from joserfc import jws, jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        if token.count(".") != 2 or not jws.extract_compact(token.encode()).headers().get("kid"):
            raise SsoRefused("sso_signature")
        found = jwt.decode(token, KeySet.import_key_set(cast(Any, keys)), algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise SsoRefused("sso_signature") from trouble
    return dict(found.claims)


def _for_us(claims: Mapping[str, Any], client_id: str) -> None:
    """OpenID Connect Core 3.1.3.7, 3-5: we are the audience, and the authorized party where there are several."""
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp")
    if client_id not in several or (len(several) > 1 and party is None):
        raise SsoRefused("sso_audience")
    if party is not None and party != client_id:
        raise SsoRefused("sso_audience")


def _number(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _metadata(settings: Settings) -> dict[str, Any]:
    """From the file if one is named, else from the issuer itself; it must be the issuer's own."""
    if settings.oidc_metadata_file:
        try:
            found = json.loads(Path(settings.oidc_metadata_file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as trouble:
            raise SsoRefused("sso_unreachable") from trouble
    else:
        found = _fetch(settings.oidc_issuer.rstrip("/") + WELL_KNOWN)
    if not isinstance(found, dict) or found.get("issuer") != settings.oidc_issuer:
        raise SsoRefused("sso_issuer")
    if not {"authorization_endpoint", "token_endpoint"} <= set(found):
        raise SsoRefused("sso_unreachable")
    return found


def _keys(metadata: Mapping[str, Any]) -> dict[str, Any]:
    found = metadata["jwks"] if "jwks" in metadata else _fetch(str(metadata.get("jwks_uri", "")))
    if not isinstance(found, dict):
        raise SsoRefused("sso_unreachable")
    return found


def _fetch(url: str) -> Any:
    import requests

    try:
        with requests.Session() as asking:
            asking.trust_env = False  # no proxy: the provider stands in the closed network
            answer = asking.get(url, timeout=PATIENCE, allow_redirects=False)
            if answer.status_code != 200:
                raise SsoRefused("sso_unreachable")
            return answer.json()
    except (requests.RequestException, ValueError) as trouble:
        raise SsoRefused("sso_unreachable") from trouble


def _exchange(settings: Settings, metadata: Mapping[str, Any], code: str, verifier: str) -> str:
    import requests
    from authlib.common.errors import AuthlibBaseError

    try:
        with _session(settings) as asking:
            given = asking.fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=verifier, grant_type="authorization_code"
            )
            return str(given["id_token"])
    except (requests.RequestException, AuthlibBaseError, KeyError, ValueError) as trouble:
        raise SsoRefused("sso_code") from trouble


def _session(settings: Settings) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    asking = OAuth2Session(
        settings.oidc_client_id,
        _secret(settings),
        scope="openid profile",
        redirect_uri=settings.public_origin + PATH,
        code_challenge_method="S256",
        default_timeout=PATIENCE,
    )
    asking.trust_env = False
    return asking


def _secret(settings: Settings) -> str:
    try:
        return Path(settings.oidc_secret_file).read_text(encoding="utf-8").strip()
    except OSError as trouble:
        raise SsoRefused("sso_unreachable") from trouble
