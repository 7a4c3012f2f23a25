"""What the running application holds for every request, put together by casework.app."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flask import current_app

from ..crypto import KeyRing
from ..kernel.clock import Clock
from ..kernel.messages import Messages
from ..kernel.policy import Policy
from ..settings import Settings
from ..usecase import Standing, UseCase

if TYPE_CHECKING:
    from .pages.blueprint import FormDoor as Form
    from .pages.book import Desk

# Routes without a use case of their own; everything else must name one, or the application refuses to start.
OPEN_ROUTES = frozenset({"static", "health.live", "health.ready"})


@dataclass
class House:
    """Settings, keys, policy, clock and sentences; `routes` says which use case stands behind each endpoint."""

    settings: Settings
    keys: KeyRing
    policy: Policy
    clock: Clock
    messages: Messages
    routes: dict[str, UseCase] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    standing: Standing | None = None
    _desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("pages were asked for before the application put their desk in")
        return self._desk

    @desk.setter
    def desk(self, desk: Desk) -> None:
        self._desk = desk


def house() -> House:
    return cast(House, current_app.extensions["casework"])
