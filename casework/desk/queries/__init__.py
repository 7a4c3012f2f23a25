"""Reading the desk: labels, 書きかけ, and what waits today."""

from .labels import all_unsent, book, unsent, unsent_line
from .today import today

__all__ = ["all_unsent", "book", "today", "unsent", "unsent_line"]
