"""Pages of the case file, and the frame in which the pages of later houses stand."""

from . import assessment, case, consents, emergency, moves, notes, people, sharing
from .base import bp, case_frame

__all__ = [
    "assessment",
    "bp",
    "case",
    "case_frame",
    "consents",
    "emergency",
    "moves",
    "notes",
    "people",
    "sharing",
]
