"""Pages of 本人・世帯・検索・開示の申請."""

from . import households, persons, protection, relations, release
from .base import bp

__all__ = ["bp", "households", "persons", "protection", "relations", "release"]
