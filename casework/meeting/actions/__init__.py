"""Writing 会議: the agenda, running a meeting, decisions and 対応事項."""

from .agenda import cancel, choose_members, convene, plan_meeting, remove_member, take, withdraw
from .deciding import accept, decide, done, mark_overdue, note_from_meeting, object_, reassign
from .deciding import cancel as cancel_action
from .running import (
    add_to_minutes,
    close,
    confirm,
    confirm_secrecy,
    draft_minutes,
    hold,
    record,
    share,
    take_attendance,
    write_minutes,
    write_sheet,
)

__all__ = [
    "accept",
    "add_to_minutes",
    "cancel",
    "cancel_action",
    "choose_members",
    "close",
    "confirm",
    "confirm_secrecy",
    "convene",
    "decide",
    "done",
    "draft_minutes",
    "hold",
    "mark_overdue",
    "note_from_meeting",
    "object_",
    "plan_meeting",
    "reassign",
    "record",
    "remove_member",
    "share",
    "take",
    "take_attendance",
    "withdraw",
    "write_minutes",
    "write_sheet",
]
