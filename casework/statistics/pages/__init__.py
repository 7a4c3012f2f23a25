"""Pages of 統計: sealed numbers as tables and charts, and the ministry's exact report."""

from . import evaluation, official, operations, sealed
from .base import bp

__all__ = ["bp", "evaluation", "official", "operations", "sealed"]
