"""Pages of 統計: sealed numbers as tables and charts, and the ministry's exact report."""

from . import official, sealed
from .base import bp

__all__ = ["bp", "official", "sealed"]
