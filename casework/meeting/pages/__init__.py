"""Pages of 会議: calendar, agenda, material, minutes, decisions, 対応事項; members see their items and nothing else."""

from . import actions, items, meetings
from .base import bp

__all__ = ["actions", "bp", "items", "meetings"]
