"""Writing 相談受付: receive at any window, screen, and every way an intake goes on (flow.md section 3)."""

from .forms import discard_form, save_form
from .merging import merge, merge_numbered, unmerge
from .reception import correct, receive
from .screening import answer, emergency, give_consent, keep, refer, screen, seek_consent, take_over

__all__ = [
    "answer",
    "correct",
    "discard_form",
    "emergency",
    "give_consent",
    "keep",
    "merge",
    "merge_numbered",
    "receive",
    "refer",
    "save_form",
    "screen",
    "seek_consent",
    "take_over",
    "unmerge",
]
