"""Working on case files: steps for other houses, moves, team, consent, notes, alerts and protection."""

from .steps import (
    add_alert,
    add_assignment,
    advance,
    change_owner,
    open_case,
    propose,
    record_disclosure,
    set_lead,
    touch_contact,
)

__all__ = [
    "add_alert",
    "add_assignment",
    "advance",
    "change_owner",
    "open_case",
    "propose",
    "record_disclosure",
    "set_lead",
    "touch_contact",
]
