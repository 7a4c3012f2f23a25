"""/healthz: the process answers. /readyz: the store and the keys answer. Neither says anything else."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ..crypto import CryptoError
from ..db import CLEARED
from .house import house
from .request import session

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def live() -> Response:
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def ready() -> Response:
    """503 while the database or the keystore cannot be read."""
    try:
        session().execute(select(1), execution_options={CLEARED: True})
        session().rollback()
        house().keys.store.canary()
    except (SQLAlchemyError, CryptoError):
        return Response("not ready\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
