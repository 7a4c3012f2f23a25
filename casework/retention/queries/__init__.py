"""Reading what is past its years, what is held, what waits for a second person, and the tombstones."""

from .due import due_list, obstacle, past_its_years, record_by_number
from .schedule import plan, schedule_of
from .standing import erasures, holds, pending_keys, schedule, tombstones

__all__ = [
    "due_list",
    "erasures",
    "holds",
    "obstacle",
    "past_its_years",
    "pending_keys",
    "plan",
    "record_by_number",
    "schedule",
    "schedule_of",
    "tombstones",
]
