"""A sealed parcel: typed text that travels through the sign-in page when a session ended before the form was sent."""

from __future__ import annotations

import base64
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from werkzeug.datastructures import MultiDict

from .tree import FRAME

CARRIED = {"_version", "_base", "_draft"}  # of the frame: what the form was opened from, and its kept text
LONGEST = 12 * 60 * 60  # seconds between the lost form and the sign-in


def pack(path: str, posted: MultiDict[str, str], secrets: frozenset[str] = frozenset()) -> str:
    """The form's address and fields, sealed: on the way they are worth nothing to anybody else.

    Without the secrets, which are typed anew: then the parcel leads to the form, not to its act.
    """
    pairs = [[n, v] for n, v in posted.items(multi=True) if n not in (FRAME - CARRIED) | secrets]
    if secrets:
        pairs.append(["_again", "1"])
    return _box().encrypt(json.dumps([path, pairs]).encode()).decode()


def unpack(parcel: str) -> tuple[str, MultiDict[str, str]] | None:
    """(address, fields); None if it is not a parcel of this installation, or too old."""
    try:
        path, pairs = json.loads(_box().decrypt(parcel.encode(), ttl=LONGEST))
    except (InvalidToken, ValueError):
        return None
    return path, MultiDict((str(n), str(v)) for n, v in pairs)


def _box() -> Fernet:
    key = hmac.digest(current_app.config["SECRET_KEY"], b"casework parcel", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
