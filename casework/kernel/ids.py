"""Identifiers: UUIDv7, known before a row is sealed and roughly in order of making."""

from __future__ import annotations

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    return UUID(bytes=uuid_utils.uuid7().bytes)
