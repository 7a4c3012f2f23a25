"""Reading 会議: steps for other houses, meetings, agenda items, sheets and 対応事項."""

from .actions import action_items, read_action
from .meetings import material, meetings, my_items, own_sheet, proposals, read_item, read_meeting, sheets
from .steps import agreed_plan, on_support_meeting, verdict_for

__all__ = [
    "action_items",
    "agreed_plan",
    "material",
    "meetings",
    "my_items",
    "on_support_meeting",
    "own_sheet",
    "proposals",
    "read_action",
    "read_item",
    "read_meeting",
    "sheets",
    "verdict_for",
]
