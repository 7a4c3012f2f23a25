"""Reading 会議: steps for other houses, meetings, agenda items, sheets and 対応事項."""

from .steps import agreed_plan, on_support_meeting, verdict_for

__all__ = ["agreed_plan", "on_support_meeting", "verdict_for"]
