"""Passkeys (WebAuthn level 3): what the browser is asked for, and whether its answer proves anything.

The library is loaded when somebody uses a passkey; most processes of a command never do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from ...settings import Settings

NAME = "casework"
# COSE: EdDSA, ECDSA with SHA-256, RSA PKCS#1 v1.5 with SHA-256; nothing else is asked for or taken.
ALGORITHMS = (-8, -7, -257)


class PasskeyRefused(Exception):
    """The answer proves nothing: wrong origin, challenge or signature, or nobody verified."""


@dataclass(frozen=True, slots=True)
class NewCredential:
    id: bytes
    public_key: bytes
    sign_count: int


def offered(settings: Settings) -> bool:
    """Passkeys belong to an origin; without one in the settings there are none."""
    return bool(settings.public_origin)


def rp_id(settings: Settings) -> str:
    """The relying party id: the host of the origin, unless the settings name a parent domain of it."""
    return settings.passkey_rp_id or (urlsplit(settings.public_origin).hostname or "")


def options_to_register(
    settings: Settings, staff_id: UUID, login: str, challenge: bytes, known: Sequence[bytes]
) -> dict[str, Any]:
    """PublicKeyCredentialCreationOptions as JSON: a discoverable credential that verifies its user."""
    import webauthn
    from webauthn.helpers import structs
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    wanted = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.REQUIRED,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=rp_id(settings),
        rp_name=NAME,
        user_id=staff_id.bytes,
        user_name=login,
        user_display_name=login,
        challenge=challenge,
        authenticator_selection=wanted,
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
        supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
    )
    return cast(dict[str, Any], json.loads(webauthn.options_to_json(options)))


def options_to_prove(settings: Settings, challenge: bytes, known: Sequence[bytes]) -> dict[str, Any]:
    """PublicKeyCredentialRequestOptions as JSON; without known credentials the browser offers what it has."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=rp_id(settings),
        challenge=challenge,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return cast(dict[str, Any], json.loads(webauthn.options_to_json(options)))


def challenge_of(answer: Mapping[str, Any]) -> bytes:
    """The challenge that the browser says it answered; PasskeyRefused if it says none."""
    from webauthn.helpers import base64url_to_bytes

    try:
        said = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        return base64url_to_bytes(said["challenge"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as trouble:
        raise PasskeyRefused from trouble


def credential_of(answer: Mapping[str, Any]) -> bytes:
    """The id of the credential that answered."""
    from webauthn.helpers import base64url_to_bytes

    try:
        return base64url_to_bytes(answer["rawId"])
    except (KeyError, TypeError, ValueError, AttributeError) as trouble:
        raise PasskeyRefused from trouble


def registered(settings: Settings, answer: Mapping[str, Any], challenge: bytes) -> NewCredential:
    """The credential of a registration whose origin, challenge and user verification fit."""
    import webauthn
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=rp_id(settings),
            expected_origin=settings.public_origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
        )
    except (WebAuthnException, KeyError, TypeError, ValueError, AttributeError) as trouble:
        raise PasskeyRefused from trouble
    return NewCredential(found.credential_id, found.credential_public_key, found.sign_count)


def proved(settings: Settings, answer: Mapping[str, Any], challenge: bytes, public_key: bytes) -> int:
    """The sign count of an answer whose signature, origin, challenge and user verification fit.

    The count is compared by the caller: a count that went back is told apart from a signature that is wrong.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = webauthn.verify_authentication_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=rp_id(settings),
            expected_origin=settings.public_origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError, AttributeError) as trouble:
        raise PasskeyRefused from trouble
    return found.new_sign_count
