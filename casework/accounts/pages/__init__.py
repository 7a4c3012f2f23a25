"""Pages of accounts: sign-in and out, one's own account, the administration of staff."""

from . import own, staff
from .base import bp

__all__ = ["bp", "own", "staff"]
