"""Pages of 証跡の確認."""

from . import checkpoints, seen, unseen, unusual
from .base import bp

__all__ = ["bp", "checkpoints", "seen", "unseen", "unusual"]
