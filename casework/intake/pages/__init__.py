"""Pages of 相談受付: the reception on one page, the form as recorded, its moves, and the lists."""

from . import lists, moves, receive
from .base import bp

__all__ = ["bp", "lists", "moves", "receive"]
