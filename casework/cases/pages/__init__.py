"""Pages of the case file, and the frame in which the pages of later houses stand."""

from .base import bp, case_frame

__all__ = ["bp", "case_frame"]
